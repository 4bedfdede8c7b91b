// SPDX-License-Identifier: Apache-2.0
//
// A constraint of a grid and an expression of a derived key: parsed, and asked of points.
#include "sim/sweep/constraint.h"

#include "sim/sweep/grid.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

namespace {

/// A number for keys that have one.
KeyValue value_of(const std::string& key, double number) {
  const auto kind = AxisKeys::all().kind(key);
  if (kind && !kind->number) return std::string("fp16");
  return number;
}

const KeyNames& names() {
  static const KeyNames names{[](std::string_view key) {
                                const auto kind = AxisKeys::all().kind(key);
                                return kind ? kind : column_kind(key);
                              },
                              [](std::string_view key) { return AxisKeys::all().suggest(key); }};
  return names;
}

}  // namespace

void fuzz::read_constraint(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  constexpr double kNumbers[] = {0.0, 1.0, -1e300};
  expect_read_or_refused([&] {
    const Constraint constraint(text, names());
    for (const double number : kNumbers)
      constraint.holds([&](const std::string& key) { return value_of(key, number); });
  });
  expect_read_or_refused([&] {
    const Expression expression = parse_number_expression(text, names());
    for (const double number : kNumbers)
      expression.value([&](const std::string& key) { return value_of(key, number); });
  });
}
