#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input from the command line: exit status 2, one line on stderr for every fault that says what is wrong, nothing on stdout,
# nothing left behind, and no hanging.
# usage: bad_input.sh TRICYCLE SOURCE_DIR
tricycle=$1
cd "$2" || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0
s=$scratch/in
out=$scratch/out
mkdir "$s"
hw=hwconfigs/edge_16x16.yaml
problem=workloads/problems/iid_c16.yaml
golden=tests/golden/inversion_subset.safetensors

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# Where a long command is says nothing of what is tested, and a slow build is long about everything.
without_progress() { sed -i -E '/^tricycle: ([0-9]+\/[0-9]+  |still at work, |[0-9]+ of [0-9]+ chunks, )/d' "$1"; }

refuses() { # a text of every line expected, one a line, in order; then the arguments
  printf '%s\n' "$1" >"$scratch/expected"
  shift
  timeout 20 "$tricycle" "$@" >"$scratch/stdout" 2>"$scratch/stderr"
  status=$?
  without_progress "$scratch/stderr"
  [ $status -eq 2 ] || fail "tricycle $*: status $status, expected 2"
  [ ! -s "$scratch/stdout" ] || fail "tricycle $*: wrote to stdout: $(head -3 "$scratch/stdout")"
  [ ! -e "$out" ] || { fail "tricycle $*: left $out"; rm -rf "$out"; }
  [ "$(wc -l <"$scratch/stderr")" -eq "$(wc -l <"$scratch/expected")" ] ||
    fail "tricycle $*: expected $(wc -l <"$scratch/expected") lines, got: $(cat "$scratch/stderr")"
  number=0
  while IFS= read -r text; do
    number=$((number + 1))
    line=$(sed -n ${number}p "$scratch/stderr")
    case $line in
      "tricycle: "*"$text"*) ;;
      *) fail "tricycle $*: expected \"$text\", got \"$line\"" ;;
    esac
  done <"$scratch/expected"
}

leaves_out() { # a text of every line expected on stderr behind "left out: "; then the arguments of a command that succeeds
  rm -rf "$s/some" # earlier results would be told of
  printf '%s\n' "$1" >"$scratch/expected"
  shift
  timeout 60 "$tricycle" "$@" >"$scratch/stdout" 2>"$scratch/stderr"
  status=$?
  without_progress "$scratch/stderr"
  [ $status -eq 0 ] || fail "tricycle $*: status $status, expected 0: $(cat "$scratch/stderr")"
  [ -s "$scratch/stdout" ] || fail "tricycle $*: wrote nothing to stdout"
  sed 's/^/tricycle: left out: /' "$scratch/expected" | diff - "$scratch/stderr" >"$scratch/diff" ||
    fail "tricycle $*: $(cat "$scratch/diff")"
}

refuses_yaml() { # expected text, a machine's text with printf's escapes
  printf "$2" >"$s/m.yaml"
  refuses "$1" run "$s/m.yaml" $problem --out "$out"
}

refuses_machine() { # expected text, sed's edit of a good machine
  sed "$2" $hw >"$s/m.yaml"
  refuses "$1" run "$s/m.yaml" $problem --out "$out"
}

refuses_tensors() { # expected text, file, algorithm, format, more arguments
  expected=$1 file=$2 algorithm=$3 format=$4
  shift 4
  refuses "$expected" invert "$file" "$out" --algorithm "$algorithm" --format "$format" "$@"
}

# A safetensors file of one tensor: name, dtype, shape, size of the data, data with printf's escapes.
tensor_file() {
  header="{\"$2\":{\"dtype\":\"$3\",\"shape\":$4,\"data_offsets\":[0,$5]}}"
  length=$(printf %s "$header" | wc -c)
  { printf "\\$(printf %o $((length % 256)))\\$(printf %o $((length / 256)))\\0\\0\\0\\0\\0\\0"; printf %s "$header"; printf "$6"; } >"$1"
}

# --- the array register by register has no clock of its own
refuses "fidelity pe: systolic_array.clock is 2.8 GHz and clock" run $hw $problem --fidelity pe --set "systolic_array.clock=2.8 GHz" --out "$out"
refuses "fidelity pe: systolic_array.clock is 2.8 GHz and clock" gemm $hw --m 8 --n 8 --k 8 --format fp16 --fidelity pe --set "systolic_array.clock=2.8 GHz"

# --- grids and stores
grid=workloads/grids/quick.yaml
store=$s/quick.sqlite
refuses_grid() { # expected text, a grid's text behind the files with printf's escapes
  printf "name: g\nmachine: $PWD/$hw\nproblem: $PWD/$problem\n$2" >"$s/g.yaml"
  refuses "$1" sweep "$s/g.yaml" --store "$out"
  refuses "$1" check "$s/g.yaml"
}
refuses_grid "g.yaml:5:5: systolic_array.row: unknown key (did you mean \"systolic_array.rows\"?)" "axes:\n  - systolic_array.row: [8]\n"
refuses_grid "g.yaml:5:5: chunk: unknown key (did you mean \"problem.chunk\"?)" "axes:\n  - chunk: [16, 32]\n"
refuses_grid "g.yaml:5:30: systolic_array.rows: expected integer in [1, " "axes:\n  - systolic_array.rows: [8, 0]\n"
refuses_grid "g.yaml:6:15: constraints: \"scratchpad.size > 1 GHz\": expected the same unit" "axes:\n  - format: [fp16]\nconstraints: [scratchpad.size > 1 GHz]\n"
refuses_grid "g.yaml:4:1: axes: expected at most 1e+08 points" "axes:\n  - dma.startup: {from: 0, to: 20000, step: 1}\n  - sequencer.token_latency: {from: 0, to: 20000, step: 1}\n"
# --- programs as text
refuses "$s/none.txt: cannot read: No such file" run $hw $problem --program "$s/none.txt" --out "$out"
"$tricycle" run $hw $problem --algorithm block_doubling --dump-program >"$s/program.txt"
refuses "--program: the program says what is done" run $hw $problem --program "$s/program.txt" --algorithm column_sweep --out "$out"
refuses "program: expected A.dram to be 8 x 8 as the chunks of iid_c16, got 16 x 16" run $hw $problem --program "$s/program.txt" --set problem.chunk=8 --out "$out"
sed 's/^\( *5  .*\) <- /\1 = /' "$s/program.txt" >"$s/broken.txt"
refuses 'expected "<-", got "= ' run $hw $problem --program "$s/broken.txt" --out "$out"
sed '/ load /d' "$s/program.txt" >"$s/unloaded.txt"
refuses "expected every operand to have been written" run $hw $problem --program "$s/unloaded.txt" --out "$out"
refuses "expected a first line" run $hw $problem --program $problem --out "$out"

