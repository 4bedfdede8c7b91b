# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/study.md: functions from points to rows of cells, the first row the heads."""
import collections
import statistics

from points import CONDITIONS, CYCLES, ENERGY, EXACT_SLACK_DB, NEUTRAL_DB, PAPER, SUBSTITUTION, machines, setting


PUBLISHED = {16: "neumann_masked N=3 S=4", 32: "neumann_masked N=4 S=3", 64: "neumann_masked N=3 S=8",
             128: "neumann_masked_blockwise N=3 S=8 b=64"}


def as_published(cell, figure=CYCLES):
    """What the paper's method takes at the setting it was published with, as a multiple of the exact winner."""
    point = next(point for point in cell.points if setting(point) == PUBLISHED[point["chunk"]])
    return point[figure] / cell.best("exact", figure)[figure]


def spread(values, digits=2):
    """Median (least .. most) of what is there."""
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    return f"{statistics.median(known):.{digits}f} ({min(known):.{digits}f} .. {max(known):.{digits}f})"


def counts(names):
    return ", ".join(f"{name} {n}" for name, n in collections.Counter(names).most_common())


def times(value):
    return "-" if value is None else f"{value:.2f}"


def short(name):
    """Last part of a key."""
    return name.split(".")[-1]


def values_of(cells, name):
    return list(dict.fromkeys(cell.axes[name] for cell in cells))


def accuracy(points):
    first = machines(points)[0].axes
    rows = [["worst chunk, dB", "products", *values_of(machines(points), "format")]]
    same = {name: value for name, value in first.items() if name != "format"}
    of = collections.defaultdict(dict)
    for point in points:
        if all(point["axes"][name] == value for name, value in same.items()):
            of[setting(point)][point["format"]] = point
    for name, by_format in of.items():
        cells = []
        for kind, point in by_format.items():
            floor = of[SUBSTITUTION][kind]["snr_db_worst"] - EXACT_SLACK_DB
            value = point["snr_db_worst"]
            cells.append(f"{value:.1f}" + (" exact" if value >= floor else " neutral" if value >= NEUTRAL_DB else ""))
        rows.append([name, str(next(iter(by_format.values()))["matmul_count"]), *cells])
    return rows


def win_map(points):
    cells = machines(points)
    widths = values_of(cells, "vector_unit.bytes_per_beat")
    rows = [["array", *(f"vectors of {width} B" for width in widths)]]
    for size in values_of(cells, "systolic_array.rows"):
        row = [f"{size} x {size}"]
        for cell in cells:
            if cell.axes["systolic_array.rows"] == size:
                best, paper = cell.best("exact"), [times(cell.times(c, PAPER)) for c in CONDITIONS]
                row.append(f"{setting(best)}: {best[CYCLES]:.0f}; {times(cell.times('exact', [SUBSTITUTION]))}, "
                           f"{paper[0]}, {paper[1]}")
        rows.append(row)
    return rows


def winners(points):
    """Who wins how often, for every value of every axis."""
    cells = machines(points)
    rows = [["axis", "machines", "as accurate as substitution", "neutral"]]
    for name, value in axis_values(cells):
        chosen = [cell for cell in cells if cell.axes[name] == value]
        rows.append([f"{short(name)} {value}", str(len(chosen)),
                     *(counts(cell.best(condition)["algorithm"] for cell in chosen) for condition in CONDITIONS)])
    return rows


def axis_values(cells):
    """(axis, value) of the axes that vary; of axes that move together the first."""
    seen = set()
    for name in cells[0].axes:
        values = values_of(cells, name)
        column = tuple(values.index(cell.axes[name]) for cell in cells)
        if len(values) > 1 and column not in seen and name != "systolic_array.pass_head":
            seen.add(column)
            yield from ((name, value) for value in values)


def margins(points, figure=CYCLES, by=("machine", "format")):
    rows = [[*map(short, by), "the next", "forward_substitution", "paper, published", "paper, as accurate", "paper, neutral",
             "paper wins, neutral"]]
    groups = collections.defaultdict(list)
    for cell in machines(points):
        groups[tuple(str(cell.axes[name]) for name in by)].append(cell)
    for key, cells in groups.items():
        won = sum(cell.best("neutral", figure)["algorithm"] in PAPER for cell in cells)
        rows.append([*key, spread(cell.second("exact", figure) for cell in cells),
                     spread(cell.times("exact", [SUBSTITUTION], figure) for cell in cells),
                     spread(as_published(cell, figure) for cell in cells),
                     spread(cell.times("exact", PAPER, figure) for cell in cells),
                     spread(cell.times("neutral", PAPER, figure) for cell in cells), f"{won} of {len(cells)}"])
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


