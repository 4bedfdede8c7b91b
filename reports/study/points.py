# SPDX-License-Identifier: Apache-2.0
"""Points of result stores (docs/sweep.md), and which algorithm is the best of a machine."""
import collections
import json
import pathlib
import sqlite3

COLUMNS = ["algorithm", "parameters", "format", "machine", "chunk", "matmul_count", "cycles_per_chunk", "latency_cycles",
           "snr_db_worst", "bottleneck", "total_cycles", "chunks", "matrix_utilization.useful",
           "lower_bound_cycles.matrix", "lower_bound_cycles.vector", "area_mm2.total", "area_low_mm2.total", "area_high_mm2.total", "area_mm2.matrix",
           "area_mm2.vector", *(f"energy_per_chunk_pj.{end}" for end in ("nominal", "low", "high"))]
PAPER = ("neumann_masked", "neumann_masked_blockwise")
SUBSTITUTION = "forward_substitution"
CYCLES, ENERGY = "cycles_per_chunk", "energy_per_chunk_pj.nominal"
EXACT_SLACK_DB = 2.0  # exact methods differ by up to 1.7 dB, by where they round
NEUTRAL_DB = 20.0     # every setting tried above it loses less than 0.001 bits per byte
CONDITIONS = ("exact", "neutral")


def load(store):
    """Points of a store that have results, in order: dictionaries of COLUMNS, `axes` beside them."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    rows = db.execute(f"SELECT axes, {names} FROM points WHERE status = 'done' ORDER BY point").fetchall()
    points = [dict(zip(COLUMNS, row[1:]), axes=json.loads(row[0])) for row in rows]
    for point in points:
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
        floor = NEUTRAL_DB if condition == "neutral" else self.substitution["snr_db_worst"] - EXACT_SLACK_DB
        return [point for point in self.points if point["snr_db_worst"] >= floor]

    def best(self, condition, figure=CYCLES, of=None):
        """The point of least `figure`; None where no algorithm of `of` is accurate enough."""
        rows = [point for point in self.allowed(condition) if of is None or point["algorithm"] in of]
        return min(rows, key=lambda point: point[figure], default=None)

    def times(self, condition, of, figure=CYCLES):
        """What algorithms `of` take, as a multiple of the winner; None where they are not accurate enough."""
        best = self.best(condition, figure, of)
        return best and best[figure] / self.best(condition, figure)[figure]

    def second(self, condition, figure=CYCLES):
        """What the best other algorithm takes, as a multiple of the winner."""
        first = self.best(condition, figure)["algorithm"]
        return self.times(condition, {point["algorithm"] for point in self.points} - {first}, figure)