# --- a cut that is fixed
refuses "cut.tile: expected one of 8, 16 for chunks of 16 in fp16 on edge_16x16, got 12" run $hw $problem --tile 12 --out "$out"
refuses "cut.merge_group: neumann_masked merges no pairs of small blocks; leave --merge-group out" run $hw $problem --merge-group 4 --out "$out"
refuses "cut.merge_group: expected one of 2, 4, 8 for tiles of 8, chunks of 16 in fp16 on edge_16x16, got 16" \
  run $hw $problem --algorithm block_doubling --tile 8 --merge-group 16 --out "$out"
refuses "--tile: expected integer in [1, 256], got x" run $hw $problem --tile x --out "$out"
refuses "--program: a program is run as it is written; leave out --tile, --merge-group and --linear-terms" run $hw $problem --program "$s/program.txt" --tile 8 --out "$out"

refuses "no-such.yaml: expected a YAML file, found no such file" sweep no-such.yaml
refuses "--shard 5/4: expected I/N with 1 <= I <= N" sweep $grid --shard 5/4
refuses "--jobs: expected integer in [0, 4096], got x" sweep $grid --jobs x
refuses "--memory: expected 0 (no limit) or at least" sweep $grid --memory 1
"$tricycle" sweep $grid --store "$store" >/dev/null 2>&1 || fail "sweep $grid: expected success"
refuses "quick.sqlite: there is such a file; go on with it by --resume" sweep $grid --store "$store"
printf "name: other\nmachine: $PWD/$hw\nproblem: $PWD/$problem\naxes:\n  - format: [fp16]\n" >"$s/g.yaml"
refuses "quick.sqlite: its grid is another
quick.sqlite: its grid_digest is another
quick.sqlite: its axes is another
quick.sqlite: its points is another" sweep "$s/g.yaml" --store "$store" --resume
refuses "edge_16x16.yaml: expected a store" export $hw
refuses "no-such.sqlite: expected a store \`tricycle sweep\` made, found no such file" merge no-such.sqlite --into "$out"
refuses "quick.sqlite: expected another store than the one everything goes into" merge "$store" --into "$store"
# A merge is all or nothing: neither a new store nor a word in one that is there.
"$tricycle" sweep "$s/g.yaml" --store "$s/other.sqlite" >/dev/null 2>&1 || fail "sweep of another grid: expected success"
"$tricycle" merge "$store" --into "$s/there.sqlite" >/dev/null 2>&1 || fail "merge into a new store: expected success"
"$tricycle" export "$s/there.sqlite" >"$s/before.csv"
for into in "$out" "$s/there.sqlite"; do
  with=quick.sqlite
  [ "$into" = "$out" ] || with=there.sqlite
  refuses "README.md: expected a store \`tricycle sweep\` made" merge "$store" README.md --into "$into"
  refuses "$with and $s/other.sqlite: not of one sweep, they differ in grid, grid_digest, axes and points; merge" merge "$store" "$s/other.sqlite" --into "$into"
  refuses "README.md: expected a store
$with and $s/other.sqlite: not of one sweep" merge "$store" README.md "$s/other.sqlite" --into "$into"
done
refuses "no-such-folder is no directory; create it first" merge "$store" --into "$s/no-such-folder/x.sqlite"
# A store whose rows are gone is found before anything is written.
cp "$store" "$s/damaged.sqlite"
python3 -c "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('DROP TABLE points')" "$s/damaged.sqlite"
for into in "$out" "$s/there.sqlite"; do
  refuses "damaged.sqlite: expected a store \`tricycle sweep\` made (its table points has not the columns its meta lists)" merge "$store" "$s/damaged.sqlite" --into "$into"
done
"$tricycle" export "$s/there.sqlite" | cmp -s - "$s/before.csv" || fail "a merge that failed changed the store that was there"
left=$(find "$scratch" -name "out*" -o -name "there.sqlite?*")
[ -z "$left" ] || fail "a merge that failed left $left"

