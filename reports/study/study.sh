#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes every table of docs/study.md anew: 19,340 points, three to five minutes of processor time, stores in OUT.
# usage: study.sh TRICYCLE OUT [SWEEP_OPTION...], from the source directory; --resume goes on with what is there
set -e
tricycle=$1
out=$2
shift 2
mkdir -p "$out"
for grid in slice hard map machines chunks parallel constants; do
  "$tricycle" sweep workloads/grids/study_$grid.yaml --store "$out/study_$grid.sqlite" "$@"
done

# One document after the other: whole layers, the inversion as kernels have it in flight, and one chunk at a time.
for machine in hexagon_v79_like ascend_910b_like trainium_ncv2_like; do
  for model in 0_8b 9b; do
    for flight in 0 1; do
      run="$tricycle layer hwconfigs/$machine.yaml workloads/problems/qwen3_5_$model.yaml --format fp16 --mode llamacpp_fp16 --solve-in-flight $flight --json"
      $run --algorithm neumann_masked,blocked_substitution,block_elimination,block_doubling
      $run --algorithm neumann_masked --set algorithm.order=2 --set algorithm.mask_width=4 --set algorithm.evaluation=doubling
      $run --algorithm neumann_masked --set algorithm.steps=3 --set algorithm.mask_width=8
    done
  done
done >"$out/study_layers.json"
python3 reports/study/study.py docs/study.md "$out"/study_*.sqlite "$out/study_layers.json" --write
