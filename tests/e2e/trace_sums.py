# SPDX-License-Identifier: Apache-2.0
"""The slices and counters of a trace of a whole run against the counters of its result.json, cycle by cycle."""
import collections
import re

SERVER = re.compile(r"(?:core\d+ )?(matrix|vector|dma)\d+")
SLOT = re.compile(r"(?:core\d+ )?slot\d+")


def faults(reader, document, result):
    """Pairs of a rule and a text. `reader` has the trace without a fault of form."""
    out = []
    if "limit" in document["otherData"]:
        out.append(("whole", "only a part of the run is traced: nothing to sum"))
    sums, servers = unit_sums(reader, result["total_cycles"], out)
    for unit in ("matrix", "vector", "dma"):
        expected = {"busy": result[f"{unit}_busy_cycles"], "idle": result["idle_cycles"][unit]}
        expected |= {f"stall {cause}": cycles for cause, cycles in result["stall_cycles"][unit].items()}
        for what in sorted(expected.keys() | sums[unit].keys()):
            if sums[unit][what] != expected.get(what, 0):
                out.append(("sum", f"{unit} {what}: {sums[unit][what]} cycles in slices, {expected.get(what, 0)} in result.json"))
        if sum(sums[unit].values()) != servers[unit] * result["total_cycles"]:
            out.append(("sum", f"{unit}: busy, stalled and idle are not the run"))
    check_counters(reader, result, out)
    return out


def unit_sums(reader, total, out):
    """Cycles by unit and "busy", "stall CAUSE", "idle" (what no slice covers), and the servers of each unit."""
    sums, servers = collections.defaultdict(collections.Counter), collections.Counter()
    for track, name in reader.thread_names.items():
        slices = reader.slices[track]
        if any(s.end > total for s in slices):
            out.append(("end", f"{name} works after the run"))
        server = SERVER.fullmatch(name)
        if not server:
            if not SLOT.fullmatch(name):
                out.append(("name", f"track {name} is neither server nor slot"))
            continue
        unit, end = server[1], 0
        servers[unit] += 1
        for s in sorted(slices):
            if s.begin < end:
                out.append(("overlap", f"{s} within another slice of {name}"))
            end = max(end, s.end)
            sums[unit][s.category if s.category == "busy" else f"{s.category} {s.name}"] += s.end - s.begin
        sums[unit]["idle"] += total - sum(s.end - s.begin for s in slices)
    return sums, servers


def check_counters(reader, result, out):
    """Bytes are never negative and nothing is left at the end; what the DRAM's channel carried are all the run's bytes."""
    if {name for _, name, _ in reader.counters} != {"scratchpad held by chunks", "scratchpad live", "DRAM outstanding", "DRAM"}:
        out.append(("counter", f"counters are {list(reader.counters)}"))
    for (_, name, _), points in reader.counters.items():
        if any(value < 0 for _, value in points):
            out.append(("counter", f"{name} is negative"))
        if points[-1][1] != 0:
            out.append(("counter", f"{name} ends at {points[-1][1]}"))
        if name == "DRAM":
            carried = sum(value * (after - at) for (at, value), (after, _) in zip(points, points[1:]))
            if abs(carried - result["dram_bytes"]) > 0.001:
                out.append(("counter", f"the channel carried {carried} bytes, of {result['dram_bytes']}"))
        if name == "scratchpad held by chunks" and max(value for _, value in points) != result["scratchpad_peak_bytes"]:
            out.append(("counter", f"{name} does not peak at scratchpad_peak_bytes"))
