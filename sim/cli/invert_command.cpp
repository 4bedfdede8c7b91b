// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "models/error.h"
#include "models/semantics/execute.h"
#include "reports/summaries.h"
#include "sim/cli/commands.h"
#include "sim/cli/notice.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/output_file.h"
#include "sim/run.h"
#include "sim/version.h"
#include "workloads/inputs.h"
#include "workloads/npy.h"
#include "workloads/oracle.h"
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

std::string extension(const std::string& path) {
  return std::filesystem::path(path).extension().string();
}

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
  if (extension(options.output) == ".npz")
    faults.push_back(
        fmt::format("{}: OUT is written as .npy (one array) or safetensors; name such "
                    "a file",
                    options.output));
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

/// Y of all matrices of a file, under the names and in the shapes of A.
struct Inverses {
  std::map<std::string, Tensor> tensors;
  std::vector<Accuracy> accuracies;  // of every matrix
  std::int64_t saturated = 0;
};

Inverses invert_all(const Inverter& inverter, const std::map<std::int64_t, Program>& programs,
                    const MatrixFile& file) {
  Inverses out;
  for (const MatrixTensor& tensor : file.tensors) {
    Tensor& result = out.tensors[tensor.name];
    result.shape = tensor.shape;
    for (std::size_t at = tensor.first; at < tensor.first + tensor.count; ++at) {
      const ChunkMatrix& matrix = file.matrices[at];
      const Program& program = programs.at(matrix.chunk);
      MachineState state = make_state(program);
      write_input(program, program.inputs[0], matrix.a, state);
      interpret(program, inverter.hw, state);
      out.saturated += state.saturated_count;
      out.accuracies.push_back(Oracle(matrix).compare(read_real(program, program.output, state)));
      result.dtype = info(program.buffers[program.output].format).safetensors_dtype;
      const std::vector<std::uint8_t> bits = read_bits(program, program.output, state);
      result.bytes.insert(result.bytes.end(), bits.begin(), bits.end());
    }
  }
  return out;
}

/// A file named .npy holds one array, of a type NumPy has; refused before the work.
void check_npy(const InvertOptions& options, const MatrixFile& file, const Buffer& output) {
  if (extension(options.output) != ".npy") return;
  std::vector<std::string> faults;
  if (file.tensors.size() > 1)
    faults.push_back(fmt::format(
        "{}: a .npy file holds one array, {} has {} (\"{}\", \"{}\"{}); name OUT .safetensors",
        options.output, options.input, file.tensors.size(), file.tensors[0].name,
        file.tensors[1].name, file.tensors.size() > 2 ? ", .." : ""));
  if (!npy_descr(info(output.format).safetensors_dtype))
    faults.push_back(fmt::format("{}: NumPy has no element type for {}; name OUT .safetensors",
                                 options.output, name(output.format)));
  throw_if_any(std::move(faults));
}

std::string summary(const InvertOptions& options, const Inverter& inverter, const Buffer& output,
                    const MatrixFile& file, const Inverses& inverses) {
  const std::size_t count = file.matrices.size();
  std::string text =
      fmt::format("{}: {} matri{} by {} in {}, arithmetic of {}", options.output, count,
                  count == 1 ? "x" : "ces", inverter.algorithm.name, name(inverter.format),
                  inverter.reference ? "docs/numerics.md" : inverter.hw.name);
  if (!info(output.format).is_float())
    text += fmt::format(", {} fraction bits, {} entries saturated", output.fraction_bits,
                        inverses.saturated);
  const AccuracySummary accuracy = summarize(inverses.accuracies);
  text += fmt::format("\n  accuracy    {}", accuracy_text(accuracy));
  const auto worst =
      std::min_element(inverses.accuracies.begin(), inverses.accuracies.end(),
                       [](const Accuracy& a, const Accuracy& b) { return a.y_snr_db < b.y_snr_db; });
  if (count > 1)
    text += fmt::format(
        "\n  worst       \"{}\", by the SNR of Y",
        file.matrices[static_cast<std::size_t>(worst - inverses.accuracies.begin())].label);
  if (!entries_text(accuracy).empty())
    text += fmt::format("\n  entries     {}", entries_text(accuracy));
  return text + "\n";
}

}  // namespace

int invert_command(const InvertOptions& options) {
  const Inverter inverter = make_inverter(options);
  const MatrixFile file = read_matrices(options.input);
  const std::map<std::int64_t, Program> programs =
      lower_all(inverter, options.input, file.matrices);
  const Buffer& output = output_buffer(programs);
  check_npy(options, file, output);
  print_notice(file.skipped);

  const Inverses inverses = invert_all(inverter, programs, file);
  write_file(options.output, extension(options.output) == ".npy"
                                 ? to_npy(inverses.tensors.begin()->second)
                                 : to_safetensors(inverses.tensors, metadata(inverter, programs)));
  fmt::print("{}", summary(options, inverter, output, file, inverses));
  return 0;
}

}  // namespace tricycle
