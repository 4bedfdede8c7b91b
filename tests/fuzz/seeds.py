#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the fuzzer starts from: seeds.py ROOT OUT TRICYCLE writes OUT/HARNESS/* and OUT/HARNESS.dict.

Seeds are the shipped files, small files of the binary formats, and a store, a trace and a resolved run that the program
makes; a dictionary holds the words of the seeds.  tests/fuzz/corpus/HARNESS/ holds what fuzzing has found before.
"""

import json
import pathlib
import re
import sqlite3
import struct
import subprocess
import sys
import tempfile

ROOT, OUT, TRICYCLE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])


def put(harness, name, content):
    folder = OUT / harness
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def words(harness, more=()):
    """Words of the seeds that are text, and what YAML, JSON and units are made of."""
    found = set(more)
    for seed in (OUT / harness).iterdir():
        text = seed.read_bytes().decode("latin-1")
        found.update(re.findall(r"[A-Za-z_][A-Za-z0-9_.]{2,40}", text))
    quoted = [
        '"%s"' % "".join(c if " " <= c <= "~" and c not in '"\\' else "\\x%02x" % ord(c) for c in w)
        for w in sorted(found)
    ]
    (OUT / f"{harness}.dict").write_text("\n".join(quoted) + "\n")


YAML = ["base: ", "base.yaml", ": {", "}\n", ": [", "]", "- ", "\n  ", "null", "!!", "&a", "*a", "<<: ", "---\n", '"', "'", "#", "|", ">",
        " KiB", " MiB", " GHz", " ns", " GB/s", " cycles", " B/cycle", "1e308", "-0", "0x1", ".inf", "\u00e9"]
TINY = re.search(r'kMachine = R"\((.*?)\)"', (ROOT / "tests/fuzz/fuzz.h").read_text(), re.S)[1]


def without_comments(text):
    return re.sub(r"\s+#.*", "", text)


def yaml_seeds():
    put("machine", "tiny.yaml", TINY)
    put("machine", "over.yaml", "base: base.yaml\nname: over\nclock: 2 GHz\nsystolic_array: {rows: 32, depth: 4}\n")
    for machine in ("edge_16x16", "hexagon_like", "ascend_910b_like"):
        text = (ROOT / f"hwconfigs/{machine}.yaml").read_text()
        put("machine", machine + ".yaml", text)
    for problem in (ROOT / "workloads/problems").glob("*.yaml"):
        put("problem", problem.name, problem.read_text())
    for costs in (ROOT / "hwconfigs/costs").glob("*.yaml"):
        put("costs", costs.name, without_comments(costs.read_text()))
    put("costs", "over.yaml", "base: costs.yaml\nname: x\n")
    for grid in (ROOT / "workloads/grids").glob("*.yaml"):
        text = re.sub(r"(?m)^machine:.*", "machine: base.yaml", grid.read_text())
        text = re.sub(r"(?m)^problem:.*", "problem: problem.yaml", text)
        text = re.sub(r"[\w./]+/hwconfigs/[\w./]+", "base.yaml", text)
        put("grid", grid.name, re.sub(r"[\w./]*problems/[\w./]+", "problem.yaml", without_comments(text)))
    put("grid", "small.yaml", """name: small
machine: base.yaml
problem: problem.yaml
axes:
  - systolic_array.rows: [8, 16]
    systolic_array.cols: [8, 16]
  - scratchpad.size: {from: 64 KiB, to: 256 KiB, powers_of: 2}
  - algorithm: [neumann_masked, block_doubling]
  - algorithm.order: [2, 3]
  - format: [fp16, int8]
constraints:
  - scratchpad.size / systolic_array.rows >= 8 KiB
  - format != int8
  - area_mm2.total <= 20
