#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bits and cycles must not depend on compiler or optimisation level: the same results, byte for byte, from g++ -O0, clang++ -O3
# and the builds named.
# usage: compilers.sh BUILD_FOLDER...
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

results() { # tricycle, scratch folder -> every number and digest it reports, on stdout
  local problem=workloads/problems/iid_c32.yaml
  # Every algorithm in every format on every machine, with the sums as shipped, then fused and in tiles.  (20 cores compute what one does.)
  "$1" compare hwconfigs/*_like.yaml hwconfigs/edge_16x16.yaml --problem $problem --out "$2" >/dev/null
  cat "$2/compare.csv"
  "$1" compare hwconfigs/edge_16x16.yaml --problem $problem --formats fp64,fp32,fp16 --out "$2" \
    --set formats.fp64.multiply_add=fused --set formats.fp32.multiply_add=fused --set formats.fp16.order=tile >/dev/null
  cat "$2/compare.csv"
  # Sums that overflow: which NaN comes out must not depend on the host's arithmetic.
  "$1" compare hwconfigs/edge_16x16.yaml --problem workloads/problems/all_ones_c64.yaml --formats fp32,fp16,bf16 --out "$2" \
    --set algorithm.mask=after --set algorithm.order=10 >/dev/null
  cat "$2/compare.csv"
  # Products of odd sizes: edges of tiles, of panels and of vector registers.
  for format in fp64 fp32 fp16 bf16 int16 int8; do
    "$1" gemm hwconfigs/edge_16x16.yaml --m 67 --n 45 --k 301 --format $format --json
  done
}

optimisation() { # build folder -> the -O flags its sources are compiled with
  ninja -C "$1" -t commands tricycle | grep -oE -- ' -O[0-9sg]' | sort -u | xargs
}

linked_with() { # build folder -> compiler and flags of its program
  ninja -C "$1" -t commands tricycle | tail -n 1 | sed -E 's/^: && [^ ]*\///; s/ [^ ]+\.o .*//'
}

build() { # folder, compiler, flags, further settings of cmake
  cmake -S . -B "$1" -G Ninja -DCMAKE_CXX_COMPILER="$2" -DCMAKE_CXX_FLAGS_RELEASE="$3" -DTRICYCLE_TESTS=OFF "${@:4}" >/dev/null
  [ "$(optimisation "$1")" = "$3" ] || { echo "$1 is not built with $3"; exit 1; }
  cmake --build "$1" --target tricycle >"$1.log" || { cat "$1.log"; exit 1; }
}

asked=()
folders=()
ask() { # build folder: asks its program for its results, beside what else goes on
  local name=${#asked[@]}
  results "$1/tricycle" "$scratch/out$name" >"$scratch/$name.txt" &
  asked+=("$!")
  folders+=("$1")
}

build "$scratch/gcc_o0" g++ -O0
ask "$scratch/gcc_o0"
for folder in "$@"; do ask "$folder"; done
build "$scratch/clang_o3" clang++-16 -O3 -DTRICYCLE_PRECOMPILE=ON
ask "$scratch/clang_o3"
for i in "${!asked[@]}"; do
  wait "${asked[$i]}"
  echo "$(linked_with "${folders[$i]}"): $(sha256sum <"$scratch/$i.txt" | cut -d' ' -f1)"
  diff "$scratch/0.txt" "$scratch/$i.txt"
done