def effects(points):
    """What a step of an axis from its first to its last value does to the best cycles and energy, and to who wins."""
    cells = machines(points)
    by_axes = {tuple(cell.axes.items()): cell for cell in cells}
    together = [n for n in cells[0].axes if len(values_of(cells, n)) > 1]
    columns = {n: tuple(values_of(cells, n).index(cell.axes[n]) for cell in cells) for n in together}
    rows = [["from .. to, all else equal", "cycles of the winner, times", "energy of the least, times", "another wins"]]
    done = set()
    for name in together:
        if columns[name] in done or short(name) == "pass_head" and "systolic_array.rows" in together:
            continue
        done.add(columns[name])
        values = values_of(cells, name)
        moving = [n for n in together if columns[n] == columns[name]] + \
                 (["systolic_array.cols", "systolic_array.pass_head"] if name == "systolic_array.rows" else [])
        pairs = pairs_of(by_axes, name, values[0], values[-1], moving)
        ratio = {f: [b.best("exact", f)[f] / a.best("exact", f)[f] for a, b in pairs] for f in (CYCLES, ENERGY)}
        other = sum(a.best("exact")["algorithm"] != b.best("exact")["algorithm"] for a, b in pairs)
        rows.append([f"{short(name)} {values[0]} .. {values[-1]}", spread(ratio[CYCLES]), spread(ratio[ENERGY]),
                     f"{other} of {len(pairs)}"])
    return rows


def pairs_of(by_axes, name, first, last, moving):
    """Cells that differ in `name` (and what moves with it) alone: at its first and at its last value."""
    def rest(cell):
        return tuple((n, v) for n, v in cell.axes.items() if n != name and n not in moving)
    ends = {rest(cell): cell for cell in by_axes.values() if cell.axes[name] == last}
    return [(cell, ends[rest(cell)]) for cell in by_axes.values() if cell.axes[name] == first and rest(cell) in ends]


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
    """Winner, and substitution and the paper's method as multiples of it, by units and chunks in flight."""
    cells = machines(points)
    flight = values_of(cells, "sequencer.in_flight")
    rows = [["machine", "token latency", "vector units", *(f"{n} in flight" for n in flight)]]
    groups = collections.defaultdict(list)
    for cell in cells:
        groups[cell.axes["machine"], cell.axes["sequencer.token_latency"], cell.axes["vector_unit.units"]].append(cell)
    for (machine, token, units), of in sorted(groups.items()):
        row = []
        for cell in of:
            best = cell.best("exact")
            row.append(f"{setting(best)}: {best[CYCLES]:.0f}; {times(cell.times('exact', [SUBSTITUTION]))}, "
                       f"{times(cell.times('neutral', PAPER))}")
        if token in (4, 256):
            rows.append([machine, str(token), str(units), *row])
    return rows


def energy(points):
    rows = [["machine", "format", "least energy", "also fewest cycles", "same at both ends of prices", "forward_substitution",
             "paper, as accurate", "paper, neutral"]]
    groups = collections.defaultdict(list)
    for cell in machines(points):
        groups[cell.axes["machine"], cell.axes["format"]].append(cell)
    for key, cells in groups.items():
        best = [cell.best("exact", ENERGY) for cell in cells]
        fast = sum(cell.best("exact")["algorithm"] == b["algorithm"] for cell, b in zip(cells, best))
        ends = [[cell.best("exact", f"energy_per_chunk_pj.{end}")["algorithm"] for end in ("low", "high")] for cell in cells]
        stays = sum(e == [b["algorithm"]] * 2 for e, b in zip(ends, best))
        rows.append([*key, counts(b["algorithm"] for b in best), f"{fast} of {len(cells)}", f"{stays} of {len(cells)}",
                     spread(cell.times("exact", [SUBSTITUTION], ENERGY) for cell in cells),
                     spread(cell.times("exact", PAPER, ENERGY) for cell in cells),
                     spread(cell.times("neutral", PAPER, ENERGY) for cell in cells)])
    return rows


def constants(points):
    """Over all corners: who wins, and the sign of each comparison."""
    rows = [["machine", "startup", "corners", "wins, as accurate", "forward_substitution", "paper, neutral",
             "paper wins, neutral", "paper beats substitution"]]
    groups = collections.defaultdict(list)
    for cell in machines(points):
        groups[cell.axes["machine"], cell.axes["vector_unit.operations.add.startup"]].append(cell)
    for (machine, startup), cells in groups.items():
        neutral = [(cell.times("neutral", PAPER), cell.times("neutral", [SUBSTITUTION])) for cell in cells]
        rows.append([machine, str(startup), str(len(cells)), counts(cell.best("exact")["algorithm"] for cell in cells),
                     spread(cell.times("exact", [SUBSTITUTION]) for cell in cells), spread(p for p, _ in neutral),
                     str(sum(p == 1 for p, _ in neutral)), str(sum(p < s for p, s in neutral))])
    return rows


