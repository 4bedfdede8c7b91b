#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What other processes, schedulers and disks do to sweeps and to files that are written: nothing is lost, and nothing wrong is kept.
usage: faults.py TRICYCLE SOURCE_DIR [--rounds N]      (100 for a campaign; stores that are damaged: damaged_stores.py)
"""
import argparse
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

SMALL = """name: small
machine: {source}/hwconfigs/edge_16x16.yaml
problem: {source}/workloads/problems/iid_c16.yaml
axes:
  - algorithm: [forward_substitution, block_doubling]
  - format: [fp16, int8]
"""
MEDIUM = SMALL + "  - sequencer.token_latency: {{from: 0, to: 9, step: 1}}\n"
# Of two points one is a simulation of hours.
ENDLESS = """name: endless
machine: {source}/hwconfigs/edge_16x16.yaml
problem: {source}/workloads/problems/iid_c16.yaml
axes:
  - cores: [1, 256]
    sequencer.in_flight: [1, 256]
    scratchpad.size: [64 KiB, 900 GiB]
    accumulator_memory.size: [64 KiB, 900 GiB]
    problem.chunk: [16, 256]
    problem.input.synthetic.matrices: [4, 2]
  - algorithm: [forward_substitution]
"""
OWN = "name: own\nmachine: m.yaml\nproblem: p.yaml\naxes:\n  - sequencer.token_latency: {from: 0, to: 3, step: 1}\n  - algorithm: [block_doubling]\n"
NOBODY = 65534


class Faults:
    def __init__(self, tricycle, source, folder, rounds):
        self.tricycle, self.source, self.folder = str(pathlib.Path(tricycle).resolve()), str(pathlib.Path(source).resolve()), pathlib.Path(folder)
        self.rounds, self.failures, self.rng = rounds, 0, random.Random(3)
        # Seconds a small point never takes, and that an endless one may.
        self.limit = 8 if b"__asan_init" in pathlib.Path(tricycle).read_bytes() else 1
        self.small, self.medium, self.endless = (self.write(name, text) for name, text in (("small", SMALL), ("medium", MEDIUM), ("endless", ENDLESS)))
        self.whole = {grid: self.export(self.swept(grid, self.folder / f"{grid.stem}.sqlite")) for grid in (self.small, self.medium)}

    def write(self, name, text):
        path = self.folder / f"{name}.yaml"
        path.write_text(text.format(source=self.source))
        return path

    def check(self, fine, what):
        if not fine:
            self.failures += 1
            print("FAILED:", what)

    def run(self, *arguments, **how):
        return subprocess.run([self.tricycle, *map(str, arguments)], capture_output=True, text=True, timeout=120, **how)

    def start(self, *arguments, **how):
        """A process whose children may be killed: the leak check that ends an instrumented one is a child, too, and would be waited for in vain."""
        no_leak_check = os.environ | {"ASAN_OPTIONS": "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")}
        return subprocess.Popen([self.tricycle, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=no_leak_check, **how)

    def swept(self, grid, store, *options, status=0):
        done = self.run("sweep", grid, "--store", store, "--jobs", "2", *options)
        self.check(done.returncode == status, f"sweep {grid.stem} {options}: status {done.returncode}: {done.stdout}{done.stderr}")
        return store

    def export(self, store):
        done = self.run("export", store)
        self.check(done.returncode == 0, f"export {store.name}: {done.stderr}")
        return done.stdout

    def one_line(self, done, status, word, what):
        lines = without_advice(done.stderr)
        self.check(done.returncode == status and len(lines) == 1 and word in lines[0], f"{what}: status {done.returncode}, expected {status}: {lines}")

    def nothing_left(self, folder, what):
        left = [path.name for path in folder.iterdir() if path.name.endswith((".tmp", ".new"))]
        self.check(not left, f"{what}: left {left}")


def without_advice(stderr):
    """But for what a sweep says of its grid's machines."""
    return [line for line in stderr.splitlines() if not line.endswith(" looked at)")]


