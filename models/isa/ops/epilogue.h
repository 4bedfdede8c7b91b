// SPDX-License-Identifier: Apache-2.0
//
// What follows a product: its sums are added to other terms and rounded to storage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/isa/region.h"
#include "models/isa/unit.h"

namespace tricycle {

/// Vector unit: dst <- keep(mask, round(+-((diagonal I + terms[0] + terms[1] + ..) +
/// accumulator))).  Without terms the sum starts at +0.
struct Epilogue {
  static constexpr std::string_view kName = "epilogue";
  static constexpr char kLetter = 'P';
  static constexpr Unit kUnit = Unit::kVector;
  std::vector<Region> terms{};          // added in this order
  std::optional<Region> accumulator{};  // the product, added last
  // For sums of codes: the scales of their rows (a column) and of their columns (a row), or one
  // element for all.
  std::optional<Region> row_scales{}, col_scales{};
  double diagonal = 0;        // added first, where the row and column in the buffer are equal
  int sum_fraction_bits = 0;  // fixed point: fraction bits of the products
  bool negate = false;
  bool zero_accumulator = false;  // add +0 where the product is known to be zero (-0 + 0 is +0)
  bool positive_zero = false;     // a result of -0 is stored as +0 (as if added to a +0)
  bool keep_old = false;          // discarded entries keep their old value in dst (a masked store)
  // Position of dst's buffer in the matrix that its results belong to.  Stochastic rounding depends
  // on the position of an entry in that matrix.
  std::int32_t place_row = 0, place_col = 0;
  Mask mask{};
  /// Whether it waits for the sums of a product, and so is a step of a chain of products
  /// (isa/depth.h).
  bool is_step() const { return accumulator.has_value(); }
  friend bool operator==(const Epilogue&, const Epilogue&) = default;
};

/// read_out: dst (scratchpad) <- keep(mask, round(accumulator)), with one rounding and nothing
/// added.  The accumulator keeps its sums.
struct ReadOut {
  static constexpr std::string_view kName = "read_out";
  static constexpr char kLetter = 'O';
  static constexpr Unit kUnit = Unit::kReadOut;
  Region accumulator{};
  int sum_fraction_bits = 0;  // fixed point: fraction bits of the products
  Mask mask{};
  bool is_step() const { return true; }
  friend bool operator==(const ReadOut&, const ReadOut&) = default;
};

template <typename F>
void for_each_read(const Epilogue& op, const Region& dst, F&& f) {
  for (const Region& term : op.terms) f(term);
  if (op.accumulator) f(*op.accumulator);
  if (op.row_scales) f(*op.row_scales);
  if (op.col_scales) f(*op.col_scales);
  if (op.keep_old) f(dst);
}
template <typename F>
void for_each_read(const ReadOut& op, const Region&, F&& f) {
  f(op.accumulator);
}
std::string shape_fault(const Program& program, const Region& dst, const Epilogue& op);
std::string operands_text(const Program& program, const Epilogue& op);
void read_operands(TextReader& text, const Region& dst, Epilogue& op);
std::string shape_fault(const Program& program, const Region& dst, const ReadOut& op);
std::string operands_text(const Program& program, const ReadOut& op);
void read_operands(TextReader& text, const Region& dst, ReadOut& op);

}  // namespace tricycle