sampling: {random: {points: 5, seed: 1}}
""")
    run = "algorithm: {name: neumann_masked, order: 3, steps: 5}\nformat: int8\nfidelity: tile\nmachine:\n"
    indented = "".join(f"  {line}\n" for line in TINY.splitlines())
    put("run_file", "run.yaml", run + indented +
        "problem:\n  name: p\n  chunk: 16\n  input: {synthetic: {ensemble: iid, matrices: 4, seed: 0}}\n")
    put("settings", "some.txt", "systolic_array.rows=4\nscratchpad.size=1 MiB\nproblem.chunk=32\nalgorithm.order=3\n"
        "formats.fp16.rounding=stochastic\nvector_unit.operations.add.cycles_per_beat=2\nclock=1.5 GHz\nname=x\n")
    put("settings", "file.txt", "input.captured.file=x\nproblem.input.synthetic.seed=2\nalgorithm.mask=after\n")
    for i, text in enumerate(["scratchpad.size / systolic_array.rows >= 8 KiB", "format != int8", "area_mm2.total <= 20",
                              "(systolic_array.rows + 2) * 3 - 1 == systolic_array.cols", "dram.bandwidth / clock < 4 B/cycle"]):
        put("constraint", str(i), text)
    for i, text in enumerate(["8 MiB", "24", "1.37 GHz", "100 ns", "7 nm", "68 GB/s", "1e3", "4 B/cycle", "12 cycles", "a,b,c", "fp16", "-1"]):
        put("quantity", str(i), text)
    for harness in ("machine", "problem", "costs", "grid", "run_file", "settings", "constraint", "quantity"):
        words(harness, YAML)


def gate_seeds():
    text = (ROOT / "workloads/gates/example.json").read_text()
    put("gate", "example.json", text)
    put("gate", "program.json", text.replace('"algorithm": "block_doubling",', '"program": "kernel.txt",').replace('"format": "int8"', '"fidelity": "pe"'))
    put("gate", "bare.json", '{"gate": 1, "runs": [{"name": "n", "machine": "m", "problem": "p", "algorithm": "column_sweep", "format": "fp16"}]}')
    words("gate", ['"', "\\u0000", "1e999", "-0", "null", "true", "at_least", "within", '"2 %"', "[", "{", "}", "]", ", "])


def npy(descr, shape, data, version=1):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, shape)
    pad = 64 - (10 + len(header) + 1) % 64
    header += " " * pad + "\n"
    size = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + size + header.encode() + data


def safetensors(tensors, metadata=None):
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def floats(count, value=0.5):
    return struct.pack("<%df" % count, *[value] * count)


def lower(size):
    return struct.pack("<%df" % (size * size), *[0.25 if j < i else 0 for i in range(size) for j in range(size)])


def tensor_seeds():
    for version in (1, 2):
        put("npy", f"matrix{version}.npy", npy("<f4", "(4, 4)", lower(4), version))
    put("npy", "batch.npy", npy("<f8", "(2, 2, 2)", struct.pack("<8d", *[0] * 8)))
    put("npy", "half.npy", npy("<f2", "(3,)", b"\x00\x3c" * 3))
    put("npy", "archive.npz", b"PK\x03\x04" + b"\x00" * 26)
    one = safetensors({"A": ("F32", [4, 4], lower(4)), "other": ("I8", [3], b"abc")}, {"made": "here"})
    put("safetensors", "one.safetensors", one)
    put("safetensors", "dtypes.safetensors",
        safetensors({t: (t, [1], b"\x00" * n) for t, n in
                     [("F64", 8), ("F32", 4), ("F16", 2), ("BF16", 2), ("I16", 2), ("I8", 1), ("F8_E4M3", 1), ("F8_E5M2", 1)]}))
    captured = {"layer0.k": ("F32", [8, 1, 2], floats(16)), "layer0.beta": ("F32", [8, 2], floats(16)), "layer0.g": ("F32", [8, 2], floats(16, -0.1))}
    put("matrices", "one.safetensors", one)
    put("matrices", "captured.safetensors", safetensors(captured))
    channels = captured | {"layer0.g": ("F32", [8, 2, 2], floats(32, -0.1))}
    put("matrices", "channels.safetensors", safetensors(channels))
    gates = {"beta": ("F32", [8, 2], floats(16)), "g": ("F32", [8, 2], floats(16, -0.1))}
    for name, tensors in (("captured", captured), ("channels", channels), ("gates", gates), ("both", captured | gates)):
        put("tokens", f"{name}.safetensors", safetensors(tensors))
    put("matrices", "matrix.npy", npy("<f4", "(4, 4)", lower(4)))
    more = ["data_offsets", "__metadata__", "dtype", "shape", "fortran_order", "True", "False", "'<f8'", "'>f4'", "'<i2'", "\x93NUMPY", "18446744073709551615"]
    for harness in ("npy", "safetensors", "matrices", "tokens"):
        words(harness, more)


def model_seeds():
    config = {"vocab_size": 256, "hidden_size": 2, "intermediate_size": 2, "num_hidden_layers": 1, "linear_num_key_heads": 1,
              "linear_num_value_heads": 1, "linear_key_head_dim": 2, "linear_value_head_dim": 2, "linear_conv_kernel_dim": 2,
              "rms_norm_eps": 1e-6, "tie_word_embeddings": True, "hidden_act": "silu"}
    layer, mixer, mlp = "model.layers.0.", "model.layers.0.linear_attn.", "model.layers.0.mlp."
    shapes = {"model.embed_tokens.weight": [256, 2], "model.norm.weight": [2], layer + "input_layernorm.weight": [2],
              layer + "post_attention_layernorm.weight": [2], mixer + "norm.weight": [2], mixer + "A_log": [1], mixer + "dt_bias": [1],
              mixer + "conv1d.weight": [6, 1, 2], mixer + "in_proj_qkv.weight": [6, 2], mixer + "in_proj_z.weight": [2, 2],
              mixer + "in_proj_b.weight": [1, 2], mixer + "in_proj_a.weight": [1, 2], mixer + "out_proj.weight": [2, 2],
              mlp + "gate_proj.weight": [2, 2], mlp + "up_proj.weight": [2, 2], mlp + "down_proj.weight": [2, 2]}
    tensors = {}
    for name, shape in shapes.items():
        count = 1
        for extent in shape:
            count *= extent
        tensors[name] = ("I8", shape, b"\x01" * count)
    put("model", "tiny", json.dumps(config).encode() + b"\0" + safetensors(tensors))
    put("model", "config", json.dumps(config))
    words("model")


def store_seeds():
    """As `tricycle sweep` makes them, with fewer columns; small pages, so that mutations hit something."""
    path = OUT / "store" / "two_rows.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute("PRAGMA page_size = 512")
    columns = [{"name": n, "unit": u, "meaning": m} for n, u, m in
               [("algorithm", "", "name"), ("cycles_per_chunk", "cycles", "steady"), ("area_mm2.total", "mm2", "area")]]
    names = "".join(', "%s"' % c["name"] for c in columns)
    db.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)")
    db.executemany("INSERT INTO meta VALUES (?, ?)", {
        "schema": "1", "version": "0.1.0", "grid": "name: small\n", "grid_digest": "d", "sources": "{}", "axes": '["systolic_array.rows"]',
        "points": "2", "columns": json.dumps(columns)}.items())
    db.execute("CREATE TABLE points (key TEXT PRIMARY KEY, point INTEGER, status TEXT, reason TEXT, seconds REAL, axes TEXT" + names + ")")
    db.execute("CREATE INDEX points_by_point ON points (point)")
    db.execute("CREATE TABLE inversions (key TEXT PRIMARY KEY, value TEXT)")
    db.execute("INSERT INTO points VALUES ('k0', 0, 'done', NULL, 0.1, '{\"systolic_array.rows\": 8}', 'block_doubling', 758, 1.5)")
    db.execute("INSERT INTO points VALUES ('k1', 1, 'failed', 'memory', 0.1, '{\"systolic_array.rows\": 16}', NULL, NULL, NULL)")
    db.commit()
    db.close()
    words("rows", ["meta ", "row ", "inversion ", "\t#", "\t~1e308", "\t'", "\n", "grid", "axes", "columns", "sources", '{"systolic_array.rows":8,'])
    words("store", ["CREATE VIEW points AS SELECT ", "CREATE TRIGGER t BEFORE INSERT ON ", "[[[[[[", '{"a":']) 


def trace_seeds():
    events = [{"name": "thread_name", "ph": "M", "pid": 1, "tid": 1, "args": {"name": "matrix0"}}]
    events += [{"name": n, "cat": c, "ph": "X", "pid": 1, "tid": 1, "ts": t / 1000, "dur": 0.016}
               for t, n, c in [(0, "matmul", "busy"), (16, "wait_dma", "stall"), (32, "epilogue", "work"), (48, "wait_vector", "wait")]]
    data = {"machine": "edge", "algorithm": "block_doubling", "parameters": "", "format": "fp16", "problem": "p", "clock_ghz": 1.0}
    put("trace", "small.json", json.dumps({"traceEvents": events, "otherData": data}))
    words("trace", ["1e300", "-9223372036854775808", "[[[[", '{"a":'])


def measured_trace_seeds():
    """Traces of others: complete events, pairs, and CSV with titles of profilers."""
    events = [{"ph": "M", "pid": 1, "tid": 2, "name": "thread_name", "args": {"name": "CUBE"}},
              {"ph": "X", "pid": 1, "tid": 2, "ts": 1.5, "dur": 2, "name": "a", "cat": "busy", "args": {"text": "t"}},
              {"ph": "B", "pid": "1", "tid": "x", "ts": "3", "name": "b"}, {"ph": "E", "pid": "1", "tid": "x", "ts": 4}]
    put("measured_trace", "object.json", json.dumps({"traceEvents": events}))
    put("measured_trace", "array.json", json.dumps(events))
    put("measured_trace", "msprof.csv", "Op Name,Stream ID,Task Start Time(us),Task Duration(us)\na,7,1.5\t,2\n\"b\",8,3,1\n")
    put("measured_trace", "tracy.csv", "name,src_file,ns_since_start,exec_time_ns,thread\na,a.cpp,1500,2000,1\n")
    put("measured_trace", "end.csv", "name,begin,end(cycles)\na,1,2\n")
    words("measured_trace", ["1e308", "-1e308", "[[[[", '"ph":"E"', "start", "duration", "end", "track", "_ns", "(ms)"])


def text_seeds():
    """Programs as text, as the program prints them, and one by hand."""
    for algorithm, format_name, more in [("forward_substitution", "fp16", []), ("block_doubling", "int8", []), ("column_sweep", "int16", []),
                                         ("neumann_masked", "fp32", []), ("mixed_recursive", "fp16", []),
                                         ("block_doubling", "int8", ["formats.int8.scaling=per_block", "formats.int8.scale_block=4"])]:
        command = [TRICYCLE, "run", ROOT / "hwconfigs/hexagon_like.yaml", ROOT / "workloads/problems/iid_c16.yaml", "--algorithm", algorithm,
                   "--format", format_name, "--dump-program", "--set", "problem.chunk=8"]
        for key in more:
            command += ["--set", key]
        put("program", f"{algorithm}_{format_name}_{len(more)}", subprocess.run(command, capture_output=True, check=True).stdout)
    head = "program fp32\nbuffer a dram 4 x 4 fp32\nbuffer x scratchpad 4 x 4 fp32\nbuffer y scratchpad 4 x 4 fp32\ninput a\noutput a\n"
    put("program", "elementwise", head + "load x[0:4,0:4] <- a[0:4,0:4]\nelementwise y[0:4,0:4] <- multiply_add x[0:4,0:4] x[0:4,0:1] 0.5\n"
        "elementwise y[0:4,0:1] <- row_sum x[0:4,0:4]\nelementwise y[0:4,0:4] <- select x[0:4,0:4] x[0:4,0:4] keep d>=1\n")
    put("program", "solve", head + "load x[0:4,0:4] <- a[0:4,0:4]\nsolve y[0:4,0:4] <- -(I + x[0:4,0:4])^-1 . (a)\n"
        "solve y[0:2,0:4] <- -(I + x[0:2,0:2])^-1 . (x[0:2,2:4] | a)\nstore a[0:4,0:4] <- y[0:4,0:4]\n")
    words("program", [" <- ", "solve ", "-(I + ", ")^-1 . (", " | a)", "^T", "dst + ", "-(", " . ", "keep d>=1", "keep d<=-1", "blocks of 2 >=0", "blocks of 2 even", "lower-left of 2", "others unchanged",
                      "sum from +0", "zeros unsigned", "fraction 3", "place 1, 2", "useful 3", "minus_identity", "scaled_identity 2", " x ", "[0:4, 0:4]", "2 I + "])


def table_seeds():
    for table in sorted((ROOT / "workloads/data/peers").glob("*.csv")):
        put("published", table.name, "".join(table.read_text().splitlines(True)[:12]))
    put("published", "small.csv", 'machine,m,cycles,use,source\nedge_16x16,16,1.5,predicted,"a, ""b"""\n')
    words("published", ['""', '","', "\r\n", "-", "1e999", "nan", "inf"])


