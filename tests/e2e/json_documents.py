#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON documents of list, describe, check, sweep, report and invert: alone on stdout, with what the text says, numbers as numbers.

usage: json_documents.py TRICYCLE SOURCE_DIR
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HW, PROBLEM = "hwconfigs/edge_16x16.yaml", "workloads/problems/iid_c16.yaml"


class Program:
    def __init__(self, tricycle, source):
        self.tricycle, self.source = pathlib.Path(tricycle).resolve(), source

    def run(self, *arguments, status=0):
        done = subprocess.run([self.tricycle, *map(str, arguments)], cwd=self.source, capture_output=True, text=True, timeout=900)
        assert done.returncode == status, f"tricycle {arguments}: status {done.returncode}: {done.stderr}"
        return done.stdout, done.stderr

    def text(self, *arguments, status=0):
        return self.run(*arguments, status=status)[0]

    def document(self, *arguments, status=0):
        """json.loads refuses whatever else stands on stdout."""
        document = json.loads(self.run(*arguments, "--json", status=status)[0])
        assert document["version"], document
        for key in keys_of(document):
            assert re.fullmatch(r"[a-z0-9_]+", key), f"{arguments}: key {key!r}"
        return document


def keys_of(value):
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from keys_of(below)
    elif isinstance(value, list):
        for below in value:
            yield from keys_of(below)


