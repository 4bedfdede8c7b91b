#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the generated parts of README.md and docs/*.md against the commands that make them; --write makes them anew.

A generated part stands between the lines `<!-- generated: tricycle ... -->` and `<!-- end -->`.  The table of tuned settings in docs/tune.md takes a quarter
of an hour: one of its rows is made again, all of them with --write.

usage: generated_docs.py TRICYCLE SOURCE_DIR [--write]
"""
import csv
import pathlib
import re
import subprocess
import sys
import tempfile

TUNED = (("fp16", "fp16", "1"), ("int16", "int16", "1"), ("int16, 3 dB", "int16", "3"))  # label, format, slack in dB
PART = re.compile(r"^(<!-- generated: tricycle (.*?) -->\n)(.*?)(^<!-- end -->$)", re.MULTILINE | re.DOTALL)


def made(tricycle, source, arguments):
    sample = re.fullmatch(r"tables (\w+) --bare", arguments)
    if sample and (page := source / f"reports/sample/{sample[1]}.md").exists():
        # `tricycle tables --out reports/sample` made it, and CI holds it against that; some take minutes.
        return page.read_text().split("\n\n", 2)[2].rsplit("\nMade by", 1)[0]
    done = subprocess.run([tricycle, *arguments.split()], cwd=source, capture_output=True, text=True, timeout=900)
    # How far a long command is does not count.
    words = [line for line in done.stderr.splitlines() if not re.match(r"tricycle: \d+/\d+ ", line)]
    if done.returncode != 0 or words:
        sys.exit(f"tricycle {arguments}: status {done.returncode}: {done.stderr}")
    return f"```json\n{done.stdout}```\n" if "--json" in arguments.split() else done.stdout


def tuned_rows(tricycle, source, machines, label, number_format, slack):
    """Rows of the table in docs/tune.md."""
    with tempfile.TemporaryDirectory() as out:
        files = " ".join(f"hwconfigs/{machine}.yaml" for machine in machines)
        made(tricycle, source, f"tune {files} workloads/problems/gdn_lm_c64.yaml --tolerance forward_substitution --metric snr_db "
                               f"--formats {number_format} --slack {slack} --out {out}")
        roles = {(row["machine"], row["role"]): row for row in csv.DictReader((pathlib.Path(out) / "tune.csv").read_text().splitlines())}
    for machine in machines:
        best = float(roles[machine, "winner"]["cycles_per_chunk"])

        def name(role):
            row = roles[machine, role]
            return f"{row['algorithm']} {row['parameters']}".strip()

        def times(role):
            return f"{float(roles[machine, role]['cycles_per_chunk']) / best:.2f}"

        def worst(role):
            return f"{float(roles[machine, role]['snr_db_worst']):.1f}"

        yield (f"| {machine} | {label} | {name('winner')} | {best:.0f} | {worst('winner')} | {times('published')} ({worst('published')} dB) | "
               f"{times('forward_substitution')} | {name('runner_up')}, {times('runner_up')} |")


def check_tuned(tricycle, source, write):
    page = source / "docs/tune.md"
    text = page.read_text()
    head = re.search(r"^\| machine \| format \| cheapest .*\n\| ---.*\n", text, re.MULTILINE).end()
    end = text.index("\n\n", head) + 1
    if write:
        machines = sorted(path.stem for path in (source / "hwconfigs").glob("*.yaml"))
        rows = [row for label, number_format, slack in TUNED for row in tuned_rows(tricycle, source, machines, label, number_format, slack)]
        page.write_text(text[:head] + "\n".join(rows) + "\n" + text[end:])
    elif not (row := next(tuned_rows(tricycle, source, ["edge_16x16"], *TUNED[0]))) in text[head:end]:
        sys.exit(f"{page}: expected the row {row}")


def main():
    tricycle, source, write = sys.argv[1], pathlib.Path(sys.argv[2]), "--write" in sys.argv[3:]
    check_tuned(tricycle, source, write)
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
