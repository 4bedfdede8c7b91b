#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The installed library: a program outside the tree finds it, is built, and gives what the command gives.
# usage: package.sh BUILD_FOLDER
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "package.sh: $1"; exit 1; }

cmake --install "$build" --prefix "$scratch/prefix" >/dev/null
# Moved: nothing may point to where it was installed, or to the sources.
mv "$scratch/prefix" "$scratch/moved"
cp -r "$source/tests/package" "$scratch/example"
cmake -S "$scratch/example" -B "$scratch/build" -DCMAKE_PREFIX_PATH="$scratch/moved" -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$scratch/build" >"$scratch/log" 2>&1 || { cat "$scratch/log"; fail "the example is not built"; }
cd "$scratch"
export TRICYCLE_DATA=$scratch/moved/share/tricycle
"$scratch/build/example" | tee said

command_says() { # algorithm -> cycles a chunk
  "$scratch/moved/bin/tricycle" run hexagon_like gdn_lm_c64 --algorithm "$1" --json --out "$scratch/out" |
    python3 -c 'import json, sys; print("%g" % json.load(sys.stdin)["cycles_per_chunk"])'
}
for algorithm in forward_substitution blocked_substitution; do
  expected="$algorithm $(command_says "$algorithm") cycles a chunk"
  grep -qxF "$expected" said || fail "expected \"$expected\""
done
grep -qx 'Y -0.5' said || fail "expected Y -0.5"
grep -q 'hexagon_lik.*did you mean "hexagon_like"' said || fail "a wrong name is not told"
