// SPDX-License-Identifier: Apache-2.0
//
// What makes a program depend on its data: norms of matrices, and exits that skip instructions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/isa/region.h"
#include "models/isa/unit.h"

namespace tricycle {

/// Norms of a matrix M, from its magnitudes |m_ij| (Golub and Van Loan, Matrix Computations, 2.3).
enum class NormKind : std::uint8_t {
  kRows,       // ||M||_inf: the largest sum of a row
  kColumns,    // ||M||_1: the largest sum of a column
  kFrobenius,  // sqrt of the sum of all squares
  kBound,      // min(frobenius, sqrt(rows columns)): no less than ||M||_2
};

/// Vector unit: dst (one element, a float) <- the norm of a matrix, of which `parts` are the
/// rectangles that are not known to be zero.
///
/// Arithmetic: binary32 (binary64 where dst is fp64), every operation rounded to nearest even.  A
/// row is summed from its first column on, a column from its first row, squares row by row.  So the
/// result does not depend on how the matrix is cut into parts.  A NaN in M makes the norm NaN.
struct Norm {
  static constexpr std::string_view kName = "norm";
  static constexpr char kLetter = 'N';
  static constexpr Unit kUnit = Unit::kVector;
  NormKind kind = NormKind::kBound;
  std::vector<Region> parts{};
  friend bool operator==(const Norm&, const Norm&) = default;
};

/// When an exit is taken.  A NaN is above every limit.
enum class ExitWhen : std::uint8_t { kAtMost, kAbove, kAlways };

/// Vector unit: dst (one element) <- 1 where the condition holds, else 0.  Where it holds, the
/// sequencer goes on with instruction `target`, which must come later, and skips those between.
/// Every later instruction waits for the decision: the sequencer does not speculate.
struct Exit {
  static constexpr std::string_view kName = "exit";
  static constexpr char kLetter = 'J';
  static constexpr Unit kUnit = Unit::kVector;
  ExitWhen when = ExitWhen::kAlways;
  std::optional<Region> value{};  // one element; none for kAlways
  double limit = 0;
  std::uint32_t target = 0;
  std::int64_t products = 0;  // of the algorithm, among the skipped instructions
  friend bool operator==(const Exit&, const Exit&) = default;
};

template <typename F>
void for_each_read(const Norm& op, const Region&, F&& f) {
  for (const Region& r : op.parts) f(r);
}
template <typename F>
void for_each_read(const Exit& op, const Region&, F&& f) {
  if (op.value) f(*op.value);
}
std::string shape_fault(const Program& program, const Region& dst, const Norm& op);
std::string operands_text(const Program& program, const Norm& op);
void read_operands(TextReader& text, const Region& dst, Norm& op);
std::string shape_fault(const Program& program, const Region& dst, const Exit& op);
std::string operands_text(const Program& program, const Exit& op);
void read_operands(TextReader& text, const Region& dst, Exit& op);

}  // namespace tricycle
