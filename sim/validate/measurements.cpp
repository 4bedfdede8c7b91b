// SPDX-License-Identifier: Apache-2.0
#include "sim/validate/measurements.h"

#include <fmt/format.h>

#include <initializer_list>
#include <map>
#include <sstream>

#include "models/error.h"
#include "sim/config/load_problem.h"
#include "sim/config/run_file.h"
#include "sim/engine/lowering.h"
#include "sim/engine/measure_run.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/published_table.h"

namespace tricycle {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// "a=1 b=100 ns" as {"a=1", "b=100 ns"}: a word without = is the unit of the value before it.
std::vector<std::string> settings_in(const std::string& text) {
  std::vector<std::string> settings;
  for (std::string& word : words_of(text)) {
    if (settings.empty() || word.find('=') != std::string::npos)
      settings.push_back(std::move(word));
    else
      settings.back() += " " + word;
  }
  return settings;
}

class MeasurementReader {
 public:
  explicit MeasurementReader(const std::string& path) : path_(path), table_(path) {}

  std::vector<MeasuredRow> all() {
    std::vector<MeasuredRow> rows;
    std::vector<std::string> faults;
    for (std::size_t row = 0; row < table_.size(); ++row)
      if (auto made =
              attempt(faults, [&] { return table_.placed(row, [&] { return make(row); }); }))
        rows.push_back(std::move(*made));
    throw_if_any(std::move(faults));
    return rows;
  }

 private:
  /// The cell, or the default where the table has no such column or the cell is empty.
  std::string text_or(std::size_t row, std::string_view title, const std::string& usual) const {
    if (!table_.has(title) || table_.text(row, title).empty()) return usual;
    return table_.text(row, title);
  }

  MeasuredRow make(std::size_t row) {
    MeasuredRow m;
    m.place = fmt::format("{}:{}", path_, row + 2);
    m.machine = shipped_or_path(table_.text(row, "machine"));
    m.set = settings_in(text_or(row, "set", ""));
    m.program = text_or(row, "program", "");
    const std::string kernel = text_or(row, "kernel", "");
    if (!kernel.empty())
      read_kernel(row, kernel, m);
    else if (m.program.empty())
      read_algorithm(row, m);
    else
      refuse_beside(row, "a program", {"algorithm", "format", "parameters", "tile", "merge_group"});
    if (!kernel.empty()) {
      m.chunk = m.kernel.kernel.chunk;
    } else if (m.program.empty() || !text_or(row, "problem", "").empty()) {
      const Problem& problem = problem_of(row);
      m.problem = problem.name;
      m.chunk = problem.chunk;
    }
    m.measured = table_.number(row, "measured");
    if (!(m.measured > 0)) table_.refuse(row, "measured", "a number above 0");
    m.unit = table_.text(row, "unit");
    if (m.unit != "cycles" && m.unit != "us" && m.unit != "ns")
      table_.refuse(row, "unit", "cycles, us or ns");
    const std::string figure = text_or(row, "figure", "steady"),
                      use = text_or(row, "use", "predict");
    if (figure != "steady" && figure != "latency")
      table_.refuse(row, "figure", "steady or latency");
    m.figure = figure == "steady" ? MeasuredFigure::kSteady : MeasuredFigure::kLatency;
    if (use != "predict" && use != "fit") table_.refuse(row, "use", "fit or predict");
    m.use = use == "fit" ? RowUse::kFit : RowUse::kPredicted;
    m.source = text_or(row, "source", "");
    return m;
  }

  void read_algorithm(std::size_t row, MeasuredRow& m) {
    m.format = format_of(table_, row);
    m.algorithm = &find_algorithm(table_.text(row, "algorithm"), "algorithm");
    m.options = parse_algorithm_options(words_of(text_or(row, "parameters", "")));
    m.cut.tile = edge(row, "tile");
    m.cut.merge_group = edge(row, "merge_group");
  }

