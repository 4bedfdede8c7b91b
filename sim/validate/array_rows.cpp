// SPDX-License-Identifier: Apache-2.0
//
// One product on one array, as other simulators and RTL count it.
#include <fmt/format.h>

#include <algorithm>

#include "models/config_fields.h"
#include "models/timing/timing.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"
#include "workloads/reference_machine.h"

namespace tricycle {

namespace {

HwConfig machine_with(std::int64_t rows, std::int64_t cols, Dataflow dataflow, Overlap overlap) {
  HwConfig hw = reference_machine();
  hw.systolic_array.rows = rows;
  hw.systolic_array.cols = cols;
  hw.systolic_array.dataflow = dataflow;
  hw.systolic_array.overlap = overlap;
  return hw;
}

Dataflow dataflow_of(const PublishedTable& table, std::size_t row) {
  for (const auto& [text, value] : EnumNames<Dataflow>::kValues)
    if (text == table.text(row, "dataflow")) return value;
  table.refuse(row, "dataflow", "ws, is or os");
}

/// How the sums leave the arrays of open RTL, as their sources describe it.
struct RtlDesign {
  std::string_view begins;  // of the design's name
  DrainShift shift;
  DrainStart start;
  std::int64_t registers, pe_latency;
};
constexpr RtlDesign kRtlDesigns[] = {
    // All at once when the last PE is done, with a register before and one after.
    {"axis_sa", DrainShift::kCols, DrainStart::kLast, 2, 1},
    // Each column after the wavefront.
    {"gemmini_mesh", DrainShift::kRows, DrainStart::kWavefront, 2, 1},
    // Multiplier and adder are pipelined.
    {"Systolic-Tensors", DrainShift::kNone, DrainStart::kWavefront, 1, 4},
    {"ws-systolic-array-soc", DrainShift::kNone, DrainStart::kWavefront, 0, 1},
};

/// A row of rtl_cycles.csv with the machine it is about.
struct RtlRow {
  std::string design;
  HwConfig hw;
  int m, n, k, tile, interval, inclusive_cycles;

  bool loads_weights() const { return hw.systolic_array.dataflow != Dataflow::kOutputStationary; }
  std::string what() const {
    const SystolicArrayConfig& a = hw.systolic_array;
    return fmt::format("{}, {} x {} {}, {} x {} x {}", design, a.rows, a.cols,
                       enum_name(a.dataflow), m, n, k);
  }
};

std::vector<RtlRow> bit_exact_rtl(const std::string& folder) {
  const PublishedTable table(folder + "/rtl_cycles.csv");
  std::vector<RtlRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.text(i, "bit_exact") != "True") continue;
    const std::string& name = table.text(i, "design");
    const auto design = std::find_if(std::begin(kRtlDesigns), std::end(kRtlDesigns),
                                     [&](const auto& d) { return name.starts_with(d.begins); });
    if (design == std::end(kRtlDesigns)) table.refuse(i, "design", "a design that is described");
    HwConfig hw = machine_with(table.integer(i, "rows"), table.integer(i, "cols"),
                               dataflow_of(table, i), Overlap::kPreload);
    hw.systolic_array.drain_shift = design->shift;
    hw.systolic_array.drain_start = design->start;
    hw.systolic_array.drain_registers = design->registers;
    hw.systolic_array.pe_latency = design->pe_latency;
    out.push_back({std::string(design->begins), hw, table.integer(i, "M"), table.integer(i, "N"),
                   table.integer(i, "K"), table.integer(i, "tile_index"),
                   table.integer(i, "first_in_cycle"),
                   table.integer(i, "inclusive_cycles_first_in_to_last_out")});
  }
  return out;
}

ValidationRow exact(std::string what, double published, std::int64_t ours, std::string source) {
  return {std::move(what), published, static_cast<double>(ours), RowUse::kExact, std::move(source)};
}

}  // namespace

std::vector<ValidationRow> scale_sim_rows(const std::string& folder) {
  const PublishedTable table(folder + "/scalesim_cycles.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const int rows = table.integer(i, "array_rows"), cols = table.integer(i, "array_cols"),
              m = table.integer(i, "M"), n = table.integer(i, "N"), k = table.integer(i, "K");
    const HwConfig hw = machine_with(rows, cols, dataflow_of(table, i), Overlap::kNone);
    out.push_back(exact(
        fmt::format("{} x {} {}, {} x {} x {}", rows, cols, table.text(i, "dataflow"), m, n, k),
        table.number(i, "cycles"), array_timing(hw, Format::kInt8, m, n, k).occupancy_cycles - 1,
        "SCALE-Sim 1d62b68"));
  }
  return out;
}

std::vector<ValidationRow> onnxim_rows(const std::string& folder) {
  const PublishedTable table(folder + "/onnxim_cycles.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const int array = table.integer(i, "array"), m = table.integer(i, "m"),
              n = table.integer(i, "n"), k = table.integer(i, "k");
    const HwConfig hw = machine_with(array, array, Dataflow::kWeightStationary, Overlap::kPreload);
    out.push_back(exact(fmt::format("{} x {} ws, {} x {} x {}", array, array, m, n, k),
                        table.number(i, "active_cycles"),
                        array_timing(hw, Format::kInt8, m, n, k).occupancy_cycles,
                        "ONNXim a1e8629"));
  }
  return out;
}

std::vector<ValidationRow> rtl_rows(const std::string& folder) {
  std::vector<ValidationRow> out;
  for (const RtlRow& row : bit_exact_rtl(folder)) {
    const ArrayTiming t = array_timing(row.hw, Format::kInt8, row.m, row.n, row.k);
    // The published count begins after the loading of weights.
    const std::int64_t load = row.loads_weights() ? row.hw.systolic_array.rows : 0;
    const std::string tile = row.tile > 0 ? fmt::format(", tile {}", row.tile + 1) : "";
    out.push_back(
        exact(row.what() + tile, row.inclusive_cycles, t.latency_cycles - load, "Verilator 5.006"));
  }
  return out;
}

std::vector<ValidationRow> rtl_interval_rows(const std::string& folder) {
  std::vector<ValidationRow> out;
  for (const RtlRow& row : bit_exact_rtl(folder)) {
    if (row.tile == 0 || row.loads_weights()) continue;
    // Tile i of a stream is done i intervals after the first.
    const ArrayTiming one = array_timing(row.hw, Format::kInt8, row.m, row.n, row.k),
                      stream =
                          array_timing(row.hw, Format::kInt8, (1 + row.tile) * row.m, row.n, row.k);
    out.push_back(exact(fmt::format("{}, tile {}", row.what(), row.tile + 1), row.interval,
                        stream.latency_cycles - one.latency_cycles, "Verilator 5.006"));
  }
  return out;
}

}  // namespace tricycle
