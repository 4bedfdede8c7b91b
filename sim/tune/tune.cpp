// SPDX-License-Identifier: Apache-2.0
#include "sim/tune/tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/error.h"

namespace tricycle {

namespace {

/// A setting for comparison; none where it does not fit the machine.
std::optional<TunedPoint> baseline(const SearchSpace& space, const Algorithm& algorithm,
                                   AccuracyTable& table) {
  std::vector<std::string> faults;
  return attempt(faults, [&] { return measure(space, algorithm, {}, table); });
}

/// In dB, at this chunk size.  Without a number it is what forward substitution reaches.
double tolerance_of(const TuneGoal& goal, const std::optional<TunedPoint>& forward) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  if (goal.metric == TuneMetric::kBitsPerByte) return kNone;
  if (goal.tolerance) return tolerance_db(goal);
  const bool known = forward && std::isfinite(forward->quality_db);
  return known ? forward->quality_db - goal.slack_db : kNone;
}

/// Cheapest first, until one meets the tolerance: the rest of the front is dearer.
void measure_losses(TunedAlgorithm& tuned, const HwConfig& hw, Format format,
                    const TuneRequest& request) {
  for (TunedPoint& point : tuned.front) {
    if (point.quality_db < kLossScreenDb) continue;
    point.extra_bits = request.loss(point, hw, format);
    point.meets = *point.extra_bits <= *request.goal.tolerance;
    if (point.meets && request.goal.safe) {
      point.worst_found = request.safety(point, hw, format, SafetyQuestion::kHolds);
      point.meets = *point.worst_found <= *request.goal.safe;
    }
    if (point.meets) return;
  }
}

/// A baseline's loss, however small its quality.
void measure_loss(std::optional<TunedPoint>& point, const HwConfig& hw, Format format,
                  const TuneRequest& request) {
  if (!point) return;
  point->extra_bits = request.loss(*point, hw, format);
  point->meets = *point->extra_bits <= *request.goal.tolerance;
}

/// What a baseline survives.
void measure_safety(std::optional<TunedPoint>& point, const HwConfig& hw, Format format,
                    const TuneRequest& request) {
  if (!point || !request.goal.safe) return;
  point->worst_found = request.safety(*point, hw, format, SafetyQuestion::kWorst);
  point->meets = point->meets && *point->worst_found <= *request.goal.safe;
}

/// Of the same cost the one that takes less of what was not asked for, then the more accurate.
bool cheaper(const TunedPoint& a, const TunedPoint& b) {
  if (a.cost_per_token() != b.cost_per_token()) return a.cost_per_token() < b.cost_per_token();
  const auto others = [](const TunedPoint& p) {
    return std::pair(p.cycles_per_chunk / p.chunk, p.energy_pj_per_chunk.value_or(0) / p.chunk);
  };
  if (others(a) != others(b)) return others(a) < others(b);
  return a.quality_db > b.quality_db;
}

void choose(TunedFormat& result) {
  std::vector<TunedPoint> all;
  for (const TunedAlgorithm& tuned : result.algorithms)
    all.insert(all.end(), tuned.front.begin(), tuned.front.end());
  for (const TunedPoint& point : all) {
    if (!result.most_accurate || point.quality_db > result.most_accurate->quality_db)
      result.most_accurate = point;
    if (point.meets && (!result.winner || cheaper(point, *result.winner))) result.winner = point;
  }
  for (const TunedPoint& point : all)
    if (point.meets && point.algorithm != result.winner->algorithm &&
        (!result.runner_up || cheaper(point, *result.runner_up)))
      result.runner_up = point;
  result.front = front_of(std::move(all));
}

/// Algorithms with few settings first: what they reach spares most of the others.
std::vector<const Algorithm*> few_settings_first(const TuneRequest& request, int chunk) {
  std::vector<std::pair<std::size_t, const Algorithm*>> counted;
  for (const Algorithm* algorithm : request.algorithms)
    counted.emplace_back(
        candidate_options(*algorithm, chunk, taken_options(*algorithm, request.fixed)).size(),
        algorithm);
  std::stable_sort(counted.begin(), counted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const Algorithm*> ordered;
  for (const auto& entry : counted) ordered.push_back(entry.second);
  return ordered;
}

/// Every algorithm at one chunk size.
void search_all(SearchSpace& space, const TuneRequest& request, AccuracyTable& table,
                const std::function<void(const std::string&)>& begin, TunedFormat& result) {
  const int chunk = static_cast<int>(table.problem().problem.chunk);
  const bool by_loss = request.goal.metric == TuneMetric::kBitsPerByte;
  for (const Algorithm* algorithm : few_settings_first(request, chunk)) {
    begin(fmt::format("{}, {}, {}, chunk {}", space.hw.name, name(space.format), algorithm->name,
                      chunk));
    space.fixed = taken_options(*algorithm, request.fixed);
    TunedAlgorithm tuned = search(space, *algorithm, table);
    if (by_loss)
      measure_losses(tuned, space.hw, space.format, request);
    else
      space.others.insert(space.others.end(), tuned.front.begin(), tuned.front.end());
    result.algorithms.push_back(std::move(tuned));
  }
}

}  // namespace

const Algorithm& published_algorithm(int chunk) {
  constexpr int kLargestWhole = 64;
  return find_algorithm(chunk <= kLargestWhole ? "neumann_masked" : "neumann_masked_blockwise");
}

TunedFormat tune(const HwConfig& hw, Format format, std::vector<TunedProblem*> problems,
                 const TuneRequest& request, const std::function<void(const std::string&)>& begin) {
  TunedFormat result;
  result.hw = &hw;
  result.format = format;
  for (TunedProblem* problem : problems) {
    const int chunk = static_cast<int>(problem->problem.problem.chunk);
    SearchSpace space{hw, format, request.goal, 0, {}, {}, request.safety};
    auto forward = baseline(space, find_algorithm("forward_substitution"), problem->table);
    space.tolerance_db = tolerance_of(request.goal, forward);
    auto published = baseline(space, published_algorithm(chunk), problem->table);
    if (problem == problems.front()) {
      if (request.goal.metric == TuneMetric::kBitsPerByte) {
        measure_loss(forward, hw, format, request);
        measure_loss(published, hw, format, request);
      } else if (forward) {
        forward->meets =
            std::isfinite(forward->quality_db) && forward->quality_db >= space.tolerance_db;
      }
      measure_safety(forward, hw, format, request);
      measure_safety(published, hw, format, request);
      result.forward_substitution = std::move(forward);
      result.published = std::move(published);
      if (std::isfinite(space.tolerance_db)) result.tolerance_db = space.tolerance_db;
    }
    search_all(space, request, problem->table, begin, result);
  }
  choose(result);
  return result;
}

}  // namespace tricycle
