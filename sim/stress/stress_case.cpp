// SPDX-License-Identifier: Apache-2.0
#include "sim/stress/stress_case.h"

#include <fmt/format.h>

#include "models/isa/program_text.h"
#include "models/semantics/execute.h"
#include "sim/engine/lowering.h"
#include "sim/engine/run.h"
#include "workloads/digest.h"
#include "workloads/spectral_norm.h"

namespace tricycle {

StressCase::StressCase(const HwConfig& hw, const Algorithm& algorithm,
                       const AlgorithmParameters& parameters, Format format, std::int64_t chunk,
                       TimedProgram lowered)
    : hw_(&hw),
      algorithm_(&algorithm),
      parameters_(parameters),
      format_(format),
      chunk_(chunk),
      lowered_(std::move(lowered)),
      identity_(fmt::format("{} {} {}", digest(hw), name(format),
                            sha256(to_text(lowered_.program, hw)))) {}

StressCase::StressCase(const HwConfig& hw, const Algorithm& algorithm,
                       const AlgorithmOptions& options, Format format, std::int64_t chunk,
                       std::optional<LinearTerms> terms)
    : StressCase(
          hw, algorithm, resolve_parameters(algorithm, static_cast<int>(chunk), options), format,
          chunk,
          lower_fastest(algorithm, resolve_parameters(algorithm, static_cast<int>(chunk), options),
                        static_cast<int>(chunk), format, hw, {.linear_terms = terms})) {}

Inverted StressCase::invert(const ChunkMatrix& matrix) const {
  const Program& program = lowered_.program;
  MachineState state = make_state(program);
  write_input(program, program.inputs[0], matrix.a, state);
  std::vector<double> a = read_real(program, program.inputs[0], state);
  interpret(program, *hw_, state);
  std::vector<double> y = read_real(program, program.output, state);
  return {Oracle(matrix).compare(y), state.saturated_count, state.wrapped_count,
          state.rounded_inputs,      std::move(a),          std::move(y)};
}

namespace {

/// Enough to compare inputs by.
constexpr double kSettledNorm = 1e-7;

}  // namespace

Trial StressCase::attempt(std::vector<double> matrix) const {
  Trial out;
  out.norm = spectral_norm(matrix, static_cast<std::size_t>(chunk_), kSettledNorm);
  if (out.norm >= kLeastNorm)
    out.error = invert({"", chunk_, std::move(matrix)}).accuracy.y_rel_error;
  return out;
}

}  // namespace tricycle
