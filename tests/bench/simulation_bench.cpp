// SPDX-License-Identifier: Apache-2.0
//
// Runs of the simulator: timing only, and a large product with values and cycles.
#include <benchmark/benchmark.h>

#include "sim/units/npu.h"
#include "workloads/algorithm.h"
#include "workloads/gemm.h"
#include "workloads/reference_machine.h"

// libsystemc's main calls this; Google Benchmark's main is the one that runs.
extern "C" int sc_main(int, char**) { return 1; }

namespace tricycle {
namespace {

void timing_only_inversion(benchmark::State& state) {
  HwConfig hw = reference_machine();
  hw.systolic_array.rows = hw.systolic_array.cols = 32;
  hw.sequencer.in_flight = 4;
  const Algorithm& row = find_algorithm("neumann_masked");
  for (auto _ : state) {
    const Program p = lower(row, resolve_parameters(row, 64, {}), 64, Format::kFp16, hw);
    benchmark::DoNotOptimize(simulate(p, hw, state.range(0), nullptr).total_cycles);
  }
  state.counters["runs/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void gemm_with_values_and_cycles(benchmark::State& state, Format format) {
  const HwConfig hw = reference_machine();
  const int n = static_cast<int>(state.range(0));
  const std::vector<double> operand(static_cast<std::size_t>(n) * static_cast<std::size_t>(n), 0.5);
  const Program sized = lower_gemm(hw, format, n, n, n);
  MachineState filled = make_state(sized);
  write_input(sized, sized.inputs[0], operand, filled);
  for (auto _ : state) {
    const Program p = lower_gemm(hw, format, n, n, n);
    const ItemIo io{[&](std::int64_t, MachineState& s) {
                      s.buffers[p.inputs[0]] = s.buffers[p.inputs[1]] = filled.buffers[0];
                    },
                    [](std::int64_t, const MachineState&) {}};
    benchmark::DoNotOptimize(simulate(p, hw, 1, &io).total_cycles);
  }
  state.counters["GMAC/s"] = benchmark::Counter(
      1e-9 * n * n * n * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

BENCHMARK(timing_only_inversion)->Arg(1)->Arg(64);
BENCHMARK_CAPTURE(gemm_with_values_and_cycles, fp16, Format::kFp16)
    ->Arg(1024)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gemm_with_values_and_cycles, int8, Format::kInt8)
    ->Arg(1024)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tricycle
