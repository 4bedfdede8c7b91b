#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stores from strangers and from bad disks: each is read right or refused with one line that names it, status 2, and nothing is left.
usage: damaged_stores.py TRICYCLE SOURCE_DIR [--places N]
"""
import argparse
import hashlib
import os
import pathlib
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

LONGEST = 20  # seconds a command may take, on a busy host
GRID = """name: damaged
machine: {source}/hwconfigs/edge_16x16.yaml
problem: {source}/workloads/problems/iid_c16.yaml
axes:
  - algorithm: [forward_substitution, block_doubling]
  - format: [fp16, int8]
  - sequencer.token_latency: [0, 1]
"""
DEEP = "[" * 200_000 + "]" * 200_000
# What a change of the schema or of a value makes: none of them is a store any more.
CRAFTED = {
    "a lost column": ["ALTER TABLE points DROP COLUMN cycles_per_chunk"],
    "a renamed column": ["ALTER TABLE points RENAME COLUMN cycles_per_chunk TO cycles"],
    "an added column": ["ALTER TABLE points ADD COLUMN more"],
    "a generated column": ["ALTER TABLE points ADD COLUMN more AS (point * 2)"],
    "a lost table": ["DROP TABLE points"],
    "no inversions but a view": ["DROP TABLE inversions", "CREATE VIEW inversions AS SELECT key, '' AS value, '' AS digest FROM points"],
    "a view": ["CREATE VIEW v AS SELECT * FROM points"],
    "points is a view": ["ALTER TABLE points RENAME TO p", "CREATE VIEW points AS SELECT * FROM p"],
    "a trigger": ["CREATE TRIGGER t AFTER INSERT ON points BEGIN DELETE FROM meta; END"],
    "an endless view": ["CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"],
    "a virtual table": ["CREATE VIRTUAL TABLE v USING fts5(x)"],
    "an index": ["CREATE INDEX i ON points (abs(point))"],
    "a table of other columns": ["DROP TABLE meta", "CREATE TABLE meta (a, b)"],
    "nested axes": ["UPDATE points SET axes = '{\"algorithm\":" + DEEP + "}' WHERE point = 3"],
    "no axes": ["UPDATE points SET axes = '{}' WHERE point = 3"],
    "NULL axes": ["UPDATE points SET axes = NULL WHERE point = 3"],
    "axes that are no JSON": ["UPDATE points SET axes = 'x' WHERE point = 3"],
    "other axes": ["UPDATE points SET axes = replace(axes, 'fp16', 'fp32') WHERE point = 1"],
    "another figure": ["UPDATE points SET cycles_per_chunk = cycles_per_chunk + 1 WHERE point = 2"],
    "a figure that is a word": ["UPDATE points SET cycles_per_chunk = 'none' WHERE point = 2"],
    "a figure that is a blob": ["UPDATE points SET cycles_per_chunk = x'00' WHERE point = 2"],
    "an infinite figure": ["UPDATE points SET cycles_per_chunk = 9e999 WHERE point = 2"],
    "a reason that is no UTF-8": ["UPDATE points SET reason = CAST(x'ff00fe' AS TEXT), status = 'failed' WHERE point = 3"],
    "a reason that moves the cursor": ["UPDATE points SET reason = char(27) || '[2J', status = 'failed' WHERE point = 3"],
    "an unknown status": ["UPDATE points SET status = 'fine' WHERE point = 3"],
    "a point beside the grid": ["UPDATE points SET point = 1000000 WHERE point = 3"],
    "a negative point": ["UPDATE points SET point = -1 WHERE point = 3"],
    "a point that is a word": ["UPDATE points SET point = 'x' WHERE point = 3"],
    "a key that is none": ["UPDATE points SET key = 'x' WHERE point = 3"],
    "a huge number of points": ["UPDATE meta SET value = '99999999999999999999999' WHERE name = 'points'"],
    "fewer points than rows": ["UPDATE meta SET value = '1' WHERE name = 'points'"],
    "nested columns": [f"UPDATE meta SET value = '{DEEP}' WHERE name = 'columns'"],
    "columns that are numbers": ["UPDATE meta SET value = '[1, 2]' WHERE name = 'columns'"],
    "axes of meta are no list": ["UPDATE meta SET value = '{}' WHERE name = 'axes'"],
    "no schema": ["DELETE FROM meta WHERE name = 'schema'"],
    "NULL in meta": ["UPDATE meta SET value = NULL WHERE name = 'grid'"],
    "another grid": ["UPDATE meta SET value = value || ' ' WHERE name = 'grid'"],
    "other shared values": ["UPDATE inversions SET value = 'each cut'"],
    "shared values that are none": ["UPDATE inversions SET value = substr(value, 1, 70)"],
}


# Figures and words that fit: nobody but who made them can tell.
FORGEABLE = {"other axes", "another figure", "another grid", "other shared values"}
# Refused before any digest is looked at.
HAS_OTHER_TYPES = {"NULL axes", "NULL in meta", "a figure that is a blob", "a point that is a word"}


class Stores:
    def __init__(self, tricycle, source, folder):
        self.tricycle, self.folder = str(pathlib.Path(tricycle).resolve()), pathlib.Path(folder)
        self.failures = self.refused = self.read = self.commands = 0
        self.good = {}
        self.grid = self.folder / "grid.yaml"
        self.grid.write_text(GRID.format(source=pathlib.Path(source).resolve()))
        self.base = self.folder / "base" / "s.sqlite"
        self.base.parent.mkdir()
        self.run("sweep", self.grid, "--store", self.base, "--jobs", "1", cwd=self.folder)
        good = self.outputs(self.base.parent)
        self.check(all(done.returncode == 0 for done, _ in good.values()), "a good store is read")
        self.good = {name: out for name, (_, out) in good.items()}

    def check(self, fine, what):
        if not fine:
            self.failures += 1
            print("FAILED:", what)

    def run(self, *arguments, cwd):
        return subprocess.run([self.tricycle, *map(str, arguments)], cwd=cwd, capture_output=True, timeout=LONGEST)

    def outputs(self, folder):
        """{command: (process, what it says or makes)} of every command that reads s.sqlite there."""
        made = {}

        def made_by(name, *arguments, product=None):
            self.commands += 1
            try:
                done = self.run(*arguments, cwd=folder)
            except subprocess.TimeoutExpired:
                self.check(False, f"{folder.name}: {name} takes more than {LONGEST} s")
                return
            path = folder / product if product else None
            made[name] = done, (path.read_bytes() if path.exists() else b"") if path else done.stdout

        def exported(store):
            return self.run("export", store, cwd=folder).stdout

        made_by("export", "export", "s.sqlite")
        made_by("lines", "export", "s.sqlite", "--json-lines")
        made_by("markdown", "export", "s.sqlite", "--markdown")
        made_by("report", "report", "s.sqlite", "--out", "r.html", product="r.html")
        made_by("merge", "merge", "s.sqlite", "--into", "m.sqlite", product="m.sqlite")
        if "merge" in made and made["merge"][0].returncode == 0:
            made["merge"] = made["merge"][0], exported("m.sqlite")
        shutil.copy(self.base, folder / "there.sqlite")
        made_by("merge into", "merge", "s.sqlite", "--into", "there.sqlite")
        if "merge into" in made:  # what was there stays, whatever the other one is
            self.check(not self.good or exported("there.sqlite") == self.good["export"], f"{folder.name}: a merge changed the store that was there")
            made["merge into"] = made["merge into"][0], b""
        shutil.copy(folder / "s.sqlite", folder / "resumed.sqlite")
        for log in folder.glob("s.sqlite-*"):
            shutil.copy(log, folder / log.name.replace("s.sqlite", "resumed.sqlite"))
        made_by("resume", "sweep", self.grid, "--store", "resumed.sqlite", "--resume", "--jobs", "1")
        if "resume" in made and made["resume"][0].returncode == 0:
            made["resume"] = made["resume"][0], exported("resumed.sqlite")
        return made

    def hold(self, what, folder, may_be_read):
        """Of a store in a folder of its own: every command refuses it with one line, or reads what was written."""
        for name, (done, out) in self.outputs(folder).items():
            where, lines = f"{what}: {name}", done.stderr.decode(errors="replace").splitlines()
            named = "resumed.sqlite" if name == "resume" else "s.sqlite"
            if done.returncode == 0:
                self.read += 1
                self.check(may_be_read, f"{where}: status 0")
                self.check(out == self.good[name], f"{where}: status 0, and it is not what was written")
                continue
            self.refused += 1
            self.check(done.returncode == 2, f"{where}: status {done.returncode}: {lines}")
            self.check(len(lines) == 1 and named in lines[0] and len(lines[0]) < 300, f"{where}: {lines}")
            self.check(not done.stdout and (not out or name == "merge into"), f"{where}: {len(done.stdout) + len(out)} bytes of something")
        left = [path.name for path in folder.iterdir() if ".tmp" in path.name]
        self.check(not left, f"{what}: left {left}")

    def copy(self, name):
        folder = self.folder / name
        folder.mkdir()
        shutil.copy(self.base, folder / "s.sqlite")
        return folder


def digest_of_meta(db):
    sha = hashlib.sha256()
    for name, value in db.execute("SELECT name, value FROM meta WHERE name <> 'digest'").fetchall():
        for text in name.encode(), value.encode():
            sha.update(f"{len(text)}:".encode() + text)
    return sha.hexdigest()


def coded(value):
    """A value with its type, as digests of rows take it."""
    if value is None:
        return b"n;"
    if isinstance(value, str):
        return f"t{len(value.encode(errors='surrogateescape'))}:".encode() + value.encode(errors="surrogateescape")
    return f"i{value};".encode() if isinstance(value, int) else b"r" + struct.pack(">d", value or 0.0).hex().encode() + b";"


def forge(db):
    """Makes all digests anew, as a stranger would."""
    db.text_factory = lambda data: data.decode(errors="surrogateescape")
    for key, point, status, reason, seconds, axes, _, *cells in db.execute("SELECT * FROM points").fetchall():
        while cells and cells[-1] is None:
            cells.pop()
        row = [key, point, None if status == "done" else reason, seconds, axes, *cells]
        db.execute("UPDATE points SET digest = ? WHERE key = ?", (hashlib.sha256(b"".join(map(coded, row))).hexdigest(), key))
    for key, value, _ in db.execute("SELECT * FROM inversions").fetchall():
        db.execute("UPDATE inversions SET digest = ? WHERE key = ?", (hashlib.sha256(f"{key}:{value}".encode()).hexdigest(), key))
    grid = hashlib.sha256(db.execute("SELECT value FROM meta WHERE name = 'grid'").fetchone()[0].encode()).hexdigest()
    db.execute("UPDATE meta SET value = ? WHERE name = 'grid_digest'", (grid,))
    db.execute("UPDATE meta SET value = ? WHERE name = 'digest'", (digest_of_meta(db),))


def crafted(s):
    """Each as it is, and, where tables are those of a store, with digests that fit: a stranger can make them too."""
    for i, (what, statements) in enumerate(CRAFTED.items()):
        for forged in (False, True):
            if forged and (not any(word in statements[0] for word in ("UPDATE", "DELETE")) or what in FORGEABLE):
                continue
            folder = s.copy(f"crafted{i}{'f' * forged}")
            db = sqlite3.connect(folder / "s.sqlite")
            for statement in statements:
                db.execute(statement)
            if forged and what not in HAS_OTHER_TYPES:
                forge(db)
            db.commit()
            db.close()
            s.hold(what + ", forged" * forged, folder, may_be_read=False)
    # What only a forger can make is right in itself; a sweep is held to its grid all the same.
    folder = s.copy("forged")
    db = sqlite3.connect(folder / "s.sqlite")
    db.execute(CRAFTED["other axes"][0])
    forge(db)
    db.commit()
    db.close()
    done = s.run("sweep", s.grid, "--store", "s.sqlite", "--resume", cwd=folder)
    s.check(done.returncode == 2 and b"it is no point of this grid" in done.stderr, f"axes of another point: {done.stderr}")


def damaged(s, places):
    """Bytes changed at many places, and files cut; half of them with a log beside them."""
    rng = random.Random(1)
    whole = s.base.read_bytes()
    for i in range(places):
        folder = s.copy(f"damaged{i}")
        data = bytearray(whole)
        at = rng.randrange(len(data)) if i % 4 else rng.randrange(4096)
        if i % 5 == 4:
            data = data[:at]
        elif i % 5 == 3:
            data[at:at + 512] = bytes(len(data[at:at + 512]))
        else:
            data[at] ^= 1 << rng.randrange(8)
        (folder / "s.sqlite").write_bytes(data)
        what = f"damage {i} at {at} of {len(whole)}"
        if i % 5 == 2:
            (folder / "s.sqlite-journal").write_bytes(rng.randbytes(2000))
            what += ", journal of noise"
        s.hold(what, folder, may_be_read=True)


def journals(s):
    """A journal that names another file, which undoing it would remove; a log whose frames are damaged loses rows, never makes wrong ones."""
    folder = s.copy("journal")
    victim = folder / "victim"
    victim.write_text("precious")
    name = str(victim).encode()
    magic = bytes.fromhex("d9d505f920a163d7")
    (folder / "s.sqlite-journal").write_bytes(magic + bytes(504) + (1).to_bytes(4, "big") + name + len(name).to_bytes(4, "big")
                                              + (sum(name)).to_bytes(4, "big") + magic)
    for arguments in ("export", "s.sqlite"), ("sweep", s.grid, "--store", "s.sqlite", "--resume"), ("merge", s.base, "--into", "s.sqlite"):
        s.run(*arguments, cwd=folder)
        s.check(victim.exists(), f"{arguments[0]}: a journal had another file removed")


def huge(s):
    """Holes behind the last page cost nothing; a device and a folder are no stores."""
    folder = s.copy("huge")
    os.truncate(folder / "s.sqlite", 1 << 34)
    begin = time.time()
    done = s.run("export", "s.sqlite", cwd=folder)
    right = done.returncode == 0 and done.stdout == s.good["export"] or done.returncode == 2 and not done.stdout
    s.check(right and time.time() - begin < 10, f"16 GiB of holes: {done.returncode} {done.stderr}")
    for name in "/dev/zero", ".", "/dev/null":
        s.check(s.run("export", name, cwd=folder).returncode == 2, f"export {name}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tricycle")
    parser.add_argument("source")
    parser.add_argument("--places", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        s = Stores(options.tricycle, options.source, folder)
        damaged(s, options.places)
        crafted(s)
        journals(s)
        huge(s)
        print(f"damaged stores: {len(CRAFTED)} crafted, most also forged, {options.places} damaged, {s.commands} commands: {s.refused} refused, {s.read} read right;",
              "ok" if s.failures == 0 else f"{s.failures} failures")
        sys.exit(1 if s.failures else 0)


main()