# --- the command line
refuses "expected a command, one of run, compare"
refuses "nonsense: unknown command (valid: run, compare," nonsense
refuses "comapre: unknown command (did you mean \"compare\"?); see \`tricycle --help\`" comapre
refuses "run: HW is required; see \`tricycle run --help\`" run
refuses "run: unexpected argument \"extra\"" run $hw $problem extra
refuses "run: unknown option --algoritm (did you mean \"--algorithm\"?)" run $hw $problem --algoritm x
refuses "run: --algorithm: given twice" run $hw $problem --algorithm a --algorithm b
refuses "run: --set: expected a value behind it" run $hw $problem --set
refuses "disallowed flag override" run $hw $problem --json=3
refuses "$hw: expected a resolved run where no PROBLEM is given" run $hw --out "$out"
refuses "compare: HW is required" compare
refuses "compare: PROBLEM is required behind the machines; $hw is no problem" compare $hw
refuses "compare: PROBLEM is required behind the machines; $problem is no machine" compare $problem
refuses "$problem: a second problem beside --problem $problem; give one" compare $hw $problem --problem $problem
refuses "$problem: expected a machine" compare $problem $problem
refuses "gemm: --m, --n, --k missing: give --m, --n and --k, or --a and --b" gemm $hw --format fp16
refuses "validate own: it has no figures; add --with FILE" validate own
refuses "validate peaks --with: its figures are shipped" validate peaks --with $hw
refuses "validate --with: name the group that takes the files" validate --with $hw
refuses "gemm: --m: expected a value behind it" gemm $hw --m
refuses "list: WHAT is required" list
refuses "list nothing: expected one of algorithms, formats, machines" list nothing
refuses "describe hww: expected one of hw, problem, costs" describe hww
refuses "describe: $problem: a FILE goes with hw alone" describe problem $problem
refuses "describe: --schema is of every machine, not of $hw; leave that out, or \`tricycle check $hw\` validates it" describe hw $hw --schema
refuses "$s/none.yaml: expected a YAML file, found no such file" describe hw "$s/none.yaml"
refuses "--m: expected integer in [1, 1048576], got 0" gemm $hw --m 0 --n 1 --k 1 --format int8
refuses "--m: expected integer in [1, 1048576], got 99999999999999999999
--n: expected integer in [1, 1048576], got -5
--k: expected integer in [1, 1048576], got 010
--seed: expected integer in [0, 9007199254740992], got nan" gemm $hw --m 99999999999999999999 --n -5 --k 010 --seed nan --format int8
refuses "--trace-chunks: expected integer in [0, 1000000], got few" run $hw $problem --trace-chunks few --out "$out"
refuses "--timeline: expected chunks to show" run $hw $problem --timeline --trace-chunks 0 --out "$out"
refuses "--timeline: --json prints the result document alone" run $hw $problem --timeline --json --out "$out"
cp $golden "$s/same.safetensors"
refuses "OUT is IN" invert "$s/same.safetensors" "$s/same.safetensors" --algorithm block_doubling --format fp16
cmp -s $golden "$s/same.safetensors" || fail "invert replaced its input"
refuses "$problem: expected a machine, got a problem
$hw: expected a problem, got a machine" run $problem $hw --out "$out"
refuses "$hw: expected a problem, got a machine" run $hw $hw --out "$out"
layer=workloads/problems/qwen3_5_0_8b.yaml
refuses "$layer: expected matrices to invert (input:), got a layer; use \`tricycle layer HW PROBLEM\`" run $hw $layer --out "$out"
refuses "$problem: expected a layer (layer:), got matrices to invert; use \`tricycle run HW PROBLEM\`" layer $hw $problem
refuses "--mode fp8: unknown mode; expected one of
--form tu: expected one of ut, delta, rhs" layer $hw $layer --mode fp8 --form tu
refuses "edge_16x16: the vector unit has no row_sum, which this layer needs; add vector_unit.operations.row_sum
edge_16x16: the vector unit has no rsqrt, which
edge_16x16: the vector unit has no exp, which
edge_16x16: the vector unit has no divide, which
edge_16x16: the vector unit has no max_scalar, which" layer $hw $layer
refuses "hexagon_v79_like: the machine has no format fp32, which this layer needs; add formats.fp32
hexagon_v79_like: the vector unit has no exp, which this layer needs; add vector_unit.operations.exp" \
  layer hwconfigs/hexagon_v79_like.yaml $layer --set formats.fp32=none --set vector_unit.operations.exp=none
"$tricycle" layer hwconfigs/hexagon_v79_like.yaml $layer --set problem.layer.tokens=64 --mode llamacpp_fp16 --algorithm block_doubling | grep -q "^solve (block_doubling) " ||
  fail "layer does not say which algorithm its row solve is by"
refuses "problem.layer.value_heads=24: expected a multiple of key_heads, 16, got 24" layer $hw $layer --set problem.layer.value_heads=24
refuses "--algorithm neuman_masked: unknown algorithm (did you mean \"neumann_masked\"?)" run $hw $problem --algorithm neuman_masked --out "$out"
refuses "--algorithms block_duobling: unknown algorithm (did you mean \"block_doubling\"?)" tune $hw $problem --tolerance 50 --algorithms block_duobling --out "$out"
refuses "--algorithms block_doubling,all: all stands for every algorithm; give it alone" compare $hw --problem $problem --algorithms block_doubling,all --out "$out"
refuses 'edge_16x61: expected a YAML file, found no such file (did you mean "edge_16x16"?); `tricycle list machines`' run edge_16x61 $problem --out "$out"
refuses 'none/edge_16x16.yaml: expected a YAML file, found no such file (did you mean "edge_16x16"?)' run none/edge_16x16.yaml $problem --out "$out"
model=workloads/data/gdn_lm
refuses "perplexity: MODEL is required" perplexity
refuses "$s/none/config.json: expected the config.json of a model, found no such file" perplexity $s/none $model/acts.txt
refuses "$s/none: expected a file of text, found no such file" perplexity $model $s/none
refuses "$s: expected a file of text, got a directory" perplexity $model $s
refuses "--chunk: expected integer in [8, 256], got 7
--bytes: expected integer in [1, 65536], got 65537
--algorithm newton2: unknown algorithm; expected one of
--format fp12: unknown format" perplexity $model $model/acts.txt --chunk 7 --bytes 65537 --algorithm newton2 --format fp12
refuses "--arithmetic all: expected one of inverse, chunk" perplexity $model $model/acts.txt --arithmetic all
refuses "int8: --arithmetic chunk: int8 has no binary points for keys, values and state; use a float format" \
  perplexity $model $model/acts.txt --arithmetic chunk --format int8
