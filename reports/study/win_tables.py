# SPDX-License-Identifier: Apache-2.0
"""Tables of docs/study.md of who wins where: functions from points to rows of cells, the first row the heads."""
import collections

from cells import counts, short, spread, times
from points import CONDITIONS, CYCLES, PAPER, SUBSTITUTION, as_published, axis_values, chosen, machines, pairs_of, setting, values_of


def win_map(points):
    """Winners over array and vector width; fp16, at the least and the greatest token latency there is."""
    cells = machines(points, lambda point: point["format"] == "fp16")
    widths = values_of(cells, "vector_unit.bytes_per_beat")
    tokens = values_of(cells, "sequencer.token_latency")
    rows = [["machine", "token latency", "array", *(f"vectors of {width} B" for width in widths)]]
    groups = collections.defaultdict(list)
    for cell in cells:
        groups[cell.axes["machine"], cell.axes["sequencer.token_latency"], cell.axes["systolic_array.rows"]].append(cell)
    order = {machine: i for i, machine in enumerate(values_of(cells, "machine"))}
    for (machine, token, size), of in sorted(groups.items(), key=lambda item: (order[item[0][0]], *item[0][1:])):
        if token in (tokens[0], tokens[-1]):
            rows.append([machine, str(token), f"{size} x {size}", *map(against_winner, of)])
    return rows


def against_winner(cell):
    """The winner and its cycles; what substitution and the paper's method, as accurate and neutral, take as multiples."""
    best = cell.best("exact")
    others = (cell.times("exact", [SUBSTITUTION]), cell.times("exact", PAPER), cell.times("neutral", PAPER))
    return f"{setting(best)}: {best[CYCLES]:.0f}; " + ", ".join(map(times, others))


def winners(points):
    """Who wins how often, for every value of every axis."""
    cells = machines(points)
    rows = [["axis", "machines", "as accurate as substitution", "neutral"]]
    for name, value in axis_values(cells):
        chosen = [cell for cell in cells if cell.axes[name] == value]
        rows.append([f"{short(name)} {value}", str(len(chosen)),
                     *(counts(cell.best(condition)["algorithm"] for cell in chosen) for condition in CONDITIONS)])
    return rows


def margins(points, figure=CYCLES, by=("machine", "format")):
    rows = [[*map(short, by), "the next", "forward_substitution", "paper, published", "paper, as accurate", "paper, robust",
             "paper, neutral", "paper wins, robust", "neutral"]]
    groups = collections.defaultdict(list)
    for cell in machines(points):
        groups[tuple(str(cell.axes[name]) for name in by)].append(cell)
    for key, cells in groups.items():
        won = [sum(cell.best(c, figure)["algorithm"] in PAPER for cell in cells) for c in ("robust", "neutral")]
        rows.append([*key, spread(cell.second("exact", figure) for cell in cells),
                     spread(cell.times("exact", [SUBSTITUTION], figure) for cell in cells),
                     spread(as_published(cell, figure) for cell in cells),
                     *(spread(cell.times(c, PAPER, figure) for cell in cells) for c in ("exact", "robust", "neutral")),
                     *(f"{n} of {len(cells)}" for n in won)])
    return rows


def paper_wins(points):
    """Machines on which the paper's method takes the fewest cycles."""
    names = ["machine", "systolic_array.rows", "vector_unit.bytes_per_beat", "sequencer.token_latency", "format"]
    rows = [[*map(short, names), "wins", "cycles", "the next", "cycles"]]
    for cell in machines(points):
        best = cell.best("neutral")
        if best["algorithm"] in PAPER:
            others = {point["algorithm"] for point in cell.points} - set(PAPER)
            other = cell.best("neutral", of=others)
            rows.append([*(str(cell.axes[name]) for name in names), setting(best), f"{best[CYCLES]:.0f}",
                         setting(other), f"{other[CYCLES]:.0f}"])
    return rows


