#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the files beside it: arrays as NumPy writes them, and the same numbers as safetensors.  Needs NumPy (made with 1.24.2)."""
import json
import pathlib

import numpy

HERE = pathlib.Path(__file__).parent
DTYPES = {"f2": "F16", "f4": "F32", "f8": "F64", "i1": "I8", "i2": "I16"}


def save_safetensors(name, arrays):
    header, data = {}, b""
    for key, array in sorted(arrays.items()):
        raw = array.tobytes()
        header[key] = {"dtype": DTYPES[array.dtype.str[1:]], "shape": array.shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (HERE / name).write_bytes(len(text).to_bytes(8, "little") + text + data)


def main():
    random = numpy.random.default_rng(7)
    draw = lambda *batch: numpy.tril(random.uniform(-0.5, 0.5, (*batch, 8, 8)), -1)
    arrays = {key: draw().astype("<" + key) for key in ("f2", "f4", "f8")}
    arrays |= {key: numpy.tril(random.integers(-100, 100, (8, 8)), -1).astype("<" + key) for key in ("i1", "i2")}
    arrays["batch"] = draw(2, 3).astype("<f4")
    for key, array in arrays.items():
        numpy.save(HERE / f"{key}.npy", array)
    save_safetensors("matrices.safetensors", arrays)
    save_safetensors("mixed.safetensors", {"batch": arrays["batch"], "bias": numpy.ones(8, "<f4"), "wide": numpy.ones((2, 8), "<f4")})

    for version in (2, 3):
        with open(HERE / f"f4_version{version}.npy", "wb") as file:
            numpy.lib.format.write_array(file, arrays["f4"], version=(version, 0))
    numpy.save(HERE / "fortran.npy", numpy.asfortranarray(arrays["f8"]))
    numpy.save(HERE / "big_endian.npy", arrays["f4"].astype(">f4"))
    numpy.save(HERE / "int64.npy", arrays["i1"].astype("<i8"))
    numpy.save(HERE / "records.npy", numpy.zeros((2, 2), [("x", "<f4"), ("y", "<i2")]))
    numpy.save(HERE / "vector.npy", numpy.ones(3, "<f4"))
    numpy.savez_compressed(HERE / "archive.npz", A=arrays["f4"])


if __name__ == "__main__":
    main()
