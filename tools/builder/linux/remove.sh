# Takes away what the lab's programs left on a machine, quietly where it is gone already. Arguments: folder of the component,
# "workspace"; or folder, "image", the image's name in the lab, and the labels of the stack and of the image.
set -eu
cache=${XDG_CACHE_HOME:-$HOME/.cache}
if [ "$2" = workspace ]; then
  rm -rf "${cache:?}/$1"
  # The folders above it, as far as nothing else is in them.
  cd "$cache" && rmdir -p "${1%/*}" 2>/dev/null || :
else
  rm -rf "$cache/$1/left/$3"
  docker image ls --no-trunc --quiet --filter "label=$4" --filter "label=$5" | sort -u | while read -r each; do
    docker image rm --force "$each" >/dev/null
  done
fi
