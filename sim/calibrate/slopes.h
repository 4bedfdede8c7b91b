// SPDX-License-Identifier: Apache-2.0
//
// The linear model of rows around a point: how their errors change with the constants.
#pragma once

#include <vector>

#include "sim/calibrate/row_simulator.h"

namespace tricycle {

/// How the errors of rows, log(simulated / measured), change with the logarithms of the constants:
/// a row of numbers for each row, a column for each key.
using Slopes = std::vector<std::vector<double>>;

/// Slopes by differences over a tenth of each value to either side, or a whole number at least: a
/// simulator's response is a staircase.
Slopes error_slopes(RowSimulator& simulator, const KeyValues& at, const RowIndices& rows);

/// The step of the logarithms that makes |errors + slopes . step| least, over the keys in `free`;
/// 0 for the others.  Directions that the rows do not see are left alone.
std::vector<double> least_squares_step(const std::vector<double>& errors, const Slopes& slopes,
                                       const std::vector<bool>& free);

/// The values with one key moved to another value, and the other keys moved along so that the
/// errors stay as small as slopes say.
KeyValues moved_along(const std::vector<FreeKey>& keys, const KeyValues& at, std::size_t key,
                      double to, const std::vector<double>& errors, const Slopes& slopes);

/// Root of the mean square of errors; as a part: 0.01 is one per cent.
double root_mean_square(const std::vector<double>& errors);

}  // namespace tricycle
