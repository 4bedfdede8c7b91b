#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input from the command line: exit status 2, a line on stderr that says what is wrong, nothing left behind.
# usage: bad_input.sh TRICYCLE SOURCE_DIR
tricycle=$1
cd "$2" || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0
hw=hwconfigs/edge_16x16.yaml
problem=workloads/problems/iid_c16.yaml

refuses() { # expected text, then the arguments
  expected=$1
  shift
  "$tricycle" "$@" >"$scratch/stdout" 2>"$scratch/stderr"
  status=$?
  if [ $status -ne 2 ] || ! grep -qF -- "$expected" "$scratch/stderr" || [ -e "$scratch/out" ]; then
    echo "FAILED: tricycle $*: status $status, expected 2 and \"$expected\", got: $(cat "$scratch/stderr")"
    failures=$((failures + 1))
  fi
}

: >"$scratch/empty.safetensors"
head -c 100 tests/golden/inversion_subset.safetensors >"$scratch/truncated.safetensors"
sed 's/rows: 16/rows: 16x/' $hw >"$scratch/bad_rows.yaml"
sed 's/  cols:/  columns:/' $hw >"$scratch/unknown_key.yaml"

refuses "found no such file" run "$scratch/none.yaml" $problem --out "$scratch/out"
refuses "expected integer in [1, 1024], got \"16x\"" check "$scratch/bad_rows.yaml"
refuses "did you mean \"cols\"?" check "$scratch/unknown_key.yaml"
refuses "unknown algorithm; expected one of forward_substitution" run $hw $problem --algorithm gauss --out "$scratch/out"
refuses "unknown format; expected one of fp64" run $hw $problem --format fp12 --out "$scratch/out"
refuses "the machine has no format fp16" run $hw $problem --format fp16 --set formats.fp16=none --out "$scratch/out"
refuses "raise scratchpad.size" run $hw workloads/problems/gdn_lm_c128.yaml --set "scratchpad.size=16 KiB" --out "$scratch/out"
refuses "algorithm.steps: expected integer" run $hw $problem --set algorithm.steps=0 --out "$scratch/out"
refuses "has no such parameter" run $hw $problem --algorithm block_doubling --set algorithm.order=3 --out "$scratch/out"
refuses "takes a power of two" run $hw $problem --set algorithm.evaluation=doubling --set algorithm.steps=3 --out "$scratch/out"
refuses "unknown key" run $hw $problem --set systolic_array.rosw=8 --out "$scratch/out"
refuses "chunk" run $hw $problem --set problem.chunk=5 --out "$scratch/out"
refuses "cannot open the file" invert "$scratch/none.safetensors" "$scratch/out" --algorithm block_doubling --format fp16
refuses "got a directory" invert "$scratch" "$scratch/out" --algorithm block_doubling --format fp16
refuses "empty or truncated" invert "$scratch/empty.safetensors" "$scratch/out" --algorithm block_doubling --format fp16
refuses "exceeds the file" invert "$scratch/truncated.safetensors" "$scratch/out" --algorithm block_doubling --format fp16
refuses "expected integer in [1, 16384], got 0" gemm $hw --m 0 --n 1 --k 1 --format int8
refuses "unknown fidelity" gemm $hw --m 1 --n 1 --k 1 --format int8 --fidelity rtl
refuses "" list nothing
refuses "" nonsense

[ $failures -eq 0 ] && echo "all refused"
exit $failures
