// SPDX-License-Identifier: Apache-2.0
//
// Operations of the vector unit, one an instruction.
#pragma once

#include <string>
#include <string_view>

#include "models/isa/region.h"
#include "models/isa/unit.h"
#include "models/vector_op.h"

namespace tricycle {

/// dst <- round(operation(a[, b])); a column where it reduces rows; an operand of one row, or of
/// one column, stands for all rows or columns of the result.
struct Elementary {
  static constexpr std::string_view kName = "elementary";
  static constexpr char kLetter = 'E';
  static constexpr Unit kUnit = Unit::kVector;
  VectorOp operation = VectorOp::kCopy;
  Region a{}, b{};        // b: of operations of two sources
  double scalar = 0;      // of an operation that takes one
  bool subtract = false;  // add: a - b
  bool minimum = false;   // max: the minimum
  Mask mask{};            // select
  friend bool operator==(const Elementary&, const Elementary&) = default;
};

template <typename F>
void for_each_read(const Elementary& op, const Region&, F&& f) {
  f(op.a);
  if (info(op.operation).sources > 1) f(op.b);
}
std::string shape_fault(const Program& program, const Region& dst, const Elementary& op);
std::string operands_text(const Program& program, const Elementary& op);
void read_operands(TextReader& text, const Region& dst, Elementary& op);

}  // namespace tricycle
