// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "models/error.h"
#include "models/semantics/execute.h"
#include "sim/cli/commands.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/output_file.h"
#include "sim/run.h"
#include "sim/version.h"
#include "workloads/inputs.h"
#include "workloads/reference_machine.h"
#include "workloads/safetensors.h"

namespace tricycle {

namespace {

struct Inverter {
  const Algorithm& algorithm;
  AlgorithmOptions options;
  Format format;
  HwConfig hw;
  bool reference;  // no machine was named
};

/// Everything but the tensors; all faults of the options and the machine at once.
Inverter make_inverter(const InvertOptions& options) {
  const Settings set = split_settings(options.set);
  std::vector<std::string> faults;
  for (const std::string& text : set.problem)
    faults.push_back(fmt::format("--set problem.{}: an inversion of a file has no problem", text));
  if (!options.machine)
    for (const std::string& text : set.machine)
      faults.push_back(fmt::format("--set {}: no machine to set it on; name one with --hw", text));
  const auto algorithm = attempt(faults, [&] { return &find_algorithm(options.algorithm); });
  const auto given = attempt(faults, [&] { return parse_algorithm_options(set.algorithm); });
  const auto format = attempt(faults, [&] { return parse_format("--format", options.format); });
  const auto hw = attempt(faults, [&] {
    return options.machine ? load_hw_config(*options.machine, set.machine) : reference_machine();
  });
  if (hw && format) attempt(faults, [&] { return check_format(*hw, *format), true; });
  attempt(faults, [&] { return check_output_file(options.output), true; });
  std::error_code error;
  if (std::filesystem::equivalent(options.input, options.output, error))
    faults.push_back(fmt::format(
        "{}: OUT is IN, whose matrices it would replace; name another file", options.output));
  throw_if_any(std::move(faults));
  return {**algorithm, *given, *format, *hw, !options.machine};
}

/// Programs by chunk size; faults name the first tensor of that size.
std::map<std::int64_t, Program> lower_all(const Inverter& inverter, const std::string& path,
                                          const std::vector<ChunkMatrix>& matrices) {
  std::map<std::int64_t, Program> programs;
  std::vector<std::string> faults;
  for (const ChunkMatrix& matrix : matrices) {
    if (programs.contains(matrix.chunk)) continue;
    const int chunk = static_cast<int>(matrix.chunk);
    std::vector<std::string> messages;
    auto program = attempt(messages, [&] {
      return lower(inverter.algorithm,
                   resolve_parameters(inverter.algorithm, chunk, inverter.options), chunk,
                   inverter.format, inverter.hw);
    });
    for (const std::string& message : messages)
      faults.push_back(fmt::format("{}: tensor \"{}\": {}", path, matrix.label, message));
    programs.emplace(chunk, program ? std::move(*program) : Program{});
  }
  throw_if_any(std::move(faults));
  return programs;
}

/// What the results are stored in: the same for all sizes.
const Buffer& output_buffer(const std::map<std::int64_t, Program>& programs) {
  const Program& program = programs.begin()->second;
  return program.buffers[program.output];
}

/// What made the file, for its header.
std::map<std::string, std::string> metadata(const Inverter& inverter,
                                            const std::map<std::int64_t, Program>& programs) {
  std::map<std::string, std::string> data{
      {"version", fmt::format("tricycle {}", kVersion)},
      {"algorithm", std::string(inverter.algorithm.name)},
      {"format", std::string(name(inverter.format))},
      {"accumulation", accumulation_text(inverter.hw, inverter.format)},
      {"machine", inverter.hw.name},
      {"machine_digest", digest(inverter.hw)}};
  if (inverter.reference) data["machine"] += " (arithmetic of docs/numerics.md)";
  for (const auto& [chunk, program] : programs)
    data[fmt::format("parameters.{}", chunk)] =
        to_text(inverter.algorithm,
                resolve_parameters(inverter.algorithm, static_cast<int>(chunk), inverter.options));
  if (const Buffer& output = output_buffer(programs); !info(output.format).is_float())
    data["fraction_bits"] = std::to_string(output.fraction_bits);
  return data;
}

}  // namespace

int invert_command(const InvertOptions& options) {
  const Inverter inverter = make_inverter(options);
  const std::vector<ChunkMatrix> matrices = read_matrices(options.input);
  const std::map<std::int64_t, Program> programs = lower_all(inverter, options.input, matrices);

  std::map<std::string, Tensor> results;
  std::int64_t saturated = 0;
  for (const ChunkMatrix& matrix : matrices) {
    const Program& program = programs.at(matrix.chunk);
    MachineState state = make_state(program);
    write_input(program, program.inputs[0], matrix.a, state);
    interpret(program, inverter.hw, state);
    saturated += state.saturated_count;
    results[matrix.label] = {
        std::string(info(program.buffers[program.output].format).safetensors_dtype),
        {matrix.chunk, matrix.chunk},
        read_bits(program, program.output, state)};
  }
  write_file(options.output, to_safetensors(results, metadata(inverter, programs)));
  fmt::print("{}: {} matri{} by {} in {}, arithmetic of {}", options.output, results.size(),
             results.size() == 1 ? "x" : "ces", inverter.algorithm.name, name(inverter.format),
             inverter.reference ? "docs/numerics.md" : inverter.hw.name);
  if (const Buffer& output = output_buffer(programs); !info(output.format).is_float())
    fmt::print(", {} fraction bits, {} entries saturated", output.fraction_bits, saturated);
  fmt::print("\n");
  return 0;
}

}  // namespace tricycle
