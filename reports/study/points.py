# SPDX-License-Identifier: Apache-2.0
"""Points of result stores (docs/sweep.md), and which algorithm is the best of a machine."""
import collections
import json
import math
import pathlib
import sqlite3

COLUMNS = ["algorithm", "parameters", "format", "machine", "problem", "chunk", "matmul_count", "cycles_per_chunk", "latency_cycles",
           "snr_db_worst", "bottleneck", "total_cycles", "cut", "chunks", "matrix_utilization.useful",
           "lower_bound_cycles.matrix", "lower_bound_cycles.vector", "area_mm2.total", "area_low_mm2.total", "area_high_mm2.total", "area_mm2.matrix",
           "area_mm2.vector", *(f"energy_per_chunk_pj.{end}" for end in ("nominal", "low", "high"))]
PAPER = ("neumann_masked", "neumann_masked_blockwise")
SUBSTITUTION = "forward_substitution"
CYCLES, ENERGY = "cycles_per_chunk", "energy_per_chunk_pj.nominal"
EXACT_SLACK_DB = 2.0  # exact methods differ by up to 1.7 dB, by where they round
NEUTRAL_DB = 20.0     # every setting tried above it loses less than 0.001 bits per byte
CONDITIONS = ("exact", "neutral")
# Settings of the paper's method that keep NEUTRAL_DB on every problem of workloads/grids/study_hard.yaml, in fp16 and int8.
ROBUST = {"neumann_masked N=2 S=8 w=4 evaluation=doubling", "neumann_masked_blockwise N=4 S=3 b=32",
          "neumann_masked_blockwise N=2 S=4 w=4 evaluation=doubling b=32"}


def load(store):
    """Points of a store that have results, in order: dictionaries of COLUMNS, `axes` beside them."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    rows = db.execute(f"SELECT axes, {names} FROM points WHERE status = 'done' ORDER BY point").fetchall()
    points = [dict(zip(COLUMNS, row[1:]), axes=json.loads(row[0])) for row in rows]
    for point in points:
        if point["snr_db_worst"] is None:  # a chunk is not finite
            point["snr_db_worst"] = -math.inf
        point["axes"]["machine"] = point["machine"]
    return points


def load_layers(file):
    """Documents of `tricycle layer --json`, one behind the other."""
    text, at, documents = pathlib.Path(file).read_text(), 0, []
    while text[at:].strip():
        document, end = json.JSONDecoder().raw_decode(text[at:].lstrip())
        at += len(text[at:]) - len(text[at:].lstrip()) + end
        documents.append(document)
    return documents


def setting(point):
    """Name of algorithm and parameters, as the tables print them."""
    return f"{point['algorithm']} {point['parameters']}".strip()


def chosen(point):
    """The same, and where linear terms are added unless it is by the vector unit after the product."""
    words = point["cut"].split()
    terms = words[words.index("terms") + 1] if "terms" in words else "vector"
    return setting(point) + ("" if terms == "vector" else f", {terms}")


def machines(points, of=lambda point: True):
    """Points by everything but the algorithm: one machine, format and chunk size each."""
    cells = collections.defaultdict(list)
    for point in filter(of, points):
        key = {name: value for name, value in point["axes"].items() if not name.startswith("algorithm")}
        cells[tuple(key.items())].append(point)
    return [Cell(dict(key), rows) for key, rows in cells.items()]


class Cell:
    """All algorithms on one machine in one format; the least of a figure, each algorithm at its best setting."""

    def __init__(self, axes, points):
        self.axes, self.points = axes, points
        self.substitution = next(point for point in points if point["algorithm"] == SUBSTITUTION)

    def allowed(self, condition):
        """Points that are accurate enough: `exact`, `neutral`, or `robust`, neutral on hard problems too."""
        floor = self.substitution["snr_db_worst"] - EXACT_SLACK_DB if condition == "exact" else NEUTRAL_DB
        return [point for point in self.points if point["snr_db_worst"] >= floor and
                (condition != "robust" or point["algorithm"] not in PAPER or setting(point) in ROBUST)]

    def best(self, condition, figure=CYCLES, of=None):
        """The point of least `figure`; None where no algorithm of `of` is accurate enough."""
        rows = [point for point in self.allowed(condition) if of is None or point["algorithm"] in of]
        return min(rows, key=lambda point: point[figure], default=None)

    def times(self, condition, of, figure=CYCLES):
        """What algorithms `of` take under a condition, as a multiple of the exact winner; None where none is accurate enough."""
        best = self.best(condition, figure, of)
        return best and best[figure] / self.best("exact", figure)[figure]

    def second(self, condition, figure=CYCLES):
        """What the best other algorithm takes, as a multiple of the winner."""
        first = self.best(condition, figure)["algorithm"]
        return self.times(condition, {point["algorithm"] for point in self.points} - {first}, figure)


PUBLISHED = {16: "neumann_masked N=3 S=4", 32: "neumann_masked N=4 S=3", 64: "neumann_masked N=3 S=8",
             128: "neumann_masked_blockwise N=3 S=8 b=64"}


def as_published(cell, figure=CYCLES):
    """What the paper's method takes at the setting it was published with, as a multiple of the exact winner."""
    point = next(point for point in cell.points if setting(point) == PUBLISHED[point["chunk"]])
    return point[figure] / cell.best("exact", figure)[figure]


def values_of(cells, name):
    return list(dict.fromkeys(cell.axes[name] for cell in cells))


def axis_values(cells):
    """(axis, value) of the axes that vary; of axes that move together the first."""
    seen = set()
    for name in cells[0].axes:
        values = values_of(cells, name)
        column = tuple(values.index(cell.axes[name]) for cell in cells)
        if len(values) > 1 and column not in seen and name != "systolic_array.pass_head":
            seen.add(column)
            yield from ((name, value) for value in values)


def pairs_of(by_axes, name, first, last, moving):
    """Cells that differ in `name` (and what moves with it) alone: at its first and at its last value."""
    def rest(cell):
        return tuple((n, v) for n, v in cell.axes.items() if n != name and n not in moving)
    ends = {rest(cell): cell for cell in by_axes.values() if cell.axes[name] == last}
    return [(cell, ends[rest(cell)]) for cell in by_axes.values() if cell.axes[name] == first and rest(cell) in ends]
