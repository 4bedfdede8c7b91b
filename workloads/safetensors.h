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
/// Throws InputError: missing, directory, device or pipe, truncated, malformed header, offsets
/// outside the data or overlapping, size that is not shape x element.
std::map<std::string, Tensor> read_safetensors(const std::string& path);

/// The file of these tensors: names in order, so that equal tensors and metadata give equal bytes.
/// `metadata` becomes the header's __metadata__, texts only; none where it is empty.
std::string to_safetensors(const std::map<std::string, Tensor>& tensors,
                           const std::map<std::string, std::string>& metadata = {});

/// The elements as doubles (exact for every dtype).  Throws InputError that names `place` for a
/// dtype it does not read.
std::vector<double> to_doubles(const Tensor& tensor, std::string_view place);

}  // namespace tricycle
