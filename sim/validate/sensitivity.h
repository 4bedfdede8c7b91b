// SPDX-License-Identifier: Apache-2.0
//
// How the result would change if an assumed constant of a machine were wrong.  The result is the
// answer that the tool is asked for; the constant is halved and doubled.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/hw_config.h"

namespace tricycle {

/// The machine with one number, that of the dotted key `key`, multiplied by `factor`.  Integers are
/// rounded to the nearest, and the value is kept within the key's range.  None: the key is not a
/// number, or nothing changes.
std::optional<HwConfig> scaled(const HwConfig& hw, std::string_view key, double factor);

/// Speed-up of neumann_masked over forward_substitution in steady state, for chunks of 64 in the
/// machine's `format`.
struct Sensitivity {
  std::string machine, key, value, source;
  double base = 0;
  /// None: the machine cannot run the algorithms then, or it does not change.
  std::optional<double> halved, doubled;
  /// The largest relative change.
  double spread() const;
};

/// Every assumed number of every shipped machine that changes the figure by more than a tenth of a
/// percent.  The rows are machine by machine, the largest change first.  The format is fp16, or
/// int8 where a machine has no fp16.  `begin(machine, machines)`, if any, is called before each
/// machine; `machines` is how many there are.
std::vector<Sensitivity> sensitivities(
    const std::function<void(const std::string& machine, std::size_t machines)>& begin = nullptr);

/// The rows as a table, in text or in Markdown.
std::string sensitivity_table(const std::vector<Sensitivity>& rows, bool markdown);

}  // namespace tricycle
