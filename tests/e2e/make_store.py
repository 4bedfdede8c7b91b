#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fills a result store by the tables `tricycle report` reads, from runs of `tricycle compare`: a fixture for tests of the report.

usage: make_store.py TRICYCLE STORE PROBLEM MACHINE... [--axis KEY=V,V]... [--compare OPTION=VALUE]...
"""
import argparse
import hashlib
import itertools
import json
import pathlib
import re
import sqlite3
import subprocess
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def column_table(tricycle):
    """[{name, unit, meaning}] of `tricycle list columns`, by the places of its heads."""
    head, *lines = subprocess.run([tricycle, "list", "columns"], check=True, capture_output=True, text=True).stdout.splitlines()
    unit, meaning = head.index("unit"), head.index("meaning")
    return [{"name": line[:unit].strip(), "unit": line[unit:meaning].strip(), "meaning": line[meaning:].strip()} for line in lines]


def flat(value, name, into):
    if isinstance(value, dict):
        for key, member in value.items():
            flat(member, f"{name}.{key}" if name else key, into)
    else:
        into[name] = value
    return into


def compare(tricycle, machine, problem, settings, options):
    """Results, and {(algorithm, format): reason} of what was left out."""
    with tempfile.TemporaryDirectory() as out:
        sets = [word for key, value in settings for word in ("--set", f"{key}={value}")]
        done = subprocess.run([tricycle, "compare", machine, "--problem", problem, "--out", out, "--json", *sets, *options],
                              check=True, capture_output=True, text=True)
    left = re.findall(r"^tricycle: left out: [^,]*, (\w+), (\w+): (.*)$", done.stderr, re.MULTILINE)
    return [flat(r, "", {}) for r in json.loads(done.stdout)], {(a, f): f"exit 2: {why}" for a, f, why in left}


def write(path, axes, columns, points, version):
    """`points`: (axes, results or None, reason)."""
    pathlib.Path(path).unlink(missing_ok=True)
    grid = "".join(f"{name}: {sorted({str(p[0][name]) for p in points})}\n" for name in axes)
    meta = {"schema": "1", "version": version, "grid": grid, "grid_digest": hashlib.sha256(grid.encode()).hexdigest(),
            "axes": json.dumps(axes), "points": str(len(points)), "columns": json.dumps(columns)}
    names = [c["name"] for c in columns]
    quoted = ", ".join('"' + n.replace('"', '""') + '"' for n in names)
    store = sqlite3.connect(path)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT)")
    store.execute(f"CREATE TABLE points(key TEXT PRIMARY KEY, point INTEGER, status TEXT, reason TEXT, seconds REAL, axes TEXT, {quoted})")
    store.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    for index, (at, results, reason) in enumerate(points):
        text = json.dumps(at)
        key = hashlib.sha256((version + text + str(index)).encode()).hexdigest()
        row = [key, index, "failed" if results is None else "done", reason, 0.0, text, *((results or {}).get(n) for n in names)]
        store.execute(f"INSERT INTO points VALUES ({','.join('?' * len(row))})", row)
    store.commit()
    store.close()


def fill(tricycle, path):
    """A small store: one machine, two arrays."""
    points = []
    for rows in (8, 16):
        results, _ = compare(tricycle, SOURCE / "hwconfigs/edge_16x16.yaml", SOURCE / "workloads/problems/iid_c16.yaml", [("systolic_array.rows", rows)],
                             ["--formats", "fp16"])
        points += [({"systolic_array.rows": rows, "algorithm": r["algorithm"]}, r, None) for r in results]
    write(path, ["systolic_array.rows", "algorithm"], column_table(tricycle), points, points[0][1]["version"])


def number(text):
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def main():
    parser = argparse.ArgumentParser()
    for name in ("tricycle", "store", "problem"):
        parser.add_argument(name)
    parser.add_argument("machines", nargs="+")
    parser.add_argument("--axis", action="append", default=[])
    parser.add_argument("--compare", action="append", default=[])
    given = parser.parse_args()
    varied = [(key, values.split(",")) for key, values in (axis.split("=", 1) for axis in given.axis)]
    options = [word for option in given.compare for word in option.split("=", 1)]
    columns = column_table(given.tricycle)
    points = []
    for machine in given.machines:
        for choice in itertools.product(*(values for _, values in varied)):
            settings = [(key, value) for (key, _), value in zip(varied, choice)]
            results, left_out = compare(given.tricycle, machine, given.problem, settings, options)
            name = pathlib.Path(machine).stem
            fixed = {"machine": name, **{key: number(value) for key, value in settings}}
            points += [({**fixed, "algorithm": r["algorithm"], "format": r["format"]}, r, None) for r in results]
            points += [({**fixed, "algorithm": a, "format": f}, None, why) for (a, f), why in left_out.items()]
    axes = ["machine", *(key for key, _ in varied), "algorithm", "format"]
    points.sort(key=lambda p: [str(p[0][axis]).rjust(12) for axis in axes])
    version = subprocess.run([given.tricycle, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
    write(given.store, axes, columns, points, version)
    print(f"{given.store}: {len(points)} points")


if __name__ == "__main__":
    main()
