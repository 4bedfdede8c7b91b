// SPDX-License-Identifier: Apache-2.0
//
// A user's own measurements beside what this simulator says.  A CSV file with a line of titles:
//   machine, problem, algorithm, format, measured, unit    required
//   parameters   of the algorithm, "order=4 steps=3"; empty: its defaults
//   set          keys of the machine, "systolic_array.rows=32 cores=2"
//   figure       steady (default): per chunk, of many; latency: of one chunk alone
//   use          predict (default), or fit: the figure set a constant of the machine
// unit is cycles, us or ns.
#include <fmt/format.h>

#include <map>
#include <sstream>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/engine/run.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"

namespace tricycle {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// The cell, or the default where the table has no such column or the cell is empty.
std::string text_or(const PublishedTable& table, std::size_t row, std::string_view title,
                    const std::string& usual) {
  if (!table.has(title) || table.text(row, title).empty()) return usual;
  return table.text(row, title);
}

AlgorithmOptions options_of(const PublishedTable& table, std::size_t row) {
  return parse_algorithm_options(words_of(text_or(table, row, "parameters", "")));
}

/// Cycles of the row's figure.
double cycles_of(const PublishedTable& table, std::size_t row, const RunResult& result) {
  const std::string figure = text_or(table, row, "figure", "steady");
  if (figure == "steady") return result.cycles_per_chunk;
  if (figure == "latency") return static_cast<double>(result.latency_cycles());
  table.refuse(row, "figure", "steady or latency");
}

/// How many of the row's unit a cycle is.
double unit_of_cycle(const PublishedTable& table, std::size_t row, double clock_ghz) {
  const std::string& unit = table.text(row, "unit");
  if (unit == "cycles") return 1;
  if (unit == "ns") return 1 / clock_ghz;
  if (unit == "us") return 1e-3 / clock_ghz;
  table.refuse(row, "unit", "cycles, us or ns");
}

RowUse use_of_own(const PublishedTable& table, std::size_t row) {
  const std::string use = text_or(table, row, "use", "predict");
  if (use == "predict") return RowUse::kPredicted;
  if (use == "fit") return RowUse::kFit;
  table.refuse(row, "use", "fit or predict");
}

class OwnRows {
 public:
  explicit OwnRows(const std::string& path) : table_(path) {}

  std::vector<ValidationRow> all() {
    std::vector<ValidationRow> rows;
    std::vector<std::string> faults;
    for (std::size_t row = 0; row < table_.size(); ++row)
      if (auto made = attempt(faults, [&] { return make(row); })) rows.push_back(std::move(*made));
    throw_if_any(std::move(faults));
    return rows;
  }

 private:
  ValidationRow make(std::size_t row) {
    const HwConfig hw = load_hw_config(shipped_or_path(table_.text(row, "machine")),
                                       words_of(text_or(table_, row, "set", "")));
    const Format format = format_of(table_, row);
    const Algorithm& algorithm = find_algorithm(table_.text(row, "algorithm"), "algorithm");
    const double measured = table_.number(row, "measured");
    if (measured <= 0) table_.refuse(row, "measured", "a number above 0");
    const RowUse use = use_of_own(table_, row);
    const double unit = unit_of_cycle(table_, row, hw.clock_ghz);
    const RunResult result = run(hw, problem(row), algorithm, options_of(table_, row), format);
    const std::string settings = result.parameters.empty() ? "" : " " + result.parameters;
    return {.what = fmt::format("{}, {}, {}{} in {}, {} {}", hw.name, result.problem,
                                algorithm.name, settings, name(format),
                                text_or(table_, row, "figure", "steady"), table_.text(row, "unit")),
            .published = measured,
            .ours = cycles_of(table_, row, result) * unit,
            .use = use,
            .source = text_or(table_, row, "source", "")};
  }

  const PreparedProblem& problem(std::size_t row) {
    const std::string path = shipped_or_path(table_.text(row, "problem"));
    const auto found = problems_.find(path);
    if (found != problems_.end()) return found->second;
    return problems_.emplace(path, prepare(load_problem(path))).first->second;
  }

  PublishedTable table_;
  std::map<std::string, PreparedProblem> problems_;  // by path
};

}  // namespace

std::vector<ValidationRow> own_rows(const std::vector<std::string>& files) {
  std::vector<ValidationRow> rows;
  for (const std::string& file : files)
    for (ValidationRow& row : OwnRows(file).all()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace tricycle
