#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a sweep costs: wall time, processor time of all its processes (on a busy machine the honest figure), and the most memory
they held together (proportional set size: shared pages count once).
usage: sweep_cost.py TRICYCLE GRID [--jobs N] [--shard I/N]
"""
import pathlib
import resource
import subprocess
import sys
import tempfile
import time


def proportional_kib(pid):
    """Of a process and its children; processes that have just ended count nothing."""
    total = 0
    try:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += proportional_kib(child)
    except OSError:
        pass
    return total


def main():
    with tempfile.TemporaryDirectory() as folder:
        begin, most = time.time(), 0
        process = subprocess.Popen([sys.argv[1], "sweep", sys.argv[2], "--store", f"{folder}/store.sqlite", *sys.argv[3:]])
        while process.poll() is None:
            most = max(most, proportional_kib(process.pid))
            time.sleep(0.5)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        size = pathlib.Path(f"{folder}/store.sqlite").stat().st_size
        print(f"wall {time.time() - begin:.1f} s, processors {used.ru_utime:.1f} s user + {used.ru_stime:.1f} s system, "
              f"memory {most / 1024:.0f} MiB, store {size / 2**20:.1f} MiB")
        sys.exit(process.returncode)


main()
