# Builds an image from a workspace that is here, and prints its id; ends with status 66 if there is none. Arguments: folder
# of the component, what the image sees of the workspace, name and tag, Dockerfile, context; then options of docker build.
set -eu
root=${XDG_CACHE_HOME:-$HOME/.cache}/$1
sees=$2 name=$3 dockerfile=$4 context=$5
shift 5
tree=
for index in "$root"/workspaces/*/images; do
  if [ -f "$index" ] && grep -qxF -- "$sees" "$index"; then
    tree=${index%/images}/tree
  fi
done
[ -n "$tree" ] || exit 66
docker build "$@" --tag "$name" --file "$tree/$dockerfile" "$tree/$context" >&2
docker image inspect --format '{{.Id}}' "$name"
