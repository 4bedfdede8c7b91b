// SPDX-License-Identifier: Apache-2.0
//
// What the paper's method is faster than: substitution as a kernel writes it down naively, and at
// its best.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "reports/text_table.h"
#include "sim/config/load_hw.h"
#include "sim/engine/lowering.h"
#include "sim/engine/substitution.h"
#include "sim/host/shipped_files.h"
#include "sim/tables/tables.h"
#include "sim/units/npu.h"
#include "sim/validate/published_table.h"

namespace tricycle {

namespace {

constexpr int kBaselineChunk = 64;

std::string times(double value) { return fmt::format("{:.2f}", value); }
std::string cycles_text(double value) { return fmt::format("{:.0f}", value); }

/// fp16 and int16, as far as the machine has them; or the first format it has.
std::vector<Format> baseline_formats(const HwConfig& hw) {
  std::vector<Format> there;
  for (const Format format : {Format::kFp16, Format::kInt16})
    if (hw.support(format).present) there.push_back(format);
  for (const FormatInfo& row : kFormats)
    if (there.empty() && hw.support(row.id).present) there.push_back(row.id);
  return there;
}

std::vector<std::string> baseline_cells(const HwConfig& hw, Format format) {
  const auto timed = [&](std::string_view name) {
    const Algorithm& row = find_algorithm(name);
    return lower_fastest(row, resolve_parameters(row, kBaselineChunk, {}), kBaselineChunk, format,
                         hw);
  };
  const TimedProgram naive = timed("forward_substitution"), paper = timed("neumann_masked");
  const std::optional<Substitution> best = best_substitution(hw, kBaselineChunk, format);
  const double naive_alone = cycles_alone(naive.program, hw),
               paper_alone = cycles_alone(paper.program, hw),
               best_alone = cycles_alone(best->timed.program, hw);
  return {hw.name,
          std::string(name(format)),
          cycles_text(naive_alone),
          cycles_text(naive.cycles_per_item),
          best->setting,
          cycles_text(best_alone),
          cycles_text(best->timed.cycles_per_item),
          times(naive_alone / paper_alone),
          times(best_alone / paper_alone),
          times(naive.cycles_per_item / paper.cycles_per_item),
          times(best->timed.cycles_per_item / paper.cycles_per_item)};
}

// Rows of h200_kernels.csv that are one way to do it.
struct MeasuredKernels {
  std::string_view what;
  bool (*is)(const PublishedTable& table, std::size_t row);
};
bool is_named(const PublishedTable& t, std::size_t i, std::string_view algorithm,
              std::string_view implementation) {
  return t.text(i, "algorithm") == algorithm &&
         (implementation.empty() || t.text(i, "implementation") == implementation);
}
bool has_published_setting(const PublishedTable& t, std::size_t i) {
  return t.text(i, "parameters") == (t.integer(i, "chunk") == 32 ? "n4 s3 horner" : "n3 s8 horner");
}
constexpr MeasuredKernels kMeasured[] = {
    {"row by row with barriers (naive)",
     [](const PublishedTable& t, std::size_t i) {
       return is_named(t, i, "forward_substitution", "rows");
     }},
    {"substitution, best",
     [](const PublishedTable& t, std::size_t i) {
       return is_named(t, i, "column_sweep", "") ||
              (is_named(t, i, "forward_substitution", "") && t.text(i, "implementation") != "rows");
     }},
    {"the paper's method, as written (dense products through shared memory)",
     [](const PublishedTable& t, std::size_t i) {
       return is_named(t, i, "neumann_masked", "dense_shared") && has_published_setting(t, i);
     }},
    {"the paper's method, iterates in registers",
     [](const PublishedTable& t, std::size_t i) {
       return is_named(t, i, "neumann_masked", "registers") && has_published_setting(t, i);
     }},
    {"block recursion",
     [](const PublishedTable& t, std::size_t i) { return is_named(t, i, "block_doubling", ""); }},
};

/// The shortest latency of the kernels of one kind.
double shortest(const PublishedTable& table, const MeasuredKernels& kind, int chunk) {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table.integer(i, "chunk") == chunk && table.text(i, "format") == "fp16" &&
        kind.is(table, i))
      least = std::min(least, table.number(i, "latency_cycles"));
  return least;
}

}  // namespace

std::string baseline_rows() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(shipped("hwconfigs")))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::vector<std::string>> cells;
  for (const std::filesystem::path& file : files) {
    const HwConfig hw = load_hw_config(file.string());
    if (hw.cores > 1) continue;  // a whole chip, whose core has a file of its own
    for (const Format format : baseline_formats(hw)) cells.push_back(baseline_cells(hw, format));
  }
  return markdown_table({{"machine", "", false},
                         {"format", "", false},
                         {"naive, alone", ""},
                         {"naive, steady", ""},
                         {"best substitution", "", false},
                         {"alone", ""},
                         {"steady", ""},
                         {"paper's over naive, alone", ""},
                         {"over best, alone", ""},
                         {"over naive, steady", ""},
                         {"over best, steady", ""}},
                        cells);
}

std::string measured_baseline_rows() {
  const PublishedTable table(shipped("workloads/data/silicon/h200_kernels.csv"));
  std::vector<TextColumn> columns{{"kernel", "", false}};
  std::vector<std::vector<std::string>> cells;
  for (const MeasuredKernels& kind : kMeasured) cells.push_back({std::string(kind.what)});
  for (const int chunk : {32, 64}) {
    columns.push_back({fmt::format("C = {}, cycles", chunk), ""});
    columns.push_back({"times as fast as naive", ""});
    const double naive = shortest(table, kMeasured[0], chunk);
    for (std::size_t k = 0; k < cells.size(); ++k) {
      const double cycles = shortest(table, kMeasured[k], chunk);
      cells[k].push_back(cycles_text(cycles));
      cells[k].push_back(times(naive / cycles));
    }
  }
  return markdown_table(columns, cells);
}

}  // namespace tricycle
