// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "workloads/algorithm.h"

namespace tricycle {

/// A program and what an item of it costs when many follow each other (steady_cycles_per_item).
struct TimedProgram {
  Program program;
  double cycles_per_item = 0;
};

/// The program of one inversion, its blocks cut so that many of them pass the machine in the fewest
/// cycles: every edge of tile_edges(), and every size of the groups in which small
/// blocks are merged, is lowered and simulated without values; of equally fast ones
/// the one with the fewest instructions wins.  Bits do not depend on the choice.  Throws InputError
/// (format, memory).
TimedProgram lower_fastest(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                           int chunk, Format format, const HwConfig& hw);

/// .. at the published setting of the algorithm of that name.
Program lower_published(std::string_view algorithm, int chunk, Format format, const HwConfig& hw);

/// What an item costs that a program makes in so many cycles; not less where it takes more.
using ItemCost = std::function<double(const Program&, double cycles)>;

/// What lower_fastest()'s program cannot cost less than: the smallest cost of all the cuts, each in
/// least_cycles_per_item().  Nothing is simulated.  Throws InputError (format, memory).
double least_cost_per_chunk(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                            int chunk, Format format, const HwConfig& hw, const ItemCost& cost);

/// The program of one product, in panels or in strips, whichever takes fewer cycles on a machine
/// that has nothing else to do; panels where that is equal or there were more than 4096 strips.
/// Throws InputError (format, memory).
Program lower_fastest_gemm(const HwConfig& hw, Format format, int m, int n, int k,
                           std::optional<Format> weights = {});

}  // namespace tricycle
