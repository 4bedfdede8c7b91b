#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the tables of docs/study.md from result stores of workloads/grids/study_*.yaml; see docs/sweep.md for a store's schema.

A table stands between `<!-- study: TABLE GRID -->` and `<!-- end -->`.  Tables whose grid has no store given are left alone.
Without --write the page is compared; the exit status is the number of tables that differ.

usage: study.py PAGE STORE... [--write]
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True  # this folder is source
from cost_tables import COST_TABLES
from points import load, load_layers
from win_tables import WIN_TABLES

TABLES = WIN_TABLES | COST_TABLES
PART = re.compile(r"^(<!-- study: (\w+) (\w+) -->\n)(.*?)(^<!-- end -->$)", re.MULTILINE | re.DOTALL)


def markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "| " + " | ".join("---" for _ in rows[0]) + " |", *lines[1:]])


def main():
    arguments = [word for word in sys.argv[1:] if word != "--write"]
    if len(arguments) < 2:
        sys.exit(__doc__)
    page, stores = pathlib.Path(arguments[0]), {pathlib.Path(store).stem: store for store in arguments[1:]}
    points, made, stale = {}, [], []

    def part(match):
        head, table, grid = match[1], match[2], match[3]
        if grid not in stores:
            return match[0]
        if grid not in points:
            points[grid] = (load_layers if stores[grid].endswith(".json") else load)(stores[grid])
        new = f"{head}\n{markdown(TABLES[table](points[grid]))}\n\n{match[5]}"
        made.append(table)
        if new != match[0]:
            stale.append(f"{table} {grid}")
        return new

    text = PART.sub(part, page.read_text())
    if "--write" in sys.argv:
        page.write_text(text)
        stale = []
    print(f"{len(made)} tables made, {len(stale)} differ" + "".join(f"\n{page}: {name}" for name in stale))
    sys.exit(len(stale) if made else 1)


if __name__ == "__main__":
    main()
