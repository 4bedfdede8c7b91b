// SPDX-License-Identifier: Apache-2.0
//
// The elementary operations of vector units.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tricycle {

/// An elementary operation.  An instruction of the vector unit is a short sequence of these.
/// Subtraction is kAdd, the minimum kMax.
enum class VectorOp : std::uint8_t {
  kAdd,
  kAddScalar,
  kMultiply,
  kMultiplyScalar,
  kMultiplyAdd,
  kSelect,
  kCast,
  kCopy,
  kMax,
  kMaxScalar,
  kExp,
  kReciprocal,
  kDivide,
  kRsqrt,
  kRowSum,
  kRowMax
};
inline constexpr int kVectorOpCount = 16;

/// One row of the table of operations; its name is the key of its cost.
struct VectorOpInfo {
  VectorOp id;
  std::string_view name;
  bool required;                     // every lowering needs it: a machine must state its cost
  int sources;                       // vector operands; scalars and masks do not count
  bool scalar;                       // takes a scalar: pays vector_unit.scalar_operand
  bool tail;                         // pays vector_unit.unaligned_tail: arithmetic on two sources
  std::optional<VectorOp> folds_by;  // row reductions: folds the registers of a row into one
};
inline constexpr VectorOpInfo kVectorOps[kVectorOpCount] = {
    {VectorOp::kAdd, "add", true, 2, false, true, {}},
    {VectorOp::kAddScalar, "add_scalar", false, 1, true, false, {}},
    {VectorOp::kMultiply, "multiply", false, 2, false, true, {}},
    {VectorOp::kMultiplyScalar, "multiply_scalar", false, 1, true, false, {}},
    {VectorOp::kMultiplyAdd, "multiply_add", false, 2, true, true, {}},  // row + scalar x row
    {VectorOp::kSelect, "select", true, 2, false, false, {}},
    {VectorOp::kCast, "cast", true, 1, false, false, {}},
    {VectorOp::kCopy, "copy", true, 1, false, false, {}},
    {VectorOp::kMax, "max", false, 2, false, true, {}},
    {VectorOp::kMaxScalar, "max_scalar", false, 1, true, false, {}},
    {VectorOp::kExp, "exp", false, 1, false, false, {}},
    {VectorOp::kReciprocal, "reciprocal", false, 1, false, false, {}},
    {VectorOp::kDivide, "divide", false, 2, false, true, {}},
    {VectorOp::kRsqrt, "rsqrt", false, 1, false, false, {}},
    {VectorOp::kRowSum, "row_sum", false, 1, false, false, VectorOp::kAdd},
    {VectorOp::kRowMax, "row_max", false, 1, false, false, VectorOp::kMax},
};
constexpr const VectorOpInfo& info(VectorOp op) { return kVectorOps[static_cast<int>(op)]; }

/// The operation with this name; nullopt if there is none.
constexpr std::optional<VectorOp> find_vector_op(std::string_view name) {
  for (const VectorOpInfo& row : kVectorOps)
    if (row.name == name) return row.id;
  return std::nullopt;
}

}  // namespace tricycle
