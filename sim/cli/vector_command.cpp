// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/error.h"
#include "models/json.h"
#include "models/timing/timing.h"
#include "sim/cli/commands.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/engine/run.h"
#include "sim/host/version.h"
#include "sim/units/npu.h"
#include "workloads/vector_operation.h"

namespace tricycle {

namespace {

constexpr std::int64_t kLongestSide = 16384;

VectorOp parse_operation(const std::string& text) {
  if (const auto op = find_vector_op(text)) return *op;
  std::string names;
  for (const VectorOpInfo& row : kVectorOps)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", row.name);
  throw InputError(fmt::format("--op {}: unknown operation; expected one of {}", text, names));
}

struct Measurement {
  HwConfig hw;
  VectorOperation what;
};

/// All faults of the options and the machine at once.
Measurement make_measurement(const VectorOptions& options) {
  const Settings set = split_settings(options.set);
  std::vector<std::string> faults;
  for (const std::string& text : set.algorithm)
    faults.push_back(fmt::format("--set algorithm.{}: a vector operation has no algorithm", text));
  for (const std::string& text : set.problem)
    faults.push_back(fmt::format("--set problem.{}: a vector operation has no problem", text));
  if (options.contiguous && options.strided)
    faults.push_back("vector: rows are --contiguous or --strided; give one");
  const auto extent = [&](std::string_view option, const std::string& text) {
    return static_cast<std::int32_t>(
        attempt(faults, [&] { return parse_count(option, text, 1, kLongestSide); }).value_or(1));
  };
  const std::int32_t rows = extent("--rows", options.rows), cols = extent("--cols", options.cols);
  const auto op = attempt(faults, [&] { return parse_operation(options.op); });
  const auto format = attempt(faults, [&] { return parse_format("--format", options.format); });
  const auto hw = attempt(faults, [&] { return load_hw_config(options.machine, set.machine); });
  throw_if_any(std::move(faults));
  return {*hw, {*op, *format, rows, cols, !options.strided}};
}

Json to_document(const Measurement& m) {
  const Program program = lower_vector_operation(m.hw, m.what);
  const Instruction& in = program.instructions.front();
  const VectorShape shape = elementwise_shape(m.hw, program, in.dst, *in.as<Elementwise>());
  const OperationTiming alone = operation_timing(m.hw, m.what.op, m.what.format, shape);
  const SimulationResult r = simulate(program, m.hw, 1, nullptr);
  const UnitCycles& unit = r.units[Unit::kVector];
  return {{"version", kVersion},
          {"machine", m.hw.name},
          {"machine_digest", digest(m.hw)},
          {"operation", info(m.what.op).name},
          {"rows", m.what.rows},
          {"cols", m.what.cols},
          {"format", name(m.what.format)},
          {"contiguous", m.what.contiguous},
          {"runs", shape.rows},
          {"beats_per_run", shape.beats_per_row},
          {"beats", shape.beats()},
          {"startup_cycles", alone.startup_cycles},
          {"body_cycles", alone.body_cycles},
          {"operation_cycles", alone.cycles()},
          {"issue_cycles", m.hw.sequencer.issue_cycles},
          {"scratchpad_stall_cycles",
           unit.stalled[static_cast<std::size_t>(StallCause::kScratchpadBandwidth)]},
          {"launch_cycles", m.hw.sequencer.launch_cycles},
          {"total_cycles", r.total_cycles}};
}

}  // namespace

int vector_command(const VectorOptions& options) {
  const Measurement m = make_measurement(options);
  const Json document = to_document(m);
  if (options.json) {
    fmt::print("{}\n", document.dump(2));
    return 0;
  }
  const auto integer = [&](const char* key) { return document[key].integer(); };
  fmt::print("{} of {} x {} in {} on {}, rows {}\n", info(m.what.op).name, m.what.rows, m.what.cols,
             name(m.what.format), m.hw.name, m.what.contiguous ? "contiguous" : "apart");
  fmt::print("  operation alone  {} cycles: start-up {}, {} beats in {}\n",
             integer("operation_cycles"), integer("startup_cycles"), integer("beats"),
             integer("body_cycles"));
  fmt::print("  with the rest    {} cycles: issue {}, scratchpad {}, launch {}\n",
             integer("total_cycles"), integer("issue_cycles"), integer("scratchpad_stall_cycles"),
             integer("launch_cycles"));
  return 0;
}

}  // namespace tricycle
