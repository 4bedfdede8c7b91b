#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bits and cycles must not depend on compiler or optimisation level: the same results from four builds, byte for byte.
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

results() { # tricycle -> every number and digest it reports, on stdout
  problem=workloads/problems/iid_c32.yaml
  # Every algorithm in every format on every machine, with the sums as shipped, then fused and in tiles.
  "$1" compare hwconfigs/*.yaml --problem $problem --out "$scratch/out" >/dev/null
  cat "$scratch/out/compare.csv"
  "$1" compare hwconfigs/edge_16x16.yaml --problem $problem --formats fp64,fp32,fp16 --out "$scratch/out" \
    --set formats.fp64.multiply_add=fused --set formats.fp32.multiply_add=fused --set formats.fp16.order=tile >/dev/null
  cat "$scratch/out/compare.csv"
  # Sums that overflow: which NaN comes out must not depend on the host's arithmetic.
  "$1" compare hwconfigs/edge_16x16.yaml --problem workloads/problems/all_ones_c64.yaml --formats fp32,fp16,bf16 --out "$scratch/out" \
    --set algorithm.mask=after --set algorithm.order=10 >/dev/null
  cat "$scratch/out/compare.csv"
  # Products of odd sizes: edges of tiles, of panels and of vector registers.
  for format in fp64 fp32 fp16 bf16 int16 int8; do
    "$1" gemm hwconfigs/edge_16x16.yaml --m 67 --n 45 --k 301 --format $format --json
  done
}

optimisation() { # build folder -> the -O flag its sources are compiled with
  ninja -C "$1" -t commands tricycle | grep -oE -- ' -O[0-9sg]' | sort -u | tr -d ' '
}

build() { # name, compiler, flags
  cmake -S . -B "$scratch/$1" -G Ninja -DCMAKE_CXX_COMPILER="$2" -DCMAKE_CXX_FLAGS_RELEASE="$3" -DTRICYCLE_TESTS=OFF >/dev/null
  [ "$(optimisation "$scratch/$1")" = "$3" ] || { echo "$1 is not built with $3"; exit 1; }
  cmake --build "$scratch/$1" --target tricycle >"$scratch/$1.log" || { cat "$scratch/$1.log"; exit 1; }
  results "$scratch/$1/tricycle" >"$scratch/$1.txt"
  rm -rf "${scratch:?}/$1"
  echo "$2 $3: $(sha256sum <"$scratch/$1.txt" | cut -d' ' -f1)"
}

build gcc_o0 g++ -O0
if [ -x build/tricycle ] && [ "$(optimisation build)" = -O2 ]; then # the release preset
  results build/tricycle >"$scratch/gcc_o2.txt"
  echo "build/tricycle: $(sha256sum <"$scratch/gcc_o2.txt" | cut -d' ' -f1)"
else
  build gcc_o2 g++ -O2
fi
build clang_o0 clang++-16 -O0
build clang_o3 clang++-16 -O3
for other in gcc_o2 clang_o0 clang_o3; do
  diff "$scratch/gcc_o0.txt" "$scratch/$other.txt"
done
