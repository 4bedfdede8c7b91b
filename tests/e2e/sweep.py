#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A sweep from the command line: its rows are those of `tricycle run`; shards that are merged, and a sweep that was killed again
and again, hold what one undisturbed sweep holds; a point that crashes, hangs or takes all memory is recorded and the rest is done.
usage: sweep.py TRICYCLE SOURCE_DIR [--kills N] [--points N]
"""
import argparse
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

GRID = """name: test
machine: {source}/hwconfigs/edge_16x16.yaml
problem: {source}/workloads/problems/iid_c16.yaml
axes:
  - algorithm: [forward_substitution, neumann_masked, block_doubling]
  - algorithm.steps: [2, 4]
  - format: [fp16, int8]
  - systolic_array.rows: [8, 16]
    systolic_array.cols: [8, 16]
  - scratchpad.size: [128 B, 64 KiB]
  - sequencer.token_latency: {{from: 0, to: {last}, step: 1}}
constraints:
  - systolic_array.rows * systolic_array.cols <= 256
"""
# Real configurations, no hooks: inputs of gigabytes, and a simulation of hours.
HUNGRY = """name: hungry
machine: {source}/hwconfigs/edge_16x16.yaml
problem: {source}/workloads/problems/iid_c64.yaml
axes:
  - problem.input.synthetic.matrices: [2, 100000, 3]
"""
ENDLESS = """name: endless
machine: {source}/hwconfigs/edge_16x16.yaml
problem: {source}/workloads/problems/iid_c16.yaml
axes:
  - problem.input.synthetic.seed: [1, 2, 3]
  - cores: [1, 256]
    sequencer.in_flight: [1, 256]
    scratchpad.size: [64 KiB, 900 GiB]
    accumulator_memory.size: [64 KiB, 900 GiB]
