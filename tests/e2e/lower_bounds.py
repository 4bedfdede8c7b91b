#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No run is faster than what its machine can do: every shipped machine, algorithm and format, as shipped and with less bandwidth.
The figures of compare.json are held against each other and against bandwidth and clock of the machine.

usage: lower_bounds.py TRICYCLE SOURCE_DIR [--all]     (--all: every algorithm and chunk; some minutes)
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TRICYCLE, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
ALL = "--all" in sys.argv[3:]
MACHINES = sorted(SOURCE.glob("hwconfigs/*.yaml"))
CHUNKS = [16, 64] if ALL else [16]
# What is set on a machine, and which machines it is set on.
CHANGES = [
    ([], lambda name: True),
    (["dram.bandwidth=1 GB/s"], lambda name: ALL or name in ("edge_16x16", "hexagon_like")),
    (["dram.timing=row_buffer", "dma.requests_in_flight=64"], lambda name: ALL or name in ("edge_16x16", "tpu_v5e_like")),
    (["dram.timing=row_buffer", "dram.bandwidth=3 GB/s", "dma.request=16"], lambda name: ALL or name == "edge_16x16"),
]


def flat(document, prefix=""):
    figures = {}
    for key, value in document.items():
        if isinstance(value, dict):
            figures.update(flat(value, prefix + key + "."))
        else:
            figures[prefix + key] = value
    return figures


def machine_rate(machine, changes, scratch):
    """Bytes a cycle of the machine's DRAM, from its resolved text."""
    out = scratch / "resolved"
    command = [TRICYCLE, "run", machine, SOURCE / "workloads/problems/iid_c16.yaml", "--algorithm", "forward_substitution",
               "--format", "auto", "--trace-chunks", "0", "--out", out]
    for format_name in ("fp16", "bf16", "int8", "fp32", "int16"):
        command[command.index("--format") + 1] = format_name
        if subprocess.run(command + changes, capture_output=True).returncode == 0:
            break
    text = (out / "config.resolved.yaml").read_text()
    unit = {"GHz": 1, "MHz": 1e-3, "GB/s": 1, "MB/s": 1e-3, "TB/s": 1e3}
    clock, clock_unit = re.search(r"^ +clock: ([0-9.e+-]+) ([GM]Hz)", text, re.M).groups()
    bandwidth, bandwidth_unit = re.search(r"^ +bandwidth: ([0-9.e+-]+) ([GMT]B/s)", text, re.M).groups()
    return float(bandwidth) * unit[bandwidth_unit] / (float(clock) * unit[clock_unit])


def faults(row, rate):
    r = flat(row)
    cycles, chunks, total = r["cycles_per_chunk"], r["chunks"], r["total_cycles"]
    bounds = {k.rsplit(".", 1)[1]: v for k, v in r.items() if k.startswith("lower_bound_cycles.")}
    largest = max(bounds.values())
    close = 1 + 1e-9
    for name, bound in bounds.items():
        if bound > cycles:
            yield f"cycles_per_chunk {cycles} below {name} {bound}"
        # A bank's bound is a mean over the slots.
        if name != "scratchpad" and bound * chunks > total * close:
            yield f"total_cycles {total} below {name} {bound} x {chunks}"
    if r["bottleneck_gap"] < 0 or abs(cycles / largest - 1 - r["bottleneck_gap"]) > 1e-9:
        yield f"gap {r['bottleneck_gap']}"
    if r["dram_bytes"] / chunks / cycles > rate * close or r["dram_bytes"] / total > rate * close:
        yield f"{r['dram_bytes'] / chunks / cycles} B a cycle of {rate}"
    for name, value in r.items():
        if "utilization" in name and value is not None and not 0 <= value <= close:
            yield f"{name} {value}"
    if sum(v for k, v in r.items() if k.startswith("critical_path_cycles.")) != r["latency_cycles"]:
        yield "critical path is not the latency"
    if r["shortest_latency_cycles"] > r["latency_cycles"]:
        yield f"shortest latency {r['shortest_latency_cycles']} of {r['latency_cycles']}"
    if r["matrix_busy_cycles"] > r["cores"] * total or r["useful_macs"] > r["macs"]:
        yield "busier than there is time, or more useful than done"
    for name in ("energy_pj", "energy_low_pj", "energy_high_pj", "area_mm2"):
        parts = [v for k, v in r.items() if k.startswith(name + ".") and not k.endswith(".total") and v is not None]
        if parts and max(parts) > r[name + ".total"] * close:
            yield f"{name}: a part above the total"


def main():
    runs = failures = 0
    algorithms = ["--algorithms", "all"] if ALL else []
    with tempfile.TemporaryDirectory() as directory:
        scratch = pathlib.Path(directory)
        for machine in MACHINES:
            for settings, is_for in CHANGES:
                if not is_for(machine.stem):
                    continue
                changes = [part for setting in settings for part in ("--set", setting)]
                rate = machine_rate(machine, changes, scratch)
                for chunk in CHUNKS:
                    problem = SOURCE / f"workloads/problems/iid_c{chunk}.yaml"
                    result = subprocess.run([TRICYCLE, "compare", machine, "--problem", problem, "--out", scratch / "out", "--json",
                                             *algorithms, *changes], capture_output=True, text=True)
                    if result.returncode != 0:
                        print(f"{machine.stem} C={chunk} {settings}: status {result.returncode}: {result.stderr.strip()}")
                        # Nothing of the machine fits at this size: no figure to be wrong.
                        failures += "internal" in result.stderr or result.returncode != 2
                        continue
                    for row in json.loads(result.stdout):
                        runs += 1
                        for fault in faults(row, rate):
                            failures += 1
                            print(f"{machine.stem} C={chunk} {row['algorithm']} {row['format']} {settings}: {fault}")
    print(f"{runs} runs, {failures} faults")
    return 1 if failures or runs < 50 else 0


sys.exit(main())