def token_latency(points):
    """What token latency does to each algorithm at its best setting."""
    name = "sequencer.token_latency"
    cells = machines(points)
    values = values_of(cells, name)
    by_axes = {tuple(cell.axes.items()): cell for cell in cells}
    rows = [["machine", "algorithm", *(f"{values[0]} .. {v}" for v in values[1:])]]
    for machine in values_of(cells, "machine"):
        for algorithm in dict.fromkeys(point["algorithm"] for point in points):
            row = [machine, algorithm]
            for value in values[1:]:
                pairs = [p for p in pairs_of(by_axes, name, values[0], value, []) if p[0].axes["machine"] == machine]
                of = [b.best("neutral", of=[algorithm])[CYCLES] / a.best("neutral", of=[algorithm])[CYCLES]
                      for a, b in pairs if a.best("neutral", of=[algorithm])]
                row.append(spread(of))
            rows.append(row)
    return rows


def parallel(points):
    """Winners by vector units and chunks in flight, at a short and a long token latency."""
    cells = machines(points)
    flight = values_of(cells, "sequencer.in_flight")
    rows = [["machine", "token latency", "vector units", *(f"{n} in flight" for n in flight)]]
    groups = collections.defaultdict(list)
    for cell in cells:
        groups[cell.axes["machine"], cell.axes["sequencer.token_latency"], cell.axes["vector_unit.units"]].append(cell)
    for (machine, token, units), of in sorted(groups.items()):
        if token in (4, 256):
            rows.append([machine, str(token), str(units), *map(against_winner, of)])
    return rows


def constants(points):
    """Over all corners: who wins, and the sign of each comparison."""
    rows = [["machine", "startup", "corners", "wins, as accurate", "forward_substitution", "paper, robust", "paper, neutral",
             "paper wins, neutral", "robust", "paper, robust, beats substitution"]]
    groups = collections.defaultdict(list)
    for cell in machines(points):
        groups[cell.axes["machine"], cell.axes["vector_unit.operations.add.startup"]].append(cell)
    for (machine, startup), cells in groups.items():
        won = [sum(cell.best(c)["algorithm"] in PAPER for cell in cells) for c in ("neutral", "robust")]
        beaten = sum(cell.times("robust", PAPER) < cell.times("robust", [SUBSTITUTION]) for cell in cells)
        rows.append([machine, str(startup), str(len(cells)), counts(cell.best("exact")["algorithm"] for cell in cells),
                     spread(cell.times("exact", [SUBSTITUTION]) for cell in cells),
                     *(spread(cell.times(c, PAPER) for cell in cells) for c in ("robust", "neutral")),
                     *map(str, won), str(beaten)])
    return rows


def shipped(points):
    rows = [["machine", "format", "wins, as accurate", "cycles", "the next", "forward_substitution", "paper, published",
             "paper, as accurate", "paper, robust", "paper, neutral", "wins, neutral", "wins alone, neutral"]]
    for cell in machines(points, lambda point: point["format"] in ("fp16", "int8")):
        best, free, alone = cell.best("exact"), cell.best("neutral"), cell.best("neutral", "latency_cycles")
        rows.append([cell.axes["machine"], cell.axes["format"], chosen(best), f"{best[CYCLES]:.0f}",
                     times(cell.second("exact")), times(cell.times("exact", [SUBSTITUTION])), times(as_published(cell)),
                     *(times(cell.times(c, PAPER)) for c in ("exact", "robust", "neutral")),
                     "the same" if free is best else chosen(free), "the same" if alone is free else chosen(alone)])
    return rows


def chunk_sizes(points):
    """As margins, by machine, chunk size and format, with winners."""
    rows = [["machine", "C", "format", "wins, as accurate", "wins, neutral", "forward_substitution", "paper, as accurate",
             "paper, neutral"]]
    groups = collections.defaultdict(list)
    for cell in machines(points):
        groups[cell.axes["machine"], cell.points[0]["chunk"], cell.axes["format"]].append(cell)
    for (machine, chunk, kind), cells in sorted(groups.items(), key=lambda item: (item[0][0], item[0][1])):
        rows.append([machine, str(chunk), kind,
                     *(counts(cell.best(condition)["algorithm"] for cell in cells) for condition in CONDITIONS),
                     spread(cell.times("exact", [SUBSTITUTION]) for cell in cells),
                     spread(cell.times("exact", PAPER) for cell in cells),
                     spread(cell.times("neutral", PAPER) for cell in cells)])
    return rows


WIN_TABLES = {table.__name__: table for table in (win_map, winners, margins, paper_wins, token_latency, parallel, constants,
                                                  shipped, chunk_sizes)}
