#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files and streams of the command line: the same bytes twice, results made again from their own files, nothing half-written, a
# progress line on terminals alone.
# usage: outputs.sh TRICYCLE SOURCE_DIR
tricycle=$1
cd "$2" || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0
s=$scratch
hw=hwconfigs/edge_16x16.yaml
problem=workloads/problems/iid_c16.yaml
golden=tests/golden/inversion_subset.safetensors

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
same() { cmp "$1" "$2" || fail "$1 and $2 differ"; }
# Where a long command is says nothing of what is tested, and a slow build is long about everything.
without_progress() { sed -i -E '/^tricycle: ([0-9]+\/[0-9]+  |still at work, |[0-9]+ of [0-9]+ chunks, )/d' "$1"; }
succeeds() {
  "$tricycle" "$@" >"$s/stdout" 2>"$s/stderr" || fail "tricycle $*: status $?: $(cat "$s/stderr")"
  without_progress "$s/stderr"
}

# --- the same bytes twice, and again from what the first run wrote
run_twice() { # name, then the arguments behind the machine
  name=$1
  shift
  succeeds run $hw "$@" --out "$s/$name.1"
  succeeds run $hw "$@" --out "$s/$name.2" --json
  same "$s/stdout" "$s/$name.1/result.json"
  succeeds run "$s/$name.1/config.resolved.yaml" --out "$s/$name/deeper/3"
  (cd "$s/$name.1" && "$tricycle" run config.resolved.yaml --out ../"$name.4" >/dev/null) || fail "$name: not made again from its own folder"
  for file in result.json result.csv trace.json; do
    same "$s/$name.1/$file" "$s/$name.2/$file"
    same "$s/$name.1/$file" "$s/$name/deeper/3/$file"
    same "$s/$name.1/$file" "$s/$name.4/$file"
  done
  same "$s/$name.1/config.resolved.yaml" "$s/$name.2/config.resolved.yaml"
}
run_twice synthetic $problem --algorithm neumann_masked_blockwise --set algorithm.block=8 --set systolic_array.rows=8 --set problem.input.synthetic.seed=7
run_twice captured workloads/problems/gdn_lm_c64.yaml --algorithm block_doubling --format int8
# A cut that is fixed is that of the result, costs time alone, and is made again.
run_twice cut $problem --algorithm block_doubling --tile 8 --merge-group 4
run_twice best $problem --algorithm block_doubling
grep -qF '"cut": "tile 8 group 4"' "$s/cut.1/result.json" || fail "--tile 8 --merge-group 4: $(grep '"cut"' "$s/cut.1/result.json")"
grep -qF '"shortest_latency_cut": "tile 8 group 4"' "$s/cut.1/result.json" || fail "a fixed cut is that of the latency too"
grep -qxF 'cut: {tile: 8, merge_group: 4}' "$s/cut.1/config.resolved.yaml" || fail "config.resolved.yaml has no cut"
! grep -q '^cut:' "$s/best.1/config.resolved.yaml" || fail "config.resolved.yaml has a cut that nobody fixed"
grep output_digest "$s/cut.1/result.json" >"$s/cut.bits"
grep output_digest "$s/best.1/result.json" | cmp - "$s/cut.bits" || fail "the cut changes the bits"

succeeds compare $hw --problem $problem --formats fp16,int8 --out "$s/c1"
succeeds compare $hw --problem $problem --formats fp16,int8 --out "$s/c2" --json
same "$s/stdout" "$s/c1/compare.json"
same "$s/c1/compare.csv" "$s/c2/compare.csv"
same "$s/c1/report.html" "$s/c2/report.html"
succeeds invert $golden "$s/y1" --algorithm neumann_masked --format bf16 --hw $hw
succeeds invert $golden "$s/y2" --algorithm neumann_masked --format bf16 --hw $hw
same "$s/y1" "$s/y2"

