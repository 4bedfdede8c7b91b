#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`tricycle gate` as a CI uses it: a baseline is made, holds, fails where a figure is worse, and is refused where it is wrong.

usage: gate.py TRICYCLE SOURCE_DIR
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

SMALL = {"machine": "own/machine.yaml", "problem": "iid_c16", "algorithm": "block_doubling", "format": "fp16"}


class Folder:
    """A folder with a baseline and a machine of its own, and no other file that the program could find by chance."""

    def __init__(self, tricycle, folder):
        self.tricycle, self.path = pathlib.Path(tricycle).resolve(), pathlib.Path(folder)
        (self.path / "ci" / "own").mkdir(parents=True)
        self.baseline = self.path / "ci" / "gate.json"
        self.machine(token_latency=0)

    def machine(self, token_latency):
        (self.path / "ci/own/machine.yaml").write_text(f"name: ours\nbase: edge_16x16\nsequencer: {{token_latency: {token_latency}}}\n")

    def write(self, *runs):
        self.baseline.write_text(json.dumps({"gate": 1, "runs": list(runs)}))

    def read(self):
        return json.loads(self.baseline.read_text())

    def edit(self, run, which, **changes):
        """Changes a figure; returns what it was."""
        document = self.read()
        figure, = (figure for figure in document["runs"][run]["figures"] if figure["key"] == which)
        before = dict(figure)
        figure.update(changes)
        self.baseline.write_text(json.dumps(document))
        return before

    def gate(self, *options, status=0):
        done = subprocess.run([self.tricycle, "gate", "ci/gate.json", *map(str, options)], cwd=self.path, capture_output=True, text=True, timeout=600)
        lines = [line for line in done.stderr.splitlines() if not line.startswith(tuple(f"tricycle: {n}/" for n in range(9)))]
        assert done.returncode == status, f"gate {options}: status {done.returncode}, expected {status}: {done.stderr}{done.stdout}"
        assert status != 2 or not done.stdout, f"wrong input, and on stdout: {done.stdout}"
        return done.stdout, lines


def check_making(f):
    wide = {"name": "wide", **SMALL, "set": ["systolic_array.cols=32", "problem.input.synthetic.seed=7"]}
    listed = {"name": "listed", **SMALL, "format": "int8",
              "figures": [{"key": "y_snr_db_worst", "compare": "at_least", "tolerance": 0.50}, {"key": "bottleneck"},
                          {"key": "latency_cycles", "value": 1, "compare": "within", "tolerance": "3%"}]}
    f.write(listed, wide)
    before = f.baseline.read_text()
    _, errors = f.gate(status=2)
    assert len(errors) == 3 and all("--update" in line for line in errors), errors
    assert f.baseline.read_text() == before

    output, errors = f.gate("--update")
    assert not errors and "listed: latency_cycles: 1 -> " in output and "wide: output_digest: none -> " in output, output
    text, document = f.baseline.read_text(), f.read()
    assert [run["name"] for run in document["runs"]] == ["listed", "wide"]
    first, second = (run["figures"] for run in document["runs"])
    assert [figure["key"] for figure in first] == ["y_snr_db_worst", "bottleneck", "latency_cycles"]
    assert [figure.get("tolerance") for figure in first] == [0.5, None, "3 %"]
    assert [figure["key"] for figure in second] == ["cycles_per_chunk", "energy_per_chunk_pj.nominal", "y_rel_error_max", "output_digest"]
    assert document["runs"][1]["set"] == wide["set"] and all("value" in figure for figure in first + second)
    # What stands there is what `tricycle run` says.
    run = subprocess.run([f.tricycle, "run", "ci/own/machine.yaml", "iid_c16", "--algorithm", "block_doubling", "--format", "fp16", "--json", "--out",
                          "run", "--set", wide["set"][0], "--set", wide["set"][1]], cwd=f.path, capture_output=True, text=True, check=True)
    result = json.loads(run.stdout)
    assert [figure["value"] for figure in second] == [result["cycles_per_chunk"], result["energy_per_chunk_pj"]["nominal"], result["y_rel_error_max"],
                                                      result["output_digest"]]
    again, _ = f.gate("--update")
    assert again == "left as it was: ci/gate.json: 0 figures changed\n" and f.baseline.read_text() == text
    assert sorted(path.name for path in (f.path / "ci").iterdir()) == ["gate.json", "own"], "a temporary file is left"


