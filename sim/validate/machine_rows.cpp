// SPDX-License-Identifier: Apache-2.0
//
// Published figures about real machines, beside those of hwconfigs/.
#include <fmt/format.h>

#include <algorithm>

#include "models/config_fields.h"
#include "models/timing/timing.h"
#include "sim/config/load_hw.h"
#include "sim/engine/lowering.h"
#include "sim/host/shipped_files.h"
#include "sim/units/npu.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"

namespace tricycle {

namespace {

VectorOp operation_of(const PublishedTable& table, std::size_t row) {
  const auto found = find_vector_op(table.text(row, "operation"));
  if (!found) table.refuse(row, "operation", "a vector operation");
  return *found;
}

/// How the registers of an operation lie: in one run of 1, 4 or 16; or in as many rows, contiguous
/// or apart.
struct Layout {
  std::string_view name;
  bool in_rows, contiguous;
};
constexpr Layout kLayouts[] = {
    {"run", false, true}, {"contiguous rows", true, true}, {"strided rows", true, false}};

const Layout& layout_of(const PublishedTable& table, std::size_t row) {
  for (const Layout& layout : kLayouts)
    if (layout.name == table.text(row, "layout")) return layout;
  table.refuse(row, "layout", "run, contiguous rows or strided rows");
}

/// One operation over `count` rows of so many registers, or one run of `count` registers.
ValidationRow vector_row(const PublishedTable& table, std::size_t i, std::int64_t count) {
  const HwConfig hw = machine_of(table, i);
  const Format format = format_of(table, i);
  const Layout& layout = layout_of(table, i);
  const std::int64_t registers = layout.in_rows ? table.integer(i, "registers_per_row") : count,
                     rows = layout.in_rows ? count : 1;
  const auto ours = operation_timing(hw, operation_of(table, i), format,
                                     {rows, registers, layout.contiguous, true})
                        .cycles();
  const double published = static_cast<double>(rows * registers) * table.number(i, "slope") +
                           static_cast<double>(rows) * table.number(i, "row") +
                           table.number(i, "fixed");
  const std::string over = layout.in_rows
                               ? fmt::format("{} {} of {}", count, layout.name, registers)
                               : fmt::format("{}", count);
  return {fmt::format("{}, {} ({}) {} x {}", hw.name, table.text(i, "operation"), name(format),
                      table.text(i, "instruction"), over),
          published, static_cast<double>(ours), table.use(i), "pto-isa 3186c38"};
}

}  // namespace

std::vector<ValidationRow> peak_rows(const std::string& folder) {
  const PublishedTable table(folder + "/peaks.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const HwConfig hw = machine_of(table, i);
    const Format format = format_of(table, i);
    // MAC/cycle x 1e9 cycles/s x 2 operations a MAC, in 1e12 a second.
    const double ours =
        static_cast<double>(hw.cores) * hw.peak_macs_per_cycle(format) * hw.clock_ghz * 2 / 1000;
    out.push_back({fmt::format("{}, {}", hw.name, name(format)),
                   table.number(i, "published") / table.number(i, "modelled_share"), ours,
                   table.use(i), table.text(i, "source")});
  }
  return out;
}

std::vector<ValidationRow> vector_rows(const std::string& folder) {
  const PublishedTable table(folder + "/vector_cycles.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i)
    for (const int count : {1, 4, 16}) out.push_back(vector_row(table, i, count));
  return out;
}

std::vector<ValidationRow> onnxim_total_rows(const std::string& folder) {
  const PublishedTable table(folder + "/onnxim_cycles.csv");
  HwConfig hw = load_hw_config(shipped("hwconfigs/peers/onnxim_ws.yaml"));
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const int array = table.integer(i, "array"), m = table.integer(i, "m"),
              n = table.integer(i, "n"), k = table.integer(i, "k");
    hw.systolic_array.rows = hw.systolic_array.cols = array;
    const Program program = lower_fastest_gemm(hw, Format::kInt8, m, n, k);
    out.push_back({fmt::format("{} x {} ws, {} x {} x {}", array, array, m, n, k),
                   table.number(i, "total_cycles"),
                   static_cast<double>(simulate(program, hw, 1, nullptr).total_cycles),
                   table.use(i), "ONNXim a1e8629"});
  }
  return out;
}

}  // namespace tricycle
