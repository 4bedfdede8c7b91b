// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "sim/engine/cut_search.h"
#include "workloads/algorithm.h"

namespace tricycle {

/// The ways that a problem's items take through a program with exits.
using WaysOf = std::function<ItemWays(const Program&)>;

/// The best program for one inversion, by best_cut().  Its blocks can be cut with every edge of
/// tile_edges(), with every size of the groups in which small blocks are merged, and with every
/// place for linear terms that the machine has (linear_terms_on()).  What `fixed` sets is not
/// searched.  Bits depend on the choice of linear_terms alone, which the result names.  Throws
/// InputError for format or memory, and for a fixed cut that this lowering lacks; the message lists
/// the cuts it has.
///
/// `ways_of`: for algorithms whose programs have exits.  Values are the same for every cut with the
/// same linear terms, so it is asked once for each of these.  Without it every item takes the
/// longest way.
TimedProgram lower_fastest(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                           int chunk, Format format, const HwConfig& hw, const Cut& fixed = {},
                           const WaysOf& ways_of = {});

/// The program of the named algorithm at its published setting.
Program lower_published(std::string_view algorithm, int chunk, Format format, const HwConfig& hw);

/// Cost of one item of a program, given its cycles.  It must not be less where the cycles are more.
using ItemCost = std::function<double(const Program&, double cycles)>;

/// Lower bound on what lower_fastest()'s program costs: the smallest cost of all cuts, each with
/// the cycles of its bounds (item_bounds()).  Nothing is simulated.  Throws InputError (format,
/// memory).
double least_cost_per_chunk(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                            int chunk, Format format, const HwConfig& hw, const ItemCost& cost,
                            const Cut& fixed = {});

/// The program of one matrix product, in panels or in strips, whichever takes fewer cycles on an
/// otherwise idle machine.  Panels are taken where both are equal, or where there would be more
/// than 4096 strips.  Throws InputError (format, memory).
Program lower_fastest_gemm(const HwConfig& hw, Format format, int m, int n, int k,
                           std::optional<Format> weights = {});

}  // namespace tricycle
