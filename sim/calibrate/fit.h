// SPDX-License-Identifier: Apache-2.0
//
// Least squares of relative errors: the values of constants at which rows are met best.
#pragma once

#include "sim/calibrate/row_simulator.h"

namespace tricycle {

/// Values at which the rows' errors are least.  Gauss-Newton steps lead from the machine's own
/// values; unless they meet every row, NLopt looks over the whole range (DIRECT-L), then around the
/// best (SBPLX).  The lattice's neighbours end it.  Of values that are as good, those nearest to
/// the machine's own are taken.  Deterministic.
KeyValues fit(RowSimulator& simulator, const RowIndices& rows);

/// The same from values that are nearly as good, by Gauss-Newton and the lattice alone; values that
/// meet every row stay.
KeyValues refit(RowSimulator& simulator, const RowIndices& rows, const KeyValues& start);

}  // namespace tricycle
