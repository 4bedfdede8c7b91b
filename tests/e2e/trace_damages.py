# SPDX-License-Identifier: Apache-2.0
"""Ways to damage a good trace, each with the rule that must find it, and additions that are no damage."""
import copy
import decimal

MICRO = decimal.Decimal("0.001")  # a cycle


def find(events, **wanted):
    """Index of the first event with these values; `long`: of more than ten cycles."""
    long = wanted.pop("long", False)
    for i, event in enumerate(events):
        if all(event.get(key) == value for key, value in wanted.items()) and (not long or event["dur"] > 10 * MICRO):
            return i
    raise LookupError(wanted)


def change(update, **wanted):
    """A damage that puts `update` (values, or functions of the old one; None: removed) over the first such event."""
    def damage(events):
        i = find(events, **wanted)
        event = copy.deepcopy(events[i])
        for key, value in update.items():
            if value is None:
                del event[key]
            else:
                event[key] = value(event[key]) if callable(value) else value
        events[i] = event
    return damage


def add(*new):
    return lambda events: events.extend(new)


def drop(**wanted):
    return lambda events: events.pop(find(events, **wanted))


def overlap(events):
    """The first long busy slice ends in the middle of a copy of itself."""
    slice_ = dict(events[find(events, cat="busy", long=True)])
    slice_["ts"] += MICRO
    events.append(slice_)


def child_before_parent(events):
    """Perfetto takes the first of two slices of the same begin as the outer one."""
    chunk = find(events, cat="chunk")
    events.append(events.pop(chunk))


def swap_cause(events):
    events[find(events, name="token", cat="stall")] = dict(events[find(events, name="token", cat="stall")], name="issue")


FLOW = {"pid": 1, "tid": 10, "name": "flow", "cat": "c", "id": 7}
BUSY = {"ph": "X", "cat": "busy"}
DAMAGES = [  # what, the rule that must find it, the damage
    ("a slice without dur", "missing", change({"dur": None}, **BUSY)),
    ("a slice without tid", "missing", change({"tid": None}, **BUSY)),
    ("a slice without a name", "missing", change({"name": None}, **BUSY)),
    ("a counter without args", "missing", change({"args": None}, ph="C")),
    ("a phase that does not exist", "phase", change({"ph": "Z"}, **BUSY)),
    ("an event that is no object", "phase", add([1, 2])),
    ("a name that is a number", "type", change({"name": 5}, **BUSY)),
    ("a pid that is a text", "type", change({"pid": "1"}, **BUSY)),
    ("a duration that is a text", "number", change({"dur": "1.000"}, **BUSY)),
    ("a duration that is no number", "number", change({"dur": float("nan")}, **BUSY)),
    ("a time without end", "number", change({"ts": float("inf")}, **BUSY)),
    ("a counter that is no number", "number", change({"args": {"bytes": None}}, ph="C")),
    ("a time before the start", "negative", change({"ts": -MICRO}, **BUSY)),
    ("a negative duration", "negative", change({"dur": -MICRO}, **BUSY)),
    ("half a cycle", "nanoseconds", change({"dur": lambda dur: dur + MICRO / 2}, **BUSY)),
    ("two slices that overlap", "nesting", overlap),
    ("a phase that outlives its chunk", "nesting", change({"dur": lambda dur: dur + 1000}, cat="work")),
    ("a chunk behind its first phase", "nesting", child_before_parent),
    ("a slice twice", "overlap", lambda events: events.append(events[find(events, **BUSY)])),
    ("a track without a name", "name", drop(name="thread_name")),
    ("a process without a name", "name", drop(name="process_name")),
    ("an empty name of a track", "name", change({"args": {"name": ""}}, name="thread_name")),
    ("two names of a track", "name", add({"ph": "M", "pid": 1, "tid": 10, "name": "thread_name", "args": {"name": "else"}})),
    ("a tid of two processes", "tid", add({"ph": "M", "pid": 2, "tid": 10, "name": "thread_name", "args": {"name": "else"}})),
    ("a begin without an end", "balance", add({"ph": "B", "pid": 1, "tid": 10, "ts": 999, "name": "b"})),
    ("an end without a begin", "balance", add({"ph": "E", "pid": 1, "tid": 10, "ts": 999})),
    ("a flow that never ends", "flow", add(FLOW | {"ph": "s", "ts": 0})),
    ("a flow that never starts", "flow", add(FLOW | {"ph": "f", "ts": 0})),
    ("a flow into no slice", "flow", add(FLOW | {"ph": "s", "ts": 0}, FLOW | {"ph": "f", "ts": 10**6})),
    ("a busy slice a cycle short", "sum", change({"dur": lambda dur: dur - MICRO}, long=True, **BUSY)),
    ("a stall a cycle short", "sum", change({"dur": lambda dur: dur - MICRO}, cat="stall", name="launch")),
    ("a busy slice that is missing", "sum", drop(**BUSY)),
    ("a transfer that is missing", "sum", drop(cat="busy", name="load")),
    ("a stall of another cause", "sum", swap_cause),
    ("work after the run", "end", change({"ts": 10**6}, **BUSY)),
    ("two values of a counter at once", "counter", lambda events: events.append(events[find(events, ph="C")])),
    ("a counter below zero", "counter", change({"args": {"bytes": -1}}, ph="C")),
    ("bytes that are never freed", "counter", lambda events: events.pop(last_of(events, "DRAM outstanding"))),
    ("bytes that were never carried", "counter", change({"args": {"bytes per cycle": 1}}, ph="C", name="DRAM")),
]
HARMLESS = [
    ("a flow between slices", add(*(FLOW | {"ph": phase, "ts": at} for at, phase in enumerate("stf")))),
    ("events in another order", lambda events: events.sort(key=lambda e: (e["ph"], e["name"] == "DRAM"))),
]
BROKEN_TEXTS = [  # no JSON, or not one meaning
    ("a file cut short", lambda text: text[:-3]),
    ("a key twice", lambda text: text.replace('"ph":"X",', '"ph":"X","ph":"X",', 1)),
    ("a time that is NaN", lambda text: text.replace('"ts":0.000', '"ts":NaN', 1)),
]
COUNT = len(DAMAGES) + len(BROKEN_TEXTS) + 1


def last_of(events, name):
    return max(i for i, event in enumerate(events) if event["name"] == name)


def missed(text, parsed, faults_of):
    """What went wrong: damages that are not found, or not by their rule; changes without harm that are taken for one."""
    out = []
    document = parsed(text)
    for what, rule, damage in [*DAMAGES, *((what, None, harmless) for what, harmless in HARMLESS)]:
        events = list(document["traceEvents"])
        damage(events)
        rules = {found for found, _ in faults_of(document | {"traceEvents": events})}
        if rule is None and rules:
            out.append(f"{what}: no damage, but found as {sorted(rules)}")
        elif rule is not None and rule not in rules:
            out.append(f"{what}: expected a fault of {rule}, got {sorted(rules)}")
    if "top" not in {rule for rule, _ in faults_of({"events": []})}:
        out.append("a document without events: not found")
    for what, broken in BROKEN_TEXTS:
        try:
            parsed(broken(text))
            out.append(f"{what}: not found")
        except ValueError:
            pass
    return out
