// SPDX-License-Identifier: Apache-2.0
//
// Single operations of the vector unit, one per instruction.
#pragma once

#include <string>
#include <string_view>

#include "models/isa/region.h"
#include "models/isa/unit.h"
#include "models/vector_op.h"

namespace tricycle {

/// dst <- round(operation(a[, b])). dst is a column where the operation reduces rows.  An operand
/// of one row or one column is broadcast to all rows or columns of the result.
struct Elementwise {
  static constexpr std::string_view kName = "elementwise";
  static constexpr char kLetter = 'E';
  static constexpr Unit kUnit = Unit::kVector;
  VectorOp operation = VectorOp::kCopy;
  Region a{}, b{};        // b: only for operations with two sources
  double scalar = 0;      // for an operation that takes a scalar
  bool subtract = false;  // kAdd: compute a - b
  bool minimum = false;   // kMax: compute the minimum
  Mask mask{};            // kSelect
  friend bool operator==(const Elementwise&, const Elementwise&) = default;
};

template <typename F>
void for_each_read(const Elementwise& op, const Region&, F&& f) {
  f(op.a);
  if (info(op.operation).sources > 1) f(op.b);
}
std::string shape_fault(const Program& program, const Region& dst, const Elementwise& op);
std::string operands_text(const Program& program, const Elementwise& op);
void read_operands(TextReader& text, const Region& dst, Elementwise& op);

}  // namespace tricycle
