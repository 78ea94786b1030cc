# Pushes an image, and prints the digests under which registries have it. Arguments: id of the image, name in the registry.
undo="docker image rm $2"
docker tag "$1" "$2"
docker push "$2" >&2
undo=:
docker logout "$address" >&2
docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$2"
