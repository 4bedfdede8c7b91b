// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "workloads/tensor.h"

namespace tricycle {

/// The key in the header's __metadata__ for the fraction bits of integers: how many of their bits
/// are after the binary point.
inline constexpr std::string_view kFractionBits = "fraction_bits";

/// Reads a whole file of the format https://github.com/huggingface/safetensors.  Every offset, size
/// and shape is checked against the file before it is used.  Throws InputError: missing, directory,
/// device or pipe, truncated, malformed header, offsets outside the data or overlapping, size that
/// is not shape x element.
std::map<std::string, Tensor> read_safetensors(const std::string& path);

/// The same from a file's bytes; `path` is the name for messages.
std::map<std::string, Tensor> parse_safetensors(const std::string& path,
                                                std::span<const std::uint8_t> file);

/// The bytes of a file of these tensors.  Names are in order, so equal tensors and metadata give
/// equal bytes.  `metadata` becomes the header's __metadata__, texts only; the header has none
/// where it is empty.
std::string to_safetensors(const std::map<std::string, Tensor>& tensors,
                           const std::map<std::string, std::string>& metadata = {});

}  // namespace tricycle