  /// A kernel of warps says itself what is done.
  void read_kernel(std::size_t row, const std::string& name, MeasuredRow& m) const {
    refuse_beside(row, "a kernel",
                  {"problem", "algorithm", "format", "program", "tile", "merge_group"});
    m.kernel =
        compiled_kernel(table_, row,
                        warp_kernel_of(name, text_or(row, "parameters", ""),
                                       table_.integer(row, "chunk"), table_.integer(row, "warps")));
    try {
      warp_kernel(m.kernel.kernel);
    } catch (const InputError& fault) {
      table_.refuse(row, "kernel", fmt::format("a kernel ({})", fault.what()));
    }
  }

  std::optional<int> edge(std::size_t row, std::string_view title) const {
    if (text_or(row, title, "").empty()) return std::nullopt;
    const int value = table_.integer(row, title);
    if (value < 1 || value > kLargestCut)
      table_.refuse(row, title, fmt::format("an integer in [1, {}]", kLargestCut));
    return value;
  }

  /// A program or a kernel says itself what is done, in which format and how it is cut.
  void refuse_beside(std::size_t row, std::string_view what,
                     std::initializer_list<std::string_view> titles) const {
    for (const std::string_view title : titles)
      if (!text_or(row, title, "").empty())
        table_.refuse(row, title, fmt::format("nothing beside {}, which says that itself", what));
  }

  const Problem& problem_of(std::size_t row) {
    const std::string path = shipped_or_path(table_.text(row, "problem"));
    const auto found = problems_.find(path);
    if (found != problems_.end()) return found->second;
    return problems_.emplace(path, load_inversions(path)).first->second;
  }

  std::string path_;
  PublishedTable table_;
  std::map<std::string, Problem> problems_;  // by path
};

/// The program of a row and what many of its items cost.
TimedProgram timed_program(const MeasuredRow& row, const HwConfig& hw) {
  if (!row.program.empty()) return as_written(load_program(row.program, hw), hw);
  const auto chunk = static_cast<int>(row.chunk);
  return lower_fastest(*row.algorithm, resolve_parameters(*row.algorithm, chunk, row.options),
                       chunk, row.format, hw, row.cut);
}

}  // namespace

double MeasuredRow::measured_cycles(double clock_ghz) const {
  constexpr double kNsPerUs = 1000;
  if (unit == "cycles") return measured;
  return measured * clock_ghz * (unit == "us" ? kNsPerUs : 1);
}

std::string MeasuredRow::what() const {
  const std::string_view figure_name = figure == MeasuredFigure::kSteady ? "steady" : "latency";
  if (!kernel.kernel.name.empty())
    return fmt::format("{}, chunk {}, {} warps, {}", kernel.kernel.name, kernel.kernel.chunk,
                       kernel.kernel.warps, figure_name);
  std::string of = problem.empty() ? "" : problem + ", ";
  if (!program.empty()) return fmt::format("{}{}, {}", of, program, figure_name);
  const AlgorithmParameters parameters =
      resolve_parameters(*algorithm, static_cast<int>(chunk), options);
  const std::string settings = to_text(*algorithm, parameters);
  return fmt::format("{}{}{}{} in {}, {}", of, algorithm->name, settings.empty() ? "" : " ",
                     settings, name(format), figure_name);
}

std::vector<MeasuredRow> read_measurements(const std::string& path) {
  return MeasurementReader(path).all();
}

double simulated_cycles(const MeasuredRow& row, const HwConfig& hw) {
  if (!row.kernel.kernel.name.empty()) {
    if (!hw.simt.present)
      throw InputError(
          fmt::format("{}: {} has no key simt (docs/simt.md), so no warps that could run a kernel",
                      row.place, hw.name));
    const WarpProgram program = program_of(row.kernel, hw);
    return row.figure == MeasuredFigure::kSteady ? steady_kernel(program, hw).cycles
                                                 : simulate_warps(program, hw, 1, 1).cycles;
  }
  const RunDigests unused;
  const RunCase c{hw, row.problem, "", "", unused, Fidelity::kTile};
  const RunResult result = measure_run(c, timed_program(row, hw), nullptr, nullptr);
  if (row.figure == MeasuredFigure::kSteady) return result.cycles_per_chunk;
  return static_cast<double>(result.latency_cycles());
}

}  // namespace tricycle
