#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every command line of the table of docs/commands.md with real arguments: bare, and with all its options; and, as they stand
there, the commands for matrices of one's own, and the examples of every command's --help.

usage: documented_commands.py TRICYCLE SOURCE_DIR
"""
import itertools
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

# What the table's placeholders stand for; a new placeholder needs its line here.
ARGUMENTS = {
    "HW": "hwconfigs/edge_16x16.yaml",
    "HW...": "hwconfigs/edge_16x16.yaml hwconfigs/ascend_910a_like.yaml",
    "PROBLEM": "workloads/problems/iid_c16.yaml",
    "FILE...": "hwconfigs/edge_16x16.yaml workloads/problems/iid_c16.yaml",
    "IN": "tests/golden/numpy/batch.npy",
    "OUT": "{scratch}/inverse.safetensors",
    "GROUP...": "peaks vector",
    "DIR": "{scratch}/out",
    "KEY=VALUE": "sequencer.in_flight=2",
    "A": "block_doubling",
    "A,B": "block_doubling,forward_substitution",
    "F": "bf16",
    "F,G": "bf16,int8",
    "WHERE": "vector",
    "M": "16",
    "A.npy": "tests/golden/numpy/batch.npy",
    "B.npy": "tests/golden/numpy/batch.npy",
    "C.npy": "tests/golden/numpy/batch.npy",
    "D.npy": "{scratch}/d.npy",
    "G": "fp16",
    "H": "fp32",
    "H200.safetensors": "workloads/data/silicon/h200_mma_fp16_fp32.safetensors",
    "N": "24",
    "K": "32",
    "NAME": "add",
    "TABLE...": "ablation",
    "R": "8",
    "C": "48",
    "MODEL": "workloads/data/gdn_lm",
    "TEXT": "install_packages",
    "T": "2",
    "TOL": "forward_substitution",
    "DB": "0.5",
    "C,D": "16,32",
    "BITS": "1",
    "NPU": "hwconfigs/hexagon_like.yaml",
    "LAYER": "workloads/problems/kimi_linear_48b_a3b.yaml --set problem.layer.tokens=256",
    "MODE": "fla_bf16",
    "GRID": "workloads/grids/quick.yaml",
    "I/N": "1/2",
    "FILE": "{scratch}/new.sqlite",
    "STORE": "{stores}/quick.sqlite",
    "STORE...": "{stores}/quick.sqlite",
    "MERGED": "{scratch}/merged.sqlite",
    "TRACE.json": "{stores}/trace.json",
    "FILE.html": "{scratch}/report.html",
    "FILE.csv": "{scratch}/errors.csv",
    "FILE.xml": "{scratch}/gate.xml",
    "BASELINE.json": "{stores}/gate.json",
    "MY.csv": "workloads/data/measured/edge_rows.csv",
    "KEYS": "dram.latency",
    "FITTED.yaml": "{scratch}/fitted.yaml",
    "MEASURED": "workloads/data/measured/edge_trace.csv",
    "TRACKS": "MTE2=dma0",
    "FACTOR": "1.5",
    "BOTH.json": "{scratch}/both.json",
    "VARIANT": "blocks16_tc --set problem.layer.gate_bound=-5",
    "RULE": "deltanet",
    "FAMILIES": "equal,runs",
    "ERROR": "0.05",
    "LIMIT": "0.1",
    "S": "2",
    "TRIALS": "{scratch}/trials",
}

# Takes a minute, and runs elsewhere whenever this does.
ELSEWHERE = {
    "tables": ".ci/run, against reports/sample",
    "validate --sensitivity": "generated_docs.py, against docs/sensitivity.md",
}


def command_lines(readme):
    """The code spans of the table's first cells that begin with `tricycle`."""
    for row in re.findall(r"^\| (`tricycle .*?) \| ", readme, re.MULTILINE):
        yield from (span for span in re.findall(r"`(tricycle [^`]*)`", row))


def alternatives(line):
    """`list a\\|b` is `list a` and `list b`."""
    words = [word.split(r"\|") for word in line.split()]
    return [" ".join(choice) for choice in itertools.product(*words)]


def variants(line):
    """Without what is in brackets, and with all of it."""
    bare = re.sub(r"\s*\[[^]]*\](\.\.\.)?", "", line)
    full = re.sub(r"\[|\](\.\.\.)?", "", line)
    for chosen in dict.fromkeys((bare, full)):
        yield from alternatives(chosen)


def arguments(line, scratch, stores):
    words = []
    for word in line.split()[1:]:
        is_placeholder = word in ARGUMENTS or word.strip(".,=").isupper() or "=" in word
        if is_placeholder and word not in ARGUMENTS:
            sys.exit(f"docs/commands.md: `{line}`: what is {word}? Give it a value in {__file__}")
        words += ARGUMENTS[word].format(scratch=scratch, stores=stores).split() if is_placeholder else [word]
    return words


