// SPDX-License-Identifier: Apache-2.0
//
// Products on the matrix unit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/isa/region.h"
#include "models/isa/unit.h"

namespace tricycle {

/// dst (accumulator) [m x n] <- [dst +] a [m x k] b [k x n].  Both operands are in the scratchpad.
/// Entries of a and b that their masks discard count as +0.
struct Matmul {
  static constexpr std::string_view kName = "matmul";
  static constexpr char kLetter = 'M';
  static constexpr Unit kUnit = Unit::kMatrix;
  Region a{}, b{};
  Mask a_mask{}, b_mask{};
  bool transpose_a = false, transpose_b = false;  // the operand is read transposed
  bool accumulate = false;                        // add to dst instead of starting from +0
  std::int64_t useful_macs = 0;  // multiply-accumulates with no operand known to be zero

  /// Extents of the product as the array sees it, after transposition.
  std::int32_t m() const { return transpose_a ? a.cols : a.rows; }
  std::int32_t n() const { return transpose_b ? b.rows : b.cols; }
  std::int32_t k() const { return transpose_a ? a.rows : a.cols; }
  std::int64_t macs() const { return static_cast<std::int64_t>(m()) * n() * k(); }
  friend bool operator==(const Matmul&, const Matmul&) = default;
};

template <typename F>
void for_each_read(const Matmul& op, const Region& dst, F&& f) {
  f(op.a);
  f(op.b);
  if (op.accumulate) f(dst);
}
std::string shape_fault(const Program& program, const Region& dst, const Matmul& op);
std::string operands_text(const Program& program, const Matmul& op);
void read_operands(TextReader& text, const Region& dst, Matmul& op);

}  // namespace tricycle