def children(process):
    try:
        return [int(pid) for pid in pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    except OSError:
        return []


def rows_of(store):
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
            return db.execute("SELECT count(*) FROM points").fetchone()[0]
    except sqlite3.Error:
        return 0


def racing_starts(f):
    """Of three sweeps begun at once on one new store one wins, and the store is whole; --resume goes on with whatever is there."""
    folder = f.folder / "race"
    for i in range(f.rounds):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        store, resume = folder / "r.sqlite", ["--resume"] * (i % 2)
        racers = [f.start("sweep", f.small, "--store", store, "--jobs", "1", *resume) for _ in range(3)]
        said = [racer.communicate(timeout=120) for racer in racers]
        codes = sorted(racer.returncode for racer in racers)
        f.check(codes == [0, 2, 2] or (resume and codes[0] == 0 and set(codes) <= {0, 2}), f"race {i}: {codes} {said}")
        for racer, (_, error) in zip(racers, said):
            f.check(racer.returncode == 0 or (error.count("\n") == 1 and "r.sqlite" in error), f"race {i}: {error}")
        f.check(f.export(store) == f.whole[f.small], f"race {i}: the winner's store is not whole")
        f.check("4 were there" in f.run("sweep", f.small, "--store", store, "--resume").stdout, f"race {i}: it cannot be resumed")
        f.nothing_left(folder, f"race {i}")


def killed_workers(f):
    """A worker ended from outside costs nothing; where all are, again and again, their points are left for --resume."""
    for i in range(f.rounds):
        store = f.folder / "killed.sqlite"
        store.unlink(missing_ok=True)
        process = f.start("sweep", f.medium, "--store", store, "--jobs", "2")
        number, target = f.rng.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU)), f.rng.randrange(36)
        while process.poll() is None and rows_of(store) < target:
            time.sleep(0.002)
        for pid in children(process)[: 1 + i % 2]:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
        out, error = process.communicate(timeout=120)
        f.check(process.returncode == 0, f"killed worker {i}, signal {number}: status {process.returncode}: {out}{error}")
        f.check(f.export(store) == f.whole[f.medium], f"killed worker {i}, signal {number}: rows are lost or wrong")
    store = f.folder / "hunted.sqlite"
    process = f.start("sweep", f.endless, "--store", store, "--jobs", "1", "--memory", "0")
    while rows_of(store) < 1:
        time.sleep(0.01)
    while process.poll() is None:
        for pid in children(process):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    out = process.communicate()[0]
    f.check(process.returncode == 1 and "1 interrupted: signal 9; --resume tries them again" in out, f"a point that is always killed: {process.returncode} {out}")
    f.check(rows_of(store) == 1, "a point that was killed from outside has no row")


def limits_are_final_until_they_rise(f):
    store = f.folder / "late.sqlite"

    def holds(seconds, tried, *options):
        done = f.run("sweep", f.endless, "--store", store, "--jobs", "2", "--memory", "0", "--timeout", seconds, *options)
        reasons = [json.loads(line).get("reason") for line in f.run("export", store, "--json-lines").stdout.splitlines()]
        f.check(done.returncode == 1 and reasons == [None, f"timeout {seconds} s"], f"--timeout {seconds} {options}: {done.returncode} {reasons}")
        f.check(f"{tried} failed, " in done.stdout, f"--timeout {seconds} {options}: {tried} expected to be tried: {done.stdout}")

    holds(f.limit, 1)
    holds(f.limit, 0, "--resume")
    holds(f.limit + 1, 1, "--resume")


def parent_ends(f):
    """Told to stop, a sweep ends its workers, keeps its rows and says so; killed, its workers end by themselves."""
    for i, number in enumerate((signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL)):
        store = f.folder / f"parent{i}.sqlite"
        process = f.start("sweep", f.endless, "--store", store, "--jobs", "2", "--memory", "0")
        while rows_of(store) < 1 or not children(process):
            time.sleep(0.01)
        workers = children(process)
        process.send_signal(number)
        out = process.communicate(timeout=20)[0]
        if number == signal.SIGKILL:
            f.check(process.returncode == -number, f"signal {number}: {process.returncode}")
        else:
            f.check(process.returncode == 128 + number and f"stopped by signal {number:d}" in out, f"signal {number}: {process.returncode} {out}")
        end = time.time() + 5
        while any(pathlib.Path(f"/proc/{pid}").exists() for pid in workers) and time.time() < end:
            time.sleep(0.01)
        f.check(time.time() < end, f"signal {number}: workers live on")
        f.check(f.export(store).count("\n") == 2, f"signal {number}: the row that was written is kept")


