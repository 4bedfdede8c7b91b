// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/point_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "models/cost/cost.h"
#include "models/error.h"
#include "models/isa/program_text.h"
#include "sim/config/describe.h"
#include "sim/host/build.h"
#include "sim/host/version.h"
#include "sim/tune/accuracy_table.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

constexpr std::size_t kInputsHeld = 8;
/// They depend on the machine alone.
constexpr std::string_view kAreaColumns = "area_";
/// Stands for values that are not those of every cut; each cut has a key of its own.
constexpr std::string_view kEachCut = "each cut";

/// What a stored value holds of an AccuracySummary.
constexpr double AccuracySummary::*kFigures[] = {
    &AccuracySummary::y_snr_db_mean,      &AccuracySummary::y_snr_db_worst,
    &AccuracySummary::y_rel_error_mean,   &AccuracySummary::y_rel_error_max,
    &AccuracySummary::y_correlation_mean, &AccuracySummary::y_correlation_worst,
    &AccuracySummary::snr_db_mean,        &AccuracySummary::snr_db_worst,
    &AccuracySummary::rel_error_mean,     &AccuracySummary::rel_error_max,
    &AccuracySummary::abs_error_max};
constexpr std::int64_t AccuracySummary::*kCounts[] = {
    &AccuracySummary::not_finite_chunks, &AccuracySummary::nan_count,
    &AccuracySummary::inf_count,         &AccuracySummary::saturated_count,
    &AccuracySummary::wrapped_count,     &AccuracySummary::inputs_rounded};

std::string shared_text(const RunValues& v) {
  const AccuracySummary& a = v.accuracy;
  // Shortest texts that read back to the same double; "inf" and "nan" where a chunk is not finite.
  std::string text = v.output_digest;
  for (const auto figure : kFigures) text += fmt::format(" {}", a.*figure);
  for (const auto count : kCounts) text += fmt::format(" {}", a.*count);
  return text;
}

/// nullopt: it is no text of values.
std::optional<RunValues> from_text(const std::string& text) {
  constexpr std::size_t kLongest = 1000;
  if (text.size() > kLongest) return std::nullopt;
  RunValues v;
  AccuracySummary& a = v.accuracy;
  std::istringstream in(text);
  in >> v.output_digest;
  for (const auto figure : kFigures) {
    std::string word;
    in >> word;
    char* end = nullptr;
    a.*figure = std::strtod(word.c_str(), &end);
    if (word.empty() || *end != '\0') return std::nullopt;
  }
  for (const auto count : kCounts) in >> a.*count;
  std::string more;
  if (!in || in >> more) return std::nullopt;
  return v;
}

/// The key for everything that the bits depend on except the tiles: algorithm, linear terms,
/// arithmetic and inputs.
std::string values_key(const RunSpec& spec, const PreparedProblem& problem,
                       const AlgorithmParameters& parameters, LinearTerms terms) {
  const ValueKey setting{spec.hw, find_algorithm(spec.algorithm), parameters, spec.format, terms};
  return sha256(fmt::format("{}\n{}\n{}\n{}", kVersion, build_id(), value_text(setting),
                            problem.input_digest));
}

}  // namespace

bool is_shared_value(const std::string& text) {
  constexpr std::size_t kDigestLength = 64;  // SHA-256 in hexadecimal digits
  const auto values = from_text(text);
  return text == kEachCut || (values && values->output_digest.size() == kDigestLength);
}

PointRunner::PointRunner(const Points& points, SharedValues shared)
    : points_(points), specs_(points), shared_(std::move(shared)), inputs_(kInputsHeld) {}

RunValues PointRunner::values(const RunSpec& spec, const PreparedProblem& problem,
                              const AlgorithmParameters& parameters, const TimedProgram& lowered) {
  const Program& program = lowered.program;
  const auto once = [&](const std::string& key, bool every_cut) -> std::optional<RunValues> {
    if (const auto known = shared_.find(key))
      return *known == kEachCut ? std::nullopt : from_text(*known);
    const RunValues v = run_values(spec.hw, problem, program);
    const bool usable = v.any_cut || !every_cut;
    shared_.save(key, usable ? shared_text(v) : std::string(kEachCut));
    return usable ? std::optional(v) : std::nullopt;
  };
  const std::string key = values_key(spec, problem, parameters, lowered.linear_terms);
  if (auto v = once(key, true)) return *v;
  const auto of_cut = once(sha256(key + to_text(program, spec.hw)), false);
  if (!of_cut) throw InternalError("values that points share are those of no cut");
  return *of_cut;
}

void PointRunner::check_constraints(const AxisIndices& indices, const RunResult& result,
                                    bool timed) const {
  const auto figure = [&](const std::string& key) -> KeyValue {
    const auto column = std::find_if(columns().begin(), columns().end(),
                                     [&](const Column& c) { return c.name == key; });
    if (keys_.kind(key) || column == columns().end()) return points_.value(key, indices);
    const Cell cell = column->value(result);
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*whole);
    if (const auto* number = std::get_if<double>(&cell); number && std::isfinite(*number))
      return *number;
    return std::nan("");  // no such figure: fulfils nothing but !=
  };
  for (const Constraint& constraint : points_.grid().result_constraints) {
    const bool area_alone = std::all_of(
        constraint.keys().begin(), constraint.keys().end(),
        [&](const std::string& key) { return keys_.kind(key) || key.starts_with(kAreaColumns); });
    if (area_alone == timed) continue;  // told before, or not yet
    if (points_.concerns(constraint, indices) && !constraint.holds(figure))
      throw ConstraintBroken(constraint.text());
  }
}

RunResult PointRunner::run(
    std::uint64_t point,
    const std::function<void(const std::string& key, const std::string& axes)>& begin) {
  const AxisIndices indices = points_.axis_indices(point);
  const PointRun run = specs_.run(indices);
  const RunSpec& spec = run.spec;
  begin(run_key(run), specs_.axes(indices));
  if (spec.hw.cost_model.present) {
    RunResult area;
    area.cost.emplace().area = area_mm2(spec.hw);
    check_constraints(indices, area, false);
  }
  const auto problem =
      inputs_.get(run.digests.problem + spec.problem.file, [&] { return prepare(spec.problem); });
  RunResult result = run_timed(
      {spec.hw, *problem, find_algorithm(spec.algorithm), spec.options, spec.format}, run.digests,
      [&](const AlgorithmParameters& parameters, const TimedProgram& lowered) {
        return values(spec, *problem, parameters, lowered);
      });
  check_constraints(indices, result, true);
  if (!spec.hw.cost_model.present) check_constraints(indices, result, false);
  return result;
}

}  // namespace tricycle
