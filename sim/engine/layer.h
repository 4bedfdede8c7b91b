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

/// Cycles a program takes for `items`, launch aside: simulated whole or, beyond 16 rounds of items
/// in flight, the simulated 16 rounds and every further item at the mean of the 10 rounds in their
/// middle, and no less than its bounds (sim/engine/steady_state.h).
double cycles_of_items(const Program& program, const HwConfig& hw, std::int64_t items);

/// A stage alone on the machine.
struct StageCycles {
  std::string name, work;
  std::int64_t items = 0;
  double cycles = 0;          // of all items, launch aside
  std::string_view bound_by;  // models/resource.h
  double bound_cycles = 0;    // what that resource needs for all items at the least; <= cycles
  double gap = 0;             // cycles / bound_cycles - 1
  /// Where the gap is notable: what the bounding unit waited for, and which key of the machine,
  /// four times as large, would close most of it: "matrix: wait_vector 23 %; with 4
  /// times accumulator_memory.size 85102336 instead of 114688000 cycles".  Else empty.
  std::string gap_cause;
  std::optional<double> energy_pj;  // nominal, of all items; none: the machine has no section cost
};

/// The stages of a layer one after the other, the inversion by each of several algorithms.
struct LayerCycles {
  struct Inversion {
    std::string algorithm, parameters;
    StageCycles stage;
  };
  std::vector<StageCycles> others;    // in order
  std::size_t solve_at = 0;           // inversions stand before others[solve_at]
  std::vector<Inversion> inversions;  // none in decode

  double other_cycles() const;
  /// Of the other stages and one inversion (none in decode); none where the machine has no costs.
  std::optional<double> energy_pj(const Inversion* inversion) const;
  double total(const Inversion& inversion) const { return other_cycles() + inversion.stage.cycles; }
  /// Part of the layer's cycles that the inversion takes.
  double share(const Inversion& inversion) const {
    return inversion.stage.cycles / total(inversion);
  }
  /// Part of the layer's cycles with the first algorithm that this one saves.
  double saved(const Inversion& inversion) const {
    return 1 - total(inversion) / total(inversions.front());
  }
};

/// Throws InputError where the machine cannot run this algorithm in the stage `solve` of the layer:
/// formats, operations, memory, parameters.
void check_inversion(const HwConfig& hw, const Problem& problem, const LayerChoice& choice,
                     const Algorithm& algorithm, const AlgorithmOptions& options, Format format);

/// Simulates every stage as a kernel of its own, timing only.  Launches are left out: the kernels
/// of a graph follow one another without the host.  Throws InputError.
LayerCycles layer_cycles(const HwConfig& hw, const Problem& problem, const LayerChoice& choice,
                         const std::vector<const Algorithm*>& algorithms,
                         const AlgorithmOptions& options, Format format);

}  // namespace tricycle
