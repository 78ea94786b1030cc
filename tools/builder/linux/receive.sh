# Takes a workspace, unless it is here already. Else it writes what it has of another one, a line for each file, and "need";
# then it reads an archive from standard input, which says what of that is to be kept, and has all the rest. Ends with status 65
# if that was not there any more. Arguments: folder of the component, hash, and what the images see of it, a line for each.
set -eu
umask 022
root=${XDG_CACHE_HOME:-$HOME/.cache}/$1/workspaces
here=$root/$2
mkdir -p "$root"
chmod 700 "$root"
# What an earlier transfer left that was cut off with its machine.
rm -rf "$root"/*.partial
[ ! -d "$here" ] || exit 0
before=
for each in "$root"/*/files; do
  [ ! -f "$each" ] || before=${each%/files}
done
partial=$here.partial
trap 'rm -rf "$partial"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$partial/tree"
[ -z "$before" ] || cat "$before/files"
echo need
tar -xzpf - --no-same-owner -C "$partial"
if [ -s "$partial/keep" ]; then
  # Links, as nothing ever writes to these files.
  if ! (cd "$before/tree" && xargs -0 cp -l --parents -t "$partial/tree" <"$partial/keep"); then
    # Somebody took something of it away: it is not to be relied on.
    rm "$before/files"
    exit 65
  fi
fi
rm "$partial/keep"
printf '%s\n' "$3" >"$partial/images"
mv "$partial" "$here"
for each in "$root"/*; do
  [ "$each" = "$here" ] || rm -rf "$each"
done
