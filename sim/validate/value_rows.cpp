// SPDX-License-Identifier: Apache-2.0
//
// Inverses that shipped kernels computed wrongly, and those that replaced them: what was published
// of their values beside the values here.
#include <fmt/format.h>

#include <iterator>
#include <map>
#include <sstream>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/engine/run.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

constexpr std::string_view kBroken = "broken", kSound = "sound";

/// An inverse is broken on a set of matrices where an entry of one is not finite, or where the
/// error of Y of one, against substitution in double, is above this part of |Y|.
constexpr double kBrokenError = 0.1;

std::string_view verdict_of(const AccuracySummary& a) {
  return a.not_finite_chunks > 0 || a.y_rel_error_max > kBrokenError ? kBroken : kSound;
}

std::string described(const AccuracySummary& a, std::size_t chunks) {
  if (a.not_finite_chunks > 0)
    return fmt::format("{} (not finite in {} of {} chunks)", verdict_of(a), a.not_finite_chunks,
                       chunks);
  return fmt::format("{} (error {:.1e}, correlation {:.4f})", verdict_of(a), a.y_rel_error_max,
                     a.y_correlation_worst);
}

/// The values of the rows of a table.  Each setting is computed once.
class ValueRows {
 public:
  explicit ValueRows(const std::string& path) : path_(path), table_(path) {}

  std::vector<ValidationRow> all() {
    std::vector<ValidationRow> rows;
    std::vector<std::string> faults;
    for (std::size_t i = 0; i < table_.size(); ++i)
      if (auto row = attempt(faults, [&] { return table_.placed(i, [&] { return one(i); }); }))
        rows.push_back(std::move(*row));
    throw_if_any(std::move(faults));
    return rows;
  }

 private:
  ValidationRow one(std::size_t i) {
    const AccuracySummary& a = accuracy(i);
    const std::string& set = table_.text(i, "set");
    ValidationRow row{.what = fmt::format("{}: {}{}{} in {} on {}", table_.text(i, "problem"),
                                          table_.text(i, "algorithm"), set.empty() ? "" : " ", set,
                                          table_.text(i, "format"), table_.text(i, "machine")),
                      .use = table_.use(i),
                      .source = table_.text(i, "source")};
    const std::string& figure = table_.text(i, "figure");
    if ((figure == "verdict") != (row.use == RowUse::kVerdict))
      table_.refuse(i, "use", "verdict with the figure verdict, and only there");
    if (figure == "verdict") {
      row.published_text = table_.text(i, "published");
      if (!row.published_text.starts_with(kBroken) && !row.published_text.starts_with(kSound))
        table_.refuse(i, "published", "broken .. or sound ..");
      row.our_text = described(a, problem(table_.text(i, "problem")).chunks.size());
      row.published = 1;
      row.ours = row.published_text.starts_with(verdict_of(a)) ? 1 : 0;
      return row;
    }
    row.published = table_.number(i, "published");
    row.ours = value(i, figure, a);
    row.what += ", " + figure;
    return row;
  }

  double value(std::size_t i, const std::string& figure, const AccuracySummary& a) const {
    if (figure == "rel_error_max") return a.y_rel_error_max;
    if (figure == "rel_error_mean") return a.y_rel_error_mean;
    if (figure == "correlation_worst") return a.y_correlation_worst;
    table_.refuse(i, "figure", "verdict, rel_error_max, rel_error_mean or correlation_worst");
  }

  const PreparedProblem& problem(const std::string& name) {
    const auto found = problems_.find(name);
    if (found != problems_.end()) return found->second;
    return problems_.emplace(name, prepare(load_inversions(named_in(path_, name)))).first->second;
  }

  const HwConfig& machine(const std::string& name) {
    const auto found = machines_.find(name);
    if (found != machines_.end()) return found->second;
    return machines_.emplace(name, load_hw_config(named_in(path_, name))).first->second;
  }

  const AccuracySummary& accuracy(std::size_t i) {
    std::string key;
    for (const char* title : {"problem", "machine", "algorithm", "set", "format"})
      key += table_.text(i, title) + "\n";
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
    const PreparedProblem& input = problem(table_.text(i, "problem"));
    const HwConfig& hw = machine(table_.text(i, "machine"));
    const Algorithm& algorithm = find_algorithm(table_.text(i, "algorithm"), "algorithm");
    std::istringstream words(table_.text(i, "set"));
    const std::vector<std::string> set{std::istream_iterator<std::string>(words), {}};
    const auto chunk = static_cast<int>(input.problem.chunk);
    const AlgorithmParameters parameters =
        resolve_parameters(algorithm, chunk, parse_algorithm_options(set));
    const Program program = lower(algorithm, parameters, chunk, format_of(table_, i), hw);
    return known_.emplace(key, run_values(hw, input, program).accuracy).first->second;
  }

  std::string path_;
  PublishedTable table_;
  std::map<std::string, PreparedProblem> problems_;
  std::map<std::string, HwConfig> machines_;
  std::map<std::string, AccuracySummary> known_;
};

}  // namespace

std::vector<ValidationRow> value_rows(const std::vector<std::string>& files) {
  std::vector<ValidationRow> rows;
  for (const std::string& file : files)
    for (ValidationRow& row : ValueRows(file).all()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace tricycle