def streams(f):
    """Messages nobody takes are lost, results nobody takes are a failure, and no file is ever taken for a stream."""
    def shell(command, status, store=None):
        done = subprocess.run(["sh", "-c", command], cwd=f.folder, capture_output=True, text=True, env={**os.environ, "T": f.tricycle}, timeout=60)
        f.check(done.returncode == status and "terminate" not in done.stderr, f"{command}: status {done.returncode}, expected {status}: {done.stderr}")
        return done

    for closed in ">/dev/full", "2>/dev/full", "2>&-", ">&-", ">&- 2>&-", "<&- >&- 2>&-", ">/dev/full 2>/dev/full":
        results = ">/dev/full" in closed.split() or ">&-" in closed.split()
        shell(f'"$T" list foo {closed}', 2)
        shell(f'"$T" list formats {closed}', 1 if results else 0)
        store = f.folder / "streams.sqlite"
        store.unlink(missing_ok=True)
        shell(f'"$T" sweep small.yaml --store streams.sqlite {closed}', 1 if results else 0)
        f.check(f.export(store) == f.whole[f.small], f"sweep {closed}: the store is not whole")
    done = shell('("$T" export medium.sqlite; echo "status $?" >&2) | head -1', 0)
    f.check("tricycle" not in done.stderr, f"export | head: {done.stderr}")


def names(f):
    """A name is a path and nothing else, and never one of the files SQLite keeps beside a store."""
    folder = f.folder / "names"
    folder.mkdir()
    for name in ":memory:", "file:x?mode=memory", "a b?c#d%41.sqlite", "-", "é'\"$.sqlite":
        done = f.run("sweep", f.small, f"--store={name}", cwd=folder)
        f.check(done.returncode == 0 and [path.name for path in folder.iterdir()] == [name], f"--store {name}: {done.stderr} {os.listdir(folder)}")
        f.check(f.export(folder / name) == f.whole[f.small], f"--store {name} is read")
        f.one_line(f.run("sweep", f.small, f"--store={name}", cwd=folder), 2, "there is such a file", f"--store {name} again")
        (folder / name).unlink()
    for name in "x.sqlite-wal", "x-journal", "x-shm":
        f.one_line(f.run("sweep", f.small, "--store", name, cwd=folder), 2, "name another store", f"--store {name}")
    for name in "", ".", "/dev/null", "no/such/folder":
        done = f.run("sweep", f.small, f"--store={name}", cwd=folder)
        f.check(done.returncode == 2 and done.stderr.count("\n") == 1, f"--store {name}: {done.returncode} {done.stderr}")
    f.check(not os.listdir(folder), f"names: left {os.listdir(folder)}")


def read_only(f):
    """A finished store is read by who may read it; one whose last rows are in a log says so where that cannot be read."""
    folder = f.folder / "read_only"
    folder.mkdir()
    shutil.copy(f.folder / "small.sqlite", folder / "s.sqlite")
    shutil.copy(f.folder / "small.sqlite", folder / "log.sqlite")  # as a sweep that was killed leaves it, but for the log
    db = sqlite3.connect(folder / "log.sqlite")
    db.execute("PRAGMA journal_mode = WAL")
    db.close()
    shutil.copy(folder / "log.sqlite", folder / "part.sqlite")
    (folder / "part.sqlite-wal").write_bytes(bytes(5000))
    for path in folder.iterdir():
        path.chmod(0o444)
    for path in [folder, *folder.parents][:-2]:
        path.chmod(0o755)
    folder.chmod(0o555)
    outs = f.folder / "outs"
    outs.mkdir()
    outs.chmod(0o777)
    who = {"preexec_fn": lambda: (os.setgroups([]), os.setgid(NOBODY), os.setuid(NOBODY))} if os.getuid() == 0 else {}
    try:
        f.run("--version", **who)
    except (PermissionError, subprocess.SubprocessError):
        return print("read_only: skipped, nobody may not run", f.tricycle)
    for name in "s.sqlite", "log.sqlite":
        f.check(f.run("export", folder / name, **who).stdout == f.whole[f.small], f"{name} is read from a read-only place")
        for i, command in enumerate((["report", folder / name, "--out", outs / f"{name}.html"], ["merge", folder / name, "--into", outs / name])):
            done = f.run(*command, **who)
            f.check(done.returncode == 0, f"{command}: {done.stderr}")
    f.one_line(f.run("sweep", f.small, "--store", folder / "s.sqlite", "--resume", **who), 2, "is not writable", "a sweep goes on in a read-only place")
    done = f.run("export", folder / "part.sqlite", **who)
    f.check(done.returncode == 0 or (done.returncode == 2 and "part.sqlite-wal" in done.stderr and done.stderr.count("\n") == 1), f"a log that cannot be read: {done.stderr}")
    folder.chmod(0o755)


