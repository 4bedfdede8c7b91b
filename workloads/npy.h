// SPDX-License-Identifier: Apache-2.0
//
// NumPy's file of one array, .npy:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "workloads/tensor.h"

namespace tricycle {

/// Whether a file begins as NumPy's do, whatever its name.
bool is_npy(std::span<const std::uint8_t> file);

/// Throws InputError with the way out where a file begins as archives of arrays do: NumPy's .npz.
void refuse_archive(const std::string& path, std::span<const std::uint8_t> file,
                    std::string_view expected);

/// The array of a file of versions 1 to 3: little-endian, C order, elements f2, f4, f8, i1, i2.
/// Every length is checked against the file before it is used.  Throws InputError, `path` in front:
/// another element type or order (what was found, and how to convert it), truncated, malformed
/// header, bytes behind the array.
Tensor parse_npy(const std::string& path, std::span<const std::uint8_t> file);

/// How NumPy writes a dtype of Tensor ("F32": "<f4"); none for those it does not have (BF16, F8).
std::optional<std::string_view> npy_descr(std::string_view dtype);

/// The file, byte for byte as numpy.save writes it.  The dtype must have an npy_descr().
std::string to_npy(const Tensor& tensor);

}  // namespace tricycle
