// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/hw_config.h"
#include "workloads/algorithm.h"
#include "workloads/gated_deltanet/layer.h"

namespace tricycle {

/// Cycles that a program takes for `items` items, without the launch.  Up to 16 rounds of items in
/// flight are simulated completely.  Beyond that, 16 rounds are simulated, and every further item
/// counts the mean of the 10 rounds in their middle, but no less than its bounds
/// (sim/engine/steady_state.h).
double cycles_of_items(const Program& program, const HwConfig& hw, std::int64_t items);

/// One stage, alone on the machine.
struct StageCycles {
  std::string name, work;
  std::int64_t items = 0;
  double cycles = 0;          // of all items, without the launch
  std::string_view bound_by;  // models/resource.h
  double bound_cycles = 0;    // the least that resource needs for all items; <= cycles
  double gap = 0;             // cycles / bound_cycles - 1
  /// Why the gap is notable, else empty.  Says what the bounding unit waited for, and which key of
  /// the machine would close most of the gap if it were four times as large: "matrix: wait_vector
  /// 23 %; with 4 times accumulator_memory.size 85102336 instead of 114688000 cycles".
  std::string gap_cause;
  /// Nominal, of all items; none where the machine has no section `cost`
  std::optional<double> energy_pj;
};

/// The stages of a layer, one after the other.  The inversion is there once for each of several
/// algorithms.
struct LayerCycles {
  struct Inversion {
    std::string algorithm, parameters;
    StageCycles stage;
  };
  std::vector<StageCycles> others;    // in order
  std::size_t solve_at = 0;           // the place of the inversion: before others[solve_at]
  std::vector<Inversion> inversions;  // none in decode

  double other_cycles() const;
  /// Energy of the other stages and one inversion (none in decode); none where the machine has no
  /// costs.
  std::optional<double> energy_pj(const Inversion* inversion) const;
  double total(const Inversion& inversion) const { return other_cycles() + inversion.stage.cycles; }
  /// Fraction of the layer's cycles that the inversion takes.
  double share(const Inversion& inversion) const {
    return inversion.stage.cycles / total(inversion);
  }
  /// Fraction of the cycles that this algorithm saves against the layer with the first algorithm.
  double saved(const Inversion& inversion) const {
    return 1 - total(inversion) / total(inversions.front());
  }
};

/// Throws InputError where the machine cannot run this algorithm in the stage `solve` of the layer,
/// because of formats, operations, memory or parameters.
void check_inversion(const HwConfig& hw, const Problem& problem, const LayerChoice& choice,
                     const Algorithm& algorithm, const AlgorithmOptions& options, Format format);

/// Simulates every stage as a kernel of its own, for timing only.  Launches are left out, since the
/// kernels of a graph follow one another without the host.  Throws InputError.
LayerCycles layer_cycles(const HwConfig& hw, const Problem& problem, const LayerChoice& choice,
                         const std::vector<const Algorithm*>& algorithms,
                         const AlgorithmOptions& options, Format format);

}  // namespace tricycle
