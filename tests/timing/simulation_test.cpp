// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/error.h"
#include "sim/engine/lowering.h"
#include "sim/engine/steady_state.h"
#include "sim/units/npu.h"
#include "tests/machines.h"
#include "workloads/algorithm.h"
#include "workloads/gemm.h"

namespace tricycle {
namespace {

using testing::machine_with_array;

Program inversion(const std::string& algorithm, int chunk, Format format, const HwConfig& hw) {
  const Algorithm& row = find_algorithm(algorithm);
  return lower(row, resolve_parameters(row, chunk, {}), chunk, format, hw);
}

/// A machine whose cycles can be derived by hand: no launch, issue or token cost, ample scratchpad
/// bandwidth.
HwConfig plain_machine() {
  HwConfig hw = machine_with_array(16, 16, Dataflow::kWeightStationary, Overlap::kPreload);
  hw.scratchpad.banks = 64;
  for (VectorOpCost& op : hw.vector_unit.operations) op.startup_cycles = 10;
  return hw;
}

TEST(Simulation, one_small_product_takes_the_sum_of_its_transfers_array_and_rounding) {
  HwConfig hw = plain_machine();
  hw.dram.latency_ns = 100;
  hw.dram.bandwidth_gbps = 64;
  hw.dma.requests_in_flight = 1000;
  hw.dma.queues = 2;
  const Program p = lower_gemm(hw, Format::kFp32, 16, 16, 16);
  const SimulationResult r = simulate(p, hw, 1, nullptr);
  // Both operands (1 KiB each) arrive 100 cycles after their request and share the channel: 16
  // cycles each.
  const std::int64_t loads = 100 + 16 + 16;
  const std::int64_t array = 16 + 16 + 15 + 15;  // preload, rows stream, row skew, column skew
  const std::int64_t copy =
      10 + 4;  // start-up, 1 KiB in beats of 256 B, and the accumulators at 256 B a cycle
  const std::int64_t store = 100 + 16;
  EXPECT_EQ(r.total_cycles, loads + array + copy + store);
}

TEST(Simulation, in_strips_a_product_begins_when_the_operands_of_its_first_tile_are_there) {
  // 32 x 32 x 32 on 16 x 16 PEs: four strip products of two passes of 16 rows, 32 cycles each.  A
  // strip of 16 x 32 floats is 2 KiB: 64 cycles at 32 B a cycle.
  HwConfig hw = plain_machine();
  hw.dram.latency_ns = 0;
  hw.dram.bandwidth_gbps = 32;
  hw.dma.queues = 2;
  for (FormatSupport& format : hw.formats) format.order = SumOrder::kTile;
  const Program strips = lower_gemm(hw, Format::kFp32, 32, 32, 32, GemmGrain::kStrip);
  EXPECT_EQ(strips.instructions.size(), 2 + 2 + 4 * 3U);
  const SimulationResult r = simulate(strips, hw, 1, nullptr);
  const Program panels = lower_gemm(hw, Format::kFp32, 32, 32, 32);
  // Panels wait for all of A and B, 256 cycles of the channel; strips for half of that.
  EXPECT_LT(r.total_cycles, simulate(panels, hw, 1, nullptr).total_cycles);
  EXPECT_EQ(lower_fastest_gemm(hw, Format::kFp32, 32, 32, 32).instructions.size(),
            strips.instructions.size());
  // Where every instruction costs a lot, fewer of them win.
  hw.systolic_array.head_cycles = 1000;
  EXPECT_EQ(lower_fastest_gemm(hw, Format::kFp32, 32, 32, 32).instructions.size(),
            panels.instructions.size());
}

TEST(Simulation, strips_register_by_register_take_the_cycles_of_the_formula) {
  const HwConfig hw = plain_machine();
  const Program p = lower_gemm(hw, Format::kFp16, 40, 37, 50, GemmGrain::kStrip);
  EXPECT_EQ(simulate(p, hw, 1, nullptr, Fidelity::kPe).total_cycles,
            simulate(p, hw, 1, nullptr).total_cycles);
}

TEST(Simulation, skewed_entry_of_tiles_is_refused_register_by_register) {
  HwConfig hw = plain_machine();
  hw.systolic_array.skewed_tiles = true;
  const Program p = lower_gemm(hw, Format::kInt8, 16, 16, 16);
  try {
    simulate(p, hw, 1, nullptr, Fidelity::kPe);
    FAIL() << "expected an InputError";
  } catch (const InputError& error) {
    EXPECT_STREQ(
        error.what(),
        "systolic_array.skewed_tiles: not modelled register by register; use --fidelity tile");
  }
}

TEST(Simulation, busy_stalled_and_idle_cycles_of_every_unit_add_up_to_the_run) {
  HwConfig hw = plain_machine();
  hw.vector_unit.units = 3;
  hw.dma.queues = 2;
  hw.sequencer = {
      .in_flight = 4, .token_latency_cycles = 7, .issue_cycles = 3, .launch_cycles = 50};
  const SimulationResult r =
      simulate(inversion("neumann_masked", 64, Format::kFp16, hw), hw, 9, nullptr);
  for (const UnitCycles& u : r.units)
    EXPECT_EQ(u.busy + u.stalled_total() + u.idle, u.servers * r.total_cycles);
  EXPECT_GT(r.units[0].stalled[static_cast<std::size_t>(StallCause::kToken)], 0);
  EXPECT_EQ(r.units[0].stalled[static_cast<std::size_t>(StallCause::kLaunch)], 50);
}

TEST(Simulation, two_runs_give_the_same_cycles) {
  const HwConfig hw = plain_machine();
  const Program p = inversion("block_doubling", 64, Format::kBf16, hw);
  const SimulationResult a = simulate(p, hw, 5, nullptr), b = simulate(p, hw, 5, nullptr);
  EXPECT_EQ(a.total_cycles, b.total_cycles);
  EXPECT_EQ(a.units[1].busy, b.units[1].busy);
}

TEST(Simulation, more_chunks_in_flight_raise_throughput_and_leave_the_work_the_same) {
  HwConfig hw = plain_machine();
  const Program p = inversion("neumann_masked", 64, Format::kFp16, hw);
  hw.sequencer.in_flight = 1;
  const SimulationResult serial = simulate(p, hw, 16, nullptr);
  hw.sequencer.in_flight = 4;
  const SimulationResult overlapped = simulate(p, hw, 16, nullptr);
  EXPECT_LT(overlapped.total_cycles, serial.total_cycles);
  // The vector unit is the bottleneck: overlap cannot beat what it is occupied for a chunk.
  EXPECT_GE(steady_cycles_per_item(p, hw), static_cast<double>(overlapped.units[1].busy) / 16);
  EXPECT_EQ(overlapped.units[0].busy, serial.units[0].busy);
  EXPECT_EQ(overlapped.macs, serial.macs);
}

/// Every one of these, and only it, must make a run slower.
struct Slower {
  const char* what;
  void (*change)(HwConfig&);
};
void PrintTo(const Slower& s, std::ostream* out) { *out << s.what; }
constexpr auto kHalf = static_cast<std::size_t>(Format::kFp16);
class EveryCost : public ::testing::TestWithParam<Slower> {};
TEST_P(EveryCost, makes_the_run_slower) {
  HwConfig hw = plain_machine();
  hw.sequencer.in_flight = 4;
  hw.dma.requests_in_flight = 16;
  hw.dram.latency_ns = 100;
  const std::int64_t before =
      simulate(inversion("neumann_masked", 64, Format::kFp16, hw), hw, 8, nullptr).total_cycles;
  GetParam().change(hw);
  EXPECT_GT(
      simulate(inversion("neumann_masked", 64, Format::kFp16, hw), hw, 8, nullptr).total_cycles,
      before);
}
INSTANTIATE_TEST_SUITE_P(
    Keys, EveryCost,
    ::testing::Values(
        Slower{"overlap", [](HwConfig& hw) { hw.systolic_array.overlap = Overlap::kNone; }},
        Slower{"head", [](HwConfig& hw) { hw.systolic_array.head_cycles = 20; }},
        Slower{"passes", [](HwConfig& hw) { hw.formats[kHalf].passes = 4; }},
        Slower{"array_clock", [](HwConfig& hw) { hw.systolic_array.clock_ghz = hw.clock_ghz / 2; }},
        Slower{"vector_clock", [](HwConfig& hw) { hw.vector_unit.clock_ghz = hw.clock_ghz / 2; }},
        Slower{"startup",
               [](HwConfig& hw) {
                 for (auto& op : hw.vector_unit.operations) op.startup_cycles = 40;
               }},
        Slower{"add", [](HwConfig& hw) { hw.vector_unit.operations[0].cycles_per_beat = 4; }},
        Slower{"add_in_fp16",
               [](HwConfig& hw) {
                 hw.vector_unit.operations[0].by_format[kHalf] = {{10, 4, {}}, true};
               }},
        Slower{"barrier", [](HwConfig& hw) { hw.vector_unit.barrier_cycles = 20; }},
        Slower{"row_startup", [](HwConfig& hw) { hw.vector_unit.row_startup_cycles = 3; }},
        Slower{"strided",
               [](HwConfig& hw) {
                 hw.vector_unit.operations[0].strided = {true, 10, 1, 3};
               }},
        Slower{"unaligned_tail",
               [](HwConfig& hw) {
                 hw.vector_unit.bytes_per_beat = 4096;
                 hw.vector_unit.unaligned_tail_cycles = 3000;
               }},
        Slower{"pipelined", [](HwConfig& hw) { hw.vector_unit.pipelined = false; }},
        Slower{"narrow_beat", [](HwConfig& hw) { hw.vector_unit.bytes_per_beat = 64; }},
        Slower{"one_bank",
               [](HwConfig& hw) {
                 hw.scratchpad.banks = 1;
                 hw.scratchpad.width_bytes = 32;
               }},
        Slower{"accumulator_path",
               [](HwConfig& hw) { hw.accumulator_to_vector.bytes_per_cycle = 8; }},
        Slower{"accumulator_latency",
               [](HwConfig& hw) { hw.accumulator_to_vector.latency_cycles = 300; }},
        Slower{"operand_path", [](HwConfig& hw) { hw.vector_to_matrix.bytes_per_cycle = 4; }},
        Slower{"dma_startup", [](HwConfig& hw) { hw.dma.startup_cycles = 500; }},
        Slower{"dma_clock",
               [](HwConfig& hw) {
                 hw.dma.startup_cycles = 2;
                 hw.dma.clock_ghz = hw.clock_ghz / 500;
               }},
        Slower{"half_bandwidth", [](HwConfig& hw) { hw.dma.half_bandwidth_bytes = 1 << 16; }},
        Slower{"row_buffer",
               [](HwConfig& hw) {
                 hw.dram.timing = DramTiming::kRowBuffer;
                 hw.dram.row_buffer.banks = 1;
                 hw.dram.row_buffer.row_bytes = 64;
               }},
        Slower{"one_request", [](HwConfig& hw) { hw.dma.requests_in_flight = 1; }},
        Slower{"dram_latency", [](HwConfig& hw) { hw.dram.latency_ns = 2000; }},
        Slower{"dram_bandwidth", [](HwConfig& hw) { hw.dram.bandwidth_gbps = 1; }},
        Slower{"token", [](HwConfig& hw) { hw.sequencer.token_latency_cycles = 200; }},
        Slower{"issue", [](HwConfig& hw) { hw.sequencer.issue_cycles = 50; }},
        Slower{"launch", [](HwConfig& hw) { hw.sequencer.launch_cycles = 100; }},
        Slower{"one_in_flight", [](HwConfig& hw) { hw.sequencer.in_flight = 1; }},
        Slower{"program_order",
               [](HwConfig& hw) { hw.sequencer.dispatch = Dispatch::kProgramOrder; }}),
    [](const auto& info) { return std::string(info.param.what); });

TEST(Simulation, the_steady_state_of_one_chunk_in_flight_is_its_latency) {
  HwConfig hw = plain_machine();
  hw.sequencer = {.in_flight = 1, .launch_cycles = 5000};
  const Program p = inversion("block_doubling", 32, Format::kFp16, hw);
  const std::int64_t alone = simulate(p, hw, 1, nullptr).total_cycles - hw.sequencer.launch_cycles;
  EXPECT_DOUBLE_EQ(steady_cycles_per_item(p, hw), static_cast<double>(alone));
}

TEST(Simulation, the_steady_state_of_many_vector_steps_is_the_work_of_the_vector_unit) {
  // Substitution on one vector unit, transfers of no account: with many chunks in flight the unit
  // never waits, so a chunk costs what it is busy with one.
  HwConfig hw = plain_machine();
  hw.sequencer.in_flight = 8;
  hw.dram.bandwidth_gbps = 100000;
  const Program p = inversion("forward_substitution", 32, Format::kFp32, hw);
  EXPECT_DOUBLE_EQ(steady_cycles_per_item(p, hw),
                   static_cast<double>(simulate(p, hw, 1, nullptr).units[1].busy));
}

TEST(Simulation, an_operand_is_read_again_for_every_tile_it_streams_past) {
  // 256 x 16 by 16 x 256 on 16 x 16 PEs: A streams past 16 tiles of B.  Through one bank of 8 B a
  // cycle its 256 rows of 32 B take 1024 cycles a pass, B's 16 rows of 512 B another 1024 once,
  // where the array streams 256 rows a pass.
  HwConfig hw = plain_machine();
  hw.scratchpad.banks = 1;
  hw.scratchpad.width_bytes = 8;
  const Program p = lower_gemm(hw, Format::kFp16, 256, 256, 16);
  const SimulationResult r = simulate(p, hw, 1, nullptr);
  EXPECT_EQ(r.units[0].stalled[static_cast<std::size_t>(StallCause::kScratchpadBandwidth)],
            16 * 1024 + 1024 - 16 * 256);
}

TEST(Simulation, bank_conflicts_are_accounted_with_their_cause) {
  HwConfig hw = plain_machine();
  hw.scratchpad.banks = 1;
  hw.scratchpad.width_bytes = 128;
  const SimulationResult r =
      simulate(inversion("neumann_masked", 64, Format::kFp32, hw), hw, 4, nullptr);
  std::int64_t conflicts = 0;
  for (const UnitCycles& u : r.units)
    conflicts += u.stalled[static_cast<std::size_t>(StallCause::kBankConflict)] +
                 u.stalled[static_cast<std::size_t>(StallCause::kScratchpadBandwidth)];
  EXPECT_GT(conflicts, 0);
}

TEST(Simulation, a_program_that_waits_for_itself_is_reported_with_unit_and_token) {
  const HwConfig hw = plain_machine();
  Program p = lower_gemm(hw, Format::kFp32, 16, 16, 16);
  for (std::uint32_t i = 0; i < p.instructions.size(); ++i)
    if (p.instructions[i].as<Matmul>() != nullptr) p.instructions[i].waits.push_back(i + 1);
  try {
    simulate(p, hw, 1, nullptr);
    FAIL() << "expected a deadlock";
  } catch (const RunError& error) {
    EXPECT_NE(
        std::string(error.what())
            .find("matrix: instruction 2 of item 0 waits for the token of instruction 3 (vector)"),
        std::string::npos)
        << error.what();
  }
  EXPECT_GT(simulate(lower_gemm(hw, Format::kFp32, 16, 16, 16), hw, 1, nullptr).total_cycles, 0)
      << "the next run is not affected";
}

TEST(Simulation, a_missing_token_changes_the_bits) {
  HwConfig hw = plain_machine();
  Program p = lower_gemm(hw, Format::kFp32, 16, 16, 16);
  for (Instruction& in : p.instructions)
    if (in.as<Epilogue>() != nullptr) in.waits.clear();
  std::vector<double> out;
  const std::vector<double> ones(256, 1.0);
  const ItemIo io{[&](std::int64_t, MachineState& s) {
                    write_input(p, p.inputs[0], ones, s);
                    write_input(p, p.inputs[1], ones, s);
                  },
                  [&](std::int64_t, const MachineState& s) { out = read_real(p, p.output, s); }};
  simulate(p, hw, 1, &io);
  EXPECT_NE(out[0], 16.0);
}

}  // namespace
}  // namespace tricycle