no_bound="what it stores has no bound, so that no fixed point holds it; choose a float format, or formats.int8.scaling=per_row_column"
refuses "newton_schulz, int8: what it stores" perplexity $model $model/acts.txt --algorithm newton_schulz --format int8
leaves_out "newton_schulz, int8: $no_bound" \
  perplexity $model $model/acts.txt --algorithm newton_schulz,block_doubling --format int8,fp16 --bytes 64
leaves_out "int8: --arithmetic chunk: int8 has no binary points for keys, values and state; use a float format, or --arithmetic inverse" \
  perplexity $model $model/acts.txt --arithmetic chunk --format int8,fp16 --bytes 64
refuses "tune: HW is required" tune --tolerance 50
refuses "tune: --tolerance is required" tune $hw $problem
refuses "tune: PROBLEM is required behind the machines" tune $hw --tolerance 50
refuses "--metric decibel: expected one of y_snr_db, y_rel_error, snr_db, rel_error, bits_per_byte
--over all: expected one of worst, mean
--slack: expected number in [0, 300], got -1
--chunks: expected integer in [8, 256], got 4
--threads: expected integer in [0, 256], got many" tune $hw $problem --tolerance 5O --metric decibel --over all --slack -1 --chunks 4 --threads many --out "$out"
refuses "--cost joules: expected one of cycles, energy" tune $hw $problem --tolerance 50 --cost joules --out "$out"
refuses "--tolerance: expected number in [-300, 300], got 5O" tune $hw $problem --tolerance 5O --out "$out"
refuses "--set algorithm.block: none of these algorithms has this parameter" tune $hw $problem --tolerance 50 --algorithms forward_substitution --set algorithm.block=8 --out "$out"
refuses "--tolerance forward_substitution: expected a number of bits" tune $hw $problem --tolerance forward_substitution --metric bits_per_byte --out "$out"
refuses "$s/none/config.json: expected the config.json of a model" tune $hw $problem --tolerance 0.1 --metric bits_per_byte --model $s/none --out "$out"
refuses "--fidelity rtl: unknown fidelity; expected one of tile, pe" gemm $hw --m 1 --n 1 --k 1 --format int8 --fidelity rtl
refuses "--set algorithm.order=3: a gemm has no algorithm
--format fp12: unknown format; expected one of fp64" gemm $hw --m 1 --n 1 --k 1 --format fp12 --set algorithm.order=3

refuses "vector: --op is required" vector $hw
refuses "--rows: expected integer in [1, 16384], got 0
--cols: expected integer in [1, 16384], got 16385
--op axpy: unknown operation; expected one of add, add_scalar, multiply, multiply_scalar, multiply_add, select" \
  vector $hw --op axpy --rows 0 --cols 16385 --format fp32
refuses "--set algorithm.order=3: a vector operation has no algorithm
--set problem.chunk=3: a vector operation has no problem
vector: rows are --contiguous or --strided; give one
--format fp12: unknown format" vector $hw --op add --rows 1 --cols 1 --format fp12 --set algorithm.order=3 --set problem.chunk=3 --contiguous --strided
refuses "edge_16x16: the vector unit has no exp; it has add, add_scalar, multiply, multiply_scalar, multiply_add, select, cast, copy (add vector_unit.operations.exp to the machine, or choose another)" \
  vector $hw --op exp --rows 1 --cols 1 --format fp32
refuses "the machine has no format fp16" vector $hw --op add --rows 1 --cols 1 --format fp16 --set formats.fp16=none
refuses "raise scratchpad.size" vector $hw --op add --rows 16384 --cols 16384 --format fp64

refuses "validate nothing: expected one of peaks, scalesim" validate nothing
refuses "validate: --json and --markdown are two forms" validate --json --markdown

# --- options and overrides
refuses "--algorithm gauss: unknown algorithm; expected one of forward_substitution" run $hw $problem --algorithm gauss --out "$out"
refuses "--format fp12: unknown format; expected one of fp64" run $hw $problem --format fp12 --out "$out"
for pair in FP16=fp16 float16=fp16 half=fp16 torch.float16=fp16 bfloat16=bf16 BF16=bf16 float=fp32 double=fp64 fp8=float8_e4m3fn fp8_e4m3=float8_e4m3fn \
  E5M2=float8_e5m2 F8_E5M2=float8_e5m2 s8=int8 INT-8=int8 i4=int4; do
  refuses "(did you mean \"${pair#*=}\"?)" run $hw $problem --format ${pair%=*} --out "$out"
done
refuses "--formats float16: unknown format; expected one of fp64, fp32, tf32, fp16, bf16, float8_e4m3fn, float8_e5m2, int16, int8, int4 (did you mean \"fp16\"?)" \
  compare $hw $problem --formats float16 --out "$out"
