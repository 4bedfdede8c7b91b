#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No command prints a figure that cannot be, on any shipped machine, peers' included; and figures that once were wrong, made again.

Every simulation of every command ends in the checks of reports/invariants.h; a figure beyond its bound ends the command as `internal: ..`.

usage: impossible_figures.py TRICYCLE SOURCE_DIR [--all]     (--all: more shapes and formats; some minutes)
"""
import json
import pathlib
import subprocess
import sys
import tempfile

TRICYCLE, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
ALL = "--all" in sys.argv[3:]
MACHINES = sorted(SOURCE.glob("hwconfigs/*.yaml")) + sorted(SOURCE.glob("hwconfigs/peers/*.yaml"))
FORMATS = ["fp16", "bf16", "fp32", "tf32", "float8_e4m3fn", "int16", "int8", "int4"]
CLOSE = 1 + 1e-6
faults, runs = [], 0


def made(*arguments):
    """The document of a command; nothing where the machine cannot run it."""
    global runs
    done = subprocess.run([TRICYCLE, *map(str, arguments), "--json"], capture_output=True, text=True, timeout=600)
    if done.returncode == 2 and "internal" not in done.stderr:
        return None
    if done.returncode != 0:
        faults.append(f"{' '.join(map(str, arguments))}: status {done.returncode}: {done.stderr.strip()}")
        return None
    runs += 1
    return json.loads(done.stdout)


def expect(what, holds):
    if not holds:
        faults.append(what)


def check_gemm(machine):
    sizes = [(64, 64, 64), (100, 37, 55), (1, 256, 256), (1024, 1024, 1024)] if ALL else [(100, 37, 55)]
    for number_format in FORMATS:
        for weights in (None, "int8", "int4") if ALL else (None, "int4"):
            for m, n, k in sizes:
                narrow = ["--weights", weights] if weights else []
                r = made("gemm", machine, "--m", m, "--n", n, "--k", k, "--format", number_format, *narrow)
                if r is None:
                    continue
                name = f"{machine.stem} gemm {m}x{n}x{k} {number_format} {weights}"
                for key, value in r.items():
                    if "utilization" in key:
                        expect(f"{name}: {key} {value}", 0 <= value <= CLOSE)
                expect(f"{name}: {r['array_cycles']} alone, {r['total_cycles']} with memory", r["array_cycles"] <= r["total_cycles"])


def check_layer(machine):
    tokens = 512 if ALL else 128
    for number_format in ("fp16", "int8") if ALL else ("fp16",):
        r = made("layer", machine, SOURCE / "workloads/problems/qwen3_5_0_8b.yaml", "--format", number_format, "--algorithm",
                 "block_doubling,neumann_masked", "--set", f"problem.layer.tokens={tokens}")
        if r is None:
            continue
        others = sum(stage["cycles"] for stage in r["stages"])
        for stage in r["stages"] + r["inversions"]:
            name = f"{machine.stem} layer {number_format} {stage['stage']}"
            expect(f"{name}: {stage['cycles']} below its bound {stage['bound_cycles']}", stage["bound_cycles"] <= stage["cycles"] * CLOSE)
            expect(f"{name}: gap {stage['gap']}", stage["gap"] >= 0)
            # What a large stage loses is named.
            large = stage["cycles"] > 0.1 * others and stage["gap"] > 0.5
            expect(f"{name}: a gap of {stage['gap']:.2f} without a cause", not large or stage["gap_cause"])
        for inversion in r["inversions"]:
            expect(f"{machine.stem} layer: total", abs(inversion["layer_cycles"] - others - inversion["cycles"]) < 1e-6 * others)


def check_inversions(machine, scratch):
    problem = SOURCE / "workloads/problems/iid_c16.yaml"
    made("compare", machine, problem, *(["--algorithms", "all"] if ALL else ["--formats", "fp16,int8"]), "--out", scratch / "compare")
    for number_format in ("fp16", "int8") if ALL else ("fp16",):
        made("run", machine, problem, "--algorithm", "block_doubling", "--format", number_format, "--out", scratch / "run")
        made("run", machine, problem, "--algorithm", "neumann_masked", "--format", number_format, "--fidelity", "pe", "--out", scratch / "pe")
    if ALL:
        made("tune", machine, problem, "--tolerance", "20", "--formats", "fp16", "--out", scratch / "tune")


def compared(scratch, problem, algorithm, number_format, *settings):
    sets = [part for setting in settings for part in ("--set", setting)]
    rows = made("compare", SOURCE / "hwconfigs/edge_16x16.yaml", SOURCE / f"workloads/problems/{problem}.yaml", "--algorithms", algorithm,
                "--formats", number_format, "--out", scratch / "compare", *sets)
    return rows[0]


def check_what_was_wrong(scratch):
    # 133.5 % of peak: the array alone ignored that its weights were narrower.
    r = made("gemm", SOURCE / "hwconfigs/tpu_v5e_like.yaml", "--m", 1024, "--n", 1024, "--k", 1024, "--format", "int16", "--weights", "int4")
    expect(f"gemm int16 x int4: {r['array_cycles']} alone, {r['total_cycles']}", r["array_cycles"] == 65536 <= r["total_cycles"])
    expect(f"gemm int16 x int4: utilization {r['mac_utilization']}", r["mac_utilization"] <= 1)
    # Bound by DRAM, all cuts tie: the coarsest, of 589,824 multiply-accumulates, was taken.
    fast = compared(scratch, "gdn_lm_c64", "block_doubling", "fp16", "dram.bandwidth=10.24 GB/s")
    slow = compared(scratch, "gdn_lm_c64", "block_doubling", "fp16", "dram.bandwidth=1 GB/s")
    expect(f"slow DRAM: {slow['macs']} macs instead of {fast['macs']}", slow["macs"] <= fast["macs"])
    expect(f"slow DRAM: {slow['cycles_per_chunk']} cycles of 12,288", slow["cycles_per_chunk"] >= 12288)
    # Busy shares beside steady cycles were those of the whole run.
    few = compared(scratch, "iid_c16", "block_doubling", "int8", "problem.input.synthetic.matrices=16")
    many = compared(scratch, "iid_c16", "block_doubling", "int8", "problem.input.synthetic.matrices=96")
    for key in ("cycles_per_chunk", "steady_utilization"):
        expect(f"16 and 96 chunks: {key} {few[key]}, {many[key]}", few[key] == many[key])
    # The exact unit diagonal of T flatters: Y's figures come first.
    keys = list(few)
    expect("SNR of Y before that of T", keys.index("y_snr_db_worst") < keys.index("snr_db_mean"))
    # More in flight, or accumulators twice as large, never pick the worse of two known programs; 2 % count as equal.
    for key, values in {"sequencer.in_flight": [4, 6, 8, 16], "accumulator_memory.size": ["128 KiB", "256 KiB", "512 KiB"]}.items():
        least = None
        for value in values:
            cycles = compared(scratch, "iid_c16", "block_doubling", "fp16", f"{key}={value}")["cycles_per_chunk"]
            expect(f"{key}={value}: {cycles} cycles instead of {least}", least is None or cycles <= 1.02 * least)
            least = cycles if least is None else min(least, cycles)


def main():
    with tempfile.TemporaryDirectory() as directory:
        scratch = pathlib.Path(directory)
        check_what_was_wrong(scratch)
        for machine in MACHINES:
            check_gemm(machine)
            check_layer(machine)
            check_inversions(machine, scratch)
    print("\n".join([*faults, f"{runs} runs, {len(faults)} faults"]))
    return 1 if faults or runs < 200 else 0


sys.exit(main())
