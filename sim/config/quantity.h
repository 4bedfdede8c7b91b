// SPDX-License-Identifier: Apache-2.0
//
// Parses and formats numbers with units.  No other code knows the suffixes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/config_fields.h"

namespace tricycle {

/// Parses true, True, TRUE and their opposites, as in the core schema of YAML 1.2; nullopt for
/// other texts.
std::optional<bool> parse_flag(std::string_view text);
/// Parses an integer with a suffix of the field's quantity.  It is strictly decimal, without
/// leading zeros; the only sign is '-'.  Without a suffix, 0x1F and 0o17 are valid too.  nullopt if
/// the text is not valid or out of range.
std::optional<std::int64_t> parse_integer(std::string_view text, const Field& field);
/// As parse_integer, but with fraction and exponent.  The value is in the quantity's unit (GHz, ns,
/// GB/s).
std::optional<double> parse_real(std::string_view text, const Field& field);

/// A text that parses back to exactly this value: "8 MiB", "24", "1.37 GHz".
std::string format_quantity(Quantity quantity, std::int64_t value);
std::string format_quantity(Quantity quantity, double value);

/// What to write after "expected ..": `integer in [1, 1024]`, `frequency in [0.001, 10] GHz with
/// its unit ("1.37 GHz")`.
std::string expectation(const Field& field, bool integer);

/// A suffix of some quantity.  A number before it, times `multiply` / `divide`, is in the
/// quantity's unit.
struct UnitSuffix {
  std::string_view text;
  Quantity quantity;
  double multiply, divide;
};
/// The longest suffix of any quantity that `text` begins with, where it is a word by itself.
std::optional<UnitSuffix> leading_suffix(std::string_view text);

std::string_view unit_name(Quantity quantity);  // "cycles", "GHz"; empty for counts
bool requires_unit(Quantity quantity);
/// Regular expression for values with a suffix; empty for counts, which have none.
std::string suffix_pattern(Quantity quantity, bool integer);

}  // namespace tricycle
