// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "models/error.h"
#include "models/semantics/execute.h"
#include "sim/cli/commands.h"
#include "sim/cli/settings.h"
#include "sim/config/load_hw.h"
#include "workloads/algorithm.h"
#include "workloads/inputs.h"
#include "workloads/reference_machine.h"
#include "workloads/safetensors.h"

namespace tricycle {

int invert_command(const InvertOptions& options) {
  const Settings set = split_settings(options.set);
  const Algorithm& algorithm = find_algorithm(options.algorithm);
  const Format format = parse_format(options.format);
  const AlgorithmOptions algorithm_options = parse_algorithm_options(set.algorithm);
  if (options.machine.empty() && !set.machine.empty())
    throw InputError(
        fmt::format("--set {}: no machine to set it on; name one with --hw", set.machine.front()));
  const HwConfig hw =
      options.machine.empty() ? reference_machine() : load_hw_config(options.machine, set.machine);

  std::map<std::int64_t, Program> programs;  // by chunk size
  std::map<std::string, Tensor> results;
  std::int64_t saturated = 0;
  for (const ChunkMatrix& matrix : read_matrices(options.input)) {
    const int chunk = static_cast<int>(matrix.chunk);
    if (!programs.contains(chunk))
      programs.emplace(
          chunk, lower(algorithm, resolve_parameters(algorithm, chunk, algorithm_options), chunk,
                       format, hw));
    const Program& program = programs.at(chunk);
    MachineState state = make_state(program);
    write_input(program, program.inputs[0], matrix.a, state);
    interpret(program, hw, state);
    saturated += state.saturated_count;
    results[matrix.label] = {std::string(info(format).safetensors_dtype),
                             {chunk, chunk},
                             read_bits(program, program.output, state)};
  }
  write_safetensors(options.output, results);
  fmt::print("{}: {} matrices by {} in {}", options.output, results.size(), algorithm.name,
             name(format));
  if (!info(format).is_float())
    fmt::print(", {} fraction bits, {} entries saturated",
               programs.begin()->second.buffers[programs.begin()->second.output].fraction_bits,
               saturated);
  fmt::print("\n");
  return 0;
}

}  // namespace tricycle
