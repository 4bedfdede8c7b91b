#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does what docs/tutorial.md says, in an empty folder: writes its YAML, runs its commands, and looks for the output it shows.

A block of text behind commands shows lines of their output, in their order; `..` in a line stands for anything, alone for any lines.

usage: tutorial.py TRICYCLE SOURCE_DIR
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def check_shown(shown, output):
    lines, at, skips = output.splitlines(), 0, False
    for line in shown.splitlines():
        if line == "..":
            skips = True
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.split(" ..")))
        while skips and at < len(lines) and not pattern.fullmatch(lines[at]):
            at += 1
        if at == len(lines) or not pattern.fullmatch(lines[at]):
            sys.exit(f"expected the line\n{line}\nin\n{output}")
        at, skips = at + 1, False
    if at < len(lines) and not skips:
        sys.exit(f"more is printed than is shown: {lines[at]}")


def main():
    tricycle, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    text = (source / "docs/tutorial.md").read_text()
    commands = shown = 0
    output = ""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PATH": f"{tricycle.parent}:{os.environ['PATH']}"}
        for language, block in BLOCK.findall(text):
            if language == "yaml":
                (pathlib.Path(folder) / "mine.yaml").write_text(block)
            elif language == "sh":
                done = subprocess.run(["sh", "-e", "-c", block], cwd=folder, env=environment, text=True, capture_output=True, timeout=300)
                if done.returncode != 0:
                    sys.exit(f"{block}status {done.returncode}: {done.stderr}")
                output, commands = done.stdout, commands + block.count("\n")
            elif language == "text":
                check_shown(block, output)
                shown += 1
    if commands < 5 or shown < 3:
        sys.exit(f"found {commands} commands and {shown} outputs; is docs/tutorial.md what it was?")
    print(f"{commands} commands, {shown} outputs as shown")


if __name__ == "__main__":
    main()
