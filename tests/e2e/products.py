#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Products of a user's own matrices: `tricycle product`, and `tricycle gemm` with files.

Values against arithmetic here, sums a chip returned, batches, raw codes, and every refusal by its message.

usage: products.py TRICYCLE SOURCE_DIR
"""
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

TRICYCLE, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
EDGE, H200 = SOURCE / "hwconfigs/edge_16x16.yaml", SOURCE / "hwconfigs/h200_sm.yaml"
SILICON = SOURCE / "workloads/data/silicon"
CODES = {"<f4": "f", "<f2": "e", "<f8": "d", "|i1": "b", "<i2": "h", "<i4": "i", "|u1": "B", "<u2": "H"}
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)
        print("FAILED:", what)


def tricycle(*arguments):
    return subprocess.run([TRICYCLE, *map(str, arguments)], capture_output=True, text=True)


def succeeds(*arguments, status=0):
    done = tricycle(*arguments)
    check(done.returncode == status, f"{arguments}: status {done.returncode}, expected {status}: {done.stderr}")
    return done.stdout


def refused(message, *arguments, absent=None):
    done = tricycle(*arguments)
    check(done.returncode == 2, f"{arguments}: status {done.returncode}, expected 2")
    check(message in done.stderr, f"{arguments}: expected \"{message}\", got {done.stderr}")
    check(absent is None or not absent.exists(), f"{absent} was written")


def save(path, shape, values, descr="<f4"):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() +
                     struct.pack(f"<{len(values)}{CODES[descr]}", *values))
    return path


def load(path):
    data = path.read_bytes()
    size = struct.unpack("<H", data[8:10])[0]
    header = data[10:10 + size].decode()
    shape = [int(x) for x in re.search(r"'shape': \(([^)]*)\)", header)[1].split(",") if x.strip()]
    descr = re.search(r"'descr': '([^']*)'", header)[1]
    count = 1
    for extent in shape:
        count *= extent
    return shape, list(struct.unpack(f"<{count}{CODES[descr]}", data[10 + size:]))


def values(here):
    a = save(here / "a.npy", (2, 2, 3), range(12), "<f2")
    b = save(here / "b.npy", (3, 2), [1, 2, 3, 4, 5, 6])
    c = save(here / "c.npy", (2, 2), [100, 200, 300, 400])
    d = here / "d.npy"
    document = json.loads(succeeds("product", EDGE, "--a", a, "--b", b, "--c", c, "--format", "fp16", "--out", d, "--json"))
    shape, got = load(d)
    expected = [100 * (2 * i + j + 1) + sum((6 * t + 3 * i + k) * (2 * k + j + 1) for k in range(3))
                for t in range(2) for i in range(2) for j in range(2)]
    check(shape == [2, 2, 2] and got == expected, f"values: {shape} {got}, expected {expected}")
    check((document["products"], document["m"], document["n"], document["k"]) == (2, 2, 2, 3), f"sizes: {document}")
    check(document["rounded_elements"] == 0 and document["output_dtype"] == "F32", f"document: {document}")
    out = succeeds("product", EDGE, "--a", a, "--b", b, "--c", c, "--format", "fp16", "--out", here / "e.npy", "--expect", d)
    check("0 of 8 codes differ" in out, f"--expect: {out}")
    save(here / "other.npy", (2, 2, 2), got[:-1] + [got[-1] + 1])
    out = succeeds("product", EDGE, "--a", a, "--b", b, "--c", c, "--format", "fp16", "--out", here / "e.npy", "--expect",
                   here / "other.npy", status=1)
    check("1 of 8 codes differ, the first at 7" in out, f"--expect other: {out}")


def integers(here):
    a = save(here / "ia.npy", (1, 2), [127, -127], "|i1")
    b = save(here / "ib.npy", (2, 1), [1, 1], "|i1")
    c = save(here / "ic.npy", (1, 1), [2**31 - 1], "<i4")
    d = here / "id.npy"
    # A step of Hopper is exact; one by one the first addition saturates.
    succeeds("product", H200, "--a", a, "--b", b, "--c", c, "--format", "int8", "--out", d, "--set", "formats.int8.overflow=saturate")
    check(load(d)[1] == [2**31 - 1], f"a step that saturates once: {load(d)}")
    succeeds("product", EDGE, "--a", a, "--b", b, "--c", c, "--format", "int8", "--out", d, "--set", "formats.int8.overflow=saturate")
    check(load(d)[1] == [2**31 - 1 - 127], f"saturated one by one: {load(d)}")


def raw_codes(here):
    a = save(here / "e4m3.npy", (1, 2), [0x3E, 0x08], "|u1")  # 1.75, 2^-6
    b = save(here / "e5m2.npy", (2, 1), [0x3C, 0x3C], "|u1")  # 1, 1
    d = here / "mixed.npy"
    succeeds("product", H200, "--a", a, "--b", b, "--format", "float8_e4m3fn", "--format-b", "float8_e5m2", "--out", d)
    check(load(d)[1] == [1.75 + 2**-6], f"two formats: {load(d)}")
    tensors = f"{SILICON}/h200_wgmma_e4m3_fp16.safetensors"
    arguments = ["--a", f"{tensors}:a", "--b", f"{tensors}:b", "--c", f"{tensors}:c", "--format", "float8_e4m3fn",
                 "--accumulator", "fp16", "--out", here / "chip.safetensors:d"]
    out = succeeds("product", H200, *arguments, "--expect", f"{tensors}:d")
    check("0 of 10752 codes differ" in out, f"a chip's: {out}")
    out = succeeds("product", H200, *arguments, "--expect", f"{tensors}:d_mma_sync", "--set", "formats.float8_e4m3fn.computed_as=fp16")
    check("0 of 10752 codes differ" in out, f"the compiler's: {out}")


def with_cycles(here):
    m, k, n = 20, 40, 24
    a = save(here / "ga.npy", (m, k), [(7 * i % 33 - 16) / 32 for i in range(m * k)])
    b = save(here / "gb.npy", (k, n), [(5 * i % 29 - 14) / 32 for i in range(k * n)])
    sums, stored = here / "sums.npy", here / "stored.npy"
    succeeds("product", EDGE, "--a", a, "--b", b, "--format", "fp16", "--out", sums)
    document = json.loads(succeeds("gemm", EDGE, "--a", a, "--b", b, "--format", "fp16", "--out", stored, "--json"))
    rounded = list(struct.unpack(f"<{m * n}e", struct.pack(f"<{m * n}e", *load(sums)[1])))
    check(load(stored) == ([m, n], rounded), "gemm stores the sums of product, rounded")
    check((document["m"], document["n"], document["k"], document["seed"]) == (m, n, k, None), f"gemm: {document}")
    same = json.loads(succeeds("gemm", EDGE, "--m", m, "--n", n, "--k", k, "--format", "fp16", "--json"))
    check(same["total_cycles"] == document["total_cycles"], "the operands do not change the cycles")


def refusals(here):
    a = save(here / "ra.npy", (2, 3), range(6))
    b = save(here / "rb.npy", (3, 2), range(6))
    d = here / "rd.npy"
    good = {"--a": a, "--b": b, "--format": "fp16", "--out": d}

    def bad(message, *more, **changed):
        options = {**good, **{"--" + name: value for name, value in changed.items()}}
        refused(message, "product", H200, *[word for pair in options.items() for word in pair], *more, absent=d)

    bad("found no such file", a=here / "absent.npy")
    bad(f"--b {a}: expected 3 rows, as many as --a {a} has columns, got 2", b=a)
    bad("fp17", format="fp17")
    bad("expected [.., 2, 2], got [2, 3]", "--c", a)
    bad("expected integers (I8, I16 or I32), the codes of int8, got F32", format="int8")
    refused(f"--out {a}: it is the file of {a}, which it would replace", "product", H200, "--a", a, "--b", b, "--format", "fp16", "--out", a)
    refused("which it would replace", "product", H200, "--a", a, "--b", b, "--c", b, "--format", "fp16", "--out", b)
    bundle = here / "bundle.safetensors"
    succeeds("product", H200, "--a", a, "--b", b, "--format", "fp16", "--out", f"{bundle}:x")
    refused("which it would replace", "gemm", EDGE, "--a", f"{bundle}:x", "--b", f"{bundle}:x", "--format", "fp16", "--out", f"{bundle}:c")
    refused("which it would replace", "gemm", EDGE, "--a", a, "--b", b, "--format", "fp16", "--out", a)
    bad("--format-b int16", "--format-b", "int16")
    bad("expected fp32 or fp16 for fp16 operands, got \"fp64\"", "--accumulator", "fp64")
    bad("--set problem.chunk=3: a product has no problem", "--set", "problem.chunk=3")
    save(here / "big.npy", (1, 1), [200], "<i2")
    refused("element 0 is 200, beyond the 8 bits of int8", "product", H200, "--a", here / "big.npy", "--b", here / "big.npy",
            "--format", "int8", "--out", d, absent=d)
    refused("as in", "product", H200, "--a", SILICON / "h200_mma_fp16_fp32.safetensors", "--b", b, "--format", "fp16", "--out", d, absent=d)
    refused("--m: the sizes are those of --a and --b; leave it out", "gemm", EDGE, "--m", 3, "--a", a, "--b", b, "--format", "fp16")
    refused("gemm: --m missing: give --m, --n and --k, or --a and --b", "gemm", EDGE, "--n", 3, "--k", 3, "--format", "fp16")
    refused("--a has 3 columns and --b 2 rows", "gemm", EDGE, "--a", a, "--b", a, "--format", "fp16")


def main():
    with tempfile.TemporaryDirectory() as scratch:
        here = pathlib.Path(scratch)
        for part in (values, integers, raw_codes, with_cycles, refusals):
            part(here)
    print("all as expected" if not failures else f"{len(failures)} failures")
    sys.exit(bool(failures))


main()