def check_holding(f):
    output, errors = f.gate("--junit", "gate.xml")
    lines = output.splitlines()
    assert not errors and all(line.startswith("ok      ") for line in lines[:7]), output
    assert lines[7:] == ["ci/gate.json: 7 figures of 2 runs: all hold", "written: gate.xml"], lines
    suites = xml.parse(f.path / "gate.xml").getroot()
    assert suites.get("tests") == "7" and suites.get("failures") == "0" and len(suites) == 2 and len(list(suites.iter("testcase"))) == 7
    kept = (f.path / "gate.xml").read_bytes()
    assert f.gate("--junit", "gate.xml")[0] == output and (f.path / "gate.xml").read_bytes() == kept, "not the same again"
    document = json.loads(f.gate("--json")[0])
    assert document["ok"] and document["figures"] == 7 and document["failures"] == 0 and document["version"]
    assert all(figure["ok"] and figure["today"] == figure["value"] for run in document["runs"] for figure in run["figures"])


def check_failing(f):
    text = f.baseline.read_text()
    cycles = f.edit(1, "cycles_per_chunk", value=100)["value"]
    f.edit(1, "output_digest", value="0" * 64)
    f.edit(0, "bottleneck", value=5)
    edited = f.baseline.read_text()
    output, errors = f.gate("--junit", "gate.xml", status=1)
    failed = [line for line in output.splitlines() if line.startswith("FAILED")]
    assert len(failed) == 3 and not errors, output
    assert failed[0].startswith("FAILED  listed: bottleneck: expected 5, got \"")
    assert failed[1].startswith(f"FAILED  wide: cycles_per_chunk: expected at most 101 (100 + 1 %), got {cycles:g} (+"), failed
    assert failed[2].startswith(f"FAILED  wide: output_digest: expected \"{'0' * 64}\", got \""), failed
    assert "ci/gate.json: 7 figures of 2 runs: 3 failed\n" in output and f.baseline.read_text() == edited
    suites = xml.parse(f.path / "gate.xml").getroot()
    failures = {case.get("name"): case.find("failure").get("message") for case in suites.iter("testcase") if case.find("failure") is not None}
    assert suites.get("failures") == "3" and set(failures) == {"bottleneck equal", "cycles_per_chunk at_most", "output_digest equal"}, failures
    assert [f"FAILED  {message}" for message in failures.values()] == failed
    assert [suite.get("failures") for suite in suites] == ["1", "2"]

    output, errors = f.gate("--json", status=1)
    document = json.loads(output)
    assert not document["ok"] and document["failures"] == 3 and [line.removeprefix("tricycle: ") for line in errors] == list(failures.values())

    output, _ = f.gate("--update")
    assert "written: ci/gate.json: 3 figures changed" in output and f.baseline.read_text() == text
    # A machine that is slower, and nothing else.
    f.machine(token_latency=60)
    output, _ = f.gate(status=1)
    assert "FAILED  wide: cycles_per_chunk: expected at most" in output, output
    f.machine(token_latency=0)
    f.gate()
    # A figure that is none today.
    f.edit(1, "cycles_per_chunk", key="speedup")
    output, _ = f.gate(status=1)
    assert "FAILED  wide: speedup: expected at most " in output and "got none: this run does not have the figure" in output, output
    edited = f.baseline.read_text()
    _, errors = f.gate("--update", status=2)
    assert len(errors) == 1 and "/runs/1/figures/0: speedup is none" in errors[0] and f.baseline.read_text() == edited, errors


def check_programs(f):
    program = subprocess.run([f.tricycle, "run", "edge_16x16", "iid_c16", "--algorithm", "block_doubling", "--dump-program"], capture_output=True, text=True,
                             check=True, cwd=f.path).stdout
    (f.path / "ci/own/kernel.txt").write_text(program)
    f.write({"name": "kernel", "machine": "edge_16x16", "problem": "iid_c16", "program": "own/kernel.txt"},
            {"name": "lowered", "machine": "edge_16x16", "problem": "iid_c16", "algorithm": "block_doubling", "format": "fp16", "fidelity": "pe"})
    f.gate("--update")
    f.gate()
    kernel, lowered = ([figure["value"] for figure in run["figures"]] for run in f.read()["runs"])
    assert kernel == lowered, (kernel, lowered)
    (f.path / "ci/own/kernel.txt").write_text(program + "nonsense\n")
    _, errors = f.gate(status=2)
    assert len(errors) == 1 and "/runs/0/program: ci/own/kernel.txt:" in errors[0], errors


