# SPDX-License-Identifier: Apache-2.0
"""Tables of docs/study.md of accuracy, effects, energy, area and time: functions from points to rows of cells."""
import collections

from cells import counts, short, spread
from points import CYCLES, ENERGY, EXACT_SLACK_DB, NEUTRAL_DB, PAPER, SUBSTITUTION, machines, pairs_of, setting, values_of


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


def hard(points):
    """Accuracy by problem; one format a row where they differ."""
    problems = list(dict.fromkeys(point["problem"] for point in points))
    rows = [["worst chunk, dB", "format", *problems]]
    of = collections.defaultdict(dict)
    for point in points:
        of[setting(point), point["format"]][point["problem"]] = point["snr_db_worst"]
    rows += [[name, kind, *(f"{row[problem]:.1f}" for problem in problems)]
             for (name, kind), row in of.items() if kind in ("fp16", "int8")]
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
        if name == "machine":  # its sizes move with it
            continue
        values = values_of(cells, name)
        moving = [n for n in together if columns[n] == columns[name]] + \
                 (["systolic_array.cols", "systolic_array.pass_head"] if name == "systolic_array.rows" else [])
        pairs = pairs_of(by_axes, name, values[0], values[-1], moving)
        ratio = {f: [b.best("exact", f)[f] / a.best("exact", f)[f] for a, b in pairs] for f in (CYCLES, ENERGY)}
        other = sum(a.best("exact")["algorithm"] != b.best("exact")["algorithm"] for a, b in pairs)
        rows.append([f"{short(name)} {values[0]} .. {values[-1]}", spread(ratio[CYCLES]), spread(ratio[ENERGY]),
                     f"{other} of {len(pairs)}"])
    return rows


def energy(points):
    rows = [["machine", "format", "least energy", "also fewest cycles", "same at both ends of prices", "forward_substitution",
             "paper, as accurate", "paper, robust", "paper, neutral"]]
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
                     *(spread(cell.times(c, PAPER, ENERGY) for cell in cells) for c in ("exact", "robust", "neutral"))])
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


COST_TABLES = {table.__name__: table for table in (accuracy, hard, effects, energy, picks, busy, layers)}
