#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the tables of docs/study.md that workloads/grids/study_slice.yaml suffices for anew, and holds the page against them.
# usage: study.sh TRICYCLE SOURCE_DIR
set -e
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$1" sweep "$2/workloads/grids/study_slice.yaml" --jobs 1 --store "$scratch/study_slice.sqlite" >"$scratch/log"
python3 "$2/reports/study/study.py" "$2/docs/study.md" "$scratch/study_slice.sqlite"
