// SPDX-License-Identifier: Apache-2.0
//
// Programs whose way depends on their values: exits, and items of different lengths in flight.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "models/error.h"
#include "models/isa/program_text.h"
#include "models/isa/way.h"
#include "models/timing/instruction_timing.h"
#include "sim/config/load_problem.h"
#include "sim/engine/cycle_bound.h"
#include "sim/engine/run.h"
#include "sim/engine/steady_state.h"
#include "sim/units/npu.h"
#include "tests/machines.h"
#include "workloads/algorithm.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

/// y <- a, and twice more added to itself unless its norm is at most 1.
constexpr const char* kDoubling = R"(program fp32
buffer A.dram dram 4 x 4 fp32
buffer Y.dram dram 4 x 4 fp32
buffer a scratchpad 4 x 4 fp32
buffer n scratchpad 1 x 1 fp32
buffer d scratchpad 1 x 1 fp32
input A.dram
output Y.dram
0 load a[0:4, 0:4] <- A.dram[0:4, 0:4]
1 norm n[0:1, 0:1] <- KIND a[0:4, 0:4]
2 exit d[0:1, 0:1] <- n[0:1, 0:1] at_most 1 to 4
3 epilogue a[0:4, 0:4] <- a[0:4, 0:4] + a[0:4, 0:4]
4 store Y.dram[0:4, 0:4] <- a[0:4, 0:4]
)";

std::string with(std::string text, const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

Program program_of(const std::string& text, const HwConfig& hw) {
  return parse_program(text, "p", hw);
}

double norm_of(const std::vector<double>& a, const char* kind) {
  const HwConfig hw = reference_machine();
  const Program p = program_of(with(kDoubling, "KIND", kind), hw);
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], a, state);
  interpret(p, hw, state);
  return read_real(p, 3, state)[0];
}

