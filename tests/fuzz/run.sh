#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzz harness for some seconds each, two at a time: run.sh [SECONDS [HARNESS ..]].
# BUILD names the folder of the build (build-fuzz), JOBS how many run at once, CORPUS a folder that is kept between runs, SEED that of the
# mutations (0: another one each time).
# Prints executions, executions a second and the largest memory of each; fails on any crash, leak, hang over 5 s, or memory over 512 MiB.
set -euo pipefail
# What was freed is kept for a while to find its users: 256 MiB by default, half of what a reader may take.
# Whole call stacks of every allocation, and stack frames kept for late users, take a third of the time: the sanitized tests look for those.
export ASAN_OPTIONS="quarantine_size_mb=16:malloc_context_size=2:detect_stack_use_after_return=0:${ASAN_OPTIONS:-}" UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
bin=$(cd "${BUILD:-build-fuzz}/tests/fuzz" && pwd)
work=${CORPUS:-$(mktemp -d)}
found=${FOUND:-$bin/found}
harnesses=("$@")
[ ${#harnesses[@]} -gt 0 ] || mapfile -t harnesses < <(find "$bin" -maxdepth 1 -type l -printf '%f\n' | sort)
python3 tests/fuzz/seeds.py "$PWD" "$work/seeds" "$bin/../../tricycle"

one() {
  local harness=$1 log="$work/$1.log" status=0 longest=65536
  case $harness in
    constraint | quantity | settings) longest=16384 ;;
    store | safetensors | npy | matrices | model) longest=1048576 ;;
  esac
  mkdir -p "$work/corpus/$harness" "$found"
  local folders=("$work/corpus/$harness" "$work/seeds/$harness")
  [ -d "tests/fuzz/corpus/$harness" ] && folders+=("tests/fuzz/corpus/$harness")
  "$bin/$harness" "${folders[@]}" -dict="$work/seeds/$harness.dict" -max_total_time="$seconds" -seed="${SEED:-0}" -timeout=5 -rss_limit_mb=512 \
    -max_len="$longest" -artifact_prefix="$found/$harness-" -print_final_stats=1 -verbosity=1 >"$log" 2>&1 || status=$?
  local count peak took verdict=ok
  count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  peak=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
  took=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$log")
  [ $status = 0 ] || verdict="FAILED ($status), see $log"
  printf '%-12s %10s executions %7s a second %4s MiB  %s\n' "$harness" "${count:-?}" "$((${count:-0} / (${took:-0} + 1)))" "${peak:-?}" "$verdict"
  if [ $status != 0 ]; then
    tail -n 40 "$log" >&2
    return 1
  fi
}
export -f one
export bin work found seconds
[ -n "${CORPUS:-}" ] || trap 'status=$?; [ $status = 0 ] && rm -rf "$work"; exit $status' EXIT
printf '%s\n' "${harnesses[@]}" | xargs -P "${JOBS:-2}" -I{} bash -c 'one "$1"' _ {}
