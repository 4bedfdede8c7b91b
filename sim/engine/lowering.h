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

/// The best program of one inversion (best_cut()): every edge of tile_edges(), and every size of
/// the groups in which small blocks are merged, is a way to cut its blocks.  Bits do not depend on
/// the choice.  What `fixed` says is no choice.  Throws InputError (format, memory; a cut that this
/// lowering does not have, with those it has).
TimedProgram lower_fastest(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                           int chunk, Format format, const HwConfig& hw, const Cut& fixed = {});

/// .. at the published setting of the algorithm of that name.
Program lower_published(std::string_view algorithm, int chunk, Format format, const HwConfig& hw);

/// What an item costs that a program makes in so many cycles; not less where it takes more.
using ItemCost = std::function<double(const Program&, double cycles)>;

/// What lower_fastest()'s program cannot cost less than: the smallest cost of all the cuts, each in
/// the cycles of its bounds (item_bounds()).  Nothing is simulated.  Throws InputError (format,
/// memory).
double least_cost_per_chunk(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                            int chunk, Format format, const HwConfig& hw, const ItemCost& cost);

/// The program of one product, in panels or in strips, whichever takes fewer cycles on a machine
/// that has nothing else to do; panels where that is equal or there were more than 4096 strips.
/// Throws InputError (format, memory).
Program lower_fastest_gemm(const HwConfig& hw, Format format, int m, int n, int k,
                           std::optional<Format> weights = {});

}  // namespace tricycle
