// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tricycle {

/// One tensor of a safetensors file (https://github.com/huggingface/safetensors): little-endian,
/// row-major.
struct Tensor {
  std::string dtype;  // F64 F32 F16 BF16 I16 I8
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;

  std::int64_t elements() const;
};

/// Reads a whole file.  Every offset, size and shape is checked against the file before it is used.
/// Throws InputError: missing, directory, truncated, malformed header, offsets outside the data or
/// overlapping, size that is not shape x element.
std::map<std::string, Tensor> read_safetensors(const std::string& path);

/// Writes tensors in name order to a temporary file and renames it: the same tensors give the same
/// bytes, and nothing half-written is left behind.  Throws InputError when the file cannot be
/// written.
void write_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors);

/// The elements as doubles (exact for every dtype).  Throws InputError that names `place` for a
/// dtype it does not read.
std::vector<double> to_doubles(const Tensor& tensor, std::string_view place);

}  // namespace tricycle
