// SPDX-License-Identifier: Apache-2.0
#include "workloads/language_model/chunk_inverses.h"

#include <memory>

#include "models/semantics/execute.h"
#include "workloads/oracle.h"

namespace tricycle {

ChunkInverse exact_inverse() {
  return [](const std::vector<double>& a, std::int64_t chunk) {
    return Oracle(ChunkMatrix{"", chunk, a}).y();
  };
}

ChunkInverse algorithm_inverse(const Algorithm& algorithm, const AlgorithmOptions& options,
                               Format format, const HwConfig& hw, int chunk, const Cut& cut) {
  const auto program = std::make_shared<const Program>(
      lower(algorithm, resolve_parameters(algorithm, chunk, options), chunk, format, hw, cut));
  return [program, hw](const std::vector<double>& a, std::int64_t) {
    MachineState state = make_state(*program);
    write_input(*program, program->inputs[0], a, state);
    interpret(*program, hw, state);
    return read_real(*program, program->output, state);
  };
}

}  // namespace tricycle
