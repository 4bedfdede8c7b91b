#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds constants of hwconfigs/h200_sm.yaml against the measurements they are said to come from.

What `describe hw` says is read, not the file: the figures that a simulation uses.  The arithmetic is written here once more, from the rows of
workloads/data/silicon alone.

usage: measured_constants.py TRICYCLE SOURCE_DIR
"""
import csv
import pathlib
import re
import statistics
import subprocess
import sys

TRICYCLE, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
SILICON = SOURCE / "workloads/data/silicon"
failures = []


def rows(name):
    return list(csv.DictReader((SILICON / name).read_text().splitlines()))


def check(key, ours, measured, tolerance):
    if not abs(ours - measured) <= tolerance:
        failures.append(key)
        print(f"FAILED: {key} is {ours}, measured {measured:.3f} +- {tolerance}")


def shares_of_waiting(streams):
    return [float(r["value"]) / float(r["independent"]) for r in streams if r["benchmark"] == "compiled loads"]


def instructions_at_once(streams, loads):
    """Most instructions between two waits for code, of stamps at every fourth."""
    stamps = [float(r["value"]) for r in streams if r["variant"].startswith(f"{loads} dependent loads before")]
    waits = [i for i in range(1, len(stamps)) if stamps[i] - stamps[i - 1] > 20]
    return {4 * (b - a) for a, b in zip(waits, waits[1:])}


def resident(kernel):
    """Blocks of compute capability 9.0, as the occupancy calculator counts them."""
    warps, of_warp = int(kernel["warps"]), -(-int(kernel["registers"]) * 32 // 256) * 256
    of_block = -(-int(kernel["shared_bytes"]) // 128) * 128 + 1024
    return min(32, 64 // warps, 65536 // of_warp // warps, 233472 // of_block)


def main():
    text = (SOURCE / "hwconfigs/h200_sm.yaml").read_text()
    if "assumed" in text:
        failures.append("assumed")
        print("FAILED: hwconfigs/h200_sm.yaml assumes a constant")
    shown = subprocess.run([TRICYCLE, "describe", "hw", SOURCE / "hwconfigs/h200_sm.yaml"], capture_output=True, text=True)
    if shown.returncode != 0:
        sys.exit(shown.stderr)

    def ours(key):
        return float(re.search(rf"^\s*{key}[:=\s]+([\d.]+)", shown.stdout, re.MULTILINE)[1])

    streams = rows("h200_streams.csv")

    def measured(benchmark, variant, warps, independent):
        found = [float(r["value"]) for r in streams
                 if (r["benchmark"], r["variant"], r["warps"], r["independent"]) == (benchmark, variant, str(warps), str(independent))]
        if len(found) != 1:
            sys.exit(f"h200_streams.csv: {len(found)} rows {benchmark}, {variant}, {warps}, {independent}")
        return found[0]

    for op in ("max", "max_scalar"):
        key = f"vector_unit.operations.{op}"
        check(key + ".cycles_per_beat", ours(key + ".cycles_per_beat"), 128 / measured(f"fp32 {op}", "throughput", 32, 8), 0.01)
        check(key + ".startup", ours(key + ".startup"), measured(f"fp32 {op}", "latency", 1, 1), 0.5)
    key = "vector_unit.operations.copy"
    check(key + ".cycles_per_beat", ours(key + ".cycles_per_beat"), 128 / measured("copy (rotation of registers)", "throughput", 16, 32), 0.02)
    check(key + ".startup", ours(key + ".startup"), measured("copy (select)", "latency", 1, 1), 0.5)

    def rate(warps):
        return measured("loads of 16 B a lane", "132 SMs; 24576 B in flight a warp", warps, 48)

    check("dma.requests_in_flight", ours("dma.requests_in_flight"), rate(1) * 673 / 128, 0.5)
    enough = min(w for w in (1, 2, 3, 4, 6, 8) if rate(w) > 16.91 * 0.99)
    check("dma.queues", ours("dma.queues"), enough, 0)
    four = [resident(k) for k in rows("h200_kernels.csv") if k["warps"] == "4"]
    check("sequencer.in_flight", ours("sequencer.in_flight"), statistics.median(four), 0)
    check("simt.window", ours("simt.window"), statistics.median(shares_of_waiting(streams)), 0.02)
    for loads in (0, 1, 2):
        sizes = instructions_at_once(streams, loads)
        if sizes != {24}:
            failures.append("blocks of code")
            print(f"FAILED: behind {loads} loads code comes in blocks of {sizes}")
    check("simt.fetch.ahead", ours("simt.fetch.ahead"), 24 / 2, 0)
    sys.exit(f"{len(failures)} failed" if failures else 0)


main()
