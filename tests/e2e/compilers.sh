#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bits and cycles must not depend on compiler or optimisation level: the same comparison from three builds, byte for byte.
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
build() { # name, compiler, flags
  cmake -S . -B "$scratch/$1" -G Ninja -DCMAKE_CXX_COMPILER="$2" -DCMAKE_CXX_FLAGS_RELEASE="$3" -DTRICYCLE_TESTS=OFF >/dev/null
  cmake --build "$scratch/$1" >"$scratch/$1.log" || { cat "$scratch/$1.log"; exit 1; }
  "$scratch/$1/tricycle" compare hwconfigs/*.yaml --problem workloads/problems/iid_c32.yaml --out "$scratch/$1.out" >/dev/null
  sha256sum <"$scratch/$1.out/compare.csv" | cut -d' ' -f1 >"$scratch/$1.sum"
  echo "$2 $3: $(cat "$scratch/$1.sum")"
}
build gcc_o3 g++ -O3
build clang_o0 clang++-16 -O0
cmp "$scratch/gcc_o3.sum" "$scratch/clang_o0.sum"