# --- matrices of one's own: NumPy's files give the bits that safetensors give; how good the inverses are (these figures: numpy.linalg.inv's)
own=tests/golden/numpy
accuracy="Y: SNR mean 70.22 dB, worst 67.31 dB; relative error mean 3.14e-04, max 4.31e-04; correlation mean 1.000000, worst 1.000000"
of_t="              T: SNR mean 76.07 dB, worst 73.78 dB; relative error mean 1.59e-04, max 2.05e-04"
skipped="skipped what is no [.., C, C]: \"bias\" [8], \"wide\" [2, 8]"
says() { grep -qF "$1" "$2" || fail "$2: expected \"$1\", got $(cat "$2")"; }
succeeds invert $own/batch.npy "$s/own.npy" --algorithm block_doubling --format fp16 --hw $hw
[ ! -s "$s/stderr" ] || fail "invert batch.npy: $(cat "$s/stderr")"
says "$accuracy" "$s/stdout"
says "$of_t" "$s/stdout"
says "  worst       \"batch[1,0]\", by the SNR of Y" "$s/stdout"
succeeds invert $own/mixed.safetensors "$s/own.safetensors" --algorithm block_doubling --format fp16 --hw $hw
says "$skipped" "$s/stderr"
says "$accuracy" "$s/stdout"
tail -c 768 "$s/own.npy" >"$s/own.1" # 2 x 3 x 8 x 8 of 2 B
tail -c 768 "$s/own.safetensors" >"$s/own.2"
same "$s/own.1" "$s/own.2"
says "'descr': '<f2', 'fortran_order': False, 'shape': (2, 3, 8, 8)" "$s/own.npy"
for file in batch.npy mixed.safetensors; do
  printf 'name: own\nchunk: 8\ninput:\n  matrices: {file: %s}\n' "$PWD/$own/$file" >"$s/own.yaml"
  succeeds run $hw "$s/own.yaml" --algorithm block_doubling --format fp16 --out "$s/own.$file"
  says "$accuracy" "$s/stdout"
done
says "$skipped" "$s/stderr"
succeeds compare $hw --problem "$s/own.yaml" --formats fp16 --out "$s/own.compare"
says "$skipped" "$s/stderr"
grep output_digest "$s/own.batch.npy/result.json" >"$s/own.1"
grep output_digest "$s/own.mixed.safetensors/result.json" >"$s/own.2"
same "$s/own.1" "$s/own.2"

# --- what is written has the same values when it is read again: codes by their header, by an option, and as real numbers
digest_of() { # command line of an inversion: the digest of its input
  succeeds invert "$@" "$s/again.safetensors" --algorithm block_doubling --format fp64 --json
  sed -n 's/.*"input_digest": "\([0-9a-f]*\)".*/\1/p' "$s/stdout"
}
for format in int16 int8 int4; do
  succeeds invert $own/batch.npy "$s/codes.safetensors" --algorithm neumann_masked --format $format
  succeeds invert $own/batch.npy "$s/codes.npy" --algorithm neumann_masked --format $format
  bits=$(sed -n 's/.*codes of \([0-9]*\) fraction bits.*/\1/p' "$s/stdout")
  succeeds invert $own/batch.npy "$s/real.npy" --algorithm neumann_masked --format $format --as float32
  real=$(digest_of "$s/real.npy")
  [ "$(digest_of "$s/codes.safetensors")" = "$real" ] || fail "$format: codes are not read as they were written"
  [ ! -s "$s/stderr" ] || fail "$format: $(cat "$s/stderr")"
  [ "$(digest_of "$s/codes.npy" --fraction-bits "$bits")" = "$real" ] || fail "$format: --fraction-bits $bits gives other values"
  [ "$(digest_of "$s/codes.npy")" != "$real" ] || fail "$format: codes are real numbers"
  says "read integers as whole numbers, their header has no fraction_bits: \"codes\"" "$s/stderr"
done

# --- fp64 inverts the numbers of the file: of one matrix of float64 every bit counts
succeeds invert $own/f8.npy "$s/f8.npy" --algorithm forward_substitution --format fp64 --json
grep -q '"inputs_rounded": 0' "$s/stdout" || fail "fp64 rounds float64"
succeeds invert $own/f8.npy "$s/f4.npy" --algorithm forward_substitution --format fp64 --as float64
same "$s/f8.npy" "$s/f4.npy"

