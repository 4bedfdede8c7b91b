#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`tricycle calibrate` and `tricycle trace-diff` as a user meets them: docs/calibrate.md prints what they print, traces of profilers are read in every
form, what is said of them is what this file computes from the same events, and wrong input is one line.

usage: measurements.py TRICYCLE SOURCE_DIR
"""
import json
import re
import shlex
import sys
import tempfile

from bench import Bench

RUN = ["iid_c16", "--algorithm", "block_doubling", "--format", "int8", "--tile", "8", "--merge-group", "8", "--trace-chunks", "2"]
NAMES = {"matrix0": "CUBE", "vector0": "VECTOR", "dma0": "MTE2", "dma1": "MTE3"}
MAP = [word for ours, theirs in NAMES.items() for word in ("--map", f"{theirs}={ours}")]


class MeasuredBench(Bench):
    def __init__(self, tricycle, source, folder):
        super().__init__(tricycle, source, folder)
        (self.path / "slow.yaml").write_text("name: slow\nbase: edge_16x16\nsystolic_array: {head: 11}\ndram: {latency: 170 ns}\n")

    def slices(self, trace):
        """(track, name, begin, end) of what units do, in microseconds."""
        document = json.loads((self.path / trace).read_text())
        tracks = {e["tid"]: e["args"]["name"] for e in document["traceEvents"] if e["ph"] == "M" and e["name"] == "thread_name"}
        return [(tracks[e["tid"]], e["name"], e["ts"], e["ts"] + e["dur"]) for e in document["traceEvents"] if e["ph"] == "X" and e["cat"] == "busy"]


def check_page(b):
    """Commands of docs/calibrate.md and what stands below each."""
    page = (b.source / "docs/calibrate.md").read_text()
    blocks = re.findall(r"```sh\n(tricycle [^\n]*)\n```\n+```(?:text|yaml)\n(.*?)```", page, re.DOTALL)
    assert len(blocks) >= 3, "docs/calibrate.md: no commands with their output"
    for command, expected in blocks:
        if command.startswith("tricycle run"):
            continue
        words = shlex.split(command)[1:]
        output, _ = b.run(*[str(b.path / word) if word in ("fitted.yaml", "both.json", "out/trace.json") else word for word in words], cwd=b.source)
        output = output.replace(str(b.path) + "/", "")
        assert output == expected, f"docs/calibrate.md: {command} prints\n{output}"
    written = re.search(r"<!-- fitted.yaml -->\n+```yaml\n(.*?)```", page, re.DOTALL)[1]
    assert (b.path / "fitted.yaml").read_text() == written, (b.path / "fitted.yaml").read_text()
    b.run("check", "fitted.yaml")


def check_calibrate(b):
    rows = b.source / "workloads/data/measured/edge_rows.csv"
    arguments = ["calibrate", "edge_16x16", "--with", rows, "--free", "systolic_array.head,vector_unit.operations.multiply_add.startup", "--free",
                 "dram.latency=50 ns..400 ns", "--json"]
    text, _ = b.run(*arguments, "--threads", 1, "--out", "one.yaml")
    document = json.loads(text)
    assert document["version"] and document["written"] == "one.yaml"
    fitted = {constant["key"]: constant["fitted"] for constant in document["constants"]}
    # What the rows were made with (workloads/data/measured/README.md); they are rounded to 10 ns.
    assert fitted["systolic_array.head"] == 9 and fitted["vector_unit.operations.multiply_add.startup"] == 13, fitted
    assert abs(fitted["dram.latency"] - 163) < 5, fitted
    assert document["rms_fit"] < 0.01 < 0.1 < document["rms_fit_before"] and document["rms_predict"] < 0.01 < document["rms_predict_before"]
    small = ["calibrate", "edge_16x16", "--with", rows.with_name("edge_rows_c16.csv"), "--free", "dram.latency,dma.startup", "--json"]
    assert b.run(*small, "--threads", 1) == b.run(*small, "--threads", 3)
    # The written machine says of every row what was reported.
    own = (b.path / "own.csv")
    own.write_text(rows.read_text().replace("edge_16x16", "one.yaml"))
    said = json.loads(b.run("validate", "own", "--with", own, "--json")[0])["groups"][0]["rows"]
    for row, report in zip(said, document["rows"]):
        assert abs(row["ours"] - report["fitted"]) < 1e-9 and row["published"] == report["measured"], (row, report)

    before = rows.read_text()
    lines = before.splitlines()
    (b.path / "two.csv").write_text("\n".join(lines[:2] + [lines[2].replace("edge_16x16", "hexagon_like")]) + "\n")
    (b.path / "predict.csv").write_text(before.replace(",fit", ",predict"))
    b.refuses("two.csv:3: a row of", "calibrate", "edge_16x16", "--with", "two.csv", "--free", "dram.latency")
    b.refuses("expected rows to fit", "calibrate", "edge_16x16", "--with", "predict.csv", "--free", "dram.latency")
    b.refuses("did you mean \"dram.latency\"", "calibrate", "edge_16x16", "--with", rows, "--free", "dram.latenzy")
    b.refuses("it would replace what it is made of", "calibrate", "one.yaml", "--with", rows, "--free", "dram.latency", "--out", "one.yaml")


def figures(slices):
    """Count, busy time, gaps, longest gap, first begin, last end; overlaps count once."""
    busy, gaps, end = 0.0, [], None
    for begin, stop in sorted(slices):
        if end is not None and begin > end:
            gaps.append(begin - end)
        busy += max(0.0, stop - (begin if end is None else max(begin, end)))
        end = stop if end is None else max(end, stop)
    return {"slices": len(slices), "busy_us": busy, "gaps_us": sum(gaps), "longest_gap_us": max(gaps, default=0.0),
            "first_us": min(s[0] for s in slices), "last_us": end}


def near(a, b):
    return abs(a - b) < 2e-6


def forms_of(measured):
    """The measured slices as profilers export them: (name of the file, its text, further options)."""
    slices = [(NAMES[track], name, 5e6 + begin, 5e6 + end) for track, name, begin, end in measured]
    threads = {name: 7 + i for i, name in enumerate(NAMES.values())}
    named = [{"ph": "M", "pid": 3, "tid": tid, "name": "thread_name", "args": {"name": name}} for name, tid in threads.items()]
    complete = [{"ph": "X", "pid": 3, "tid": threads[t], "ts": b, "dur": e - b, "name": n} for t, n, b, e in slices]
    yield "complete.json", json.dumps({"traceEvents": named + complete + [{"ph": "C", "pid": 3, "ts": 1, "name": "c", "args": {"v": 1}}]}), []
    yield "texts.json", json.dumps(complete + [e | {"pid": "3", "tid": str(e["tid"])} for e in named]
                                   ).replace('"pid": 3', '"pid": "3"'), None  # tid 7 and "7" are one
    pairs = [event for t, n, b, e in slices for event in ({"ph": "B", "pid": 3, "tid": threads[t], "ts": b, "name": n},
                                                         {"ph": "E", "pid": 3, "tid": threads[t], "ts": e})]
    pairs.sort(key=lambda e: (e["ts"], e["ph"] == "B"))
    yield "pairs.json", json.dumps(pairs + named + [{"ph": "E", "pid": 3, "tid": 7, "ts": 9e9}]), []
    yield "plain.csv", "name,start,duration,track\n" + "".join(f"{n},{b:.3f},{e - b:.3f},{t}\n" for t, n, b, e in slices), []
    # msprof: op_summary, whose cells end in tabs; and msproftx.
    yield "msprof.csv", "Device_id,Op Name,Stream ID,Task Start Time(us),Task Duration(us)\n" + "".join(
        f"0,\"{n}\",{t},{b:.3f}\t,{e - b:.3f}\n" for t, n, b, e in slices), []
    yield "msprof_tx.csv", "pid,tid,message,Start_time(ns),End_time(ns)\n" + "".join(
        f"1,{t},{n},{round(b * 1000)},{round(e * 1000)}\n" for t, n, b, e in slices), []
    # tracy-csvexport -u
    yield "tracy.csv", "name,src_file,src_line,ns_since_start,exec_time_ns,thread,value\n" + "".join(
        f"{n},a.cpp,1,{round(b * 1000)},{round((e - b) * 1000)},{t},\n" for t, n, b, e in slices), []
    yield "cycles.csv", "Name,Begin,End,Pipe\r\n" + "".join(
        f"{n},{round(b * 1000)},{round(e * 1000)},{t}\r\n" for t, n, b, e in slices), ["--time-unit", "cycles"]


def check_against(document, ours, theirs, scale=1):
    """Every figure of a comparison, computed anew from the slices."""
    first_ours, first_theirs = min(s[2] for s in ours), min(s[2] for s in theirs)
    assert {t["simulated_track"] for t in document["tracks"]} == {s[0] for s in ours}
    for track in document["tracks"]:
        for which, slices, first, factor in (("simulated", ours, first_ours, 1), ("measured", theirs, first_theirs, scale)):
            expected = figures([((b - first) * factor, (e - first) * factor) for t, _, b, e in slices if t == track["simulated_track"]])
            for key, value in expected.items():
                assert near(track[which][key], value), (track, which, key, value)
    for name in document["names"]:
        mine, other = ([s for s in slices if s[0] == name["track"] and s[1] == name["name"]] for slices in (ours, theirs))
        mine, other = sorted(mine, key=lambda s: s[2]), sorted(other, key=lambda s: s[2])
        assert (name["simulated"], name["measured"]) == (len(mine), len(other))
        assert near(name["simulated_mean_us"], sum(s[3] - s[2] for s in mine) / len(mine))
        pairs = list(zip(mine, other))
        shift = sum((o[2] - first_theirs) * scale - (m[2] - first_ours) for m, o in pairs) / len(pairs)
        assert near(name["begins_later_us"], shift), name


def check_traces(b):
    b.run("run", "edge_16x16", *RUN, "--out", "sim")
    b.run("run", "slow.yaml", *RUN, "--out", "slow")
    ours, theirs = b.slices("sim/trace.json"), b.slices("slow/trace.json")
    assert len(ours) == len(theirs)
    # A run beside itself differs in nothing; beside another, as computed here.
    same = json.loads(b.run("trace-diff", "sim/trace.json", "sim/trace.json", "--json")[0])
    assert all(t["simulated"] == t["measured"] for t in same["tracks"]) and len(same["tracks"]) == len(NAMES) and not same["only_measured"]
    check_against(json.loads(b.run("trace-diff", "sim/trace.json", "slow/trace.json", "--json")[0]), ours, theirs)
    for name, text, options in forms_of(theirs):
        (b.path / name).write_text(text, newline="")
        document = json.loads(b.run("trace-diff", "sim/trace.json", name, *MAP, *(options or []), "--json")[0])
        check_against(document, ours, theirs)
        assert document["measured_left_out"] == (1 if name == "pairs.json" else 0)
    scaled = json.loads(b.run("trace-diff", "sim/trace.json", "plain.csv", *MAP, "--scale", "0.5", "--json")[0])
    check_against(scaled, ours, theirs, scale=0.5)
    unnamed = json.loads(b.run("trace-diff", "sim/trace.json", "plain.csv", "--json")[0])
    assert not unnamed["tracks"] and unnamed["only_simulated"] and sorted(unnamed["only_measured"]) == sorted(NAMES.values())
    check_both(b, ours, theirs)


def check_both(b, ours, theirs):
    """One file with a process each, nothing lost, tracks of their own numbers, all from 0."""
    b.run("trace-diff", "sim/trace.json", "plain.csv", *MAP, "--out", "both.json")
    document = json.loads((b.path / "both.json").read_text())
    events = document["traceEvents"]
    assert {e["pid"]: e["args"]["name"] for e in events if e["name"] == "process_name"} == {1: "simulated", 2: "measured"}
    threads = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["name"] == "thread_name"}
    assert len({tid for _, tid in threads}) == len(threads)
    slices = [e for e in events if e["ph"] == "X"]
    assert sum(e["pid"] == 1 and e["cat"] == "busy" for e in slices) == len(ours) and sum(e["pid"] == 2 for e in slices) == len(theirs)
    for pid, cat in ((1, "busy"), (2, "slice")):
        assert min(e["ts"] for e in slices if e["pid"] == pid and e["cat"] == cat) == 0
    for (pid, tid), name in threads.items():
        if pid == 2 or name in NAMES:
            track = sorted((e["ts"], e["ts"] + e["dur"]) for e in slices if (e["pid"], e["tid"]) == (pid, tid))
            assert all(a[1] <= z[0] + 1e-6 for a, z in zip(track, track[1:])), (pid, name)


def check_refusals(b):
    def bad(name, text):
        (b.path / name).write_text(text)
        return name

    def refuses(expected, measured, *options):
        b.refuses(expected, "trace-diff", "sim/trace.json", measured, *options)

    refuses("expected a trace, got an empty file", bad("empty.json", ""))
    refuses("is the file cut off?", bad("cut.json", '[{"ph": "X", "ts": 1'))
    refuses("expected a trace: an array of events", bad("object.json", "{}"))
    refuses("found none", bad("none.json", "[]"))
    refuses("event 0: expected an object, got 1", bad("number.json", "[1]"))
    refuses("event 0: expected microseconds in ts", bad("ts.json", '[{"ph": "X", "ts": "soon", "dur": 1, "name": "a"}]'))
    refuses("expected a duration of at least 0 in dur, got -1", bad("negative.json", '[{"ph": "X", "ts": 0, "dur": -1, "name": "a"}]'))
    refuses("bad.csv:1: expected titles for name, start and duration or end", bad("bad.csv", "name,when\na,1\n"))
    refuses("cell.csv:3: start: expected a number, got \"x\"", bad("cell.csv", "name,start,duration\na,1,1\nb,x,1\n"))
    refuses("cells.csv:2: expected 3 cells, got 2", bad("cells.csv", "name,start,duration\na,1\n"))
    refuses("rows.csv: expected rows", bad("rows.csv", "name,start,duration\n"))
    refuses("--map AIC: no measured track", "plain.csv", "--map", "AIC=matrix0")
    refuses("--map slot0: no simulated track", "plain.csv", "--map", "CUBE=slot0")
    refuses("expected MEASURED=SIMULATED", "plain.csv", "--map", "CUBE")
    refuses("--scale", "plain.csv", "--scale", "0")
    refuses("--time-unit", "plain.csv", "--time-unit", "weeks")
    refuses("--time-unit is of CSV files", "complete.json", "--time-unit", "ns")
    refuses("it would replace what it is made of", "plain.csv", "--out", "plain.csv")
    b.refuses("name its trace.json", "trace-diff", "plain.csv", "plain.csv")
    b.refuses("name its trace.json", "trace-diff", "complete.json", "plain.csv")


def main():
    tricycle, source = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        bench = MeasuredBench(tricycle, source, folder)
        bench.run("run", "edge_16x16", "iid_c16", "--algorithm", "block_doubling", "--tile", "16", "--merge-group", "16",
                  "--trace-chunks", "1", "--out", "out")
        check_traces(bench)
        check_refusals(bench)
        check_calibrate(bench)
        check_page(bench)
    print("calibrate and trace-diff: all as documented")


if __name__ == "__main__":
    main()
