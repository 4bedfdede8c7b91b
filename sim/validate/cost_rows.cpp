// SPDX-License-Identifier: Apache-2.0
//
// Published energies and areas beside those of models/cost.
#include <fmt/format.h>

#include <sstream>

#include "models/cost/cost.h"
#include "models/cost/unit_costs.h"
#include "sim/config/load_hw.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"
#include "workloads/gemm.h"

namespace tricycle {

namespace {

/// One row of the table: the machine with its overrides, and what the figure is of.
struct Subject {
  const PublishedTable& table;
  std::size_t row;
  HwConfig hw;

  const CostTables& tables() const { return *hw.cost_model.tables; }
  double node_nm() const { return hw.cost_model.node_nm; }
  Format format() const {
    if (const auto format = find_format(table.text(row, "of"))) return *format;
    table.refuse(row, "of", "a format");
  }
  double bytes() const { return table.number(row, "of"); }
  NumberType sum() const {
    return sum_type(format(), accumulator_bytes(hw.support(format()).accumulator));
  }
};

/// A MAC as it streams through a PE: the operand that moves, and the sum.
Spread pe_pj(const Subject& s) {
  const double bits =
      info(s.format()).bits + 8.0 * accumulator_bytes(s.hw.support(s.format()).accumulator);
  return mac_pj(s.hw, s.format()) +
         logic_pj(s.tables(), s.tables().register_pj_per_bit, s.node_nm()) * bits;
}

/// A large product, every PE at work in every cycle, operands from DRAM.
double pj_per_flop_at_peak(const Subject& s) {
  constexpr int kExtent = 2048;
  const Program program = lower_gemm(s.hw, s.format(), kExtent, kExtent, kExtent);
  const Activity a = activity(program, s.hw);
  const auto macs = static_cast<double>(a.macs);
  const double cycles = macs / s.hw.peak_macs_per_cycle(s.format());
  return energy_pj(s.hw, s.format(), a, 1, cycles).total().nominal / (2 * macs);
}

struct Figure {
  std::string_view name, unit;
  double (*value)(const Subject&);
};
constexpr double kBytesPerMib = 1048576, kUm2PerMm2 = 1e6, kWordBytes = 8;
constexpr Figure kFigures[] = {
    {"multiply_pj", "pJ",
     [](const Subject& s) {
       return multiply_pj(s.tables(), number_type(s.format()), s.node_nm()).nominal;
     }},
    {"add_pj", "pJ",
     [](const Subject& s) {
       return add_pj(s.tables(), number_type(s.format()), s.node_nm()).nominal;
     }},
    {"sram_read_pj_per_word", "pJ",
     [](const Subject& s) {
       return kWordBytes * sram_read_pj_per_byte(s.tables(), s.bytes(), s.node_nm()).nominal;
     }},
    {"sram_read_pj_per_byte", "pJ",
     [](const Subject& s) {
       return sram_read_pj_per_byte(s.tables(), s.bytes(), s.node_nm()).nominal;
     }},
    {"pe_pj", "pJ", [](const Subject& s) { return pe_pj(s).nominal; }},
    {"lane_pj", "pJ", [](const Subject& s) { return lane_pj(s.hw, s.format()).nominal; }},
    {"mac_um2", "um2",
     [](const Subject& s) {
       return (multiply_um2(s.tables(), number_type(s.format()), s.node_nm()) +
               add_um2(s.tables(), s.sum(), s.node_nm()))
           .nominal;
     }},
    {"pe_um2", "um2", [](const Subject& s) { return pe_um2(s.hw).nominal; }},
    {"array_mm2", "mm2",
     [](const Subject& s) { return area_mm2(s.hw)[AreaPart::kMatrix].nominal; }},
    {"sram_mm2_per_mib", "mm2",
     [](const Subject& s) {
       return sram_um2_per_byte(s.tables(), s.bytes(), s.node_nm()).nominal * kBytesPerMib /
              kUm2PerMm2;
     }},
    {"core_mm2", "mm2", [](const Subject& s) { return area_mm2(s.hw).total().nominal; }},
    {"pj_per_flop_at_peak", "pJ", pj_per_flop_at_peak},
};

const Figure& figure_of(const PublishedTable& table, std::size_t row) {
  for (const Figure& figure : kFigures)
    if (figure.name == table.text(row, "figure")) return figure;
  table.refuse(row, "figure", "a figure of sim/validate/cost_rows.cpp");
}

/// "a.b=1 c=2 nm": texts KEY=VALUE; a word without `=` belongs to the value before it.
std::vector<std::string> overrides(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word.find('=') == std::string::npos && !out.empty())
      out.back() += " " + word;
    else
      out.push_back(word);
  }
  return out;
}

}  // namespace

std::vector<ValidationRow> cost_rows(const std::string& folder) {
  const PublishedTable table(folder + "/costs.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::string &machine = table.text(i, "machine"), &set = table.text(i, "set");
    const Figure& figure = figure_of(table, i);
    const Subject subject{
        table, i,
        load_hw_config(shipped(fmt::format("hwconfigs/{}.yaml", machine)), overrides(set))};
    const std::string& of = table.text(i, "of");
    out.push_back({fmt::format("{}{}{}, {}{}{}, {}", figure.name, of.empty() ? "" : " ", of,
                               machine, set.empty() ? "" : " ", set, figure.unit),
                   table.number(i, "published"), figure.value(subject), table.use(i),
                   table.text(i, "source")});
  }
  return out;
}

}  // namespace tricycle