# --- what of captured tensors is left out is told, by every command and in its results
printf 'name: cut\nchunk: 120\ninput:\n  captured: {file: %s}\n' "$PWD/workloads/data/gdn_lm/captured_acts.safetensors" >"$s/cut.yaml"
printf 'name: cut\nmachine: %s\nproblem: cut.yaml\naxes:\n  - format: [fp16]\n  - algorithm: [block_doubling]\n' "$PWD/$hw" >"$s/cut_grid.yaml"
left="left out behind the last whole chunk of 120: 32 of 512 tokens of layer0, 32 of 512 tokens of layer1,"
succeeds run $hw "$s/cut.yaml" --algorithm block_doubling --format fp16 --out "$s/cut" --json
says "$left" "$s/stderr"
says "\"input_note\": \"$left" "$s/stdout"
succeeds compare $hw --problem "$s/cut.yaml" --algorithms block_doubling --formats fp16 --out "$s/cut"
says "$left" "$s/stderr"
succeeds tune $hw "$s/cut.yaml" --tolerance 20 --algorithms block_doubling --formats fp16 --chunks 48 --out "$s/cut"
says "chunks of 48: left out behind the last whole chunk of 48: 32 of 512 tokens" "$s/cut/tune.json"
succeeds sweep "$s/cut_grid.yaml" --store "$s/cut.sqlite"
says "cut: $left" "$s/stderr"

# --- a format that cannot hold the entries of a file says so, before what stands for them
python3 - "$s/large.npy" <<'END'
import struct, sys
header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 4), }"
header += " " * (63 - (10 + len(header)) % 64) + "\n"
entries = [0.0] * 16
entries[4], entries[12], entries[13] = -65520.0, -1.0, 3e38  # the last number that rounds to 65504 is smaller
open(sys.argv[1], "wb").write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack("<16f", *entries))
END
succeeds invert "$s/large.npy" "$s/many.npy" --algorithm block_doubling --format fp32,fp16,float8_e4m3fn,int8 --as float32
says "large.npy: 2 of 16 entries are beyond fp16, which ends at 65504; what stands for them is not their value" "$s/stderr"
says "large.npy: 2 of 16 entries are beyond float8_e4m3fn, which ends at 448;" "$s/stderr"
says "large.npy: 2 of 16 entries are beyond int8, which ends at 0.992188;" "$s/stderr"
[ "$(wc -l <"$s/stderr")" = 3 ] || fail "fp32 holds the entries of large.npy: $(cat "$s/stderr")"

# --- several results of one file, and the errors of every matrix
succeeds invert $own/batch.npy "$s/many.npy" --algorithm block_doubling,forward_substitution --format bf16,int8 --as float32 --errors "$s/many.csv"
for result in block_doubling.bf16 block_doubling.int8 forward_substitution.bf16 forward_substitution.int8; do
  [ -s "$s/many.$result.npy" ] || fail "no many.$result.npy"
  says "$s/many.$result.npy: 6 matrices by ${result%.*} in ${result#*.}" "$s/stdout"
done
[ "$(wc -l <"$s/many.csv")" -eq 25 ] || fail "expected a line a result and matrix: $(cat "$s/many.csv")"
says "algorithm,format,matrix,chunk,y_snr_db," "$s/many.csv"
says 'forward_substitution,int8,"batch[1,2]",8,' "$s/many.csv"

