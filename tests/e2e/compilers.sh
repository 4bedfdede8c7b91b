#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bits and cycles must not depend on compiler or optimisation level: the same results, byte for byte, from g++ -O0, clang++ -O3
# and the builds named.
# usage: compilers.sh BUILD_FOLDER...
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

compared() { # tricycle, scratch folder, arguments of compare -> its table
  "$1" compare "${@:3}" --out "$2" >/dev/null 2>"$2.err" || { cat "$2.err" >&2; return 1; }
  cat "$2/compare.csv"
}

product() { # tricycle, machine, format -> the result document of one product
  "$1" gemm "$2" --m 67 --n 45 --k 301 --format "$3" --json
}

results() { # tricycle, scratch folder -> every number and digest it reports, on stdout
  local problem=workloads/problems/iid_c32.yaml small=workloads/problems/iid_c16.yaml
  local edge=hwconfigs/edge_16x16.yaml trainium=hwconfigs/trainium_ncv2_like.yaml hexagon=hwconfigs/hexagon_like.yaml
  # What is compared by default, in every format on every machine.  (20 cores compute what one does.)
  compared "$@" hwconfigs/*_like.yaml $edge --problem $small
  compared "$@" $edge --problem $problem
  # Every algorithm in nine formats, with the sums as shipped; then fused, in tiles, in a tree, rounded at random, without subnormals.
  compared "$@" $edge --problem $small --algorithms all
  compared "$@" $trainium --problem $small --algorithms all --formats tf32,float8_e4m3fn,float8_e5m2
  compared "$@" $edge --problem $small --formats fp64,fp32,fp16,bf16 --set formats.fp64.multiply_add=fused --set formats.fp32.multiply_add=fused \
    --set formats.fp16.order=tile --set formats.bf16.order=tree --set formats.bf16.rounding=stochastic --set formats.fp16.subnormals=flush
  # Scales that are measured.
  compared "$@" $hexagon --problem $small --formats int16,int8 --algorithms all \
    --set formats.int16.scaling=per_row_column --set formats.int8.scaling=per_block --set formats.int8.scale_rounding=power_of_two
  # Sums that overflow: which NaN comes out must not depend on the host's arithmetic.
  compared "$@" $edge --problem workloads/problems/all_ones_c64.yaml --formats fp32,fp16,bf16 --set algorithm.mask=after --set algorithm.order=10
  # Products of odd sizes: edges of tiles, of panels and of vector registers.
  local format
  for format in fp64 fp32 fp16 bf16 int16 int8; do product "$1" $edge $format; done
  for format in tf32 float8_e4m3fn float8_e5m2; do product "$1" $trainium $format; done
  product "$1" hwconfigs/tpu_v5e_like.yaml int4
}

optimisation() { # build folder -> the -O flags its sources are compiled with
  ninja -C "$1" -t commands tricycle | grep -oE -- ' -O[0-9sg]' | sort -u | xargs
}

linked_with() { # build folder -> compiler and flags of its program
  ninja -C "$1" -t commands tricycle | tail -n 1 | sed -E 's/^: && [^ ]*\///; s/ [^ ]+\.o .*//'
}

build() { # folder, compiler, flags, further settings of cmake
  cmake -S . -B "$1" -G Ninja -DCMAKE_CXX_COMPILER="$2" -DCMAKE_CXX_FLAGS_RELEASE="$3" -DTRICYCLE_TESTS=OFF \
    -DCMAKE_UNITY_BUILD=ON "${@:4}" >/dev/null
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
