// SPDX-License-Identifier: Apache-2.0
//
// Text of numbers with units: the one place that knows suffixes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/config_fields.h"

namespace tricycle {

/// true, True, TRUE and their opposites, as YAML 1.2's core schema has them; nullopt: none of them.
std::optional<bool> parse_flag(std::string_view text);
/// Strict decimal, no leading zero, sign only '-', with a suffix of the field's quantity, or,
/// without suffix, 0x1F or 0o17; nullopt if not, or out of range.
std::optional<std::int64_t> parse_integer(std::string_view text, const Field& field);
/// As parse_integer, with fraction and exponent; the value is in the quantity's unit (GHz, ns,
/// GB/s).
std::optional<double> parse_real(std::string_view text, const Field& field);

/// The text that parses back to exactly this value: "8 MiB", "24", "1.37 GHz".
std::string format_quantity(Quantity quantity, std::int64_t value);
std::string format_quantity(Quantity quantity, double value);

/// `integer in [1, 1024]`, `frequency in [0.001, 10] GHz with its unit ("1.37 GHz")`: completes
/// "expected ...".
std::string expectation(const Field& field, bool integer);

/// A suffix of some quantity: a number before it times `multiply` / `divide` is in the quantity's
/// unit.
struct UnitSuffix {
  std::string_view text;
  Quantity quantity;
  double multiply, divide;
};
/// The longest suffix of any quantity that `text` begins with, as a word of its own.
std::optional<UnitSuffix> leading_suffix(std::string_view text);

std::string_view unit_name(Quantity quantity);  // "cycles", "GHz"; empty for counts
bool requires_unit(Quantity quantity);
/// Regular expression of the values that carry a suffix; empty for counts, which have none.
std::string suffix_pattern(Quantity quantity, bool integer);

}  // namespace tricycle
