#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the trace.json of a real run by the rules of Perfetto's importer of the Trace Event Format, and sums its slices.

Rules of the format and of what Perfetto drops, misplaces or misnames in silence; then the counters of result.json. A check
that cannot fail is worth nothing: the good trace is damaged in every way of DAMAGES, and each must be found by its rule.

usage: trace_events.py TRICYCLE SOURCE_DIR
"""
import collections
import decimal
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import trace_damages  # noqa: E402
import trace_sums  # noqa: E402

CHUNKS = 96
RUN = ["run", "hwconfigs/hexagon_like.yaml", "workloads/problems/gdn_lm_c64.yaml", "--algorithm", "neumann_masked",
       "--format", "fp16", "--trace-chunks", str(CHUNKS)]
TYPES = {"ph": str, "name": str, "cat": str, "pid": int, "tid": int, "args": dict}
REQUIRED = {  # by phase; what is not here is a phase this reader does not know
    "X": ("pid", "tid", "ts", "dur", "name"), "B": ("pid", "tid", "ts", "name"), "E": ("pid", "tid", "ts"),
    "M": ("pid", "name", "args"), "C": ("pid", "ts", "name", "args"),
    "s": ("pid", "tid", "ts", "name", "id"), "t": ("pid", "tid", "ts", "name", "id"), "f": ("pid", "tid", "ts", "name", "id"),
}

Slice = collections.namedtuple("Slice", "begin end category name")


def is_number(value):
    return isinstance(value, (int, float, decimal.Decimal)) and not isinstance(value, bool)


class Reader:
    """A trace as Perfetto would have it: slices by track, counters, names; `faults` are pairs of a rule and a text."""

    def __init__(self, document):
        self.faults = []
        self.slices = collections.defaultdict(list)  # by (pid, tid), in order of their begin, parents first
        self.counters = collections.defaultdict(list)  # (ts, value) by (pid, name, series), in order of the file
        self.process_names, self.thread_names = {}, {}
        self.flows = collections.defaultdict(list)
        self.open = collections.defaultdict(list)
        events = document.get("traceEvents") if isinstance(document, dict) else document
        if not isinstance(events, list):
            self.fault("top", "expected an array of events, or an object with one in traceEvents")
            return
        good = [event for event in events if self.well_formed(event)]
        # Perfetto sorts by time; of the same time the order of the file stays. Names come first.
        for event in sorted(good, key=lambda e: -1 if e["ph"] == "M" else e["ts"]):
            self.take(event)
        self.check_flows()
        self.check_tracks()

    def fault(self, rule, text):
        self.faults.append((rule, str(text)))

    def well_formed(self, event):
        before = len(self.faults)
        if not isinstance(event, dict) or event.get("ph") not in REQUIRED:
            self.fault("phase", event)
            return False
        for key in REQUIRED[event["ph"]]:
            if key not in event:
                self.fault("missing", f"{key} in {event}")
        for key, kind in TYPES.items():
            if key in event and (not isinstance(event[key], kind) or isinstance(event[key], bool)):
                self.fault("type", f"{key} in {event}")
        for key in ("pid", "tid"):
            if isinstance(event.get(key), int) and not 0 <= event[key] < 2**32:
                self.fault("type", f"{key} in {event}")
        for key in ("ts", "dur"):
            if key in event:
                self.check_time(event, key)
        return len(self.faults) == before

    def check_time(self, event, key):
        value = event[key]
        if not is_number(value) or not decimal.Decimal(value).is_finite():
            self.fault("number", f"{key} in {event}")
        elif value < 0:
            self.fault("negative", f"{key} in {event}")
        elif value * 1000 % 1 != 0:
            self.fault("nanoseconds", f"{key} in {event}: Perfetto keeps whole nanoseconds")

    def take(self, event):
        track = (event["pid"], event.get("tid", event["pid"]))
        at = int(event.get("ts", 0) * 1000)
        match event["ph"]:
            case "M":
                self.take_name(event, track)
            case "C":
                self.take_counter(event, at)
            case "X":
                self.add_slice(track, Slice(at, at + int(event["dur"] * 1000), event.get("cat", ""), event["name"]))
            case "B":
                self.open[track].append((at, event))
            case "E" if not self.open[track]:
                self.fault("balance", f"end without a begin: {event}")
            case "E":
                began, event = self.open[track].pop()
                self.add_slice(track, Slice(began, at, event.get("cat", ""), event["name"]))
            case phase:
                self.flows[event["id"]].append((at, phase, track))

    def take_name(self, event, track):
        names = {"process_name": self.process_names, "thread_name": self.thread_names}.get(event["name"])
        if names is None:
            if not isinstance(event["args"].get("sort_index", 0), int):
                self.fault("type", f"sort_index in {event}")
            return
        name = event["args"].get("name")
        key = track if names is self.thread_names else track[0]
        if not isinstance(name, str) or not name:
            self.fault("name", f"args.name of {event}")
        elif names.setdefault(key, name) != name:
            self.fault("name", f"{key} is {names[key]} and {name}")

    def take_counter(self, event, at):
        if not event["args"]:
            self.fault("counter", f"no value in {event}")
        for series, value in event["args"].items():
            if not is_number(value) or not decimal.Decimal(value).is_finite():
                self.fault("number", f"{series} in {event}")
                continue
            points = self.counters[event["pid"], event["name"], series]
            if points and points[-1][0] >= at:
                self.fault("counter", f"two values at once, or time goes back: {event}")
            points.append((at, value))

    def add_slice(self, track, new):
        self.slices[track].append(new)

    def check_tracks(self):
        for track, events in self.open.items():
            if events:
                self.fault("balance", f"begin without an end on {track}: {events[0][1]}")
        for track, slices in self.slices.items():
            self.check_nesting(track, slices)
        pids = {pid for pid, _ in self.slices} | {pid for pid, *_ in self.counters}
        for pid in sorted(pids - set(self.process_names)):
            self.fault("name", f"process {pid} has none")
        for track in sorted(set(self.slices) - set(self.thread_names)):
            self.fault("name", f"track {track} has none")
        owners = collections.defaultdict(set)  # Perfetto names threads by tid alone, and takes the pid where there is no tid
        for pid, tid in [*self.slices, *self.thread_names, *((pid, pid) for pid in pids)]:
            owners[tid].add(pid)
        for tid, of in owners.items():
            if len(of) > 1:
                self.fault("tid", f"thread {tid} is in processes {sorted(of)}: Perfetto would name one as the other")

    def check_nesting(self, track, slices):
        """Perfetto drops a slice that leaves the one it began in; one written before its parent of the same begin too."""
        stack = []
        for new in sorted(slices, key=lambda s: s.begin):
            while stack and stack[-1].end <= new.begin:
                stack.pop()
            if stack and new.end > stack[-1].end:
                self.fault("nesting", f"{new} leaves {stack[-1]} on {track}")
                continue
            stack.append(new)

    def check_flows(self):
        """A flow starts once, ends, steps between, and every end of it is bound to a slice that is open then."""
        for flow, steps in self.flows.items():
            phases = [phase for _, phase, _ in steps]
            if phases[0] != "s" or phases[-1] != "f" or phases.count("s") != 1 or phases.count("f") != 1:
                self.fault("flow", f"{flow}: {phases}")
            for at, phase, track in steps:
                if not any(s.begin <= at < s.end or s.begin == at == s.end for s in self.slices[track]):
                    self.fault("flow", f"{flow}: no slice on {track} at {at} for its {phase}")


def no_constant(text):
    raise ValueError(f"{text} is no JSON")


def unique_keys(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError(f"a key twice in {dict(pairs)}")
    return dict(pairs)


def parsed(text):
    """Times exactly as written: decimals. Throws ValueError where the text is no JSON, or an object has a key twice."""
    return json.loads(text, parse_float=decimal.Decimal, parse_constant=no_constant, object_pairs_hook=unique_keys)


def faults_of(document, result):
    reader = Reader(document)
    return reader.faults if reader.faults else trace_sums.faults(reader, document, result)


def main():
    tricycle, source = sys.argv[1:]
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([tricycle, *RUN, "--out", out], cwd=source, check=True, stdout=subprocess.DEVNULL, timeout=300)
        text = (pathlib.Path(out) / "trace.json").read_text(encoding="utf-8")
        result = parsed((pathlib.Path(out) / "result.json").read_text(encoding="utf-8"))
    if result["chunks"] != CHUNKS:
        sys.exit(f"expected a run of {CHUNKS} chunks, got {result['chunks']}")
    document = parsed(text)
    faults = faults_of(document, result)
    for rule, what in faults[:20]:
        print(f"{rule}: {what}")
    if faults:
        sys.exit(f"trace.json: {len(faults)} faults")
    missed = trace_damages.missed(text, parsed, lambda damaged: faults_of(damaged, result))
    print(f"{len(document['traceEvents'])} events, no fault; {trace_damages.COUNT} damages, {len(missed)} not found")
    if missed:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    main()