def own_matrices(tricycle, source, readme):
    """The section's commands, in a folder with its problem file, the machines and a matrix of 64 x 64; failures."""
    section = readme.partition("<!-- own matrices")[2].partition("\n## ")[0]
    commands, problem = (re.search(rf"```{kind}\n(.*?)```", section, re.DOTALL)[1] for kind in ("sh", "yaml"))
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "hwconfigs").symlink_to((source / "hwconfigs").resolve())
        (folder / "own.yaml").write_text(problem)
        header = "{'descr': '<f4', 'fortran_order': False, 'shape': (64, 64), }".ljust(117) + "\n"  # data at byte 128
        entries = [0.5 / (1 + row - col) if col < row else 0.0 for row in range(64) for col in range(64)]
        (folder / "a.npy").write_bytes(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + struct.pack("<4096f", *entries))
        for line in commands.splitlines():
            done = subprocess.run([pathlib.Path(tricycle).resolve(), *line.split()[1:]], cwd=folder, capture_output=True, text=True, timeout=900)
            ok = line.startswith("tricycle ") and done.returncode == 0 and "SNR mean" in done.stdout and not messages(done.stderr)
            failures += not ok
            print("ok    " if ok else f"FAILED status {done.returncode}: {done.stderr}", line)
        if not (folder / "y.npy").read_bytes().startswith(b"\x93NUMPY"):
            sys.exit("y.npy is no file of NumPy")
    return failures


def examples(tricycle, source):
    """What every command's --help shows, one after the other in a folder that has the project's: later ones use what earlier ones wrote."""
    failures = 0
    listing = subprocess.run([tricycle, "--help"], check=True, capture_output=True, text=True).stdout
    commands = re.findall(r"^  ([\w-]+)  ", listing.partition("Subcommands:")[2], re.MULTILINE)
    if len(commands) < 15:
        sys.exit(f"tricycle --help: expected commands, found {commands}")
    with tempfile.TemporaryDirectory() as scratch:
        for folder in ("hwconfigs", "workloads", "tests"):
            (pathlib.Path(scratch) / folder).symlink_to((source / folder).resolve())
        for command in commands:
            text = subprocess.run([tricycle, command, "--help"], check=True, capture_output=True, text=True).stdout
            lines = re.findall(r"^  tricycle (.*)$", text, re.MULTILINE)
            if not lines or not all(line.split()[0] == command for line in lines):
                failures += 1
                print("FAILED", f"tricycle {command} --help has no examples: {lines}")
            for line in lines:
                done = subprocess.run([pathlib.Path(tricycle).resolve(), *line.split()], cwd=scratch, capture_output=True, text=True, timeout=900)
                ok = done.returncode == 0 and done.stdout and not messages(done.stderr)
                failures += not ok
                print("ok    " if ok else f"FAILED status {done.returncode}: {done.stderr}", "tricycle", line)
    return failures


def messages(stderr):
    """But for progress, which a busy machine makes a command tell, and advice on machines of a grid, which stray from what they are made of."""
    return [line for line in stderr.splitlines() if not re.match(r"tricycle: \d+/\d+ |.* machines? looked at\)$", line)]


def main():
    tricycle, source = sys.argv[1], pathlib.Path(sys.argv[2])
    lines = [v for line in command_lines((source / "docs/commands.md").read_text()) for v in variants(line)]
    if len(lines) < 15:
        sys.exit(f"docs/commands.md: expected a command table, found {len(lines)} command lines in it")
    failures = own_matrices(tricycle, source, (source / "docs/commands.md").read_text())
    failures += examples(tricycle, source)
    stores = tempfile.TemporaryDirectory()
    subprocess.run([tricycle, "sweep", ARGUMENTS["GRID"], "--store", f"{stores.name}/quick.sqlite"], cwd=source, check=True)
    subprocess.run([tricycle, "run", ARGUMENTS["HW"], ARGUMENTS["PROBLEM"], "--out", stores.name], cwd=source, check=True,
                   stdout=subprocess.DEVNULL)
    shutil.copy(source / "workloads/gates/example.json", f"{stores.name}/gate.json")  # --update writes it
    for line in lines:
        if line.removeprefix("tricycle ") in ELSEWHERE:
            print("left to", ELSEWHERE[line.removeprefix("tricycle ")])
            continue
        with tempfile.TemporaryDirectory() as scratch:
            words = arguments(line, scratch, stores.name)
            if words[0] == "report" and "--out" not in words:
                words += ["--out", f"{scratch}/report.html"]
            if words[0] in ("run", "compare", "tune", "sweep", "stress") and "--out" not in words:
                words += ["--out", f"{scratch}/out"]
            done = subprocess.run([tricycle, *words], cwd=source, capture_output=True, text=True, timeout=900)
        ok = done.returncode == 0 and done.stdout and not messages(done.stderr)
        failures += not ok
        print("ok    " if ok else "FAILED", "tricycle", " ".join(words))
        if not ok:
            print(f"       status {done.returncode}: {done.stderr}")
    sys.exit(failures)


if __name__ == "__main__":
    main()
