// SPDX-License-Identifier: Apache-2.0
//
// Steps of substitutions on the vector unit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/isa/region.h"
#include "models/isa/unit.h"

namespace tricycle {

/// dst row i <- -(l + sum_j a_ij y_j), j ascending; +0 after the end of l.
struct RowStep {
  static constexpr std::string_view kName = "row_step";
  static constexpr char kLetter = 'R';
  static constexpr Unit kUnit = Unit::kVector;
  Region a{};                    // row i of A
  Region y{};                    // the rows of Y that are already known; may be empty
  std::vector<Region> linear{};  // l: these regions side by side; empty: l is a
  std::int64_t useful_macs = 0;  // multiply-accumulates with no operand known to be zero
  std::int64_t macs() const { return y.elements(); }
  bool is_step() const { return y.rows > 0; }  // a step that waits for rows of Y (isa/depth.h)
  friend bool operator==(const RowStep&, const RowStep&) = default;
};

/// dst <- round(dst - a y), one axpy per row: a is a column of A, y a known row of Y.
struct ColumnStep {
  static constexpr std::string_view kName = "column_step";
  static constexpr char kLetter = 'X';
  static constexpr Unit kUnit = Unit::kVector;
  Region a{}, y{};
  std::int64_t useful_macs = 0;
  std::int64_t macs() const { return static_cast<std::int64_t>(a.rows) * y.cols; }
  bool is_step() const { return true; }
  friend bool operator==(const ColumnStep&, const ColumnStep&) = default;
};

template <typename F>
void for_each_read(const RowStep& op, const Region&, F&& f) {
  f(op.a);
  if (op.y.rows > 0) f(op.y);
  for (const Region& term : op.linear) f(term);
}
template <typename F>
void for_each_read(const ColumnStep& op, const Region& dst, F&& f) {
  f(op.a);
  f(op.y);
  f(dst);
}
std::string shape_fault(const Program& program, const Region& dst, const RowStep& op);
std::string operands_text(const Program& program, const RowStep& op);
void read_operands(TextReader& text, const Region& dst, RowStep& op);
std::string shape_fault(const Program& program, const Region& dst, const ColumnStep& op);
std::string operands_text(const Program& program, const ColumnStep& op);
void read_operands(TextReader& text, const Region& dst, ColumnStep& op);

}  // namespace tricycle
