// SPDX-License-Identifier: Apache-2.0
//
// What rows can say about constants: which they do not see, and which they cannot tell apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/calibrate/row_simulator.h"

namespace tricycle {

/// Rows whose figures differ by no more than this count as unchanged.
inline constexpr double kSameFigure = 0.005;
/// By how much the root mean square error may grow within a constant's interval.
inline constexpr double kIntervalGrowth = 0.005;

/// A key at two values.
struct KeyMove {
  std::size_t key = 0;
  double from = 0, to = 0;
};

/// How much one key matters to the rows.
struct KeyInfluence {
  double low = 0, high = 0;   // half and twice the fitted value, within the range
  double largest_change = 0;  // of a row's figure, as a part, from the fitted value to either
  bool is_seen = false;       // above kSameFigure
  double interval_low = 0,
         interval_high = 0;  // where the error grows by no more than kIntervalGrowth
  bool low_is_bound = false, high_is_bound = false;  // the interval reaches the end of the range
};

/// Keys that the rows see only together: moved at once they change no row by more than kSameFigure.
struct Confusion {
  std::vector<KeyMove> moves;  // two or more, the one that matters most first
  double largest_change = 0;   // of a row's figure by all moves together
  double change_by_first = 0;  // by the first move alone
};

struct Identifiability {
  std::vector<KeyInfluence> influences;  // of the keys, in their order
  std::vector<double> singular_values;   // of the slopes of the keys that are seen, largest first
  /// Of the fitted logarithms, key by key; nullopt where a key is not seen or nothing is left.
  std::vector<std::vector<std::optional<double>>> correlations;
  std::vector<Confusion> confusions;
};

/// Looks at the rows around the fitted values.  Everything that is said was simulated; the linear
/// model of error_slopes() only says where to look.
Identifiability identify(RowSimulator& simulator, const RowIndices& rows, const KeyValues& fitted);

}  // namespace tricycle
