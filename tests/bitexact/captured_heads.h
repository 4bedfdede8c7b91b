// SPDX-License-Identifier: Apache-2.0
//
// Heads captured from a trained model, and what the stages of the delta rule are compared by.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "sim/units/npu.h"
#include "workloads/gated_deltanet/delta_rule_programs.h"
#include "workloads/gated_deltanet/stage_builder.h"
#include "workloads/safetensors.h"

namespace tricycle::testing {

/// The value heads of one layer; they share its one key head.
struct CapturedLayer {
  std::vector<DeltaInputs> heads;
  std::vector<RealMatrix> outputs;
};

inline CapturedLayer captured_in(const std::string& file, const std::string& layer,
                                 std::int64_t tokens) {
  static const auto tensors = read_safetensors(file);
  const auto of_head = [&](const std::string& name, std::int64_t head) {
    const Tensor& t = tensors.at(layer + "." + name);
    const std::vector<double> all = to_doubles(t, name);
    const std::int64_t heads = t.shape[1], width = t.shape.size() > 2 ? t.shape[2] : 1;
    RealMatrix m(tokens, width);
    for (std::int64_t i = 0; i < tokens; ++i)
      for (std::int64_t j = 0; j < width; ++j)
        m.at(i, j) = all[static_cast<std::size_t>((i * heads + head) * width + j)];
    return m;
  };
  CapturedLayer out;
  for (std::int64_t head = 0; head < 2; ++head) {
    RealMatrix q = of_head("q", 0);
    for (double& value : q.values) value /= std::sqrt(128.0);  // stored before it is scaled
    out.heads.push_back({std::move(q), of_head("k", 0), of_head("v", head),
                         of_head("beta", head).values, of_head("g", head).values});
    out.outputs.push_back(of_head("o", head));
  }
  return out;
}

/// || a - b || / || b || over all heads.
inline double relative_error(const std::vector<RealMatrix>& a, const std::vector<RealMatrix>& b) {
  double difference = 0, size = 0;
  for (std::size_t h = 0; h < a.size(); ++h)
    for (std::size_t i = 0; i < a[h].values.size(); ++i) {
      difference += std::pow(a[h].values[i] - b[h].values[i], 2);
      size += std::pow(b[h].values[i], 2);
    }
  return std::sqrt(difference / size);
}

inline std::vector<RealMatrix> definition(const std::vector<DeltaInputs>& heads) {
  std::vector<RealMatrix> out;
  for (const DeltaInputs& head : heads) out.push_back(delta_rule_recurrent(head));
  return out;
}

/// Every item's values as they pass the machine in time.
inline Execute simulated(const HwConfig& hw) {
  return [&hw](const Program& program, std::int64_t items, const auto& load, const auto& store) {
    const ItemIo io{load, store};
    simulate(program, hw, items, &io);
  };
}

/// Outputs of a head by the program of the recurrent step, token after token.
inline RealMatrix repeated_step(const Program& step, const DeltaInputs& head, const HwConfig& hw) {
  const std::int64_t dk = head.k.cols, dv = head.v.cols, gates = head.gate_width();
  std::vector<double> state(static_cast<std::size_t>(dk * dv), 0.0);
  RealMatrix out(head.v.rows, dv);
  for (std::int64_t t = 0; t < head.v.rows; ++t) {
    MachineState machine = make_state(step);
    const auto write = [&](const char* name, const std::vector<double>& values) {
      write_input(step, buffer_named(step, name), values, machine);
    };
    write("S0", state);
    write("k", block(head.k, t, 1, 0, dk).values);
    write("v", block(head.v, t, 1, 0, dv).values);
    write("q", block(head.q, t, 1, 0, dk).values);
    write("g", {head.g.begin() + t * gates, head.g.begin() + (t + 1) * gates});
    write("beta", {head.beta[static_cast<std::size_t>(t)]});
    interpret(step, hw, machine);
    state = read_real(step, buffer_named(step, "S1"), machine);
    const std::vector<double> o = read_real(step, buffer_named(step, "O"), machine);
    std::copy(o.begin(), o.end(), out.row(t).begin());
  }
  return out;
}

}  // namespace tricycle::testing
