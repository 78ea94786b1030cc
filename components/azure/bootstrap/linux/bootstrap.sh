# Makes of this machine, a new one or one that this ran on before, what a container host is to be. What it is given is in
# the folder $given, which was made for it alone. What is right already is left alone: no service is restarted for nothing.
engine=/etc/docker
sshd=/etc/ssh
unit=/etc/systemd/system/docker.service.d/container-network-labs.conf
ready=/var/lib/container-network-labs/ready
step=starting

# The cloud says what a script wrote last, and not on which of its machines that was.
ended() {
  code=$?
  rm -rf "$given"
  [ "$code" -ne 0 ] || return 0
  case $step in
    *engine*) { journalctl --unit docker --lines 5 --no-pager || tail -n 5 /var/log/docker.log; } >&2 2>/dev/null || true ;;
  esac
  echo "$(hostname): failed while $step (exit code $code)." >&2
  echo "What to do: npm run up tries again. If it fails again: delete this instance, and then npm run up." >&2
}
trap ended EXIT

# put NAME PLACE MODE: notes in $changed that something was not as it should be.
put() {
  if [ -f "$2" ] && cmp -s "$given/$1" "$2" && [ "$(stat -c %a "$2")" = "$3" ]; then
    return 0
  fi
  install -D -m "$3" "$given/$1" "$2"
  changed=yes
}

# eventually SECONDS COMMAND…: tries once a second, and shows what the last attempt wrote.
eventually() {
  left=$1
  shift
  until "$@" >"$given/output" 2>&1; do
    left=$((left - 1))
    if [ "$left" -le 0 ]; then
      cat "$given/output" >&2
      return 1
    fi
    sleep 1
  done
}

# A run that was cut short may have changed what a service has not read yet.
unfinished=yes
[ ! -e "$ready" ] || unfinished=
rm -f "$ready"
umask 022

step='waiting for cloud-init'
# It fails for a package that it could not install, too; that is mended here.
timeout 1200 cloud-init status --wait >/dev/null 2>&1 || true

step='installing packages'
missing=
while read -r package; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done <"$given/packages"
if [ -n "$missing" ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt() {
    apt-get --quiet -o DPkg::Lock::Timeout=300 -o Acquire::Retries=5 "$@"
  }
  apt update
  # shellcheck disable=SC2086 # One word for each package.
  apt install --yes --no-install-recommends $missing
fi

step='letting the user work with Docker'
usermod --append --groups docker "$(cat "$given/user")"

step='setting up SSH'
changed=$unfinished
put host-key "$sshd/ssh_host_ed25519_key" 600
put host-key.pub "$sshd/ssh_host_ed25519_key.pub" 644
put sshd.conf "$sshd/sshd_config.d/10-container-network-labs.conf" 644
if [ -n "$changed" ] || ! systemctl is-active --quiet ssh; then
  systemctl restart ssh
fi
shows_host_key() {
  [ "$(ssh-keyscan -t ed25519 127.0.0.1 | cut -d ' ' -f 2-3)" = "$(cut -d ' ' -f 1-2 "$given/host-key.pub")" ]
}
step='checking that SSH shows the host key that was made for it'
eventually 30 shows_host_key

step='keeping containers from the service that has secrets of this machine'
put wireserver.nft "$engine/wireserver.nft" 644
nft --file "$engine/wireserver.nft"

step='setting up the engine'
changed=$unfinished
put ca.pem "$engine/tls/ca.pem" 600
put server.pem "$engine/tls/server.pem" 600
put server-key.pem "$engine/tls/server-key.pem" 600
put daemon.json "$engine/daemon.json" 644
put docker.conf "$unit" 644
systemctl daemon-reload
systemctl enable --quiet docker
if [ -n "$changed" ] || ! systemctl is-active --quiet docker; then
  # Containers go on running meanwhile where there is live-restore; in a swarm they are started again.
  systemctl restart docker
fi
step='checking that the engine answers'
eventually 60 docker --host unix:///var/run/docker.sock version

fingerprint() {
  openssl x509 -noout -fingerprint -sha256
}
shows_certificate() {
  openssl s_client -connect 127.0.0.1:2376 </dev/null | fingerprint | grep -qxF "$(fingerprint <"$given/server.pem")"
}
step='checking that the engine shows the certificate that was made for it'
eventually 30 shows_certificate
step='checking that the engine refuses who has no certificate'
# Nothing less than its refusal will do: a client may fail for many reasons.
refuses_strangers() {
  printf 'GET /_ping HTTP/1.0\r\n\r\n' | timeout 10 openssl s_client -quiet -connect 127.0.0.1:2376 2>&1 |
    grep -E '^HTTP|alert' | grep -qE 'alert (certificate required|bad certificate)'
}
eventually 5 refuses_strangers || { echo 'It did not refuse a client without one.' >&2 && exit 1; }

step='telling that all is ready'
mkdir -p "$(dirname "$ready")"
{
  docker version --format 'docker {{.Server.Version}}'
  fingerprint <"$given/server.pem"
} >"$ready.new"
mv "$ready.new" "$ready"
cat "$ready"