def shipped(points):
    rows = [["machine", "format", "wins, as accurate", "cycles", "the next", "forward_substitution", "paper, published",
             "paper, as accurate", "paper, neutral", "wins, neutral", "wins alone, neutral"]]
    for cell in machines(points, lambda point: point["format"] in ("fp16", "int8")):
        best, free, alone = cell.best("exact"), cell.best("neutral"), cell.best("neutral", "latency_cycles")
        rows.append([cell.axes["machine"], cell.axes["format"], setting(best), f"{best[CYCLES]:.0f}",
                     times(cell.second("exact")), times(cell.times("exact", [SUBSTITUTION])), times(as_published(cell)),
                     times(cell.times("exact", PAPER)), times(cell.times("neutral", PAPER)),
                     "the same" if free is best else setting(free), "the same" if alone is free else setting(alone)])
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


def picks(points):
    """Machines no other beats in cycles, energy and area at once; fp16, least token latency."""
    least = min(point["axes"]["sequencer.token_latency"] for point in points)
    cells = machines(points, lambda p: p["format"] == "fp16" and p["axes"]["sequencer.token_latency"] == least)
    rows = [["machine", "array", "vectors, B", "wins", "cycles", "nJ (low .. high)", "mm2 (low .. high)", "array, mm2", "vector, mm2",
             "cycles x nJ x mm2, 10^6"]]
    for machine in values_of(cells, "machine"):
        best = [(cell, cell.best("exact")) for cell in cells if cell.axes["machine"] == machine]
        figures = [(b[CYCLES], b[ENERGY], b["area_mm2.total"]) for _, b in best]
        for (cell, b), own in zip(best, figures):
            if any(all(o <= m for o, m in zip(other, own)) and other != own for other in figures):
                continue
            nano = [b[f"energy_per_chunk_pj.{end}"] / 1000 for end in ("nominal", "low", "high")]
            area = [b[f"area_{end}mm2.total"] for end in ("", "low_", "high_")]
            rows.append([machine, f"{cell.axes['systolic_array.rows']} x {cell.axes['systolic_array.cols']}",
                         str(cell.axes["vector_unit.bytes_per_beat"]), setting(b), f"{b[CYCLES]:.0f}",
                         f"{nano[0]:.0f} ({nano[1]:.0f} .. {nano[2]:.0f})", f"{area[0]:.2f} ({area[1]:.2f} .. {area[2]:.2f})",
                         f"{b['area_mm2.matrix']:.3f}", f"{b['area_mm2.vector']:.3f}",
                         f"{b[CYCLES] * nano[0] * area[0] / 1e6:.2f}"])
    return rows


def steady_shares(point):
    """Share of a chunk's time in steady state: array occupied, its peak spent on useful products, vector units occupied."""
    steady = point["chunks"] * point[CYCLES]  # utilization is of the whole run, launch included
    return (f"{100 * point['lower_bound_cycles.matrix'] / point[CYCLES]:.0f} %",
            f"{100 * point['matrix_utilization.useful'] * point['total_cycles'] / steady:.1f} %",
            f"{100 * point['lower_bound_cycles.vector'] / point[CYCLES]:.0f} %")


def busy(points):
    """Where the time goes, for every algorithm at its best neutral setting, on the middle machine of each family."""
    cells = machines(points, lambda p: p["format"] == "fp16" and p["axes"]["vector_unit.bytes_per_beat"] == 128
                     and p["axes"]["systolic_array.rows"] == 32 and p["axes"]["sequencer.token_latency"] in (4, 256))
    rows = [["machine", "token latency", "algorithm", "cycles", "one chunk alone", "array busy", "useful", "vector busy",
             "bound by", "nJ"]]
    for cell in cells:
        for algorithm in dict.fromkeys(point["algorithm"] for point in cell.points):
            best = cell.best("neutral", of=[algorithm])
            rows.append([cell.axes["machine"], str(cell.axes["sequencer.token_latency"]), setting(best), f"{best[CYCLES]:.0f}",
                         str(best["latency_cycles"]), *steady_shares(best),
                         best["bottleneck"], f"{best[ENERGY] / 1000:.0f}"])
    return rows


def layers(documents):
    """Share of the inversion in a layer, and what an algorithm saves of the layer's cycles."""
    runs = collections.defaultdict(dict)
    for document in documents:
        key = (document["machine"], document["problem"], "one" if document["solve_in_flight"] == 1 else "as the machine")
        for row in document["inversions"]:
            runs[key][setting(row)] = row
    names = list(next(iter(runs.values())))
    rows = [["machine", "layer", "chunks in flight", *names]]
    for key, of in runs.items():
        rows.append([*key, *(f"{100 * of[n]['share']:.1f} %" + (f", {100 * of[n]['saved']:.1f}" if n != SUBSTITUTION else "")
                             for n in names)])
    return rows


TABLES = {table.__name__: table for table in (accuracy, win_map, winners, margins, paper_wins, effects, token_latency, parallel,
                                              energy, constants, shipped, chunk_sizes, picks, busy, layers)}
