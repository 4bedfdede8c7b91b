// SPDX-License-Identifier: Apache-2.0
//
// What `tricycle layer` prints: cycles, milliseconds, tokens a second, energy, and what the choice
// of the inversion is worth in them.
#pragma once

#include <string>

#include "models/hw_config.h"
#include "sim/engine/layer.h"

namespace tricycle {

/// Units of what a layer's cycles and picojoules are told in.
struct LayerScale {
  double clock_ghz = 1;
  std::int64_t tokens = 1;

  double ms(double cycles) const { return cycles / clock_ghz / 1e6; }
  double tokens_per_s(double cycles) const {
    return static_cast<double>(tokens) * clock_ghz * 1e9 / cycles;
  }
  double uj_per_token(double pj) const { return pj / 1e6 / static_cast<double>(tokens); }
};
constexpr double pj_to_mj(double pj) { return pj / 1e9; }

/// What the inversion is worth: how much of the layer it is by each algorithm, and what the best of
/// them saves.
struct InversionWorth {
  double least_share = 0, largest_share = 0;        // of the layer with that algorithm
  const LayerCycles::Inversion* best = nullptr;     // of the fewest cycles
  const LayerCycles::Inversion* slowest = nullptr;  // of the most
  double saved_cycles = 0;                          // of the layer, best against slowest
  double saved = 0;                                 // .. of its cycles with the slowest
};
/// Precondition: there are inversions.
InversionWorth inversion_worth(const LayerCycles& cycles);

/// The stages, one a line, with the last of the inversions in its place; the layer below.
std::string stage_table(const LayerCycles& cycles, const LayerScale& scale);
/// The layer by each inversion; "" without any.
std::string inversion_table(const LayerCycles& cycles, const LayerScale& scale);
/// A sentence for the decision: what the choice of the inversion saves, or how little; "" without
/// any.
std::string worth_text(const LayerCycles& cycles, const LayerScale& scale);

}  // namespace tricycle
