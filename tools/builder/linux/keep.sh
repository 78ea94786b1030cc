# Gives an image that is built its name, and takes away those that it replaces, unless something is made from them.
# Arguments: the name that it was built under, its own name, and the labels of the stack and of the image.
set -eu
docker tag "$1" "$2"
docker image rm "$1" >/dev/null
id=$(docker image inspect --format '{{.Id}}' "$2")
docker image ls --no-trunc --quiet --filter "label=$3" --filter "label=$4" | sort -u | while read -r each; do
  [ "$each" = "$id" ] || docker image rm --force "$each" >/dev/null 2>&1 || :
done
