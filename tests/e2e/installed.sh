#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The program as it is installed: from an empty folder, with shipped files by their names, and with nothing of the sources.
# usage: installed.sh BUILD_FOLDER
set -euo pipefail
build=$1
s=$(mktemp -d)
trap 'rm -rf "$s"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

cmake --install "$build" --prefix "$s/prefix" >"$s/log" || fail "cmake --install: $(cat "$s/log")"
mkdir "$s/empty"
cd "$s/empty"
tricycle=$s/prefix/bin/tricycle

"$tricycle" compare hexagon_like edge_16x16 --problem gdn_lm_c64 --formats fp16 --algorithms block_doubling --out "$s/out" >"$s/stdout" 2>"$s/stderr" ||
  fail "compare: $(cat "$s/stderr")"
[ "$(grep -c "^block_doubling" "$s/stdout")" = 2 ] || fail "compare: $(cat "$s/stdout")"
"$tricycle" check hexagon_like >"$s/stdout" || fail "check hexagon_like"
grep -q "/prefix/share/tricycle/hwconfigs/hexagon_like.yaml: ok, " "$s/stdout" || fail "machines are not the installed ones: $(cat "$s/stdout")"
"$tricycle" check quick >"$s/stdout" 2>/dev/null && grep -q "grid quick, 24 points" "$s/stdout" || fail "check quick: $(cat "$s/stdout")"
"$tricycle" validate scalesim >"$s/stdout" || fail "validate: $(cat "$s/stdout")"

# What shells and man(1) look for.
share=$s/prefix/share
gzip -dc "$share/man/man1/tricycle.1.gz" | cmp - <("$tricycle" man) || fail "man page"
for completion in bash:bash-completion/completions/tricycle zsh:zsh/vendor-completions/_tricycle fish:fish/vendor_completions.d/tricycle.fish; do
  cmp "$share/${completion#*:}" <("$tricycle" completion "${completion%%:*}") || fail "completion of ${completion%%:*}"
done

# Files elsewhere; of one's own before those that are shipped.
mkdir "$s/data" && cp -r "$s/prefix/share/tricycle/hwconfigs" "$s/data/"
TRICYCLE_DATA=$s/data "$tricycle" check hexagon_like >"$s/stdout" && grep -q "^$s/data/hwconfigs/hexagon_like.yaml: ok, " "$s/stdout" || fail "TRICYCLE_DATA: $(cat "$s/stdout")"
echo "no machine" >hexagon_like
if "$tricycle" check hexagon_like >/dev/null 2>"$s/stderr"; then fail "a file of a machine's name is not read"; fi
echo "all as expected"