# --- what is written is told, and whose results that replaces; who names no algorithm hears of a better one
succeeds run $hw $problem --algorithm block_doubling --out "$s/told"
says "written: $s/told/result.json $s/told/result.csv $s/told/trace.json $s/told/config.resolved.yaml" "$s/stdout"
! grep -q "hint" "$s/stdout" || fail "a hint for who chose: $(cat "$s/stdout")"
cp "$s/told/trace.json" "$s/trace.json"
succeeds run $hw $problem --algorithm block_doubling --out "$s/told"
! grep -q "replaced" "$s/stdout" || fail "the same run again replaces nothing: $(cat "$s/stdout")"
succeeds run $hw $problem --out "$s/told"
says "replaced: $s/told/result.json, earlier results: block_doubling in fp16 on edge_16x16 with iid_c16; --out DIR keeps both" "$s/stdout"
hint=$(sed -n 's/^  hint        neumann_masked is the default, not a choice: \([a-z_]*\), which is exact, takes \([0-9]*\) cycles a chunk here, [0-9.]* times as fast; .*/\1 \2/p' "$s/stdout")
[ -n "$hint" ] || fail "no hint: $(cat "$s/stdout")"
succeeds run $hw $problem --algorithm "${hint% *}" --out "$s/hinted"
says "  throughput  ${hint#* } cycles a chunk" "$s/stdout"
succeeds run $hw $problem --algorithm block_doubling --dump-program
python3 - "$s/stdout" "$s/trace.json" <<'END' || fail "slices of the trace are not the instructions of the program"
import json, re, sys
program = dict(re.findall(r"^ +(\d+)  \w+ +(\S.*?)(?:  # waits [\d ]+)?$", open(sys.argv[1]).read(), re.MULTILINE))
slices = [e["args"] for e in json.load(open(sys.argv[2]))["traceEvents"] if e["ph"] == "X" and "instruction" in e["args"]]
assert len(program) > 20 and len(slices) > 16 * len(program)
assert all(program[str(s["instruction"])] == s["text"] for s in slices)
END
# A dump is a program: the same bits, cycles and figures, but for the name.
run_as_program() { # algorithm, format
  succeeds run $hw $problem --algorithm "$1" --format "$2" --out "$s/lowered"
  succeeds run $hw $problem --algorithm "$1" --format "$2" --dump-program
  cp "$s/stdout" "$s/program.txt"
  succeeds run $hw $problem --program "$s/program.txt" --out "$s/program"
  succeeds run "$s/program/config.resolved.yaml" --out "$s/program.again"
  same "$s/program/result.json" "$s/program.again/result.json"
  same "$s/program/program.txt" "$s/program.txt"
  python3 - "$s/lowered/result.json" "$s/program/result.json" <<'END' || fail "$1 $2 as a program is another run"
import json, sys
lowered, program = (json.load(open(path)) for path in sys.argv[1:])
own = {"algorithm", "parameters", "cut", "shortest_latency_cycles", "shortest_latency_cut", "in_flight_limit"}
assert program["algorithm"] == "program" and program["parameters"].startswith("text ")
different = {key for key in lowered if lowered[key] != program[key]}
assert different <= own, different
END
}
for algorithm in forward_substitution neumann_masked block_doubling column_sweep; do
  for format in fp16 int8; do run_as_program $algorithm $format; done
done
succeeds compare $hw $problem --formats fp16 --algorithms block_doubling --out "$s/told"
says "written: $s/told/compare.csv $s/told/compare.json $s/told/left_out.csv $s/told/report.html" "$s/stdout"
succeeds compare $hw --problem $problem --formats int8 --algorithms block_doubling --out "$s/told" --json
[ "$(cat "$s/told/left_out.csv")" = "machine,algorithm,format,reason" ] || fail "left out: $(cat "$s/told/left_out.csv")"
says "tricycle: replaced: $s/told/compare.json, earlier results: block_doubling in fp16 on edge_16x16 with iid_c16" "$s/stderr"
printf '{"algorithm": "\\u001b[31m\\n", "machine": 7}' >"$s/told/result.json" # of anybody
succeeds run $hw $problem --algorithm block_doubling --out "$s/told"
says 'earlier results: \u001b[31m\n; --out' "$s/stdout"
(cd "$s" && "$tricycle" run "$OLDPWD/$hw" "$OLDPWD/$problem" --json >/dev/null 2>stderr) || fail "run --json into out"
says "tricycle: written: out/result.json" "$s/stderr"

# --- what cannot run is left out in the results, too
succeeds compare hwconfigs/hexagon_like.yaml $problem --algorithms newton_schulz,block_doubling --formats int16,fp32 --out "$s/told"
says "hexagon_like,newton_schulz,int16,\"what it stores has no bound" "$s/told/left_out.csv"

# --- what can run of a layer does, and the rest is named
succeeds layer hwconfigs/hexagon_like.yaml workloads/problems/qwen3_5_0_8b.yaml --set problem.layer.tokens=256 --format int16 --algorithm newton_schulz,block_doubling --json
says "tricycle: left out: hexagon_like, newton_schulz, int16: what it stores has no bound" "$s/stderr"
says '"left_out": [' "$s/stdout"
python3 - "$s/stdout" <<'END' || fail "the document of a layer: $(cat "$s/stdout")"
import json, sys
layer = json.load(open(sys.argv[1]))
close = lambda a, b: abs(a - b) <= 1e-9 * abs(b)
others = sum(stage["cycles"] for stage in layer["stages"])
assert [i["algorithm"] for i in layer["inversions"]] == ["forward_substitution", "block_doubling"]
for i in layer["inversions"]:
    assert close(i["layer_cycles"], others + i["cycles"])
    assert close(i["layer_ms"], i["layer_cycles"] / layer["clock_ghz"] / 1e6)
    assert close(i["layer_tokens_per_s"], 256 / (i["layer_ms"] / 1e3))
    energy = sum(stage["energy_uj_per_token"] for stage in [*layer["stages"], i]) * 256 / 1e3
    assert energy > 0 and close(i["layer_energy_mj"], energy)