def rows_of(store):
    """A store as the harness `rows` reads one."""
    def cell(value):
        return "" if value is None else ("'" if isinstance(value, str) else "~" if isinstance(value, float) else "#") + str(value)

    with sqlite3.connect(store) as db:
        lines = [f"meta {name}\t{value}" for name, value in db.execute("SELECT name, value FROM meta WHERE name IN ('grid', 'axes', 'sources', 'points')")
                 if "\n" not in value]
        for key, point, _, reason, seconds, axes, _, *cells in db.execute("SELECT * FROM points"):
            lines.append("row " + "\t".join([key, str(point), reason or "", str(seconds), axes, *map(cell, cells[:12])]))
        lines += [f"inversion {key}\t{value}" for key, value in db.execute("SELECT key, value FROM inversions")]
    return "\n".join(lines)


def program_seeds():
    """What the program writes itself."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "base.yaml").write_text(TINY)
        (folder / "problem.yaml").write_text("name: few\nchunk: 16\ninput: {synthetic: {ensemble: iid, matrices: 2, seed: 1}}\n")
        (folder / "grid.yaml").write_text("name: small\nmachine: base.yaml\nproblem: problem.yaml\naxes:\n  - systolic_array.rows: [8, 16]\n"
                                          "  - scratchpad.size: [64 B, 64 KiB]\n")

        def run(*arguments):
            subprocess.run([TRICYCLE, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        run("sweep", "grid.yaml", "--store", "store.sqlite", "--jobs", "1")
        put("store", "swept.sqlite", (folder / "store.sqlite").read_bytes())
        put("rows", "swept.txt", rows_of(folder / "store.sqlite"))
        run("run", "base.yaml", "problem.yaml", "--trace-chunks", "1", "--out", "run")
        put("trace", "run.json", (folder / "run/trace.json").read_bytes())
        put("run_file", "resolved.yaml", (folder / "run/config.resolved.yaml").read_bytes())


def trial_seeds():
    lines = ["0123456789abcdef 3fe0000000000000 4000000000000000", "fedcba9876543210 7ff0000000000000 3ff8000000000000"]
    put("trials", "two", "\n".join(lines) + "\n")
    put("trials", "cut_off", lines[0] + "\n" + lines[1][:20])
    put("trials", "other_build", "tricycle stress trials, build 0\n" + lines[0] + "\n")
    words("trials", ["7ff8000000000000", "ffffffffffffffff", "\n", " "])


program_seeds()
trial_seeds()
yaml_seeds()
gate_seeds()
tensor_seeds()
model_seeds()
store_seeds()
trace_seeds()
measured_trace_seeds()
table_seeds()
text_seeds()
