// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/hw_config.h"

namespace tricycle {

/// A matrix of `tricycle gemm`, row-major real numbers.
struct GemmOperand {
  std::int64_t rows = 0, cols = 0;
  std::vector<double> values;
};

/// Reads "FILE[:TENSOR]", a matrix of real numbers.  For a format in fixed point, integers are its
/// codes, unless their file says how many fraction bits they have.  `option` names it in messages.
/// `hw`: whose formats.F.integer_bits count.  Throws InputError for what is no matrix, and for
/// entries that are not finite in fixed point.
GemmOperand read_gemm_operand(std::string_view option, const std::string& text, Format format,
                              const HwConfig& hw);

/// Uniform multiples of 2^-7 in [-1, 1): exact in every format of at least 8 significant bits.
GemmOperand random_gemm_operand(std::int64_t rows, std::int64_t cols, std::uint64_t seed);

}  // namespace tricycle
