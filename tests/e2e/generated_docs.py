#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the generated parts of README.md and docs/*.md against the commands that make them; --write makes them anew.

A generated part stands between the lines `<!-- generated: tricycle ... -->` and `<!-- end -->`.

usage: generated_docs.py TRICYCLE SOURCE_DIR [--write]
"""
import pathlib
import re
import subprocess
import sys

PART = re.compile(r"^(<!-- generated: tricycle (.*?) -->\n)(.*?)(^<!-- end -->$)", re.MULTILINE | re.DOTALL)


def made(tricycle, source, arguments):
    done = subprocess.run([tricycle, *arguments.split()], cwd=source, capture_output=True, text=True, timeout=900)
    # How far a long command is does not count.
    words = [line for line in done.stderr.splitlines() if not re.match(r"tricycle: \d+/\d+ ", line)]
    if done.returncode != 0 or words:
        sys.exit(f"tricycle {arguments}: status {done.returncode}: {done.stderr}")
    return done.stdout


def main():
    tricycle, source, write = sys.argv[1], pathlib.Path(sys.argv[2]), "--write" in sys.argv[3:]
    parts = stale = 0
    for page in [source / "README.md", *sorted((source / "docs").glob("*.md"))]:
        old = page.read_text()
        new = PART.sub(lambda part: part[1] + "\n" + made(tricycle, source, part[2]) + "\n" + part[4], old)
        parts += len(PART.findall(old))
        if old == new:
            continue
        stale += 1
        if write:
            page.write_text(new)
        else:
            print(f"{page}: not what its commands print; run {sys.argv[0]} {tricycle} {source} --write")
    if parts < 2:
        sys.exit(f"expected at least two generated parts, found {parts}")
    print(f"{parts} generated parts, {stale} pages out of date")
    sys.exit(stale if not write else 0)


if __name__ == "__main__":
    main()
