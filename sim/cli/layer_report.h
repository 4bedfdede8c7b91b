// SPDX-License-Identifier: Apache-2.0
//
// What `tricycle layer` prints: cycles, milliseconds, tokens per second and energy, and how much of
// each the choice of the inversion is worth.
#pragma once

#include <string>

#include "models/hw_config.h"
#include "sim/engine/layer.h"

namespace tricycle {

/// Converts a layer's cycles and picojoules to the units of the report.
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

/// What the choice of the inversion is worth: each algorithm's share of the layer, and what the
/// best one saves.
struct InversionWorth {
  double least_share = 0, largest_share = 0;        // of the layer with that algorithm
  const LayerCycles::Inversion* best = nullptr;     // the one with the fewest cycles
  const LayerCycles::Inversion* slowest = nullptr;  // the one with the most cycles
  double saved_cycles = 0;  // cycles of the layer that the best saves against the slowest
  double saved = 0;         // the same as a fraction of the layer's cycles with the slowest
};
/// Precondition: there are inversions.
InversionWorth inversion_worth(const LayerCycles& cycles);

/// The table of the stages, one per line, and below it the layer.  The last of the inversions
/// stands in their place.
std::string stage_table(const LayerCycles& cycles, const LayerScale& scale);
/// The table of the layer with each inversion; "" where there is none.
std::string inversion_table(const LayerCycles& cycles, const LayerScale& scale);
/// A sentence that helps to decide: what the choice of the inversion saves, or that it saves
/// little. "" where there is none.
std::string worth_text(const LayerCycles& cycles, const LayerScale& scale);

}  // namespace tricycle
