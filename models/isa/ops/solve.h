// SPDX-License-Identifier: Apache-2.0
//
// A triangular system with many right-hand sides, solved by a dedicated array
// (models/timing/solve.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/isa/region.h"
#include "models/isa/unit.h"

namespace tricycle {

/// dst <- -(I + L)^-1 [linear | L], where L is the strictly lower part of `a` (n x n).  The rows of
/// forward substitution are computed one after the other, each rounded once as by row_step.
/// Without linear terms the result is (I + L)^-1 - I.  Entries to the right of the solution, and
/// above the diagonal of its last part, become +0.
struct Solve {
  static constexpr std::string_view kName = "solve";
  static constexpr char kLetter = 'T';
  static constexpr Unit kUnit = Unit::kSolve;
  Region a{};
  std::vector<Region> linear{};  // n rows each, side by side
  bool inverse = true;           // L follows the linear terms

  std::int64_t n() const { return a.rows; }
  /// Columns of the linear terms.
  std::int64_t linear_cols() const {
    std::int64_t cols = 0;
    for (const Region& term : linear) cols += term.cols;
    return cols;
  }
  /// Every linear column meets all of L.  Column h of the inverse begins at row h.  No operand is
  /// known to be zero.
  std::int64_t macs() const {
    return linear_cols() * n() * (n() - 1) / 2 +
           (inverse ? n() * (n() - 1) * (n() - 2) / 6 : std::int64_t{0});
  }
  bool is_step() const { return true; }
  friend bool operator==(const Solve&, const Solve&) = default;
};

/// Reads only the part of `a` below the diagonal.
template <typename F>
void for_each_read(const Solve& op, const Region&, F&& f) {
  for (std::int32_t i = 1; i < op.a.rows; ++i) f(Region{op.a.buffer, op.a.row + i, op.a.col, 1, i});
  for (const Region& term : op.linear) f(term);
}
std::string shape_fault(const Program& program, const Region& dst, const Solve& op);
std::string operands_text(const Program& program, const Solve& op);
void read_operands(TextReader& text, const Region& dst, Solve& op);

}  // namespace tricycle
