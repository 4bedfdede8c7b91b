// SPDX-License-Identifier: Apache-2.0
//
// What would follow if an assumed constant of a machine were wrong: the answer the tool is asked
// for, with the constant halved and doubled.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/hw_config.h"

namespace tricycle {

/// The machine with one number, of dotted key `key`, multiplied by `factor` (integers rounded to
/// the nearest) and held within the key's range.  None: the key is no number, or that changes
/// nothing.
std::optional<HwConfig> scaled(const HwConfig& hw, std::string_view key, double factor);

/// Speed-up of neumann_masked over forward_substitution, chunks of 64 in the machine's `format`,
/// steady state.
struct Sensitivity {
  std::string machine, key, value, source;
  double base = 0;
  std::optional<double> halved, doubled;  // none: the machine cannot run them, or does not change
  /// Largest relative change.
  double spread() const;
};

/// Every assumed number of every shipped machine that changes the figure by more than a tenth of a
/// percent, largest change first, machine by machine; fp16, or int8 where a machine has no fp16.
/// `begin(machine, machines)`, if any, is called before each of so many.
std::vector<Sensitivity> sensitivities(
    const std::function<void(const std::string& machine, std::size_t machines)>& begin = nullptr);

/// The table, as text or as Markdown.
std::string sensitivity_table(const std::vector<Sensitivity>& rows, bool markdown);

}  // namespace tricycle
