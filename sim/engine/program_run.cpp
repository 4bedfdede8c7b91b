// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/program_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>
#include <span>
#include <utility>

#include "models/error.h"
#include "models/isa/way.h"
#include "models/printable.h"
#include "models/semantics/execute.h"
#include "sim/engine/item_ways.h"
#include "sim/engine/measure_run.h"
#include "sim/engine/run.h"
#include "sim/host/host_memory.h"
#include "workloads/digest.h"
#include "workloads/npy.h"

namespace tricycle {

namespace {

std::size_t elements_of_item(const Buffer& b) {
  return static_cast<std::size_t>(b.rows) * static_cast<std::size_t>(b.cols);
}

void load_item(const Program& program, const ProgramInputs& data, std::int64_t item,
               MachineState& state) {
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    const std::size_t size = elements_of_item(program.buffers[program.inputs[i]]);
    const auto& matrices = data.inputs[i];
    const std::size_t at = matrices.shared ? 0 : static_cast<std::size_t>(item) * size;
    write_input(program, program.inputs[i], std::span(matrices.values).subspan(at, size), state);
  }
}

/// Collects the results of the items as they finish, in any order.
class OutputCollector {
 public:
  OutputCollector(const HwConfig& hw, const Program& program, const ProgramInputs& data,
                  RunWatch* watch)
      : hw_(hw), program_(program), data_(data), watch_(watch) {
    const auto items = static_cast<std::size_t>(data.items);
    for (const std::uint32_t buffer : program.outputs())
      outputs_.push_back({buffer, std::vector<std::vector<std::uint8_t>>(items),
                          std::vector<std::vector<double>>(items)});
  }

  ItemIo io() {
    return {
        [this](std::int64_t item, MachineState& state) { load_item(program_, data_, item, state); },
        [this](std::int64_t item, const MachineState& state) { store(item, state); }};
  }

  /// Writes digests and counts into the result, and returns the outputs as tensors.
  std::vector<ProgramOutput> finish(RunResult& result) {
    std::vector<ProgramOutput> all;
    Sha256 every;
    for (const Output& output : outputs_) {
      const Buffer& b = program_.buffers[output.buffer];
      Sha256 own;
      for (const auto& bits : output.bits) {
        own.update(bits);
        every.update(bits);
      }
      result.outputs.emplace_back(b.name, own.hex());
      all.push_back({b.name, tensor_of(output)});
    }
    result.output_digest = every.hex();
    result.accuracy = counts_;
    return all;
  }

 private:
  struct Output {
    std::uint32_t buffer;
    std::vector<std::vector<std::uint8_t>> bits;  // by item
    std::vector<std::vector<double>> values;
  };

  void store(std::int64_t item, const MachineState& state) {
    const auto at = static_cast<std::size_t>(item);
    for (Output& output : outputs_) {
      output.bits[at] = read_bits(hw_, program_, output.buffer, state);
      output.values[at] = read_real(program_, output.buffer, state);
      for (const double value : output.values[at]) {
        counts_.nan_count += std::isnan(value) ? 1 : 0;
        counts_.inf_count += std::isinf(value) ? 1 : 0;
      }
    }
    counts_.saturated_count += state.saturated_count;
    counts_.wrapped_count += state.wrapped_count;
    counts_.inputs_rounded += state.rounded_inputs;
    if (watch_ != nullptr) ++watch_->done;
  }

  Tensor tensor_of(const Output& output) const {
    const Buffer& b = program_.buffers[output.buffer];
    Tensor tensor{std::string(info(b.format).safetensors_dtype), {b.rows, b.cols}, {}};
    if (data_.items > 1) tensor.shape.insert(tensor.shape.begin(), data_.items);
    if (npy_descr(tensor.dtype)) {
      for (const auto& bits : output.bits)
        tensor.bytes.insert(tensor.bytes.end(), bits.begin(), bits.end());
      return tensor;
    }
    tensor.dtype = "F32";
    for (const auto& values : output.values)
      for (const double value : values) {
        const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
        for (int shift = 0; shift < 32; shift += 8)
          tensor.bytes.push_back(static_cast<std::uint8_t>(bits >> shift));
      }
    return tensor;
  }

  const HwConfig& hw_;
  const Program& program_;
  const ProgramInputs& data_;
  RunWatch* watch_;
  std::vector<Output> outputs_;
  AccuracySummary counts_;  // counts that do not concern accuracy
};

/// Throws InputError where the outputs of all items do not fit.
void check_fits_memory(const Program& program, const ProgramInputs& data) {
  constexpr double kBytes = 8 + 8 + 8;  // number, bits, and the file
  double elements = 0;
  for (const std::uint32_t output : program.outputs())
    elements += static_cast<double>(elements_of_item(program.buffers[output]));
  check_host_memory(fmt::format("program: the outputs of {} items", data.items),
                    elements * kBytes * static_cast<double>(data.items),
                    "choose fewer (--items, or a smaller batch)");
}

}  // namespace

ProgramRun run_program(const HwConfig& hw, const Program& program, const ProgramInputs& data,
                       Fidelity fidelity, RunTrace* trace, RunWatch* watch) {
  check_values(program);
  check_fits_memory(program, data);
  const RunDigests names{digest(hw), cost_tables_digest(hw), ""};
  RunCase c{hw, "", kProgramAlgorithm, program_parameters(program, hw), names, fidelity};
  c.items = data.items;
  c.input_digest = data.digest;
  Program of_items = program;
  if (has_exits(program))
    of_items.items = ways_of(hw, program, data.items, [&](std::int64_t item, MachineState& state) {
      load_item(program, data, item, state);
    });
  const TimedProgram timed = as_written(of_items, hw);
  if (watch != nullptr) watch->chunks = data.items;
  OutputCollector collector(hw, timed.program, data, watch);
  const ItemIo io = collector.io();
  ProgramRun run{measure_run(c, timed, &io, trace), {}};
  run.outputs = collector.finish(run.result);
  return run;
}

std::string output_file_name(const std::string& buffer) {
  const bool plain = std::ranges::all_of(buffer, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
  });
  if (!plain || buffer.starts_with('.'))
    throw InputError(fmt::format(
        "program: output {} becomes a file of its name; expected letters, digits, points, minus "
        "signs and underscores, a point not first",
        printable(buffer)));
  return buffer + ".npy";
}

}  // namespace tricycle
