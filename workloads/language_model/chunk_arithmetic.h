// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/hw_config.h"
#include "workloads/language_model/delta_rule.h"

namespace tricycle {

/// How far the hardware's arithmetic reaches: the inverse alone, or every matrix product of a
/// chunk.
enum class ArithmeticScope : std::uint8_t { kInverse, kChunk };
inline constexpr std::pair<std::string_view, ArithmeticScope> kArithmeticScopes[] = {
    {"inverse", ArithmeticScope::kInverse}, {"chunk", ArithmeticScope::kChunk}};

/// A machine's arithmetic for the products around the inverse.  Operands are rounded to `format`.
/// Sums are in the accumulator and the order that the machine states for it.  V', O and S are kept
/// in binary32 (fp64: in binary64).  Throws InputError: a format that the machine does not have, or
/// fixed point, for which nobody has published where the binary points of K, V and S would be.
ChunkArithmetic machine_arithmetic(const HwConfig& hw, Format format);

}  // namespace tricycle