totals = [i["layer_cycles"] for i in layer["inversions"]]
worth = layer["worth"]
assert close(worth["saved_cycles"], max(totals) - min(totals)) and close(worth["saved"], 1 - min(totals) / max(totals))
assert close(worth["largest_share"], max(i["share"] for i in layer["inversions"]))
END
succeeds layer hwconfigs/hexagon_like.yaml workloads/problems/qwen3_5_0_8b.yaml --set problem.layer.tokens=256 --format int16 --algorithm block_doubling
grep -qE "^layer: [0-9.]+ ms, [0-9]+ tokens/s, [0-9.]+ mJ = [0-9.]+ uJ a token" "$s/stdout" || fail "layer: $(cat "$s/stdout")"
grep -qE "^the inversion is [0-9.]+ to [0-9.]+ % of this layer: .* instead of .* saves [0-9.]+ ms of [0-9.]+ ms, [0-9.]+ %" "$s/stdout" || fail "layer: $(cat "$s/stdout")"

succeeds gemm $hw --m 17 --n 9 --k 33 --format fp16 --json
cp "$s/stdout" "$s/g1"
succeeds gemm $hw --m 17 --n 9 --k 33 --format fp16 --json
same "$s/stdout" "$s/g1"
# what the refusal of a format says adds it
"$tricycle" gemm $hw --m 8 --n 8 --k 8 --format int4 >"$s/stdout" 2>"$s/stderr"
set -- $(grep -o -- "--set formats[a-z0-9._]*=[a-z0-9]*" "$s/stderr")
[ $# -eq 2 ] || fail "the refusal of int4 does not say how to add it: $(cat "$s/stderr")"
succeeds gemm $hw --m 8 --n 8 --k 8 --format int4 "$@"
# weights need not be a format of the machine
succeeds gemm $hw --m 8 --n 8 --k 8 --format int16 --weights int4

# --- the cheapest within a tolerance; none: status 1, what is best, and the files all the same
succeeds tune $hw $problem --tolerance 50 --formats fp16 --out "$s/tune1" --threads 1
succeeds tune $hw $problem --tolerance 50 --formats fp16 --out "$s/tune2" --threads 3 --json
same "$s/stdout" "$s/tune1/tune.json"
same "$s/tune1/tune.csv" "$s/tune2/tune.csv"
"$tricycle" tune $hw $problem --tolerance 250 --formats fp16 --out "$s/tune3" >"$s/stdout" 2>"$s/stderr"
[ $? -eq 1 ] || fail "tune --tolerance 250: expected status 1"
grep -q "^tricycle: edge_16x16: nothing meets worst SNR of Y over chunks at least 250 dB; the best available is .* in fp16: [0-9.]* dB$" "$s/stderr" ||
  fail "tune --tolerance 250: $(cat "$s/stderr")"
[ -s "$s/tune3/tune.json" ] || fail "tune --tolerance 250: no files"

# --- as wide as the terminal, and the same document whatever is traced
COLUMNS=70 "$tricycle" run $hw $problem --timeline --trace-chunks 3 --out "$s/t1" >"$s/stdout" || fail "run --timeline"
grep -q "^vector0 " "$s/stdout" || fail "no timeline: $(cat "$s/stdout")"
[ "$(grep -E "^(matrix|vector|dma|slot)[0-9]|^ +[|]-" "$s/stdout" | awk '{ if (length > n) n = length } END { print n }')" -eq 70 ] ||
  fail "the timeline is not 70 wide: $(cat "$s/stdout")"
succeeds run $hw $problem --trace-chunks 0 --out "$s/t2"
same "$s/t1/result.json" "$s/t2/result.json"

# --- every file says what made it
says() { grep -qF -- "$2" "$1" || fail "$1 does not say $2"; }
config=$s/synthetic.1/config.resolved.yaml
version=$("$tricycle" --version)
says "$config" "# $version"
says "$config" "# from \"$hw\" and \"$problem\""
says "$config" "# --set \"systolic_array.rows=8\""
says "$s/synthetic.1/result.json" '"seed": 7,'
says "$s/captured.1/result.json" '"seed": null,'
says "$s/t1/trace.json" '"chunks":16,"traced_chunks":3,"limit":"--trace-chunks'
says "$s/t2/trace.json" '"traced_chunks":0'
for text in "\"version\":\"$version\"" '"algorithm":"neumann_masked"' '"format":"bf16"' '"machine":"edge_16x16"' '"parameters.64":"N=3 S=8"'; do
  says "$s/y1" "$text"
done
# `check` prints the digest that results cite their machine by.
succeeds check $hw $problem "$config"
digest=$(sed -n '1s/.*digest //p' "$s/stdout")
says "$s/c1/compare.csv" "$digest"
says "$s/captured.1/result.json" "\"machine_digest\": \"$digest\""
! grep -qF "$digest" "$s/synthetic.1/result.json" || fail "a machine with another array has the digest of $hw"

# --- a write that fails leaves nothing: status 1, no file, no folder
out_of_room() { # the arguments; files may have 1 block, 512 or 1024 B
  (trap '' XFSZ && ulimit -f 1 && exec "$tricycle" "$@" >/dev/null 2>"$s/full")
  status=$?
  [ $status -eq 1 ] || fail "tricycle $*: status $status, expected 1"
  [ "$(wc -l <"$s/full")" -eq 1 ] && grep -q "cannot write the file (File too large)" "$s/full" || fail "tricycle $*: $(cat "$s/full")"
}
out_of_room run $hw $problem --out "$s/full.out/deeper"
out_of_room compare $hw --problem $problem --formats fp16 --out "$s/full.out"
[ ! -e "$s/full.out" ] || fail "full.out is left"
cp -r "$s/c1" "$s/c3"
out_of_room compare $hw --problem $problem --formats fp16 --out "$s/c3"
[ "$(ls "$s/c3")" = "$(ls "$s/c1")" ] || fail "the folder of an earlier result has changed: $(ls "$s/c3")"
same "$s/c1/compare.csv" "$s/c3/compare.csv"
out_of_room invert $own/batch.npy "$s/y3" --algorithm block_doubling --format fp16 --as float64
[ ! -e "$s/y3" ] || fail "y3 is left"
mkdir -p "$s/blocked/result.csv"
"$tricycle" run $hw $problem --out "$s/blocked" >/dev/null 2>&1 && fail "success over a folder called result.csv"
[ "$(ls "$s/blocked")" = result.csv ] || fail "half a result is left: $(ls "$s/blocked")"
[ -z "$(find "$s" -name '*.tmp')" ] || fail "temporary files are left: $(find "$s" -name '*.tmp')"
if [ -c /dev/full ]; then
  "$tricycle" list columns >/dev/full 2>"$s/stderr"
  [ $? -eq 1 ] && grep -q "No space left" "$s/stderr" || fail "list into a full disk: $(cat "$s/stderr")"
fi

# --- progress: on a terminal with count, rate and time left; nothing in a pipe
compare="$tricycle compare $hw --problem $problem --formats fp16 --out $s/p"
$compare >/dev/null 2>"$s/stderr"
[ ! -s "$s/stderr" ] || fail "stderr of compare in a file: $(cat "$s/stderr")"
# A bare chroot has no /dev/pts, so no pseudo-terminal to show anything on.
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
  script -qec "$compare >/dev/null" "$s/typescript" >/dev/null </dev/null
  grep -q "0/4  edge_16x16, forward_substitution, fp16" "$s/typescript" || fail "no progress on a terminal: $(cat "$s/typescript")"
  grep -qE "3/4  [0-9.]+ (runs/s|s/run)  [0-9]+ s left  edge" "$s/typescript" || fail "no rate on a terminal: $(cat "$s/typescript")"
fi

[ $failures -eq 0 ] && echo "all as expected"
exit $failures
