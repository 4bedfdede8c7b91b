// SPDX-License-Identifier: Apache-2.0
//
// The table of configuration keys.  A key is one member of HwConfig and one line here; the strict
// YAML reader, --set, the resolved dump, `describe hw` and the JSON Schema are visitors over this
// table.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "models/field.h"
#include "models/format_fields.h"
#include "models/hw_config.h"
#include "models/run_result.h"
#include "models/simt_fields.h"
#include "models/vector_fields.h"

namespace tricycle {

template <>
struct EnumNames<Dataflow> {
  static constexpr std::array<std::pair<std::string_view, Dataflow>, 3> kValues{
      {{"ws", Dataflow::kWeightStationary},
       {"is", Dataflow::kInputStationary},
       {"os", Dataflow::kOutputStationary}}};
};
template <>
struct EnumNames<Overlap> {
  static constexpr std::array<std::pair<std::string_view, Overlap>, 2> kValues{
      {{"none", Overlap::kNone}, {"preload", Overlap::kPreload}}};
};
template <>
struct EnumNames<DrainShift> {
  static constexpr std::array<std::pair<std::string_view, DrainShift>, 3> kValues{
      {{"none", DrainShift::kNone}, {"rows", DrainShift::kRows}, {"cols", DrainShift::kCols}}};
};
template <>
struct EnumNames<DrainStart> {
  static constexpr std::array<std::pair<std::string_view, DrainStart>, 2> kValues{
      {{"wavefront", DrainStart::kWavefront}, {"last", DrainStart::kLast}}};
};
template <>
struct EnumNames<Fidelity> {
  static constexpr std::array<std::pair<std::string_view, Fidelity>, 2> kValues{
      {{"tile", Fidelity::kTile}, {"pe", Fidelity::kPe}}};
};
template <>
struct EnumNames<DramTiming> {
  static constexpr std::array<std::pair<std::string_view, DramTiming>, 2> kValues{
      {{"flat", DramTiming::kFlat}, {"row_buffer", DramTiming::kRowBuffer}}};
};
template <>
struct EnumNames<DramType> {
  static constexpr auto kValues = [] {
    std::array<std::pair<std::string_view, DramType>, kDramTypeCount> values;
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = {kDramTypeNames[i], static_cast<DramType>(i)};
    return values;
  }();
};
template <>
struct EnumNames<Dispatch> {
  static constexpr std::array<std::pair<std::string_view, Dispatch>, 2> kValues{
      {{"program_order", Dispatch::kProgramOrder}, {"ready_first", Dispatch::kReadyFirst}}};
};

/// Calls, for every key in order:  v.text(key, string&, required, meaning), v.number(Field,
/// int64_t& or double&), v.flag(key, bool&, meaning), v.choice(key, enum&, required, meaning), and
/// v.section(key, required, callable) for a nested map. formats.<name> is special: a section that
/// is present only where the machine has the format (v.optional_section(key, present&, callable)).
template <typename Visitor>
void visit_fields(Visitor& v, HwConfig& c) {
  v.text("name", c.name, true, "short name, as in reports");
  v.text("description", c.description, false, "one sentence: what the machine stands for");
  v.number(Field{"clock", Quantity::kFrequencyGhz, 0.001, 10, true,
                 "clock of the machine: every cycle of a report, and units without their own"},
           c.clock_ghz);
  v.number(Field{"cores", Quantity::kCount, 1, 256, false,
                 "cores, alike; they share the dram and nothing else"},
           c.cores);
  v.section("systolic_array", true, [&] { visit_fields(v, c.systolic_array); });
  v.section("formats", true, [&] {
    for (const FormatInfo& row : kFormats) {
      FormatSupport& support = c.formats[static_cast<std::size_t>(row.id)];
      v.optional_section(row.name, support.present, [&] { visit_fields(v, support, row); });
    }
  });
  v.section("vector_unit", true, [&] { visit_fields(v, c.vector_unit); });
  v.optional_section("solve_unit", c.solve_unit.present, [&] { visit_fields(v, c.solve_unit); });
  v.section("scratchpad", true, [&] { visit_fields(v, c.scratchpad); });
  v.section("accumulator_memory", true, [&] {
    v.number(Field{"size", Quantity::kBytes, 64, 1e12, true,
                   "accumulators of the matrix unit, all chunks in flight"},
             c.accumulator_bytes);
  });
  v.section("topology", true, [&] {
    v.section("accumulator_to_vector", true, [&] { visit_fields(v, c.accumulator_to_vector); });
    v.section("vector_to_matrix", true, [&] { visit_fields(v, c.vector_to_matrix); });
    v.optional_section("accumulator_to_scratchpad", c.accumulator_to_scratchpad.present, [&] {
      visit_fields(v, static_cast<PathConfig&>(c.accumulator_to_scratchpad));
    });
    v.optional_section("vector_to_accumulator", c.vector_to_accumulator.present,
                       [&] { visit_fields(v, static_cast<PathConfig&>(c.vector_to_accumulator)); });
    v.optional_section("scratchpad_to_matrix", c.scratchpad_to_matrix.present,
                       [&] { visit_fields(v, c.scratchpad_to_matrix); });
  });
  v.section("dma", true, [&] { visit_fields(v, c.dma); });
  v.section("dram", true, [&] {
    v.number(Field{"latency", Quantity::kTimeNs, 0, 1e6, true, "first byte of a request"},
             c.dram.latency_ns);
    v.number(Field{"bandwidth", Quantity::kBandwidthGbps, 0.001, 1e6, true,
                   "sustained, shared by all queues"},
             c.dram.bandwidth_gbps);
    v.choice("timing", c.dram.timing, false,
             "flat: latency and bandwidth; row_buffer: and banks with open rows");
    v.section("row_buffer", false, [&] { visit_fields(v, c.dram.row_buffer); });
  });
  v.section("sequencer", false, [&] { visit_fields(v, c.sequencer); });
  v.optional_section("simt", c.simt.present, [&] { visit_fields(v, c.simt); });
  v.optional_section("cost", c.cost_model.present, [&] { visit_fields(v, c.cost_model); });
}

template <typename Visitor>
void visit_fields(Visitor& v, CostConfig& c) {
  v.number(Field{"node", Quantity::kLengthNm, 3, 45, true, "process node of the logic"}, c.node_nm);
  v.choice("dram_type", c.dram_type, true, "memory behind the DMA, for its energy");
  v.flag("clock_gating", c.clock_gating, "PEs and lanes without work are not clocked");
  v.number(Field{"energy_scale", Quantity::kCount, 0.01, 100, false,
                 "factor of every energy on the chip: a calibration against a measurement"},
           c.energy_scale);
  v.path("tables", c.tables_file, false, "cost tables; none: hwconfigs/costs/published.yaml");
}

template <typename Visitor>
void visit_fields(Visitor& v, SystolicArrayConfig& c) {
  v.number(kUnitClock, c.clock_ghz);
  v.number(Field{"rows", Quantity::kCount, 1, 1024, true, "PE rows"}, c.rows);
  v.number(Field{"cols", Quantity::kCount, 1, 1024, true, "PE columns"}, c.cols);
  v.choice("dataflow", c.dataflow, true,
           "operand that stays in the PEs: weights, inputs or outputs");
  v.choice("overlap", c.overlap, false,
           "none: every pass pays preload, fill, drain; preload: passes stream back to back");
  v.number(Field{"depth", Quantity::kCount, 1, 256, false, "dot-product length of one PE a cycle"},
           c.depth);
  v.number(Field{"pe_latency", Quantity::kCycles, 1, 64, false,
                 "from the operands of a PE to its sum: a pipelined multiplier and adder"},
           c.pe_latency);
  v.flag("broadcast", c.broadcast,
         "os: operands reach all PEs in one cycle (a cube of dot products), without skew");
  v.flag("skewed_tiles", c.skewed_tiles,
         "a tile that stays enters skewed, in rows + cols - 1 cycles");
  v.section("drain", false, [&] {
    v.choice("shift", c.drain_shift, false,
             "how stationary outputs leave: at once, shifted by rows or by cols");
    v.choice("start", c.drain_start, false,
             "when shifting begins: behind the wavefront, or when the last PE is done");
    v.number(
        Field{"registers", Quantity::kCycles, 0, 64, false, "pipeline registers at the output"},
        c.drain_registers);
  });
  v.number(Field{"head", Quantity::kCycles, 0, 1e6, false, "fixed cycles an instruction"},
           c.head_cycles);
  v.number(Field{"pass_head", Quantity::kCycles, 0, 1e6, false,
                 "fixed cycles a pass, before its first operands enter: set-up of a tile"},
           c.pass_head_cycles);
}

template <typename Visitor>
void visit_fields(Visitor& v, SolveUnitConfig& c) {
  v.number(kUnitClock, c.clock_ghz);
  v.number(Field{"rows", Quantity::kCount, 2, 256, true,
                 "rows of its triangle of cells: the largest system it solves at once"},
           c.rows);
  v.number(Field{"bits", Quantity::kCount, 4, 64, false,
                 "of the widest stored format its cells take: what they cost"},
           c.bits);
  v.number(Field{"units", Quantity::kCount, 1, 64, false, "such arrays a core"}, c.units);
  v.number(Field{"pe_latency", Quantity::kCycles, 1, 64, false,
                 "from the operands of a cell to its sum"},
           c.pe_latency);
  v.number(Field{"boundary_latency", Quantity::kCycles, 1, 64, false,
                 "from the sum of a row to its entry of the solution: an addition and a rounding"},
           c.boundary_latency);
}

template <typename Visitor>
void visit_fields(Visitor& v, ScratchpadConfig& c) {
  v.number(Field{"size", Quantity::kBytes, 64, 1e12, true, "capacity"}, c.size_bytes);
  v.number(Field{"banks", Quantity::kCount, 1, 4096, false, "independent banks"}, c.banks);
  v.number(Field{"ports", Quantity::kCount, 1, 16, false, "accesses a bank serves a cycle"},
           c.ports);
  v.number(Field{"width", Quantity::kBytes, 1, 65536, true, "bytes of one access of one bank"},
           c.width_bytes);
  v.number(
      Field{"interleave", Quantity::kBytes, 1, 1e9, true, "consecutive bytes before the next bank"},
      c.interleave_bytes);
}

template <typename Visitor>
void visit_fields(Visitor& v, PathConfig& c) {
  v.number(Field{"bytes_per_cycle", Quantity::kBytesPerCycle, 0.01, 1e6, true, "rate of the path"},
           c.bytes_per_cycle);
  v.number(Field{"latency", Quantity::kCycles, 0, 1e6, false, "first byte through the path"},
           c.latency_cycles);
}

template <typename Visitor>
void visit_fields(Visitor& v, OperandPathConfig& c) {
  v.number(Field{"a_bytes_per_cycle", Quantity::kBytesPerCycle, 0.01, 1e6, true,
                 "rate of a product's left operand"},
           c.a_bytes_per_cycle);
  v.number(Field{"b_bytes_per_cycle", Quantity::kBytesPerCycle, 0.01, 1e6, true,
                 "rate of its right operand"},
           c.b_bytes_per_cycle);
  v.number(Field{"latency", Quantity::kCycles, 0, 1e6, false,
                 "from the last byte of an operand to the first step of its product"},
           c.latency_cycles);
  v.number(Field{"buffers", Quantity::kCount, 1, 64, false,
                 "operands held on each side; 1: loading waits for the product before"},
           c.buffers);
}

template <typename Visitor>
void visit_fields(Visitor& v, DmaConfig& c) {
  v.number(kUnitClock, c.clock_ghz);
  v.number(Field{"queues", Quantity::kCount, 1, 64, false, "descriptors in progress at once"},
           c.queues);
  v.number(Field{"startup", Quantity::kCycles, 0, 1e6, false, "per descriptor"}, c.startup_cycles);
  v.number(
      Field{"half_bandwidth", Quantity::kBytes, 0, 1e9, false,
            "size of a transfer that gets half the bandwidth: a fixed cost in bytes, on top of "
            "startup and latency"},
      c.half_bandwidth_bytes);
  v.number(Field{"request", Quantity::kBytes, 1, 1e6, true, "bytes of one memory request"},
           c.request_bytes);
  v.number(Field{"requests_in_flight", Quantity::kCount, 1, 4096, false,
                 "outstanding requests of one queue"},
           c.requests_in_flight);
}

template <typename Visitor>
void visit_fields(Visitor& v, RowBufferConfig& c) {
  v.number(Field{"channels", Quantity::kCount, 1, 256, false, "channels, interleaved by bursts"},
           c.channels);
  v.number(Field{"banks", Quantity::kCount, 1, 1024, false, "banks of a channel"}, c.banks);
  v.number(Field{"row", Quantity::kBytes, 1, 1e6, false, "row of a bank"}, c.row_bytes);
  v.number(Field{"burst", Quantity::kBytes, 1, 4096, false, "bytes of one column command"},
           c.burst_bytes);
  v.number(Field{"activate", Quantity::kTimeNs, 0, 1e3, false, "tRCD, activate to column command"},
           c.activate_ns);
  v.number(Field{"column", Quantity::kTimeNs, 0, 1e3, false, "CL, column command to first data"},
           c.column_ns);
  v.number(Field{"precharge", Quantity::kTimeNs, 0, 1e3, false, "tRP, precharge to activate"},
           c.precharge_ns);
  v.number(Field{"row_active", Quantity::kTimeNs, 0, 1e3, false, "tRAS, activate to precharge"},
           c.row_active_ns);
}

template <typename Visitor>
void visit_fields(Visitor& v, SequencerConfig& c) {
  v.number(Field{"in_flight", Quantity::kCount, 1, 256, false,
                 "chunks in flight; fewer where memory does not hold them"},
           c.in_flight);
  v.number(Field{"token_latency", Quantity::kCycles, 0, 1e6, false,
                 "completion in one unit to visibility in another"},
           c.token_latency_cycles);
  v.number(Field{"issue", Quantity::kCycles, 0, 1e6, false, "issue of one instruction"},
           c.issue_cycles);
  v.number(Field{"launch", Quantity::kCycles, 0, 1e9, false, "launch of one kernel"},
           c.launch_cycles);
  v.choice("dispatch", c.dispatch, false, "which chunk's instruction a unit takes next");
}

}  // namespace tricycle