refuses "--algorithm Block-Doubling: unknown algorithm (did you mean \"block_doubling\"?)" run $hw $problem --algorithm Block-Doubling --out "$out"
refuses "--set systolic_array.rows: expected KEY=VALUE, such as systolic_array.rows=8" run $hw $problem --set systolic_array.rows --out "$out"
refuses "--set systolic_array.rosw=8: unknown key (did you mean \"rows\"?)" run $hw $problem --set systolic_array.rosw=8 --out "$out"
refuses "--set systolic_array.rows=4: duplicate key (first in --set systolic_array.rows=8); give it once" \
  run $hw $problem --set systolic_array.rows=8 --set systolic_array.rows=4 --out "$out"
refuses "--set clock=1 GB/s: expected frequency in [0.001, 10] GHz with its unit (\"1.37 GHz\", \"800 MHz\"), got \"1 GB/s\"" \
  run $hw $problem --set "clock=1 GB/s" --out "$out"
refuses "--set clock=inf GHz: expected frequency" run $hw $problem --set "clock=inf GHz" --out "$out"
refuses "--set clock=nan: expected frequency" run $hw $problem --set clock=nan --out "$out"
refuses "--set scratchpad.size=-1 KiB: expected bytes in" run $hw $problem --set "scratchpad.size=-1 KiB" --out "$out"
refuses "--set scratchpad.size=99999999999 GiB: expected bytes in" run $hw $problem --set "scratchpad.size=99999999999 GiB" --out "$out"
refuses "--set problem.chunk=5: expected integer in [8, 256], got \"5\"" run $hw $problem --set problem.chunk=5 --out "$out"
refuses "algorithm.steps: expected integer" run $hw $problem --set algorithm.steps=0 --out "$out"
refuses "--set algorithm.order: expected KEY=VALUE" run $hw $problem --set algorithm.order --out "$out"
refuses "--set algorithm.order=4: duplicate key" run $hw $problem --set algorithm.order=3 --set algorithm.order=4 --out "$out"
refuses "--set algorithm.odrer: unknown key; expected one of input, result, order, steps" run $hw $problem --set algorithm.odrer=3 --out "$out"
refuses "algorithm.order: block_doubling has no such parameter" run $hw $problem --algorithm block_doubling --set algorithm.order=3 --out "$out"
refuses "neumann_product: int8: what it stores has no bound" run $hw $problem --algorithm neumann_product --format int8 --out "$out"
refuses "algorithm.block: expected a power of two in [2, 16], got 12" run $hw $problem --algorithm block_horner --set algorithm.block=12 --out "$out"
refuses "algorithm.loop: expected one of plain, tileops, pypto, flashkda" run $hw $problem --algorithm neumann_product --set algorithm.loop=fancy --out "$out"
refuses "algorithm.steps: expected integer in [1, 64], got 65" run $hw $problem --algorithm newton_schulz --set algorithm.steps=65 --out "$out"
refuses "algorithm.order: expected integer in [1, 15] for chunks of 16, got 16" run $hw $problem --algorithm masked_newton --set algorithm.order=16 --out "$out"
refuses "takes a power of two" run $hw $problem --set algorithm.evaluation=doubling --set algorithm.steps=3 --out "$out"
refuses "--set clock=1: expected frequency
$s/none.yaml: expected a YAML file, found no such file
--algorithm gauss: unknown algorithm
--set algorithm.foo: unknown key
--format fp12: unknown format" run $hw "$s/none.yaml" --set clock=1 --set algorithm.foo=1 --algorithm gauss --format fp12 --out "$out"
refuses "--algorithms \"\": expected names separated by commas, got an empty one" compare $hw --problem $problem --algorithms "" --out "$out"
refuses "got an empty one
--algorithms block_doubling,,block_doubling: block_doubling stands there twice; name it once
--formats fp12: unknown format" compare $hw --problem $problem --algorithms block_doubling,,block_doubling --formats fp16,fp12 --out "$out"

# --- machines, problems and formats
refuses "$s/none.yaml: expected a YAML file, found no such file" run "$s/none.yaml" $problem --out "$out"
refuses "hwconfigs: expected a YAML file, got a directory" run hwconfigs $problem --out "$out"
refuses "expected the path of a YAML file, got an empty text" run "" $problem --out "$out"
refuses "/dev/null: expected a YAML file, got a special file" check /dev/null
mkfifo "$s/pipe"
refuses "$s/pipe: expected a YAML file, got a special file" check "$s/pipe"
costs=hwconfigs/costs/published.yaml
refuses "$costs: expected a machine, got cost tables; a machine's cost.tables names them" run $costs $problem --out "$out"
refuses "expected cost tables, got a machine or a problem" run $hw $problem --set cost.tables=$hw --out "$out"
refuses "cost.node=7: expected length in [3, 45] nm with its unit (\"7 nm\"), got \"7\"
--set cost.tables=nowhere.yaml: expected path of an existing file, got \"nowhere.yaml\"" \
  run $hw $problem --set cost.node=7 --set cost.tables=nowhere.yaml --out "$out"
printf 'base: %s/%s\nsram_write: {low: 3, nominal: 2, high: 4}\n' "$PWD" $costs >"$s/costs.yaml"
refuses "$s/costs.yaml:2:31: sram_write.nominal: expected at least low (3), got 2" check "$s/costs.yaml"
refuses "$hw: a second machine named edge_16x16" compare $hw $hw --problem $problem --out "$out"
refuses "the machine has no format fp16" run $hw $problem --format fp16 --set formats.fp16=none --out "$out"
refuses "edge_16x16, int8: the machine has no format int8; it has fp64, fp32, fp16, bf16, int16 (choose another, or add it: --set formats.int8.accumulator=int32, its passes where one pass of the array is too few, and what else \`tricycle describe hw\` lists under formats)" \
  compare $hw --problem $problem --formats int8 --set formats.int8=none --out "$out"
