#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`tricycle stress` as a user meets it: docs/stress.md prints what it prints, an input that it saved has the reported error in `tricycle run`, a
search that was killed ends as one that was not, and wrong input is one line that leaves nothing behind.

usage: stress.py TRICYCLE SOURCE_DIR
"""
import json
import math
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

from bench import Bench

SMALL = ["edge_16x16", "--format", "fp16", "--chunk", "16", "--evaluations", "200"]


def check_page(b):
    """Commands of docs/stress.md and what stands below each."""
    page = (b.source / "docs/stress.md").read_text()
    blocks = re.findall(r"```sh\n(tricycle [^\n]*)\n```\n+```text\n(.*?)```", page, re.DOTALL)
    assert len(blocks) >= 2, "docs/stress.md: no commands with their output"
    for number, (command, expected) in enumerate(blocks):
        folder = b.path / f"page{number}"
        folder.mkdir()
        output, _ = b.run(*shlex.split(command)[1:], cwd=folder)
        assert output == expected, f"docs/stress.md: {command} prints\n{output}"


def figure(value):
    return "not finite" if value is None else f"{value:.3g}"


def kernel_cells(b, arguments):
    """The last two cells of a row of the table of kernels."""
    output, _ = b.run("stress", "ascend_910b_like", *shlex.split(arguments), "--out", "kernel", "--json")
    result, = json.loads(output)["results"]
    return figure(result["worst"]["y_rel_error"]), "-" if result["breaks"] is None else figure(result["breaks"]["norm2_of_a"])


def check_kernels(b):
    """Every kernel that was replaced breaks, what replaced it holds, as docs/stress.md says."""
    page = (b.source / "docs/stress.md").read_text()
    rows = re.findall(r"^\| ([^|]*) \| `(--algorithm [^`]*)` \| ([^|]*) \| ([^|]*) \|$", page, re.MULTILINE)
    assert len(rows) == 9, rows
    for who, arguments, *cells in rows:
        assert tuple(cells) == kernel_cells(b, arguments), (who, cells, kernel_cells(b, arguments))
        assert (cells[1] == "-") == (who == "its successor"), (who, cells)


def check_saved_inputs(b):
    output, lines = b.run("stress", *SMALL, "--algorithm", "neumann_product,neumann_masked,block_doubling", "--out", "found", "--json",
                          "--set", "algorithm.steps=2")
    document = json.loads(output)
    assert not lines and document == json.loads((b.path / "found/stress.json").read_text())
    assert [r["algorithm"] for r in document["results"]] == ["neumann_product", "neumann_masked", "block_doubling"]
    compared = 0
    for result in document["results"]:
        for which in ("worst", "breaks"):
            found = result[which]
            if found is None:
                continue
            taken = ["--set", "algorithm.steps=2"] if result["algorithm"] == "neumann_masked" else []
            b.run("check", f"found/{found['problem']}")
            output, _ = b.run("run", "edge_16x16", f"found/{found['problem']}", "--algorithm", result["algorithm"], "--format", "fp16",
                              "--out", "run", "--json", *taken)
            accuracy = json.loads(output)
            for ours, theirs in (("y_rel_error_max", "y_rel_error"), ("y_snr_db_worst", "y_snr_db"), ("y_correlation_worst", "y_correlation"),
                                 ("nan_count", "nan_count"), ("inf_count", "inf_count"), ("saturated_count", "saturated_count")):
                assert accuracy[ours] == found[theirs], (result["algorithm"], which, ours, accuracy[ours], found[theirs])
            assert which == "worst" or found["y_rel_error"] is None or found["y_rel_error"] > document["threshold"]
            compared += 1
    assert compared >= 4, document
    for result in document["results"]:
        curve = result["curve"]
        assert sum(row["inputs"] for row in curve) <= result["inputs_tried"] <= document["evaluations"]
        assert all(math.isclose(row["norm_to"] / row["norm_from"], math.sqrt(2)) and row["norm_from"] > 0.35 for row in curve), curve
        assert max((row["y_rel_error_max"] or 0) for row in curve) >= (result["worst"]["y_rel_error"] or 0)
        assert (result["worst"] is None) or 0 <= result["worst"]["rounded_a_y_rel_error"] < 0.1, result
    chart = (b.path / "found/stress.html").read_text()
    assert chart.count("<polyline") == 3 and "<script" not in chart and "http" not in chart, chart[:500]
    finite = [row for result in document["results"] for row in result["curve"] if row["y_rel_error_max"] is not None]
    assert chart.count("<title>") - 1 == len(finite) + sum(row["not_finite"] > 0 for result in document["results"] for row in result["curve"])
    rows = (b.path / "found/stress.csv").read_text().splitlines()
    assert len(rows) == 4 and all(len(row.split(",")) == len(rows[0].split(",")) for row in rows), rows


def check_interruption(b):
    words = ["stress", "edge_16x16", "--algorithm", "masked_newton,block_doubling", "--format", "fp16,int8", "--chunk", "64",
             "--evaluations", "1000"]
    whole, _ = b.run(*words, "--out", "whole", "--json")
    one, _ = b.run(*words, "--out", "one", "--json", "--threads", "1")
    assert one == whole, "results depend on threads"
    state = b.path / "trials"
    killed = 0
    for _ in range(3):
        process = subprocess.Popen([b.tricycle, *words, "--out", "killed", "--state", "trials"], cwd=b.path, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        before = state.stat().st_size if state.exists() else 0
        while process.poll() is None and (not state.exists() or state.stat().st_size <= before + 20_000):
            time.sleep(0.01)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert killed, "no search was long enough to be killed"
    assert not (b.path / "killed").exists(), "a killed search leaves no results"
    resumed, _ = b.run(*words, "--out", "resumed", "--state", "trials", "--json")
    assert resumed == whole, "a search that was killed ends otherwise"
    for name in ("stress.json", "stress.csv", "block_doubling.int8.worst.safetensors"):
        assert (b.path / "resumed" / name).read_bytes() == (b.path / "whole" / name).read_bytes(), name


def check_safe(b):
    """--safe of compare and tune say what `stress` with the same search says."""
    words = ["--algorithms", "neumann_truncated,block_doubling", "--formats", "fp16"]
    output, _ = b.run("compare", "edge_16x16", "iid_c16", *words, "--safe", "0.1", "--out", "compared", "--json")
    rows = {row["algorithm"]: row["safe"] for row in json.loads(output)}
    searched, _ = b.run("stress", "edge_16x16", "--algorithm", "neumann_truncated,block_doubling", "--format", "fp16", "--chunk", "16",
                        "--evaluations", "1000", "--out", "searched", "--json")
    for result in json.loads(searched)["results"]:
        safe = rows[result["algorithm"]]
        assert safe["worst_y_rel_error"] == result["worst"]["y_rel_error"] and safe["rule"] == "gdn" and safe["limit"] == 0.1
        assert safe["worst_norm2_of_a"] == result["worst"]["norm2_of_a"] and safe["inputs_tried"] == result["inputs_tried"]
        assert safe["holds"] == (result["breaks"] is None) == (result["algorithm"] == "block_doubling"), result
    # The rule says which inputs there are: with beta up to 2 other ones are worst.
    other, _ = b.run("compare", "edge_16x16", "iid_c16", *words, "--safe", "0.1", "--safe-rule", "deltanet_beta2", "--out", "other", "--json")
    searched, _ = b.run("stress", "edge_16x16", "--algorithm", "block_doubling", "--format", "fp16", "--chunk", "16", "--rule",
                        "deltanet_beta2", "--evaluations", "1000", "--out", "searched", "--json")
    safe, = (row["safe"] for row in json.loads(other) if row["algorithm"] == "block_doubling")
    worst = json.loads(searched)["results"][0]["worst"]["y_rel_error"]
    assert safe["rule"] == "deltanet_beta2" and safe["worst_y_rel_error"] == worst > rows["block_doubling"]["worst_y_rel_error"]
    titles, *lines = (b.path / "compared/compare.csv").read_text().splitlines()
    assert titles.endswith("safe.breaks_norm2_of_a") and len(lines) == 2
    text, _ = b.run("compare", "edge_16x16", "iid_c16", *words, "--safe", "0.1", "--out", "compared")
    assert re.search(r"^neumann_truncated N=3 .* !$", text, re.MULTILINE) and "1 of 2 rows are beyond the limit 0.1" in text, text
    plain, _ = b.run("compare", "edge_16x16", "iid_c16", *words, "--out", "plain", "--json")
    assert all("safe" not in row for row in json.loads(plain))

    # neumann_truncated with few terms is cheapest on random keys, and breaks.
    words = ["tune", "edge_16x16", "iid_c16", "--tolerance", "20", *words, "--json", "--out", "tuned"]
    tuned, safe = (json.loads(b.run(*words, *more)[0]) for more in ([], ["--safe", "0.1"]))
    assert tuned["safe"] is None and tuned["results"][0]["winner"]["algorithm"] == "neumann_truncated", tuned
    winner = safe["results"][0]["winner"]
    assert safe["safe"] == 0.1 and winner["algorithm"] == "block_doubling" and winner["worst_found_y_rel_error"] < 0.1, safe
    assert sum(row["unsafe"] for row in safe["results"][0]["algorithms"]) > 0
    b.refuses("--safe: expected number", "compare", "edge_16x16", "iid_c16", "--safe", "-1")
    b.refuses("--safe-rule: expected --safe LIMIT", "compare", "edge_16x16", "iid_c16", "--safe-rule", "kda")
    b.refuses("did you mean \"kda\"", "compare", "edge_16x16", "iid_c16", "--safe", "0.1", "--safe-rule", "kdaa")
    b.refuses("--safe: expected number", "tune", "edge_16x16", "iid_c16", "--tolerance", "20", "--safe", "x")


def check_refusals(b):
    def refuses(expected, *arguments):
        b.refuses(expected, "stress", *SMALL, "--out", "refused", *arguments)
        assert not (b.path / "refused").exists(), arguments

    one = ["--algorithm", "block_doubling"]
    refuses("did you mean \"gdn\"", *one, "--rule", "gdnn")
    refuses("expected one of equal, collinear", *one, "--families", "nothing_like_it")
    refuses("runs stands there twice", *one, "--families", "runs,runs")
    refuses("did you mean \"block_doubling\"", "--algorithm", "block_doublin")
    b.refuses("--evaluations: expected integer in [1, ", "stress", "edge_16x16", "--format", "fp16", *one, "--evaluations", "-5")
    refuses("--seconds: expected number", *one, "--seconds", "-1")
    refuses("--threshold: expected number", *one, "--threshold", "0")
    refuses("--seed: expected integer", *one, "--seed", "x")
    refuses("no/such/folder", *one, "--state", "no/such/folder/file")
    refuses("stress makes its own inputs", *one, "--set", "problem.chunk=32")
    refuses("none of these algorithms has this parameter", *one, "--set", "algorithm.order=3")
    (b.path / "text").write_text("not trials\n")
    refuses("of this build of tricycle", *one, "--state", "text")
    assert (b.path / "text").read_text() == "not trials\n"
    (b.path / "file").write_text("")
    b.refuses("file", "stress", *SMALL, *one, "--out", "file/inside")


def main():
    tricycle, source = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(tricycle, source, folder)
        check_saved_inputs(bench)
        check_interruption(bench)
        check_safe(bench)
        check_refusals(bench)
        check_page(bench)
        check_kernels(bench)
    print("stress: all as documented")


if __name__ == "__main__":
    main()
