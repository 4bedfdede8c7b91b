#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that run without a problem: inputs and outputs are files.

Values against plain arithmetic here, bits and cycles against the same program on a problem, every refusal by its message, and the
results made again from config.resolved.yaml.

usage: own_programs.py TRICYCLE SOURCE_DIR
"""
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

TRICYCLE, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
HW = SOURCE / "hwconfigs/edge_16x16.yaml"
failures = []
CODES = {"<f4": "f", "<f2": "e", "<f8": "d", "|i1": "b", "<i2": "h"}


def check(condition, what):
    if not condition:
        failures.append(what)
        print("FAILED:", what)


def tricycle(*arguments, cwd=None):
    return subprocess.run([TRICYCLE, *map(str, arguments)], capture_output=True, text=True, cwd=cwd)


def succeeds(*arguments, cwd=None):
    done = tricycle(*arguments, cwd=cwd)
    check(done.returncode == 0, f"{arguments}: status {done.returncode}: {done.stderr}")
    return done.stdout


def refused(message, *arguments, absent=None):
    done = tricycle(*arguments)
    check(done.returncode == 2, f"{arguments}: status {done.returncode}, expected 2")
    check(message in done.stderr, f"{arguments}: expected \"{message}\", got {done.stderr}")
    if absent is not None:
        check(not absent.exists(), f"{absent} was written")


def save(path, shape, values, descr="<f4"):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() +
                     struct.pack(f"<{len(values)}{CODES[descr]}", *values))


def load(path):
    data = path.read_bytes()
    size = struct.unpack("<H", data[8:10])[0]
    header = data[10:10 + size].decode()
    shape = [int(x) for x in re.search(r"'shape': \(([^)]*)\)", header)[1].split(",") if x.strip()]
    descr = re.search(r"'descr': '([^']*)'", header)[1]
    body = data[10 + size:]
    code = CODES[descr]
    return shape, descr, list(struct.unpack(f"<{len(body) // struct.calcsize(code)}{code}", body))


def small(count, seed):
    """Whole numbers whose products and sums binary16 holds."""
    return [float((seed + 7 * i) % 9 - 4) for i in range(count)]


def product(a, b, rows, inner, cols):
    return [sum(a[i * inner + k] * b[k * cols + j] for k in range(inner)) for i in range(rows) for j in range(cols)]


SUM = """program fp16 products 1
buffer A.dram dram 4 x 8 fp16
buffer B.dram dram 8 x 6 fp16
buffer D.dram dram 4 x 6 fp16
buffer C.dram dram 4 x 6 fp16
buffer N.dram dram 4 x 6 fp16
buffer A scratchpad 4 x 8 fp16
buffer B scratchpad 8 x 6 fp16
buffer D scratchpad 4 x 6 fp16
buffer C scratchpad 4 x 6 fp16
buffer N scratchpad 4 x 6 fp16
buffer S accumulator 4 x 6 fp16
input A.dram
input B.dram
input D.dram
output C.dram
output N.dram
load A[0:4, 0:8] <- A.dram[0:4, 0:8]
load B[0:8, 0:6] <- B.dram[0:8, 0:6]
load D[0:4, 0:6] <- D.dram[0:4, 0:6]
matmul S[0:4, 0:6] <- A[0:4, 0:8] . B[0:8, 0:6]
epilogue C[0:4, 0:6] <- D[0:4, 0:6] + S[0:4, 0:6]
epilogue N[0:4, 0:6] <- -(D[0:4, 0:6])
store C.dram[0:4, 0:6] <- C[0:4, 0:6]
store N.dram[0:4, 0:6] <- N[0:4, 0:6]
"""


def sums(folder):
    """C = A B + D and N = -D: three items, B shared."""
    program = folder / "sum.txt"
    program.write_text(SUM)
    a, b, d = small(3 * 32, 1), small(48, 5), small(3 * 24, 2)
    save(folder / "a.npy", [3, 4, 8], a)
    save(folder / "b.npy", [8, 6], b, "<f8")
    save(folder / "d.npy", [1, 3, 4, 6], d, "<f2")
    inputs = ["--input", f"A.dram={folder}/a.npy", "--input", f"B.dram={folder}/b.npy", "--input", f"D.dram={folder}/d.npy"]
    out = folder / "sums"
    text = succeeds("run", HW, "--program", program, *inputs, "--out", out)
    shape, descr, c = load(out / "C.dram.npy")
    right = [x + y for i in range(3) for x, y in zip(product(a[32 * i:32 * i + 32], b, 4, 8, 6), d[24 * i:24 * i + 24])]
    check((shape, descr) == ([3, 4, 6], "<f2"), f"C is {descr} {shape}")
    check(c == right, "C is not A B + D")
    check(load(out / "N.dram.npy")[2] == [-x for x in d], "N is not -D")
    result = json.loads((out / "result.json").read_text())
    check(result["chunks"] == 3, "three items")
    for column in ("problem", "problem_digest", "chunk", "cycles_per_token", "y_snr_db_mean", "snr_db_worst", "not_finite_chunks"):
        check(result[column] is None, f"{column} is {result[column]}, there is no problem")
    check(result["total_cycles"] > 0 and result["energy_per_chunk_pj"]["nominal"] > 0, "times and energy")
    check(list(result["outputs"]) == ["C.dram", "N.dram"], "outputs by name")
    for name, digest in result["outputs"].items():
        check(f"{digest} {name}" in text, f"the summary has the digest of {name}")
    check("accuracy" not in text, "nothing is compared")
    again(folder, out, ["result.json", "result.csv", "trace.json", "C.dram.npy", "N.dram.npy"])
    succeeds("run", HW, "--program", program, *inputs, "--items", "3", "--out", folder / "three")
    check((folder / "three/result.json").read_bytes() == (out / "result.json").read_bytes(), "--items 3 is the batch")
    document = json.loads(succeeds("run", HW, "--program", program, *inputs, "--fidelity", "pe", "--json", "--out", folder / "pe"))
    check(document["output_digest"] == result["output_digest"], "--fidelity pe has the bits of tile")
    return program, inputs


def again(folder, out, names):
    """The run of out/ from its config.resolved.yaml alone, elsewhere and there."""
    succeeds("run", out / "config.resolved.yaml", "--out", folder / "deeper/still")
    succeeds("run", "config.resolved.yaml", "--out", "../beside", cwd=out)
    for other in (folder / "deeper/still", folder / "beside"):
        for name in names:
            check((other / name).read_bytes() == (out / name).read_bytes(), f"{other / name} is not made again")
    check("inputs of its own" in succeeds("check", out / "config.resolved.yaml"), "check takes it")


def one_item_many_times(folder, program):
    for name, shape in (("a1", [4, 8]), ("b1", [8, 6]), ("d1", [4, 6])):
        save(folder / f"{name}.npy", shape, small(shape[0] * shape[1], 3))
    inputs = [x for n in "abd" for x in ("--input", f"{n.upper()}.dram={folder}/{n}1.npy")]
    succeeds("run", HW, "--program", program, *inputs, "--out", folder / "one")
    check(load(folder / "one/C.dram.npy")[0] == [4, 6], "one item has no batch")
    succeeds("run", HW, "--program", program, *inputs, "--items", "5", "--out", folder / "five")
    shape, _, values = load(folder / "five/C.dram.npy")
    check(shape == [5, 4, 6] and values == 5 * load(folder / "one/C.dram.npy")[2], "five times the same")


def as_on_a_problem(folder):
    """A lowered program: the bits, cycles and energy that it has on a problem of the same matrices."""
    matrices = SOURCE / "tests/golden/numpy/batch.npy"
    (folder / "own.yaml").write_text(f"name: own\nchunk: 8\ninput:\n  matrices: {{file: {matrices}}}\n")
    for form in ("fp16", "bf16", "int8"):
        text = succeeds("run", HW, folder / "own.yaml", "--algorithm", "block_doubling", "--format", form, "--dump-program")
        (folder / "mine.txt").write_text(text)
        succeeds("run", HW, folder / "own.yaml", "--program", folder / "mine.txt", "--out", folder / "on_problem")
        name = re.search(r"^input +(\S+)$", text, re.MULTILINE)[1]
        output = re.search(r"^output +(\S+)$", text, re.MULTILINE)[1]
        succeeds("run", HW, "--program", folder / "mine.txt", "--input", f"{name}={matrices}", "--out", folder / "alone")
        on, alone = (json.loads((folder / f / "result.json").read_text()) for f in ("on_problem", "alone"))
        same = ("output_digest", "total_cycles", "cycles_per_chunk", "latency_cycles", "energy_per_chunk_pj", "inputs_rounded",
                "saturated_count", "nan_count", "instructions", "parameters", "machine_digest", "stall_cycles", "critical_path_cycles")
        for column in same:
            check(on[column] == alone[column], f"{form}: {column} is {alone[column]}, on a problem {on[column]}")
        check(load(folder / f"alone/{output}.npy")[1] == {"fp16": "<f2", "bf16": "<f4", "int8": "|i1"}[form], f"dtype of {form}")


def codes(folder):
    """Integers are codes of a buffer in fixed point, there and back."""
    (folder / "copy.txt").write_text("program int8\nbuffer A.dram dram 2 x 4 int8 fraction 5\nbuffer A scratchpad 2 x 4 int8 fraction 5\n"
                                     "buffer Y scratchpad 2 x 4 int8 fraction 5\nbuffer Y.dram dram 2 x 4 int8 fraction 5\n"
                                     "input A.dram\noutput Y.dram\nload A[0:2, 0:4] <- A.dram[0:2, 0:4]\n"
                                     "epilogue Y[0:2, 0:4] <- A[0:2, 0:4]\nstore Y.dram[0:2, 0:4] <- Y[0:2, 0:4]\n")
    values = [-128, -1, 0, 1, 2, 63, 100, 127]
    save(folder / "codes.npy", [2, 4], values, "|i1")
    succeeds("run", HW, "--program", folder / "copy.txt", "--input", f"A.dram={folder}/codes.npy", "--out", folder / "codes")
    check(load(folder / "codes/Y.dram.npy") == ([2, 4], "|i1", values), "codes come back")
    save(folder / "real.npy", [2, 4], [v / 32 for v in values])
    succeeds("run", HW, "--program", folder / "copy.txt", "--input", f"A.dram={folder}/real.npy", "--out", folder / "real")
    check(load(folder / "real/Y.dram.npy")[2] == values, "numbers become codes")
    save(folder / "nan.npy", [2, 4], [0, 1, float("nan"), 0, 0, 0, 0, 0])
    refused("element 2 is nan; buffer A.dram is in int8, which holds finite numbers only", "run", HW, "--program", folder / "copy.txt",
            "--input", f"A.dram={folder}/nan.npy", "--out", folder / "no", absent=folder / "no")


def notices(folder):
    """What is not stored is 0, and said; an input is not replaced; fractions do not change on the way."""
    text = ("program int8\nbuffer A.dram dram 2 x 4 int8 fraction 5\nbuffer A scratchpad 2 x 4 int8 fraction 5\n"
            "buffer Y.dram dram 2 x 4 int8 fraction 5\ninput A.dram\noutput Y.dram\n"
            "load A[0:2, 0:4] <- A.dram[0:2, 0:4]\nstore Y.dram[0:1, 0:4] <- A[0:1, 0:4]\n")
    (folder / "part.txt").write_text(text)
    save(folder / "part.npy", [2, 4], [1, 2, 3, 4, 5, 6, 7, 8], "|i1")
    done = tricycle("run", HW, "--program", folder / "part.txt", "--input", f"A.dram={folder}/part.npy", "--out", folder / "part")
    check("output Y.dram is not stored whole: what no instruction stores is 0 there" in done.stderr, f"said: {done.stderr}")
    check(load(folder / "part/Y.dram.npy")[2] == [1, 2, 3, 4, 0, 0, 0, 0], "half an output")
    refused("the run would replace it by its output; choose another folder (--out)", "run", HW, "--program", folder / "part.txt",
            "--input", f"A.dram={folder}/part/Y.dram.npy", "--out", folder / "part")
    (folder / "other.txt").write_text(text.replace("scratchpad 2 x 4 int8 fraction 5", "scratchpad 2 x 4 int8 fraction 7"))
    refused("expected dram to scratchpad of one shape, format and fraction", "run", HW, "--program", folder / "other.txt",
            "--input", f"A.dram={folder}/part.npy", "--out", folder / "no", absent=folder / "no")
    refused("--dump-program: --json prints the result document alone", "run", HW, "--program", folder / "part.txt",
            "--input", f"A.dram={folder}/part.npy", "--dump-program", "--json")


def refusals(folder, program, inputs):
    run = ["run", HW, "--program", program, "--out", folder / "no"]
    no = folder / "no"
    refused("program: inputs A.dram, B.dram, D.dram without a file; give --input A.dram=FILE.npy and so on", *run, absent=no)
    refused("program: input D.dram without a file", *run, *inputs[:4], absent=no)
    refused("no input of the program (did you mean \"A.dram\"?)", *run, *inputs, "--input", f"A.drm={folder}/a.npy", absent=no)
    refused("--input A.dram: given twice", *run, *inputs, *inputs[:2], absent=no)
    refused("expected NAME=FILE", *run, "--input", "A.dram", absent=no)
    refused("expected [4, 8] or [.., 4, 8] as buffer A.dram, got [8, 6]", *run, "--input", f"A.dram={folder}/b.npy", *inputs[2:], absent=no)
    save(folder / "two.npy", [2, 4, 6], small(48, 1))
    refused("expected 1 matrix or 3 as another input has, got 2", *run, *inputs[:4], "--input", f"D.dram={folder}/two.npy", absent=no)
    refused("expected 1 matrix or 2 as --items says, got 3", *run, *inputs, "--items", "2", absent=no)
    refused("--items: expected integer in [1, 1000000]", *run, *inputs, "--items", "0", absent=no)
    refused("missing.npy", *run, "--input", f"A.dram={folder}/missing.npy", *inputs[2:], absent=no)
    refused("leave out --algorithm and --format", *run, *inputs, "--format", "fp16", absent=no)
    refused("--set problem.chunk=8: a program with inputs of its own has no problem", *run, *inputs, "--set", "problem.chunk=8", absent=no)
    refused("--input: of a program that runs without a problem", "run", HW, SOURCE / "workloads/problems/iid_c16.yaml", *inputs,
            "--out", no, absent=no)
    refused("program: expected one input, the chunk A, got 3", "run", HW, SOURCE / "workloads/problems/iid_c16.yaml", "--program", program,
            "--out", no, absent=no)
    tensors = SOURCE / "tests/golden/numpy/mixed.safetensors"
    refused("tensors; expected one of", *run, "--input", f"A.dram={tensors}", *inputs[2:], absent=no)
    refused("the file has no such tensor", *run, "--input", f"A.dram={tensors}:none", *inputs[2:], absent=no)
    (folder / "path.txt").write_text(SUM.replace("N.dram", "../N"))
    refused("becomes a file of its name", "run", HW, "--program", folder / "path.txt", *inputs, "--out", no, absent=no)


def tensors_of_a_file(folder):
    """The tensor behind the colon."""
    header = {name: {"dtype": "F32", "shape": [2, 4], "data_offsets": [32 * i, 32 * i + 32]} for i, name in enumerate("xy")}
    text = json.dumps(header).encode()
    values = list(range(16))
    (folder / "xy.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + struct.pack("<16f", *values))
    program = (folder / "copy.txt").read_text().replace("int8 fraction 5", "fp16").replace("int8", "fp16")
    (folder / "float.txt").write_text(program)
    succeeds("run", HW, "--program", folder / "float.txt", "--input", f"A.dram={folder}/xy.safetensors:y", "--out", folder / "y")
    check(load(folder / "y/Y.dram.npy")[2] == values[8:], "tensor y")
    again(folder, folder / "y", ["result.json", "Y.dram.npy"])


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program, inputs = sums(folder)
        one_item_many_times(folder, program)
        as_on_a_problem(folder)
        codes(folder)
        notices(folder)
        tensors_of_a_file(folder)
        refusals(folder, program, inputs)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
