# Writes artefacts to standard output as one compressed archive, with their checksums as they are here. Arguments: folder of
# the component, label of the stack; then three for each artefact: "image" and the image, or "workspace" and the image's name
# in the lab; and the path.
set -eu
umask 077
root=${XDG_CACHE_HOME:-$HOME/.cache}/$1
label=$2
shift 2
temporary=$(mktemp -d)
container=
trap '[ -z "$container" ] || docker rm --force --volumes "$container" >/dev/null 2>&1 || :; rm -rf "$temporary"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$temporary/files"
number=0
while [ $# -gt 0 ]; do
  to=$temporary/files/$number
  if [ "$1" = image ]; then
    # It is never started; an image without a command of its own needs to be told one.
    container=$(docker create --label "$label" --network none "$2" none)
    docker cp --follow-link "$container:$3" "$to" >&2
    docker rm --force --volumes "$container" >/dev/null
    container=
  else
    cp -R "$root/left/$2/$3" "$to"
  fi
  number=$((number + 1))
  shift 3
done
cd "$temporary"
find files -type f -exec sha256sum {} + >sums
tar -czf - sums files