refuses "raise scratchpad.size" run $hw workloads/problems/gdn_lm_c128.yaml --set "scratchpad.size=16 KiB" --out "$out"
refuses "edge_16x16, block_doubling, fp16: the program needs" \
  compare $hw --problem workloads/problems/gdn_lm_c128.yaml --algorithms block_doubling --formats fp16 --set "scratchpad.size=16 KiB" --out "$out"
leaves_out "edge_16x16, int8: the machine has no format int8; it has fp64, fp32, fp16, bf16, int16 (choose another, or add it: --set formats.int8.accumulator=int32, its passes where one pass of the array is too few, and what else \`tricycle describe hw\` lists under formats)" \
  compare $hw --problem $problem --algorithms block_doubling --formats int8,fp16 --set formats.int8=none --out "$s/some"
refuses "edge_16x16, newton_schulz, int8: what it stores" \
  compare $hw --problem $problem --algorithms newton_schulz --formats int8 --out "$out"
leaves_out "edge_16x16, newton_schulz, int8: $no_bound" \
  compare $hw --problem $problem --algorithms newton_schulz,block_doubling --formats int8,fp16 --out "$s/some"
grep -q "edge_16x16, newton_schulz, int8: what it stores" "$s/some/report.html" || fail "report.html does not say what was left out"
no_unit='the machine has no unit for triangular systems (add solve_unit to the machine, such as --set solve_unit.rows=64, or choose an algorithm that does without)'
leaves_out "$(for a in neumann_product newton_schulz diagonal_split; do echo "edge_16x16, $a, int8: $no_bound"; done
  for f in int8 fp16; do echo "edge_16x16, solve_unit, $f: $no_unit"; done
  for a in block_ps4 ns_blocks tt_doubling tt_horner auto; do echo "edge_16x16, $a, int8: $no_bound"; done)" \
  compare $hw --problem $problem --algorithms all --formats int8,fp16 --out "$s/some"
refuses "the machine has no format fp16" gemm $hw --m 64 --n 64 --k 64 --format fp16 --set formats.fp16=none
refuses "raise scratchpad.size" gemm $hw --m 64 --n 64 --k 64 --format fp16 --set "scratchpad.size=256 B"

