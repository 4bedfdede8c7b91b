// SPDX-License-Identifier: Apache-2.0
//
// The constants that `tricycle calibrate` may change: numeric keys of a machine, each with a range.
#pragma once

#include <string>
#include <vector>

#include "models/field.h"
#include "models/hw_config.h"

namespace tricycle {

/// A key whose value is fitted.  Values are on a lattice: whole numbers, or numbers of four
/// significant digits.
struct FreeKey {
  std::string key;  // dotted
  Quantity quantity = Quantity::kCount;
  bool is_integer = false;
  double before = 0;         // value of the machine
  double low = 0, high = 0;  // in the key's unit, low < high

  /// The next value on the lattice, within the range.
  double snapped(double value) const;
  /// The value a few steps of the lattice on: whole numbers, or parts of a thousand.
  double stepped(double value, int steps) const;
  /// The logarithm that the optimiser works with, and its inverse.  Ranges that begin at 0 are
  /// shifted.
  double to_log(double value) const;
  double from_log(double logarithm) const;
  /// As YAML writes it: "7", "120 ns".
  std::string text(double value) const;
};

/// What --free says: KEY or KEY=LOW..HIGH, where the default range is a sixteenth of the machine's
/// value to sixteen times it, within what the key may be.  Throws InputError with a line for every
/// text that is none.
std::vector<FreeKey> parse_free_keys(const std::vector<std::string>& texts, const HwConfig& hw);

/// One value for each free key, in their order.
using KeyValues = std::vector<double>;

KeyValues values_before(const std::vector<FreeKey>& keys);

}  // namespace tricycle
