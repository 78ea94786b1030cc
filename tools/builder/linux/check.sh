# Runs an image's check in a container that has a copy of the workspace, and keeps what it leaves there and is wanted.
# Arguments: folder of the component, what the image sees of the workspace, the image's name in the lab, image, label of the
# stack, number of paths to keep; then these, and the words of the check.
set -eu
umask 022
root=${XDG_CACHE_HOME:-$HOME/.cache}/$1
sees=$2 name=$3 image=$4 label=$5 keep=$6
shift 6
index=$(grep -lxF -- "$sees" "$root"/workspaces/*/images | head -n 1)
left=$root/left/$name
container=
trap '[ -z "$container" ] || docker rm --force --volumes "$container" >/dev/null 2>&1 || :; rm -rf "$left.partial"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
rm -rf "$left.partial"
mkdir -p "$left.partial"
: >"$left.partial/.wanted"
while [ "$keep" -gt 0 ]; do
  printf '%s\n' "$1" >>"$left.partial/.wanted"
  keep=$((keep - 1))
  shift
done
entrypoint=$1
shift
container=$(docker create --label "$label" --user 0 --workdir /workspace --entrypoint "$entrypoint" "$image" "$@")
docker cp "${index%/images}/tree/." "$container:/workspace" >&2
docker start --attach "$container" >&2
while read -r path; do
  case $path in */*) mkdir -p "$left.partial/${path%/*}" ;; esac
  docker cp "$container:/workspace/$path" "$left.partial/$path" >&2
done <"$left.partial/.wanted"
rm -rf "$left" "$left.partial/.wanted"
mv "$left.partial" "$left"