def check_refusals(f):
    good = {"name": "good", **SMALL, "figures": [{"key": "macs", "value": 1}]}
    cases = {
        "one fault a line": ({**good, "machine": "hexagon_lik", "set": ["problem.chunk=3", "no_such=1"]}, {**good, "name": "b", "format": "int4x"}),
        "settings": ({**good, "set": ["systolic_array.rows=0", "algorithm.order=2"]},),
        "format of no such machine": ({**good, "format": "float8_e5m2"},),
    }
    expected = {
        "one fault a line": ["/runs/1/format: expected a row of `tricycle list formats`, got \"int4x\""],
        "settings": ["/runs/0/set: --set systolic_array.rows=0: expected integer in [1, "],
        "format of no such machine": ["/runs/0/algorithm: "],
    }
    for name, runs in cases.items():
        f.write(*runs)
        before = f.baseline.read_text()
        for options in ((), ("--update",), ("--junit", "new.xml")):
            _, errors = f.gate(*options, status=2)
            assert len(errors) == len(expected[name]), (name, errors)
            for line, text in zip(errors, expected[name]):
                assert line.startswith("tricycle: ci/gate.json:1:") and text in line, line
        assert f.baseline.read_text() == before and not (f.path / "new.xml").exists()
    f.write({**good, "machine": "hexagon_lik"}, {**good, "name": "b", "problem": "nowhere/p.yaml"})
    _, errors = f.gate(status=2)
    assert len(errors) == 2 and "did you mean \"hexagon_like\"?" in errors[0] and "/runs/1/problem: ci/nowhere/p.yaml: " in errors[1], errors
    for text in ("", "[" * 100_000, "{\"gate\": 1e999}", "{\"gate\": NaN}", "\0", "null", "\"\\ud800\"", "{\"gate\":1,\"gate\":1,\"runs\":[]}"):
        f.baseline.write_text(text)
        for option in ((), ("--update",)):
            _, errors = f.gate(*option, status=2)
            assert errors and all(line.startswith("tricycle: ci/gate.json:1:") for line in errors), errors
        assert f.baseline.read_text() == text
    f.write(good)
    for options, text in ((("--update", "--junit", "x.xml"), "leave out --update"), (("--junit", "none/x.xml"), "none is no directory"),
                          (("--junit", "ci/gate.json"), "would replace the baseline"), (("--junit", "ci"), "got a directory")):
        _, errors = f.gate(*options, status=2)
        assert len(errors) == 1 and text in errors[0], errors
    f.baseline.unlink()
    os.mkfifo(f.baseline)
    assert "special file" in f.gate(status=2)[1][0]
    f.baseline.unlink()
    assert "no such file" in f.gate(status=2)[1][0] and "ci/gate.json" in f.gate("--update", status=2)[1][0]
    assert not f.baseline.exists()


def check_example(tricycle, source):
    """The shipped one holds, and --update leaves it as it is."""
    example = source / "workloads/gates/example.json"
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "copy.json"
        copy.write_bytes(example.read_bytes())
        subprocess.run([tricycle, "gate", copy], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([tricycle, "gate", copy, "--update"], check=True, stdout=subprocess.DEVNULL)
        assert copy.read_bytes() == example.read_bytes(), "tricycle gate workloads/gates/example.json --update changes it"


def check_page(tricycle, source):
    """docs/gate.md: the example is the shipped file, and every output is what the commands print."""
    blocks = re.findall(r"```(json|text|xml)\n(.*?)```\n", (source / "docs/gate.md").read_text(), re.DOTALL)
    example, faulty = (text for kind, text in blocks if kind == "json")
    holding, failing, faults = (text for kind, text in blocks if kind == "text")
    junit, = (text for kind, text in blocks if kind == "xml")
    assert example == (source / "workloads/gates/example.json").read_text(), "docs/gate.md: the example is another"

    def says(cwd, status, *words):
        done = subprocess.run([tricycle, "gate", *words], cwd=cwd, capture_output=True, text=True)
        assert done.returncode == status, (words, done)
        return "".join(line for line in (done.stdout + done.stderr).splitlines(True) if not line.startswith("written: "))

    assert says(source, 0, "workloads/gates/example.json") == holding
    with tempfile.TemporaryDirectory() as folder:
        narrow = example.replace('rows=32"]', 'rows=32", "systolic_array.cols=16"]')
        (pathlib.Path(folder) / "gate.json").write_text(narrow)
        (pathlib.Path(folder) / "faulty.json").write_text(faulty)
        assert says(folder, 1, "gate.json", "--junit", "gate.xml") == failing
        assert (pathlib.Path(folder) / "gate.xml").read_text() == junit
        assert says(folder, 2, "faulty.json") == faults


def main():
    tricycle, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        f = Folder(tricycle, folder)
        for check in (check_making, check_holding, check_failing, check_programs, check_refusals):
            check(f)
    check_example(tricycle, source)
    check_page(tricycle, source)
    print("all as expected")


if __name__ == "__main__":
    main()
