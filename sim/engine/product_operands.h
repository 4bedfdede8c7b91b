// SPDX-License-Identifier: Apache-2.0
//
// Elements of tensors as operands and sums of a matrix product, and sums as codes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/numerics/multiply_add.h"
#include "sim/engine/product.h"

namespace tricycle {

/// The elements of a tensor as operands of `format`; T as in mac.h.  Counts in `rounded` those that
/// the format does not hold.  Throws InputError.
template <typename T>
std::vector<T> operand_values(const MatrixProduct& product, Format format, const ProductOperand& x,
                              std::int64_t& rounded);

/// The elements of C as sums.
template <typename T>
std::vector<SumOf<T>> sum_values(const MatrixProduct& product, const ProductOperand& c,
                                 std::int64_t& rounded);

/// Writes sums as little-endian codes of product.sums_dtype().
template <typename Sum>
void write_codes(const MatrixProduct& product, std::span<const Sum> sums, std::uint8_t* out);

}  // namespace tricycle
