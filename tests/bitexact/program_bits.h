// SPDX-License-Identifier: Apache-2.0
//
// What a program stores for one chunk: interpreted, and simulated.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/semantics/execute.h"
#include "sim/units/npu.h"
#include "workloads/ensembles.h"

namespace tricycle::testing {

using Bits = std::vector<std::uint8_t>;

/// The first chunk of a synthetic ensemble.
inline std::vector<double> chunk_of(std::string_view ensemble, int size) {
  Problem problem;
  problem.chunk = size;
  problem.ensemble = ensemble;
  problem.matrices = 1;
  return synthetic_chunks(problem).front().a;
}

/// `saturated`, if given, takes the number of entries that were clipped to fixed point.
inline Bits interpreted(const Program& p, const HwConfig& hw, const std::vector<double>& a,
                        SumForm form = SumForm::kFast, std::int64_t* saturated = nullptr) {
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], a, state);
  interpret(p, hw, state, form);
  if (saturated != nullptr) *saturated = state.saturated_count;
  return read_bits(p, p.output, state);
}

/// The way that a chunk's values take.
inline Way way_taken(const Program& p, const HwConfig& hw, const std::vector<double>& a,
                     SumForm form) {
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], a, state);
  return interpret(p, hw, state, form);
}

/// Whether every value is.
inline bool is_finite(const Values& values) {
  return std::visit(
      [](const auto& v) {
        return std::all_of(v.begin(), v.end(),
                           [](auto x) { return std::isfinite(static_cast<double>(x)); });
      },
      values);
}

/// Of two chunks, the second one behind the first.
inline Bits simulated(const Program& p, const HwConfig& hw, const std::vector<double>& a,
                      Fidelity fidelity = Fidelity::kTile) {
  Bits bits;
  const ItemIo io{[&](std::int64_t, MachineState& s) { write_input(p, p.inputs[0], a, s); },
                  [&](std::int64_t, const MachineState& s) { bits = read_bits(p, p.output, s); }};
  simulate(p, hw, 2, &io, fidelity);
  return bits;
}

}  // namespace tricycle::testing