# --- YAML files
refuses_machine "$s/m.yaml:9:9: systolic_array.rows: expected integer in [1, 1024], got \"16x\"" 's/rows: 16 /rows: 16x /'
refuses_machine "$s/m.yaml:8:1: systolic_array.cols: missing, expected integer in [1, 1024]
$s/m.yaml:10:3: systolic_array.columns: unknown key (did you mean \"cols\"?)" 's/  cols:/  columns:/'
refuses_machine "duplicate key (first at line 9)" 's/  cols:/  rows: 4\n  cols:/'
refuses_machine "merges are not supported" 's/systolic_array:/<<: {rows: 3}\nsystolic_array:/'
refuses_machine "expected spaces as indentation, got a tab" 's/^  cols:/\tcols:/'
refuses_machine "anchors are not supported" 's/clock: 1 GHz/clock: \&c 1 GHz/'
refuses_machine "clock: expected frequency in [0.001, 10] GHz with its unit" 's/clock: 1 GHz/clock: .inf GHz/'
refuses_machine "systolic_array.rows: expected integer in [1, 1024], got \"-4\"" 's/rows: 16 /rows: -4 /'
refuses_machine "systolic_array.rows: expected integer in [1, 1024], got \"9223372036854775808\"" 's/rows: 16 /rows: 9223372036854775808 /'
refuses_yaml "$s/m.yaml:1:1: expected a map of keys, got an empty file" ''
refuses_yaml "expected one document, got more text behind it" 'name: a\n---\nname: b\n'
refuses_yaml "$s/m.yaml:1:7: expected UTF-8 text, got byte 0xFF" 'name: \377\n'
refuses_yaml "base: expected a YAML file, found no such file" 'base: nowhere.yaml\n'
refuses_yaml "base: expected a chain of files that ends" 'base: m.yaml\n'
head -c 1000000 /dev/zero | tr '\0' '[' >"$s/m.yaml"
refuses "$s/m.yaml:1:" check "$s/m.yaml"
head -c 1000000 "$tricycle" >"$s/m.yaml"
refuses "expected UTF-8 text, got byte" check "$s/m.yaml"
printf 'fruit: apple\n' >"$s/m.yaml"
refuses "$s/m.yaml: expected a machine (keys systolic_array, formats," check "$s/m.yaml"
sed 's/chunk: 16/chunk: 7/; s/ensemble: iid/ensemble: iidd/; s/seed: 1/seed: -1/' $problem >"$s/p.yaml"
refuses "$s/p.yaml:4:8: chunk: expected integer in [8, 256], got \"7\"
$s/p.yaml:7:15: input.synthetic.ensemble: expected iid, correlated
$s/p.yaml:10:11: input.synthetic.seed: expected integer in" run $hw "$s/p.yaml" --out "$out"

# --- names that a terminal would act on, files that are none of ours
printf '%s\n' "base: $PWD/$hw" 'name: m' '"\e[31mkey\nline2": 1' >"$s/m.yaml"
refuses '\x1b[31mkey\x0aline2: unknown key' check "$s/m.yaml"
printf '%s\n' "base: $PWD/$hw" 'name: "\e[31mred\a"' >"$s/m.yaml"
refuses 'expected text on one line without control characters, got "\x1b[31mred\x07"' check "$s/m.yaml"
refuses 'none\x0a\x1b[2J.yaml: expected a YAML file, found no such file' check "$s/none
$(printf '\033')[2J.yaml"
refuses 'nonsense\x1b: unknown command' "nonsense$(printf '\033')"
printf '%s\n' 'root:x:0:0:root:/root:/bin/bash' 'secret:x:1:1::/:/bin/sh' >"$s/foreign"
printf 'base: foreign\nname: m\n' >"$s/m.yaml"
refuses "$s/foreign:1:1: expected a map of keys, got a text" check "$s/m.yaml"
[ "$(grep -c secret "$scratch/stderr")" -eq 0 ] || fail "a foreign file is printed: $(cat "$scratch/stderr")"
: >"$s/-dash.npy"
root=$PWD
cd "$s" || exit 1
refuses "invert: -dash.npy looks like an option; name the file ./-dash.npy" invert -dash.npy o.npy --algorithm block_doubling --format fp16
cd "$root" || exit 1
refuses "\"--\" ends the options" invert -- o.npy --algorithm block_doubling
refuses "describe: --summary is of a machine; name its file behind hw" describe hw --summary
refuses "describe: --json and --schema are two documents; give one" describe hw --json --schema
refuses "completion csh: expected one of bash, zsh, fish" completion csh

# --- machines that are right but perhaps not meant: a line on stderr each, status 0
warns() { # a text of every line expected behind "warning: ", in order; then the arguments
  printf '%s\n' "$1" >"$scratch/expected"
  shift
  timeout 60 "$tricycle" "$@" >"$scratch/stdout" 2>"$scratch/stderr"
  status=$?
  without_progress "$scratch/stderr"
  [ $status -eq 0 ] || fail "tricycle $*: status $status, expected 0: $(cat "$scratch/stderr")"
  [ "$(wc -l <"$scratch/stderr")" -eq "$(wc -l <"$scratch/expected")" ] || fail "tricycle $*: warned $(cat "$scratch/stderr")"
  number=0
  while IFS= read -r text; do
    number=$((number + 1))
    sed -n ${number}p "$scratch/stderr" | grep -qF "warning: $text" || fail "tricycle $*: expected \"$text\", got $(cat "$scratch/stderr")"
  done <"$scratch/expected"
}
printf 'base: %s\nname: m\ndram: {bandwidth: 51.2 GB/s}\n' "$PWD/$hw" >"$s/m.yaml"
starved="dma.requests_in_flight: 2 queues x 16 x 64 B in 100 ns of dram.latency are 20.48 GB/s"
warns "$starved" check "$s/m.yaml"
warns "$starved" run "$s/m.yaml" $problem --out "$s/warned_run"
warns "$starved" compare "$s/m.yaml" --problem $problem --algorithms block_doubling --formats fp16 --out "$s/warned_compare"
printf "name: g\nmachine: $PWD/$hw\nproblem: $PWD/$problem\naxes:\n  - systolic_array.rows: [4]\nconstraints: [systolic_array.rows > 100]\n" >"$s/g.yaml"
warns "no point is left; none fulfils the constraints" check "$s/g.yaml"
refuses "$s/g.yaml: expected a machine, got a grid; \`tricycle sweep\` takes it" run "$s/g.yaml" $problem --out "$out"
refuses "g.yaml: no point is left; none fulfils the constraints" sweep "$s/g.yaml" --store "$out"

# --- what fits in no cut is refused before cuts are searched
refuses "edge_16x16: the program needs 262144 B for one chunk, accumulator_memory.size has 131072 B" run $hw $problem --set problem.chunk=256 --set problem.input.synthetic.matrices=1 --out "$out"
refuses "choose smaller --m, --n or --k" gemm $hw --m 1048576 --n 1048576 --k 1 --format int8

# --- tensor files
: >"$s/empty.safetensors"
head -c 100 $golden >"$s/truncated.safetensors"
head -c 100000 $golden >"$s/short.safetensors"
tensor_file "$s/rectangle.safetensors" M I8 "[2,3]" 6 '\0\0\0\0\0\0'
tensor_file "$s/upper.safetensors" M I8 "[2,2]" 4 '\0\1\0\0'
tensor_file "$s/nan.safetensors" M F32 "[2,2]" 16 '\0\0\0\0\0\0\0\0\0\0\300\177\0\0\0\0'
tensor_file "$s/vector.safetensors" M I8 "[4]" 4 '\0\0\0\0'
tensor_file "$s/large.safetensors" M I8 "[257,257]" 66049 ''
head -c 66049 /dev/zero >>"$s/large.safetensors"
refuses_tensors "$s/none.safetensors: expected a safetensors or .npy file, found no such file" "$s/none.safetensors" block_doubling fp16
refuses_tensors "$s: expected a safetensors or .npy file, got a directory" "$s" block_doubling fp16
refuses_tensors "$s/pipe: expected a safetensors or .npy file, got a device or another special file" "$s/pipe" block_doubling fp16
refuses_tensors "/dev/zero: expected a safetensors or .npy file, got a device" /dev/zero block_doubling fp16
refuses_tensors "$s/empty.safetensors: expected a safetensors file, got 0 B; it is empty or truncated" "$s/empty.safetensors" block_doubling fp16
refuses_tensors "exceeds the file; it is truncated" "$s/truncated.safetensors" block_doubling fp16
refuses_tensors "truncated" "$s/short.safetensors" block_doubling fp16
refuses_tensors "$s/rectangle.safetensors: expected at least one tensor [.., C, C] with C >= 2, got \"M\" [2, 3]" "$s/rectangle.safetensors" block_doubling fp16
refuses_tensors "tensor \"M\": entry [0, 1] is 1; expected a strictly lower triangular matrix" "$s/upper.safetensors" block_doubling fp16
refuses_tensors "tensor \"M\": entry [1, 0] is nan; every entry must be finite" "$s/nan.safetensors" block_doubling fp16
refuses_tensors "expected at least one tensor [.., C, C] with C >= 2, got \"M\" [4]" "$s/vector.safetensors" block_doubling fp16
refuses_tensors "large.safetensors: tensor \"M\": block_doubling: chunk sizes from 2 to 256 can be inverted, got 257" "$s/large.safetensors" block_doubling fp16
own=tests/golden/numpy
refuses_tensors "$own/fortran.npy: expected little-endian f2, f4, f8, i1 or i2 in C order, found '<f8' in Fortran order; numpy.save(" $own/fortran.npy block_doubling fp16
refuses_tensors "$own/archive.npz: expected a safetensors or .npy file, got a zip archive" $own/archive.npz block_doubling fp16
refuses "$s/o.npz: OUT is written as .npy (one array) or safetensors" invert $own/f4.npy "$s/o.npz" --algorithm block_doubling --format fp16
refuses "$s/o.npy: a .npy file holds one array, $own/matrices.safetensors has 6 (\"batch\", \"f2\", ..); name OUT .safetensors
$s/o.npy: NumPy has no element type for bf16; name OUT .safetensors, or add --as float32" invert $own/matrices.safetensors "$s/o.npy" --algorithm block_doubling --format bf16
[ ! -e "$s/o.npy" ] && [ ! -e "$s/o.npz" ] || fail "an output of a refused inversion is left"
refuses_tensors "--set clock=1 GHz: no machine to set it on; name one with --hw" $golden block_doubling fp16 --set "clock=1 GHz"
hexagon=hwconfigs/hexagon_like.yaml
dynamic=formats.int8.scaling=per_row_column
refuses_tensors "--set formats.int8.scale_block=8: expected 32 for int8 operands (only the scaling per_block has blocks), got \"8\"" $golden block_doubling int8 --hw $hexagon --set formats.int8.scale_block=8
refuses_tensors "--set formats.int8.scale_rounding=power_of_two: expected exact for int8 operands (the scaling static has no others)" $golden block_doubling int8 --hw $hexagon --set formats.int8.scale_rounding=power_of_two
refuses "hexagon_like: a product alone takes codes, and has nothing to measure scales on; set formats.int8.scaling=static" gemm $hexagon --format int8 --set $dynamic --m 8 --n 8 --k 8
refuses "edge_16x16: the vector unit has no max" run $hw $problem --format int8 --set $dynamic --out "$out"
refuses "--set algorithm.copies: where linear terms are added is a choice of the cut, of every algorithm; leave it out" run $hexagon $problem --algorithm mixed_recursive --set algorithm.copies=identity --out "$out"
refuses "algorithm.blocks=fp32: a run of int8 keeps all its matrices alike" run $hexagon $problem --algorithm blocked_substitution --format int8 --set algorithm.blocks=fp32 --out "$out"
refuses "algorithm.blocks: expected one of run, sums, fp32" run $hexagon $problem --algorithm blocked_substitution --set algorithm.blocks=int8 --out "$out"
refuses "hexagon_like: the machine has no format tf32" run $hexagon $problem --algorithm blocked_substitution --format bf16 --set algorithm.merges=tf32 --out "$out"
refuses 'linear terms "products" in fp16: it needs topology.accumulator_to_scratchpad' run $hexagon $problem --linear-terms products --out "$out"
refuses 'linear terms "start" in fp16: it needs topology.vector_to_accumulator' run $hexagon $problem --linear-terms start --out "$out"
refuses 'linear terms "kept" in int8: in int8 the identity has no code of the scale of the sums; choose vector' run hwconfigs/ascend_910b_like.yaml $problem --format int8 --linear-terms kept --out "$out"
refuses "--linear-terms x: expected one of vector, start, products, kept, auto" run $hw $problem --linear-terms x --out "$out"
refuses "--linear-terms x: expected one of vector, start, products, kept, auto" compare $hw $problem --linear-terms x --out "$out"
refuses "formats.int8.scaling: codes of different scales cannot be summed in one accumulator" run $hexagon $problem --format int8 --set $dynamic --algorithm neumann_product --set algorithm.loop=pypto --out "$out"
refuses_tensors "the machine has no format fp16" $golden block_doubling fp16 --hw $hw --set formats.fp16=none
printf 'name: p\nchunk: 16\ninput: {matrices: {file: nan.safetensors}}\n' >"$s/p.yaml"
refuses "$s/nan.safetensors: tensor \"M\": entry [1, 0] is nan" run $hw "$s/p.yaml" --out "$out"

# --- places that cannot take results
refuses "--out: expected a directory, got nothing" run $hw $problem --out ""
refuses "README.md: expected a directory, got a file; choose another with --out" run $hw $problem --out README.md
refuses "README.md/x: cannot create the output directory, README.md is a file" run $hw $problem --out README.md/x
refuses "/dev/full: expected a directory, got a file" compare $hw --problem $problem --out /dev/full
refuses "$s: expected the name of a file to write, got a directory" invert $golden "$s" --algorithm block_doubling --format fp16
refuses "/dev/full: expected the name of a file to write, got a device" invert $golden /dev/full --algorithm block_doubling --format fp16
refuses "$s/none is no directory; create it first" invert $golden "$s/none/out" --algorithm block_doubling --format fp16
[ -c /dev/full ] || fail "/dev/full is no device any more"

[ -z "$(find "$scratch" -name '*.tmp')" ] || fail "temporary files are left: $(find "$scratch" -name '*.tmp')"
[ $failures -eq 0 ] && echo "all refused"
exit $failures
