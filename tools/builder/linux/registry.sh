# To be before push.sh and pull.sh: logs in to a registry with the password on standard input, and with a configuration that
# nobody else sees and that is gone afterwards. Arguments: the registry's address, username; then theirs.
set -eu
umask 077
DOCKER_CONFIG=$(mktemp -d)
export DOCKER_CONFIG
undo=:
trap '$undo >/dev/null 2>&1 || :; rm -rf "$DOCKER_CONFIG"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
address=$1
# With an entry there, docker does not look for a store of the system's own, which would keep the password.
printf '{"auths":{"%s":{}}}' "$address" >"$DOCKER_CONFIG/config.json"
docker login --username "$2" --password-stdin "$address" >&2
shift 2