"""

CHUNKS = """name: chunk sizes
machine: {source}/hwconfigs/edge_16x16.yaml
problem: {source}/workloads/problems/iid_c16.yaml
axes:
  - problem.chunk: [16, 32, 64]
  - algorithm: [neumann_masked, block_doubling]
{rest}
"""

# Small enough to run whole, to hold the search to.
SPACE = """name: space
machine: {source}/hwconfigs/edge_16x16.yaml
problem: {source}/workloads/problems/iid_c16.yaml
axes:
  - algorithm: [forward_substitution, neumann_masked, block_doubling]
  - systolic_array.rows: [4, 8, 16, 32]
    systolic_array.cols: [4, 8, 16, 32]
  - vector_unit.bytes_per_beat: {{from: 8, to: 128, powers_of: 2}}
  - scratchpad.size: {{from: 8 KiB, to: 128 KiB, powers_of: 2}}
{rest}
"""
SEARCH = "sampling: {pareto: {points: 300, start: 20, seed: 1, minimize: [cycles_per_chunk, area_mm2.total]}}"


class Sweeps:
    def __init__(self, tricycle, source, folder, points):
        self.tricycle, self.source, self.folder = str(pathlib.Path(tricycle).resolve()), source, pathlib.Path(folder)
        self.failures = 0
        self.grid = self.write("test.yaml", GRID, last=max(0, points // 20 - 1))

    def write(self, name, text, **values):
        path = self.folder / name
        path.write_text(text.format(source=self.source, **values))
        return path

    def check(self, fine, what):
        if not fine:
            self.failures += 1
            print("FAILED:", what)

    def command(self, *arguments, status=0):
        done = subprocess.run([self.tricycle, *map(str, arguments)], capture_output=True, text=True, timeout=300)
        self.check(done.returncode == status, f"{arguments}: status {done.returncode}, expected {status}: {done.stderr}{done.stdout}")
        return done.stdout

    def merged(self, parts):
        store = self.folder / f"merged_{len(parts)}.sqlite"
        self.command("merge", *parts, "--into", store)
        return store

    def rows(self, store):
        return [json.loads(line) for line in self.command("export", store, "--json-lines").splitlines()]


def leaves(document, prefix=""):
    for key, value in document.items():
        if isinstance(value, dict):
            yield from leaves(value, prefix + key + ".")
        else:
            yield prefix + key, value


def rows_are_runs(s, store):
    """Row by row what `tricycle run` says, or why it does not."""
    rows = s.rows(store)
    for row in random.Random(1).sample([r for r in rows if r["status"] == "done"], 6) + [r for r in rows if r["status"] != "done"][:2]:
        arguments = []
        for key, value in row["axes"].items():
            if value is None:
                continue
            arguments += [f"--{key}", value] if key in ("algorithm", "format") else ["--set", f"{key}={value}"]
        done = subprocess.run([s.tricycle, "run", f"{s.source}/hwconfigs/edge_16x16.yaml", f"{s.source}/workloads/problems/iid_c16.yaml",
                               *arguments, "--json", "--out", str(s.folder / "run")], capture_output=True, text=True)
        if row["status"] != "done":
            s.check(row["reason"].startswith("exit 2: ") and row["reason"][8:] in done.stderr and done.returncode == 2,
                    f"{row['axes']}: {row['reason']} is not {done.stderr}")
            continue
        figures = dict(leaves(json.loads(done.stdout)))
        s.check(len(figures) > 100, "a run has more than 100 figures")
        for name, value in figures.items():
            s.check(row.get(name) == value, f"{row['axes']}: {name} is {row.get(name)}, run has {value}")


def shards_are_the_whole(s, whole):
    parts = []
    for i in range(1, 5):
        s.command("sweep", s.grid, "--shard", f"{i}/4", "--out", s.folder / "shards")
        parts.append(s.folder / "shards" / f"test.{i}_of_4.sqlite")
    sizes = [len(s.rows(part)) for part in parts]
    s.check(max(sizes) - min(sizes) <= 1, f"shards are of one size: {sizes}")
    merged = s.folder / "merged.sqlite"
    s.command("merge", *reversed(parts), "--into", merged)
    s.command("merge", parts[0], "--into", merged)  # once more changes nothing
    s.check(s.command("export", merged) == whole, "four shards merged are the whole")
    # Into a store that is there, with rows of its own; it goes on as a store.
    later = s.folder / "later.sqlite"
    s.command("merge", parts[1], "--into", later)
    s.command("merge", *parts[2:], "--into", later)
    s.check(s.command("export", later) == s.command("export", s.merged(parts[1:])), "a store that is there keeps its rows")
    s.command("sweep", s.grid, "--store", later, "--resume", "--jobs", "2")
    s.check(s.command("export", later) == whole, "a merged store can be resumed")
    s.check(not list(s.folder.glob("*.tmp*")), "a merge leaves nothing beside its store")


def keys(store):
    if not store.exists():
        return set()
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
            return {key for (key,) in db.execute("SELECT key FROM points")}
    except sqlite3.Error:
        return set()


def killed_and_resumed(s, whole, kills):
    store = s.folder / "killed.sqlite"
    rng = random.Random(2)
    told = set()
    for _ in range(kills):
        process = subprocess.Popen([s.tricycle, "sweep", s.grid, "--store", store, "--resume", "--jobs", "2"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        target = len(told) + rng.randrange(0, 4)
        while process.poll() is None and len(keys(store)) < target:
            time.sleep(0.005)
        time.sleep(rng.random() * 0.03)
        process.kill()
        process.communicate()
        now = keys(store)
        s.check(told <= now, "no row is lost")
        told = now
    # A worker that was about to answer when its parent died is gone within a moment.
    time.sleep(0.2)
    left = s.command("sweep", s.grid, "--store", store, "--resume", "--jobs", "2")
    s.check(f"{len(told)} were there" in left, f"{len(told)} rows are not computed again: {left}")
    s.check(s.command("export", store) == whole, "a sweep killed and resumed is the whole")
    again = s.command("sweep", s.grid, "--store", store, "--resume")
    s.check(": 0 done, 0 failed" in again, f"nothing is left to do: {again}")


def search_finds_the_front(s):
    def cost(row):
        return row["cycles_per_chunk"], row["area_mm2.total"]

    def front(rows):
        costs = {cost(row) for row in rows if row["status"] == "done"}
        return {a for a in costs if not any(b != a and b[0] <= a[0] and b[1] <= a[1] for b in costs)}

    everything, store = s.folder / "everything.sqlite", s.folder / "searched.sqlite"
    s.command("sweep", s.write("everything.yaml", SPACE, rest=""), "--store", everything, "--jobs", "2")
    whole = front(s.rows(everything))
    guided = s.write("guided.yaml", SPACE, rest=SEARCH)
    s.command("sweep", guided, "--store", store, "--jobs", "2")
    searched = s.rows(store)
    s.check(front(searched) == whole, f"the search finds the front: {sorted(front(searched))}, {sorted(whole)}")
    s.check(len(searched) < 200, f"it runs {len(searched)} of 300 points")
    again = s.command("sweep", guided, "--store", store, "--resume")
    s.check(": 0 done, 0 failed" in again, f"a finished search is finished: {again}")
    # One job, and half of the rows gone: the same points.
    with sqlite3.connect(store) as db:
        db.execute("DELETE FROM points WHERE point % 2 = 0")
    db.close()
    s.command("sweep", guided, "--store", store, "--resume", "--jobs", "1")
    s.check(s.rows(store) == searched, "a search that lost rows comes to the same points and rows")
    s.command("sweep", guided, "--shard", "1/2", "--store", s.folder / "no.sqlite", status=2)

    area = sorted(cost(row)[1] for row in searched if row["status"] == "done")[len(searched) // 2]
    small = s.write("small.yaml", SPACE, rest=f"constraints: [area_mm2.total <= {area!r}]")
    s.command("sweep", small, "--store", s.folder / "small.sqlite", "--jobs", "2")
    for row, free in zip(s.rows(s.folder / "small.sqlite"), s.rows(everything)):
        fits = free["status"] != "done" or cost(free)[1] <= area
        s.check(row.get("reason") == (free.get("reason") if fits else f"constraint: area_mm2.total <= {area!r}"), f"{row['axes']}: {row.get('reason')}")


def described(s):
    """What `describe grid` says is what a grid may have."""
    text = s.command("describe", "grid")
    s.check("pareto: {points:" in text and "COLUMN <= 20" in text, "describe grid names the search and constraints on figures")
    kinds = json.loads(s.command("describe", "grid", "--schema"))["properties"]["sampling"]["anyOf"]
    search = [kind["properties"]["pareto"] for kind in kinds if "pareto" in kind.get("properties", {})]
    s.check(search and set(search[0]["properties"]) == {"points", "start", "seed", "minimize", "maximize"}, f"the schema has the search: {search}")


def figures_of_tokens_serve(s):
    """Chunk sizes compared by the token: as columns, in a constraint, and in a search."""
    store = s.folder / "chunks.sqlite"
    s.command("sweep", s.write("chunks.yaml", CHUNKS, rest="constraints: [cycles_per_token <= 1e9, energy_per_token_pj.nominal > 0]"), "--store", store)
    rows = s.rows(store)
    for row in rows:
        s.check(row["cycles_per_token"] == row["cycles_per_chunk"] / row["chunk"], f"{row['axes']}: cycles a token")
        for end in "nominal", "low", "high":
            s.check(row[f"energy_per_token_pj.{end}"] == row[f"energy_per_chunk_pj.{end}"] / row["chunk"], f"{row['axes']}: energy a token")
    s.check({row["chunk"] for row in rows} == {16, 32, 64}, "three chunk sizes")
    search = "sampling: {pareto: {points: 6, start: 2, seed: 1, minimize: [cycles_per_token, energy_per_token_pj.nominal]}}"
    s.command("sweep", s.write("by_token.yaml", CHUNKS, rest=search), "--store", s.folder / "by_token.sqlite")
    heads = s.command("export", store, "--markdown").splitlines()[0]
    s.check("cycles_per_token" in heads and "cycles_per_chunk" not in heads and "energy_per_token_pj.nominal" in heads,
            f"the table of several chunk sizes is of tokens: {heads}")
    one = s.command("export", s.folder / "whole.sqlite", "--markdown").splitlines()[0]
    s.check("cycles_per_chunk" in one and "cycles_per_token" not in one, f"the table of one chunk size is of chunks: {one}")


def damage_is_contained(s, sanitized):
    def reasons(store):
        return [row.get("reason") for row in s.rows(store)]

    if not sanitized:  # the sanitizers' own address space has no limit
        hungry, store = s.write("hungry.yaml", HUNGRY), s.folder / "hungry.sqlite"
        s.command("sweep", hungry, "--store", store, "--jobs", "2", "--memory", "256", status=1)
        s.check(reasons(store) == [None, "memory 256 MiB", None], f"memory: {reasons(store)}")
    endless = s.write("endless.yaml", ENDLESS)
    store = s.folder / "late.sqlite"
    s.command("sweep", endless, "--store", store, "--jobs", "2", "--timeout", "8" if sanitized else "3", "--memory", "0", status=1)
    late = "timeout 8 s" if sanitized else "timeout 3 s"
    s.check(reasons(store) == [None, late] * 3, f"timeout: {reasons(store)}")

    # With two processes, both hold an endless point once these many rows are there.
    store = s.folder / "crashed.sqlite"
    process = subprocess.Popen([s.tricycle, "sweep", endless, "--store", store, "--jobs", "2", "--memory", "0"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for rows, number in (2, signal.SIGSEGV), (4, signal.SIGABRT), (5, signal.SIGSEGV):
        deadline = time.time() + 60
        while len(keys(store)) < rows and time.time() < deadline:
            time.sleep(0.01)
        child = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
        os.kill(int(child), number)
    process.communicate(timeout=120)
    ends = reasons(store)
    s.check(process.returncode == 1 and ends[0::2] == [None] * 3, f"crashes: {ends}")
    s.check(set(ends[1::2]) <= {"signal 11", "signal 6", "exit 1: the process ended"}, f"crashes: {ends}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tricycle")
    parser.add_argument("source")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--points", type=int, default=80)
    options = parser.parse_args()
    sanitized = b"__asan_init" in pathlib.Path(options.tricycle).read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        s = Sweeps(options.tricycle, str(pathlib.Path(options.source).resolve()), folder, options.points)
        store = s.folder / "whole.sqlite"
        s.command("sweep", s.grid, "--store", store, "--jobs", "2")
        whole = s.command("export", store)
        s.check(whole.count("\n") > options.points, "a line for every point")
        rows_are_runs(s, store)
        shards_are_the_whole(s, whole)
        killed_and_resumed(s, whole, options.kills)
        search_finds_the_front(s)
        described(s)
        figures_of_tokens_serve(s)
        damage_is_contained(s, sanitized)
        print("sweep:", "ok" if s.failures == 0 else f"{s.failures} failures")
        sys.exit(1 if s.failures else 0)


main()
