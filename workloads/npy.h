// SPDX-License-Identifier: Apache-2.0
//
// NumPy's file format for one array, .npy:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "workloads/tensor.h"

namespace tricycle {

/// Whether a file begins with NumPy's signature, whatever its name.
bool is_npy(std::span<const std::uint8_t> file);

/// Refuses a file that begins as archives of arrays do (NumPy's .npz): throws InputError that says
/// how to proceed.
void refuse_archive(const std::string& path, std::span<const std::uint8_t> file,
                    std::string_view expected);

/// Which element types are read. kReal: f2, f4, f8, i1, i2. kCodesToo: also u1, u2, u4 (raw codes
/// of formats that NumPy lacks), i4 and i8 (sums).
enum class NpyTypes : std::uint8_t { kReal, kCodesToo };

/// Reads the array of a file of versions 1 to 3: little-endian, C order, elements of `types`. Every
/// length is checked against the file before it is used.  Throws InputError that begins with
/// `path`: another element type or order (what was found, and how to convert it), truncated,
/// malformed header, bytes after the array.
Tensor parse_npy(const std::string& path, std::span<const std::uint8_t> file,
                 NpyTypes types = NpyTypes::kReal);

/// NumPy's name for a dtype of Tensor ("F32": "<f4"); none for those that NumPy does not have
/// (BF16, F8).
std::optional<std::string_view> npy_descr(std::string_view dtype);

/// The bytes of the file, exactly as numpy.save writes it.  The dtype must have an npy_descr().
std::string to_npy(const Tensor& tensor);

}  // namespace tricycle
