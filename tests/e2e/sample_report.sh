#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes reports/sample/design_space.html: the report of a small sweep, with the timelines of two of its runs.
# usage: sample_report.sh TRICYCLE FILE.html, from the source directory
set -e
tricycle=$1
out=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$tricycle" sweep workloads/grids/quick.yaml --store "$scratch/quick.sqlite" >"$scratch/log"
for algorithm in block_doubling forward_substitution; do
  "$tricycle" run hwconfigs/edge_16x16.yaml workloads/problems/iid_c16.yaml --algorithm $algorithm --format int8 \
    --out "$scratch/$algorithm" >"$scratch/log"
done
"$tricycle" report "$scratch/quick.sqlite" --title "A small design space" --out "$out" \
  --trace "$scratch/block_doubling/trace.json" --trace "$scratch/forward_substitution/trace.json"
# The sample is the same whatever else changes in the sources.
sed -E -i 's/\["build","[0-9a-f]{64}"\]/["build","SHA-256 of the sources that made it"]/' "$out"