def full_disk(f):
    """A sweep on a full disk keeps its rows and says so; with room it goes on.  Nothing else leaves a part of a file."""
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))

    def goes_on(store, what, **how):
        done = f.run("sweep", f.medium, "--store", store, "--jobs", "2", **how)
        f.one_line(done, 1, store.name, f"{what}: sweep")
        return done

    store = f.folder / "limited.sqlite"
    goes_on(store, "a limit on files", preexec_fn=limited)
    f.swept(f.medium, store, "--resume")
    f.check(f.export(store) == f.whole[f.medium], "a limit on files, raised: rows are lost or wrong")
    folder = f.folder / "disk"
    folder.mkdir()
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder], capture_output=True).returncode != 0:
        return print("full_disk: a small disk is skipped, it cannot be mounted")
    try:
        store = folder / "s.sqlite"
        goes_on(store, "a full disk")
        kept = f.export(store).splitlines()
        f.check(set(kept) <= set(f.whole[f.medium].splitlines()) and len(kept) > 1, "a full disk: rows are wrong")
        out = folder / "out"
        done = f.run("run", f"{f.source}/hwconfigs/edge_16x16.yaml", f"{f.source}/workloads/problems/iid_c16.yaml", "--out", out)
        f.one_line(done, 1, "disk/out", "a full disk: run")
        f.check(not out.exists(), "a full disk: run leaves its folder")
        f.one_line(f.run("merge", f.folder / "medium.sqlite", "--into", folder / "m.sqlite"), 1, "m.sqlite", "a full disk: merge")
        f.one_line(f.run("report", f.folder / "medium.sqlite", "--out", folder / "r.html"), 1, "r.html", "a full disk: report")
        f.nothing_left(folder, "a full disk")
        subprocess.run(["mount", "-o", "remount,size=20m", folder], check=True)
        f.swept(f.medium, store, "--resume")
        f.check(f.export(store) == f.whole[f.medium], "a full disk with room: rows are lost or wrong")
    finally:
        subprocess.run(["umount", folder], check=True)


def killed_while_writing(f):
    """kill -9 leaves what was there, or all that was to be there; what it leaves beside, the next one removes."""
    folder = f.folder / "writing"
    folder.mkdir()
    commands = {"m.sqlite": ["merge", f.folder / "medium.sqlite", "--into", folder / "m.sqlite"],
                "there.sqlite": ["merge", f.folder / "medium.sqlite", "--into", folder / "there.sqlite"],
                "r.html": ["report", f.folder / "medium.sqlite", "--out", folder / "r.html"]}
    f.run(*commands["r.html"])
    page = (folder / "r.html").read_bytes()
    half = f.folder / "half.sqlite"
    f.run("sweep", f.medium, "--shard", "1/2", "--store", half, "--jobs", "2")
    part = f.export(half)
    for i in range(f.rounds):
        name = list(commands)[i % 3]
        for path in folder.glob("*.sqlite*"):
            if not path.name.endswith(".tmp"):
                path.unlink()
        shutil.copy(half, folder / "there.sqlite")
        process = f.start(*commands[name])
        time.sleep(f.rng.random() * 0.15)
        process.kill()
        process.communicate()
        if name == "r.html":
            f.check((folder / name).read_bytes() == page, f"report {i}: the page is neither the old nor the new one")
        elif name == "there.sqlite" and (folder / "there.sqlite-journal").exists():
            pass  # told by who reads it; the merge below undoes it
        elif (folder / name).exists():
            f.check(f.export(folder / name) in (part, f.whole[f.medium]), f"merge {i}: neither all nor nothing")
        done = f.run(*commands[name])
        f.check(done.returncode in (0, 2 if name == "m.sqlite" else 0), f"{name} after kill {i}: {done.stderr}")
        if name != "r.html":
            f.check(f.export(folder / name) == f.whole[f.medium], f"{name} after kill {i}: rows are lost or wrong")
    for command in commands.values():
        f.run(*command)
    f.nothing_left(folder, "kill -9 while writing")


