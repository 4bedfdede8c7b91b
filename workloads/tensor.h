// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tricycle {

/// One array of a tensor file: little-endian, row-major. dtypes have the names of safetensors.
struct Tensor {
  std::string dtype;  // F64 F32 F16 BF16 I16 I8
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;
  /// Integers: an element c stands for c x 2^-fraction_bits, as the file's header says.  None: the
  /// header does not say, and the elements are whole numbers.
  std::optional<int> fraction_bits = std::nullopt;

  std::int64_t elements() const;
  bool is_integer() const { return !dtype.empty() && (dtype[0] == 'I' || dtype[0] == 'U'); }
};

/// The largest `fraction_bits`: codes have at most 16 bits, and no double overflows.
inline constexpr int kMostFractionBitsOfCodes = 62;

/// The elements as doubles (exact for every dtype).  Throws InputError that names `place` for a
/// dtype that it does not read.
std::vector<double> to_doubles(const Tensor& tensor, std::string_view place);

// Helpers shared by the readers of tensor files.

/// The dtypes that stand for a format: "F64, F32, ...".
std::string known_dtypes();

/// Bytes of an element; 0 for an unknown dtype.
std::int64_t element_bytes(std::string_view dtype);

/// The little-endian unsigned number in `count` <= 8 bytes.
std::uint64_t little_endian(const std::uint8_t* bytes, std::int64_t count);

/// Number of elements of an array with these extents.  None where it exceeds the number of bytes of
/// the file, or an extent is beyond 63 bits.  Call it before anything is multiplied or allocated.
std::optional<std::int64_t> elements_within(std::span<const std::uint64_t> extents,
                                            std::size_t file_bytes);

/// Reads a whole file.  `expected` names what it should be ("a safetensors file").  Throws
/// InputError: missing, directory, device or pipe, too large, not readable.
std::vector<std::uint8_t> read_whole_file(const std::string& path, std::string_view expected);

}  // namespace tricycle
