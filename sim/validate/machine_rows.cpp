// SPDX-License-Identifier: Apache-2.0
//
// Figures published about real machines, beside those of hwconfigs/.
#include <fmt/format.h>

#include <algorithm>

#include "models/config_fields.h"
#include "models/timing/timing.h"
#include "sim/config/load_hw.h"
#include "sim/shipped_files.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"

namespace tricycle {

namespace {

HwConfig machine_of(const PublishedTable& table, std::size_t row) {
  return load_hw_config(shipped(fmt::format("hwconfigs/{}.yaml", table.text(row, "machine"))));
}

Format format_of(const PublishedTable& table, std::size_t row) {
  for (const FormatInfo& format : kFormats)
    if (format.name == table.text(row, "format")) return format.id;
  table.refuse(row, "format", "a format");
}

VectorOp operation_of(const PublishedTable& table, std::size_t row) {
  const auto found =
      std::find(kVectorOpNames.begin(), kVectorOpNames.end(), table.text(row, "operation"));
  if (found == kVectorOpNames.end()) table.refuse(row, "operation", "a vector operation");
  return static_cast<VectorOp>(found - kVectorOpNames.begin());
}

}  // namespace

std::vector<ValidationRow> peak_rows(const std::string& folder) {
  const PublishedTable table(folder + "/peaks.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const HwConfig hw = machine_of(table, i);
    const Format format = format_of(table, i);
    // MAC/cycle x 1e9 cycles/s x 2 operations a MAC, in 1e12 a second.
    const double ours = hw.peak_macs_per_cycle(format) * hw.clock_ghz * 2 / 1000;
    out.push_back({fmt::format("{}, {}", hw.name, name(format)),
                   table.number(i, "published") / table.number(i, "modelled_share"), ours,
                   table.use(i), table.text(i, "source")});
  }
  return out;
}

std::vector<ValidationRow> vector_rows(const std::string& folder) {
  const PublishedTable table(folder + "/vector_cycles.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const HwConfig hw = machine_of(table, i);
    const Format format = format_of(table, i);
    for (const int repeats : {1, 4, 16}) {
      const std::int64_t ours = operation_cycles(hw, operation_of(table, i), format, repeats);
      out.push_back({fmt::format("{}, {} ({}) {} x {}", hw.name, table.text(i, "operation"),
                                 name(format), table.text(i, "instruction"), repeats),
                     table.number(i, "slope") * repeats + table.number(i, "fixed"),
                     static_cast<double>(ours), table.use(i), "pto-isa 3186c38"});
    }
  }
  return out;
}

}  // namespace tricycle