def words_of(value):
    """Every text of a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [word for below in value for word in words_of(below)]
    return [value] if isinstance(value, str) else []


def check_lists(program):
    for what in ("algorithms", "formats", "machines", "problems", "ensembles", "rules", "families", "columns"):
        text = program.text("list", what)
        document = program.document("list", what)
        assert len(document[what]) >= 4, document
        for word in words_of({key: rows for key, rows in document.items() if key != "version"}):
            if word not in ("float", "fixed_point", "layer", "synthetic", "captured", "matrices") and not word.endswith(".safetensors"):
                assert " ".join(word.split()) in " ".join(text.split()), f"list {what}: the text has no {word!r}"
        names = [row["name"] for row in document[what]]
        assert len(set(names)) == len(names)
    algorithms = {row["name"]: row for row in program.document("list", "algorithms")["algorithms"]}
    assert algorithms["block_doubling"]["compared_by_default"] and algorithms["neumann_product"]["floats_only"]
    assert "mask_width" in algorithms["neumann_masked"]["parameters"]
    machine = next(row for row in program.document("list", "machines")["machines"] if row["name"] == "edge_16x16")
    assert (machine["rows"], machine["cols"]) == (16, 16) and machine["clock_ghz"] == 1 and "int8" in machine["formats"]
    assert machine["scratchpad_bytes"] % 1024 == 0 and all(isinstance(n, int) for n in machine["tags"].values())
    problem = next(row for row in program.document("list", "problems")["problems"] if row["name"] == "iid_c16")
    assert problem["chunk"] == 16 and problem["input"]["kind"] == "synthetic" and problem["input"]["seed"] == 1


def check_descriptions(program):
    for what in ("hw", "problem", "costs"):
        document = program.document("describe", what)
        rows = {row["key"]: row for row in document["keys"]}
        leaves = [row for row in rows.values() if row["type"] != "map"]
        assert document["of"] == what and len(rows) == len(document["keys"]) and len(leaves) > 5
        text = program.text("describe", what)
        for row in leaves:
            assert row["meaning"] in text and row["key"].split(".")[-1] in text, row
            numeric = row["type"] in ("integer", "number")
            for bound in ("minimum", "maximum"):
                assert isinstance(row[bound], (int, float)) == numeric, row
            assert row["default"] is None or isinstance(row["default"], (int, float)) == (numeric or row["type"] == "flag"), row
            assert (row["choices"] is not None) == (row["type"] == "choice"), row
    rows = {row["key"]: row for row in program.document("describe", "hw")["keys"]}
    assert rows["clock"]["unit"] == "GHz" and rows["clock"]["presence"] == "required", rows["clock"]
    grid = program.document("describe", "grid")
    assert "constraints:" in grid["syntax"] and any(row["key"] == "systolic_array.rows" and row["type"] == "integer" for row in grid["keys"])

    machine = program.document("describe", "hw", HW)
    assert machine["machine"] == "edge_16x16" and len(machine["keys"]) > 50
    lines = program.text("describe", "hw", HW).splitlines()
    assert len(lines) - len(machine["keys"]) in (1, 2), "a row a key, below the heading"
    values = {row["key"]: row for row in machine["keys"]}
    assert values["systolic_array.rows"]["value"] == 16 and values["clock"] == {**values["clock"], "value": 1, "unit": "GHz"}
    assert {row["tag"] for row in machine["keys"]} <= {"fact", "derived", "assumed", "default", None}
    for row in machine["keys"]:
        assert (row["tag"] == "default") == (row["file"] is None) and (row["line"] is None or isinstance(row["line"], int)), row
    assert program.document("describe", "hw", HW, "--summary")["machine"] == "edge_16x16"


def check_checks(program, scratch):
    grid = "workloads/grids/quick.yaml"
    document = program.document("check", HW, PROBLEM, grid, "hwconfigs/costs/published.yaml")
    assert document["ok"] and [row["kind"] for row in document["files"]] == ["machine", "problem", "grid", "cost_tables"], document
    text = program.text("check", HW, PROBLEM, grid, "hwconfigs/costs/published.yaml")
    for row in document["files"]:
        assert f"{row['file']}: ok, " in text and row["name"] in text and row["faults"] == []
        assert row.get("digest", "") in text
    assert document["files"][2]["points"] == 24

    wrong = scratch / "wrong.yaml"
    wrong.write_text("name: wrong\nsystolic_array: {rows: 0}\n")
    slow = scratch / "slow.yaml"
    slow.write_text(f"name: slow\nbase: {program.source}/hwconfigs/hexagon_like.yaml\nsystolic_array: {{rows: 256, cols: 256}}\n")
    output, errors = program.run("check", wrong, slow, HW, "--json", status=2)
    document = json.loads(output)
    bad, warned, good = document["files"]
    assert not document["ok"] and not bad["ok"] and good["ok"]
    assert bad["faults"] and all(f"tricycle: {fault}" in errors for fault in bad["faults"]), errors
    assert warned["ok"] and warned["warnings"] and all(f"slow.yaml: warning: {line}" in errors for line in warned["warnings"]), (warned, errors)


def check_sweep_and_report(program, scratch):
    store = scratch / "quick.sqlite"
    first = program.document("sweep", "workloads/grids/quick.yaml", "--shard", "1/2", "--store", store)
    assert first["points"] == 12 and first["done"] + first["failed"] == 12 and first["shard"] == {"index": 1, "count": 2}, first
    assert first["grid"] == "quick" and first["grid_points"] == 24 and first["points_per_second"] > 0 and first["signal"] is None
    again = program.document("sweep", "workloads/grids/quick.yaml", "--shard", "1/2", "--store", store, "--resume")
    assert again["there"] == 12 and again["done"] == 0 and again["points_per_second"] is None
    assert sum(row["points"] for row in again["failures"]) == first["failed"]

    page = scratch / "report.html"
    report = program.document("report", store, "--out", page)
    assert report["report"] == str(page) and report["bytes"] == page.stat().st_size and report["points"] == 12, report


def check_invert(program, scratch):
    arguments = ("invert", "tests/golden/numpy/batch.npy", scratch / "y.npy", "--algorithm", "block_doubling", "--format", "fp16", "--hw", HW)
    text, document = program.text(*arguments), program.document(*arguments)
    result, = document["results"]
    assert f"worst       \"{result['worst_matrix']}\"" in text and f"SNR mean {result['y_snr_db_mean']:.2f} dB" in text
    assert len(result["matrices"]) == 6 and result["as"] is None and document["machine"] == "edge_16x16"
    assert program.document(*arguments, "--as", "float64")["results"][0]["as"] == "float64"


def main():
    program = Program(sys.argv[1], pathlib.Path(sys.argv[2]).resolve())
    check_lists(program)
    check_descriptions(program)
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        check_checks(program, scratch)
        check_sweep_and_report(program, scratch)
        check_invert(program, scratch)
    print("all as expected")


if __name__ == "__main__":
    main()
