# SPDX-License-Identifier: Apache-2.0
"""What tests of commands have in common: a folder to work in, a run with its exit status, and a refusal in one line."""
import pathlib
import re
import subprocess


class Bench:
    def __init__(self, tricycle, source, folder):
        self.tricycle, self.source, self.path = pathlib.Path(tricycle).resolve(), pathlib.Path(source).resolve(), pathlib.Path(folder)

    def run(self, *arguments, status=0, cwd=None):
        """Standard output, and the lines of standard error but for progress."""
        done = subprocess.run([self.tricycle, *map(str, arguments)], cwd=cwd or self.path, capture_output=True, text=True, timeout=900)
        lines = [line for line in done.stderr.splitlines() if not re.match(r"tricycle: \d+/\d+ ", line)]
        assert done.returncode == status, f"{arguments}: status {done.returncode}, expected {status}: {done.stderr}{done.stdout}"
        return done.stdout, lines

    def refuses(self, expected, *arguments):
        output, lines = self.run(*arguments, status=2)
        assert not output and len(lines) == 1 and expected in lines[0], f"{arguments}: expected one line with {expected!r}, got {lines}"
