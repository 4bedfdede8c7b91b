// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "models/semantics/execute.h"
#include "sim/engine/steady_state.h"
#include "sim/units/npu.h"
#include "tests/machines.h"
#include "tests/timing/key_rows.h"
#include "workloads/algorithm.h"
#include "workloads/gemm.h"
#include "workloads/vector_operation.h"

namespace tricycle::testing {

namespace {

constexpr int kChunk = 32;
constexpr std::int64_t kItems = 8;

Program lowered(const char* algorithm, Format format, const HwConfig& hw) {
  const Algorithm& row = find_algorithm(algorithm);
  return lower(row, resolve_parameters(row, kChunk, {}), kChunk, format, hw);
}

SimulationResult simulated(const Workload& what, const HwConfig& hw, std::int64_t items) {
  return simulate(what(hw), hw, items, nullptr);
}

}  // namespace

HwConfig key_base_machine() {
  HwConfig hw = machine_with_array(8, 8, Dataflow::kWeightStationary, Overlap::kPreload);
  hw.name = "every_key";
  hw.description = "the machine whose keys are changed one by one";
  hw.vector_unit.bytes_per_beat = 64;
  for (VectorOpCost& op : hw.vector_unit.operations) op.startup_cycles = 4;
  hw.scratchpad = {
      .size_bytes = 1 << 20, .banks = 16, .ports = 1, .width_bytes = 32, .interleave_bytes = 32};
  hw.accumulator_bytes = 1 << 20;
  hw.accumulator_to_vector = hw.vector_to_matrix = {.bytes_per_cycle = 64, .latency_cycles = 2};
  hw.accumulator_to_scratchpad.present = true;
  hw.accumulator_to_scratchpad.bytes_per_cycle = 64;
  hw.accumulator_to_scratchpad.latency_cycles = 2;
  hw.scratchpad_to_matrix = {.present = true,
                             .a_bytes_per_cycle = 64,
                             .b_bytes_per_cycle = 64,
                             .latency_cycles = 2,
                             .buffers = 2};
  hw.solve_unit = {.present = true, .rows = 32};
  hw.dma = {.queues = 2, .startup_cycles = 8, .request_bytes = 64, .requests_in_flight = 16};
  hw.dram = {.latency_ns = 50, .bandwidth_gbps = 16, .timing = DramTiming::kFlat, .row_buffer = {}};
  hw.sequencer = {
      .in_flight = 4, .token_latency_cycles = 2, .issue_cycles = 1, .launch_cycles = 100};
  hw.simt = {.present = true, .schedulers = 4, .registers = 65536, .barrier_per_warp = 2};
  for (WarpOperation& op : hw.simt.operations)
    op = {.issue = 1, .interval = 2, .unit = 2, .latency = 9, .scratchpad = 4};
  hw.cost_model.present = true;
  return hw;
}

Workload inversion(Format format) {
  return [format](const HwConfig& hw) { return lowered("neumann_masked", format, hw); };
}
Workload cube_kernel() {
  return [](const HwConfig& hw) {
    const Algorithm& row = find_algorithm("mixed_recursive");
    return lower(row, resolve_parameters(row, kChunk, {}), kChunk, Format::kFp16, hw,
                 {.linear_terms = LinearTerms::kProducts});
  };
}
Workload substitution() {
  return [](const HwConfig& hw) { return lowered("forward_substitution", Format::kFp16, hw); };
}
Workload solve() {
  return [](const HwConfig& hw) { return lowered("solve_unit", Format::kFp16, hw); };
}
Workload product(int m, int n, int k, Format format) {
  return [=](const HwConfig& hw) { return lower_gemm(hw, format, m, n, k); };
}
Workload operation(VectorOp op, Format format, bool apart, int cols) {
  return [=](const HwConfig& hw) {
    return lower_vector_operation(hw, {op, format, 8, cols, !apart});
  };
}
Workload strided_load(int cols) {
  return [cols](const HwConfig& hw) {
    Program p;
    p.format = Format::kFp16;
    Buffer b;
    b.name = "A.dram";
    b.space = Space::kDram;
    b.format = p.format;
    b.rows = 32;
    b.cols = 2 * cols;
    p.buffers = {b, b};
    p.buffers[1].name = "A";
    p.buffers[1].space = Space::kScratchpad;
    p.inputs = {0};
    p.instructions = {{{1, 0, 0, 32, cols}, Load{{0, 0, 0, 32, cols}}}};
    derive_tokens(p);
    validate(p, hw);
    return p;
  };
}

Figure total(Workload what) {
  return [what = std::move(what)](const HwConfig& hw) {
    return static_cast<double>(simulated(what, hw, 1).total_cycles);
  };
}
Figure nanoseconds(Workload what) {
  return
      [cycles = total(std::move(what))](const HwConfig& hw) { return cycles(hw) / hw.clock_ghz; };
}
Figure steady(Workload what) {
  return
      [what = std::move(what)](const HwConfig& hw) { return steady_cycles_per_item(what(hw), hw); };
}
Figure stalled(Workload what, StallCause why) {
  return [what = std::move(what), why](const HwConfig& hw) {
    std::int64_t cycles = 0;
    for (const UnitCycles& unit : simulated(what, hw, kItems).units)
      cycles += unit.stalled[static_cast<std::size_t>(why)];
    return static_cast<double>(cycles);
  };
}
Figure busy(Workload what, Unit unit) {
  return [what = std::move(what), unit](const HwConfig& hw) {
    return static_cast<double>(
        simulated(what, hw, kItems).units[static_cast<std::size_t>(unit)].busy);
  };
}
Figure dram_bytes(Workload what) {
  return [what = std::move(what)](const HwConfig& hw) {
    return static_cast<double>(simulated(what, hw, 1).dram_bytes);
  };
}
Figure mac_utilization(Workload what) {
  return [what = std::move(what)](const HwConfig& hw) {
    const Program p = what(hw);
    const SimulationResult r = simulate(p, hw, kItems, nullptr);
    return static_cast<double>(r.macs) /
           (static_cast<double>(r.total_cycles) * hw.peak_macs_per_cycle(p.format));
  };
}
Figure dot(Format format, std::vector<double> row, std::vector<double> column) {
  return [format, row = std::move(row), column = std::move(column)](const HwConfig& hw) {
    const Program p = lower_gemm(hw, format, 1, 1, static_cast<int>(row.size()));
    double result = 0;
    const ItemIo io{[&](std::int64_t, MachineState& state) {
                      write_input(p, p.inputs[0], row, state);
                      write_input(p, p.inputs[1], column, state);
                    },
                    [&](std::int64_t, const MachineState& state) {
                      result = read_real(p, p.output, state).front();
                    }};
    simulate(p, hw, 1, &io);
    return result;
  };
}

}  // namespace tricycle::testing
