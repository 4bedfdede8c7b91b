#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian package: lintian finds nothing in it, and in a fresh Debian 12 it installs with what it depends on, runs as an ordinary user
# in an empty folder, and leaves nothing behind.  As root or with sudo; needs debootstrap, lintian and a mirror of Debian, the one of apt.
# usage: debian_package.sh BUILD_FOLDER
# DEBIAN_BASE=FILE.tar: the fresh Debian is kept there, and taken from there the next time.
set -euo pipefail
build=$1
fail() { echo "FAILED: $*"; exit 1; }
for tool in cpack lintian debootstrap; do
  command -v $tool >/dev/null || PATH=$PATH:/usr/sbin command -v $tool >/dev/null || fail "no $tool; apt-get install debootstrap lintian"
done
as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
s=$(mktemp -d)
# Only folders without anything mounted in them are removed: what is below /proc is not ours.
trap '$as_root umount "$s/debian/proc" 2>/dev/null || true; grep -q " $s/" /proc/mounts || $as_root rm -rf --one-file-system "$s"' EXIT
step() { printf -- '-- %s (%s s)\n' "$1" "$SECONDS"; }

step "package"
cpack --config "$build/CPackConfig.cmake" -B "$s/package" >"$s/log" 2>&1 || fail "cpack: $(cat "$s/log")"
package=$(echo "$s"/package/*.deb)
dpkg-deb --info "$package"
listing=$(dpkg-deb --contents "$package")
for file in bin/tricycle share/man/man1/tricycle.1.gz share/bash-completion/completions/tricycle share/zsh/vendor-completions/_tricycle \
  share/fish/vendor_completions.d/tricycle.fish share/doc/tricycle/copyright share/doc/tricycle/changelog.gz; do
  grep -q " ./usr/$file\$" <<<"$listing" || fail "the package has no /usr/$file"
done
! grep -v ' root/root ' <<<"$listing" || fail "files of others than root"

step "lintian"
lintian --allow-root --fail-on error,warning "$package" 2>&1 || fail "lintian"

step "a program of one's own against the package"
dpkg-deb -x "$package" "$s/unpacked"
cp -r "$(dirname "$0")/../package" "$s/example"
cmake -S "$s/example" -B "$s/example/build" -DCMAKE_PREFIX_PATH="$s/unpacked/usr" >"$s/log" 2>&1 && cmake --build "$s/example/build" >>"$s/log" 2>&1 ||
  fail "the example is not built: $(cat "$s/log")"
TRICYCLE_DATA=$s/unpacked/usr/share/tricycle "$s/example/build/example" || fail "the example"

step "a fresh Debian 12"
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Identifier: Packages' | sed -n 's/ bookworm main$//p' | head -n 1)
if [ -n "${DEBIAN_BASE:-}" ] && [ -f "$DEBIAN_BASE" ]; then
  echo "from $DEBIAN_BASE"
  mkdir "$s/debian" && $as_root tar -C "$s/debian" -xpf "$DEBIAN_BASE"
else
  $as_root debootstrap --variant=minbase bookworm "$s/debian" "${mirror:-http://deb.debian.org/debian}" >"$s/log" 2>&1 || fail "debootstrap: $(tail -n 20 "$s/log")"
  [ -z "${DEBIAN_BASE:-}" ] || $as_root tar -C "$s/debian" --one-file-system -cpf "$DEBIAN_BASE" .
fi
# As apt works here: proxies, old snapshots of a mirror.
apt-config dump Acquire | grep -v '^Acquire::IndexTargets' | $as_root tee "$s/debian/etc/apt/apt.conf.d/90host" >/dev/null
$as_root cp /etc/resolv.conf "$s/debian/etc/resolv.conf"
$as_root cp "$package" "$s/debian/tricycle.deb"
$as_root mount -t proc proc "$s/debian/proc" || fail "mount of /proc in $s/debian"
inside() { $as_root chroot "$@" 2>&1; }

step "installation"
inside "$s/debian" env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get update -qq && apt-get install -qq -y --no-install-recommends ./tricycle.deb' >"$s/log" ||
  fail "apt-get: $(cat "$s/log")"
grep -E '^Setting up' "$s/log"

step "tricycle compare hexagon_like --problem gdn_lm_c64, in an empty folder"
$as_root mkdir -m 777 "$s/debian/empty"
table=$(inside --userspec=nobody:nogroup "$s/debian" env -C /empty tricycle compare hexagon_like --problem gdn_lm_c64) || fail "compare: $table"
echo "$table"
[ "$(grep -c '^block_doubling ' <<<"$table")" -ge 3 ] || fail "compare: no block_doubling"
for file in compare.csv compare.json left_out.csv report.html; do
  [ -s "$s/debian/empty/out/$file" ] || fail "no out/$file"
done

step "removal"
inside "$s/debian" dpkg --purge tricycle >"$s/log" || fail "dpkg --purge: $(cat "$s/log")"
left=$(inside "$s/debian" find /usr /etc /var -name '*tricycle*') || fail "find: $left"
[ -z "$left" ] || fail "left behind: $left"
step "all as expected"
