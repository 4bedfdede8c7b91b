#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The recipes of docs/sweep.md as they stand there: shards by GNU parallel (where it is installed) and by the body of a Slurm array
# job, task by task, hold after the merge what one sweep holds.
# usage: sweep_recipes.sh TRICYCLE SOURCE_DIR
tricycle=$(realpath "$1")
source=$(realpath "$2")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
PATH=$(dirname "$tricycle"):$PATH
failures=0

recipe() { # the lines of the block behind the marker
  awk -v marker="<!-- recipe $1 -->" '$0 == marker {found = 1} found && /^```$/ {exit} inside {print} found && /^```sh$/ {inside = 1}' \
    "$source/docs/sweep.md"
}

whole_is() { # store, what made it
  tricycle export "$1" >"$1.csv"
  cmp -s whole.csv "$1.csv" || { echo "FAILED: $2: not what one sweep holds"; failures=$((failures + 1)); }
}

cat >grid.yaml <<END
name: recipes
machine: $source/hwconfigs/edge_16x16.yaml
problem: $source/workloads/problems/iid_c16.yaml
axes:
  - algorithm: [neumann_masked, block_doubling]
  - sequencer.token_latency: [0, 8, 16, 24, 32]
END
tricycle sweep grid.yaml --store whole.sqlite >/dev/null || exit 1
tricycle export whole.sqlite >whole.csv

if command -v parallel >/dev/null; then
  recipe parallel >parallel.sh
  [ -s parallel.sh ] || { echo "FAILED: no recipe parallel"; failures=$((failures + 1)); }
  sh -e ./parallel.sh >/dev/null && whole_is grid.sqlite "GNU parallel"
  rm -rf shards grid.sqlite
else
  echo "skipped: GNU parallel is not installed"
fi

recipe slurm >slurm.sh
[ -s slurm.sh ] || { echo "FAILED: no recipe slurm"; failures=$((failures + 1)); }
for task in 1 2 3 4; do
  SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=4 SLURM_CPUS_PER_TASK=1 sh -e ./slurm.sh >/dev/null || failures=$((failures + 1))
done
tricycle merge shards/*.sqlite --into grid.sqlite >/dev/null
whole_is grid.sqlite "the Slurm array"

[ $failures -eq 0 ] && echo "recipes: ok"
exit $failures