TEST(Norms, are_those_of_linear_algebra) {
  // Rows sum to 3, 7, 0, 0; columns to 4, 6, 0, 0; squares to 1 + 4 + 9 + 16.
  const std::vector<double> a{1, -2, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(norm_of(a, "rows"), 7);
  EXPECT_EQ(norm_of(a, "columns"), 6);
  EXPECT_EQ(norm_of(a, "frobenius"), std::sqrt(30.0F));
  EXPECT_EQ(norm_of(a, "bound"), std::sqrt(30.0F));  // below sqrt(42)
  // One row: its sum is no less than its root of squares, but the columns are small.
  const std::vector<double> row{1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(norm_of(row, "bound"), 2);
  EXPECT_TRUE(std::isnan(norm_of({NAN, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}, "rows")));
  EXPECT_TRUE(std::isnan(norm_of({NAN, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}, "columns")));
  EXPECT_TRUE(std::isnan(norm_of({NAN, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}, "bound")));
}

TEST(Exits, skip_what_the_values_allow) {
  const HwConfig hw = reference_machine();
  const Program p = program_of(with(kDoubling, "KIND", "rows"), hw);
  const auto result = [&](double value) {
    MachineState state = make_state(p);
    std::vector<double> a(16);
    a[5] = value;
    write_input(p, p.inputs[0], a, state);
    const Way way = interpret(p, hw, state);
    return std::pair(read_real(p, p.output, state)[5], way);
  };
  EXPECT_EQ(result(1), std::pair(1.0, Way{true}));
  EXPECT_EQ(result(1.5), std::pair(3.0, Way{false}));
  EXPECT_TRUE(std::isnan(result(NAN).first));
  EXPECT_EQ(result(NAN).second, Way{false});  // above every limit
}

/// Each item is as long as its own way, and waits for nothing else when it is alone.
TEST(Exits, take_the_cycles_of_the_instructions_that_are_left) {
  HwConfig hw = reference_machine();
  hw.scratchpad.ports = 64;  // no instruction waits for a bank
  Program p = program_of(with(kDoubling, "KIND", "rows"), hw);
  const std::vector<InstructionTiming> t = instruction_timings(p, hw);
  const std::int64_t issue = hw.sequencer.issue_cycles, token = hw.sequencer.token_latency_cycles,
                     vector = hw.vector_unit.result_latency_cycles;
  p.items = as_item_ways({Way{true}, Way{false}});
  // load -> norm, norm -> exit, exit -> [epilogue ->] store; the sequencer sees the decision as any
  // other unit sees a result.
  const std::int64_t taken =
      t[0].busy + t[1].busy + t[2].busy + t[4].busy + 4 * issue + token + vector + token;
  const std::int64_t held = taken + t[3].busy + issue + vector;
  Program one = p;
  one.items = as_item_ways({Way{true}});
  EXPECT_EQ(cycles_alone(one, hw), static_cast<double>(taken));
  one.items = as_item_ways({Way{false}});
  EXPECT_EQ(cycles_alone(one, hw), static_cast<double>(held));
  EXPECT_EQ(cycles_alone(slowest_alone(p, hw), hw), static_cast<double>(held));
  // One after the other: both, whichever comes first.
  HwConfig serial = hw;
  serial.sequencer.in_flight = 1;
  const SimulationResult both = simulate(p, serial, 2, nullptr);
  EXPECT_EQ(both.total_cycles - hw.sequencer.launch_cycles, taken + held);
  EXPECT_EQ(simulate(p, serial, 3, nullptr).total_cycles - hw.sequencer.launch_cycles,
            2 * taken + held);
}

TEST(Exits, are_refused_where_a_way_reads_what_it_did_not_write) {
  const HwConfig hw = reference_machine();
  const std::string good = with(kDoubling, "KIND", "bound");
  const auto fault = [&](const std::string& from, const std::string& to) -> std::string {
    try {
      program_of(with(good, from, to), hw);
    } catch (const InputError& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(fault("to 4", "to 5"), "");  // nothing is stored then: the result is not complete
  EXPECT_EQ(fault("to 4", "to 2"),
            "p:11: exit: expected a later instruction to go on with, 3 to 5 (the end)");
  EXPECT_EQ(fault("to 4", "to 6"),
            "p:11: exit: expected a later instruction to go on with, 3 to 5 (the end)");
  EXPECT_EQ(fault("n[0:1, 0:1] at_most 1 to 4", "always to 4"),
            "p:12: epilogue: expected a way to it, but the exit before it always skips it");
  EXPECT_EQ(fault("epilogue a[0:4, 0:4] <- a", "epilogue b[0:4, 0:4] <- a").substr(0, 5), "p:12:");
  const std::string other =
      with(with(with(good, "buffer n ", "buffer b scratchpad 4 x 4 fp32\nbuffer n "), "epilogue a",
                "epilogue b"),
           "<- a[0:4, 0:4]\n", "<- b[0:4, 0:4]\n");
  try {
    program_of(other, hw);
    ADD_FAILURE() << "b is not written where the exit is taken";
  } catch (const InputError& e) {
    EXPECT_STREQ(e.what(), "p:14: store: expected every operand to have been written");
  }
  EXPECT_EQ(unwritten_outputs(program_of(with(good, "to 4", "to 5"), hw)).size(), 1U);
}

/// One item in eight is long.  Whatever is in flight, no item may cost less than the machine takes
/// for a run of many.
TEST(Exits, leave_no_slot_with_all_the_long_items) {
  HwConfig hw = reference_machine();
  hw.sequencer.in_flight = 8;
  hw.sequencer.token_latency_cycles = 300;
  Program p = program_of(with(kDoubling, "KIND", "rows"), hw);
  Program slow = p;
  // The long way: many dependent steps.
  for (int i = 0; i < 60; ++i)
    slow.instructions.insert(slow.instructions.begin() + 4, slow.instructions[3]);
  std::get<Exit>(slow.instructions[2].operation).target = 64;
  derive_tokens(slow);
  std::vector<Way> ways(8, Way{true});
  ways[0] = Way{false};
  slow.items = as_item_ways(ways);
  const std::int64_t items = 800;
  const double whole = static_cast<double>(simulate(slow, hw, items, nullptr).total_cycles) /
                       static_cast<double>(items);
  EXPECT_NEAR(steady_cycles_per_item(slow, hw), whole, 0.1 * whole);
}

TEST(Exits, may_lead_to_the_next_instruction_and_to_the_end) {
  const HwConfig hw = reference_machine();
  const std::string text = with(kDoubling, "KIND", "rows");
  for (const std::string target : {"to 3", "to 5"}) {
    Program p = program_of(with(text, "to 4", target), hw);
    const ItemIo io{[&](std::int64_t, MachineState& state) {
                      write_input(p, p.inputs[0], std::vector<double>(16, 0.1), state);
                    },
                    [](std::int64_t, const MachineState&) {}};
    EXPECT_GT(simulate(p, hw, 3, &io).total_cycles, 0) << target;
  }
}

TEST(Exits, cannot_skip_more_products_than_there_are) {
  const HwConfig hw = reference_machine();
  try {
    program_of(with(with(kDoubling, "KIND", "rows"), "to 4", "to 4 products 7"), hw);
    ADD_FAILURE();
  } catch (const InputError& e) {
    EXPECT_STREQ(e.what(),
                 "p:11: exit: expected at most 0 products skipped on any way, as many as "
                 "the program has");
  }
}

TEST(Exits, contradicted_by_the_values_stop_the_simulation) {
  const HwConfig hw = reference_machine();
  Program p = program_of(with(kDoubling, "KIND", "rows"), hw);
  p.items = as_item_ways({Way{true}});
  const ItemIo io{[&](std::int64_t, MachineState& state) {
                    write_input(p, p.inputs[0], std::vector<double>(16, 1.0), state);
                  },
                  [](std::int64_t, const MachineState&) {}};
  EXPECT_THROW(simulate(p, hw, 1, &io), InternalError);
}

/// Products at a tolerance of 2^-10, fp16 with fp32 sums, as a second implementation in NumPy
/// counts them (with one exit more, which saves up to 0.2 of a product).
TEST(Auto, takes_the_products_that_numpy_takes) {
  struct Row {
    const char* problem;
    double products, worst;
  };
  for (const Row& row :
       {Row{"gdn_lm_c32", 5.63, 2.4e-4}, Row{"gdn_lm_c64", 6.73, 2.4e-4},
        Row{"gdn_lm_c128", 7.79, 2.4e-4}, Row{"qwen3_5_gates_c64", 8.03, 4.4e-4}}) {
    const PreparedProblem problem = prepare(load_problem(
        std::string(TRICYCLE_SOURCE_DIR "/workloads/problems/") + row.problem + ".yaml"));
    const RunResult r =
        run(reference_machine(), problem, find_algorithm("auto"), {}, Format::kFp16);
    EXPECT_NEAR(r.mean_products, row.products, 0.2) << row.problem;
    EXPECT_LE(r.accuracy.rel_error_max, row.worst * 1.05) << row.problem;
    EXPECT_LT(r.mean_products, static_cast<double>(r.matmul_count)) << row.problem;
  }
}

TEST(Exits, have_a_letter_of_their_own_in_timelines) {
  std::set<char> letters;
  for (const OpcodeInfo& row : kOpcodes) EXPECT_TRUE(letters.insert(row.letter).second) << row.name;
}

/// Bits, and the checks that every run makes, with items of many lengths in flight.
TEST(Auto, has_the_same_bits_on_every_machine_whatever_is_in_flight) {
  Problem mixed;
  mixed.chunk = 32;
  mixed.ensemble = "correlated";
  mixed.matrices = 24;
  PreparedProblem problem = prepare(mixed);
  for (std::size_t i = 0; i < problem.chunks.size(); ++i) {
    for (double& a : problem.chunks[i].a) a *= std::ldexp(1.0, -static_cast<int>(i % 12));
    problem.oracles[i] = Oracle(problem.chunks[i]);
  }
  const AlgorithmParameters parameters = resolve_parameters(find_algorithm("auto"), 32, {});
  std::string digest;
  for (const Fidelity fidelity : {Fidelity::kTile, Fidelity::kPe})
    for (const Dispatch dispatch : {Dispatch::kProgramOrder, Dispatch::kReadyFirst})
      for (const std::int64_t cores : {1, 3})
        for (const std::int64_t in_flight : {1, 5}) {
          if (fidelity == Fidelity::kPe && (cores > 1 || in_flight == 1)) continue;
          HwConfig hw = reference_machine();
          hw.cores = cores;
          hw.sequencer.in_flight = in_flight;
          hw.sequencer.dispatch = dispatch;
          const RunResult r = run(hw, problem, find_algorithm("auto"), {}, Format::kFp16, fidelity);
          if (digest.empty()) digest = r.output_digest;
          EXPECT_EQ(r.output_digest, digest);
          EXPECT_EQ(r.many.completion_cycles.size(), 24U);
          const Program p = lower(find_algorithm("auto"), parameters, 32, Format::kFp16, hw);
          EXPECT_EQ(run_values(hw, problem, p).output_digest, digest);
        }
  EXPECT_GT(possible_ways(
                lower(find_algorithm("auto"), parameters, 32, Format::kFp16, reference_machine()))
                .size(),
            10U);
}

}  // namespace
}  // namespace tricycle
