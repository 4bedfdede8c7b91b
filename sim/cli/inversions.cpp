// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/inversions.h"

#include <fmt/format.h>

#include <bit>

#include "models/error.h"
#include "models/semantics/execute.h"
#include "sim/engine/run.h"
#include "sim/host/version.h"
#include "workloads/safetensors.h"

namespace tricycle {

namespace {

/// Real numbers as elements of a file.  Precondition: `as` is fp32 or fp64 and holds them.
std::vector<std::uint8_t> float_bytes(const std::vector<double>& values, Format as) {
  std::vector<std::uint8_t> out;
  for (const double value : values) {
    const std::uint64_t bits = as == Format::kFp64
                                   ? std::bit_cast<std::uint64_t>(value)
                                   : std::bit_cast<std::uint32_t>(static_cast<float>(value));
    for (int shift = 0; shift < info(as).stored_bits; shift += 8)
      out.push_back(static_cast<std::uint8_t>(bits >> shift));
  }
  return out;
}

InvertedMatrix invert_one(const HwConfig& hw, const Program& program, const ChunkMatrix& matrix,
                          std::optional<Format> as, Tensor& result) {
  MachineState state = make_state(program);
  write_input(program, program.inputs[0], matrix.a, state);
  interpret(program, hw, state);
  const std::vector<double> y = read_real(program, program.output, state);
  const std::vector<std::uint8_t> bits =
      as ? float_bytes(y, *as) : read_bits(hw, program, program.output, state);
  result.bytes.insert(result.bytes.end(), bits.begin(), bits.end());
  return {Oracle(matrix).compare(y), state.saturated_count, state.wrapped_count,
          state.rounded_inputs};
}

}  // namespace

const Buffer& Inversion::stored() const {
  const Program& program = programs.begin()->second;
  return program.buffers[program.output];
}

AccuracySummary InversionResult::summary() const {
  std::vector<Accuracy> accuracies;
  for (const InvertedMatrix& matrix : matrices) accuracies.push_back(matrix.accuracy);
  AccuracySummary summary = summarize(accuracies);
  for (const InvertedMatrix& matrix : matrices) {
    summary.saturated_count += matrix.saturated_count;
    summary.wrapped_count += matrix.wrapped_count;
    summary.inputs_rounded += matrix.inputs_rounded;
  }
  return summary;
}

Inversion make_inversion(const InversionMachine& machine, const Algorithm& algorithm,
                         const AlgorithmOptions& options, Format format, const std::string& path,
                         const MatrixFile& file) {
  Inversion out{&algorithm, options, format, {}, ""};
  std::vector<std::string> faults;
  for (const ChunkMatrix& matrix : file.matrices) {
    if (out.programs.contains(matrix.chunk)) continue;
    const int chunk = static_cast<int>(matrix.chunk);
    std::vector<std::string> messages;
    auto program = attempt(messages, [&] {
      return lower(algorithm, resolve_parameters(algorithm, chunk, options), chunk, format,
                   machine.hw);
    });
    for (const std::string& message : messages)
      faults.push_back(fmt::format("{}: tensor \"{}\": {}", path, matrix.label, message));
    out.programs.emplace(chunk, program ? std::move(*program) : Program{});
  }
  throw_if_any(std::move(faults));
  return out;
}

InversionResult invert(const InversionMachine& machine, const Inversion& inversion,
                       std::optional<Format> as, const MatrixFile& file) {
  InversionResult out;
  for (const MatrixTensor& tensor : file.tensors) {
    Tensor& result = out.tensors[tensor.name];
    result.shape = tensor.shape;
    result.dtype = info(as.value_or(inversion.stored().format)).safetensors_dtype;
    for (std::size_t at = tensor.first; at < tensor.first + tensor.count; ++at) {
      const ChunkMatrix& matrix = file.matrices[at];
      out.matrices.push_back(
          invert_one(machine.hw, inversion.programs.at(matrix.chunk), matrix, as, result));
    }
  }
  return out;
}

std::map<std::string, std::string> inversion_metadata(const InversionMachine& machine,
                                                      const Inversion& inversion,
                                                      std::optional<Format> as) {
  std::map<std::string, std::string> data{
      {"version", fmt::format("tricycle {}", kVersion)},
      {"algorithm", std::string(inversion.algorithm->name)},
      {"format", std::string(name(inversion.format))},
      {"accumulation", accumulation_text(machine.hw, inversion.format)},
      {"machine", machine.hw.name},
      {"machine_digest", digest(machine.hw)}};
  if (machine.reference) data["machine"] += " (arithmetic of docs/numerics.md)";
  for (const auto& entry : inversion.programs)
    data[fmt::format("parameters.{}", entry.first)] = to_text(
        *inversion.algorithm,
        resolve_parameters(*inversion.algorithm, static_cast<int>(entry.first), inversion.options));
  const Buffer& stored = inversion.stored();
  if (as)
    data["as"] = std::string(info(*as).safetensors_dtype);
  else if (!info(stored.format).is_float())
    data[std::string(kFractionBits)] = std::to_string(stored.fraction_bits);
  return data;
}

}  // namespace tricycle