def one_folder(f):
    """Runs that write one folder at once, or are killed while they do: its files are of one run."""
    folder = f.folder / "one"

    def run_of(seed):
        return ["run", f"{f.source}/hwconfigs/edge_16x16.yaml", f"{f.source}/workloads/problems/iid_c16.yaml", "--set", f"problem.input.synthetic.seed={seed}", "--out", folder]

    for i in range(f.rounds):
        runs = [f.start(*run_of(seed)) for seed in (1, 2, 3)]
        if i % 2:
            time.sleep(f.rng.random() * 0.1)
            runs[0].kill()
        for k, process in enumerate(runs):
            error = process.communicate(timeout=60)[1]
            f.check(process.returncode == 0 or (k == 0 and i % 2), f"run {k} of {i} into one folder: {error}")
        seeds = {str(json.loads((folder / "result.json").read_text())["seed"]),
                 (folder / "config.resolved.yaml").read_text().split("seed=")[1].split('"')[0]}
        f.check(len(seeds) == 1, f"round {i}: the folder mixes runs {seeds}")


def sources_close(f):
    """What rows depend on is what a store is held to: every file below a machine and a problem, the program, and all of it while the sweep runs."""
    folder = f.folder / "sources"
    folder.mkdir()
    shutil.copy(f"{f.source}/hwconfigs/edge_16x16.yaml", folder / "base.yaml")
    problem = f"{f.source}/workloads/problems/iid_c16.yaml"
    (folder / "m.yaml").write_text("base: middle.yaml\n")
    (folder / "middle.yaml").write_text("base: base.yaml\nname: own\n")
    (folder / "p.yaml").write_text(f"base: {problem}\n")
    grid, store = folder / "own.yaml", folder / "own.sqlite"
    grid.write_text(OWN)
    f.swept(grid, store)
    before = f.export(store)
    for name in "base.yaml", "middle.yaml", "m.yaml", "p.yaml":
        text = (folder / name).read_text()
        (folder / name).write_text(text + "# other\n")
        f.one_line(f.run("sweep", grid, "--store", store, "--resume"), 2, f"its sources ({name}) is another", f"another {name}")
        f.swept(grid, folder / "other.sqlite")
        f.one_line(f.run("merge", store, folder / "other.sqlite", "--into", folder / "joined.sqlite"), 2, f"differ in sources ({name})", f"merge with another {name}")
        (folder / "other.sqlite").unlink()
        (folder / name).write_text(text)
        f.swept(grid, store, "--resume")
    f.check(f.export(store) == before, "files put back: the store is as it was")
    # While it runs: the rows that are there are of the file as it was.
    endless = folder / "endless.yaml"
    endless.write_text(ENDLESS.format(source=f.source).replace(f"{f.source}/hwconfigs/edge_16x16.yaml", "m.yaml") + "  - format: [fp16, int8]\n")
    process = f.start("sweep", endless, "--store", folder / "e.sqlite", "--jobs", "1", "--memory", "0", "--timeout", str(f.limit))
    while rows_of(folder / "e.sqlite") < 2:
        time.sleep(0.005)
    (folder / "middle.yaml").write_text("base: base.yaml\nname: own\n# other\n")
    error = without_advice(process.communicate(timeout=60)[1])
    f.check(process.returncode == 1 and len(error) == 1 and "middle.yaml: the file was changed while" in error[0], f"a file changed meanwhile: {process.returncode} {error}")
    f.check(rows_of(folder / "e.sqlite") == 2, "rows behind the change are not kept")


TESTS = [racing_starts, killed_workers, limits_are_final_until_they_rise, parent_ends, streams, names, read_only, full_disk, killed_while_writing, one_folder,
         sources_close]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tricycle")
    parser.add_argument("source")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--only", choices=[test.__name__ for test in TESTS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        f = Faults(options.tricycle, options.source, folder, options.rounds)
        for test in TESTS:
            if options.only in (None, test.__name__):
                begin, before = time.time(), f.failures
                test(f)
                print(f"{test.__name__}: {'ok' if f.failures == before else 'FAILED'}, {time.time() - begin:.1f} s", flush=True)
        print(f"faults, {options.rounds} rounds:", "ok" if f.failures == 0 else f"{f.failures} failures")
        sys.exit(1 if f.failures else 0)


main()
