# Pulls an image, prints its id, and takes away those that it replaces, unless something is made from them. Arguments: the
# image by its digest, and the labels of the stack and of the image.
docker pull --quiet "$1" >&2
docker logout "$address" >&2
id=$(docker image inspect --format '{{.Id}}' "$1")
docker image ls --no-trunc --quiet --filter "label=$2" --filter "label=$3" | sort -u | while read -r each; do
  [ "$each" = "$id" ] || docker image rm --force "$each" >/dev/null 2>&1 || :
done
echo "$id"
