// SPDX-License-Identifier: Apache-2.0
#include "sim/tune/search.h"

#include <algorithm>

#include "models/error.h"
#include "sim/lowering.h"

namespace tricycle {

namespace {

struct Ranked {
  AlgorithmOptions options;
  AlgorithmParameters parameters;
  double least_cycles;
};

/// Candidates that fit the machine, by what they cost at the least.
std::vector<Ranked> ranked_candidates(const SearchSpace& space, int chunk, TunedAlgorithm& result) {
  std::vector<Ranked> ranked;
  std::vector<std::string> faults;
  for (const AlgorithmOptions& options : candidate_options(*result.algorithm, chunk, space.fixed)) {
    const AlgorithmParameters p = resolve_parameters(*result.algorithm, chunk, options);
    const auto least = attempt(faults, [&] {
      return least_cycles_per_chunk(*result.algorithm, p, chunk, space.format, space.hw);
    });
    if (least) ranked.push_back({options, p, *least});
  }
  result.counts.settings = ranked.size();
  result.counts.unfit = faults.size();
  if (!faults.empty()) result.fault = faults.front();
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return a.least_cycles < b.least_cycles;
  });
  return ranked;
}

/// What a setting of at least `cycles` must reach to be of interest beside those known.
double worth_db(const std::vector<TunedPoint>& known, double tolerance_db, double cycles) {
  double best = kSnrFloorDb;
  for (const TunedPoint& p : known)
    if (p.cycles_per_chunk <= cycles) best = std::max(best, p.quality_db);
  const double step = std::max(best + kFrontStepDb, kUselessDb);
  return best < tolerance_db ? std::min(step, tolerance_db) : step;
}

/// The mean says nothing about single chunks: no setting can be given up early.
double worst_allowed(const TuneGoal& goal, double quality) {
  return goal.over == TuneOver::kWorst ? quality : -std::numeric_limits<double>::infinity();
}

TunedPoint make_point(const SearchSpace& space, const Algorithm& algorithm, int chunk,
                      const Ranked& setting, const AccuracySummary& accuracy) {
  TunedPoint point;
  point.algorithm = &algorithm;
  point.options = setting.options;
  point.parameters = to_text(algorithm, setting.parameters);
  point.chunk = chunk;
  point.accuracy = accuracy;
  point.quality_db = quality_db(space.goal, accuracy);
  point.meets = point.quality_db >= space.tolerance_db;
  return point;
}

double steady_cycles(const SearchSpace& space, const Algorithm& algorithm, int chunk,
                     const Ranked& setting) {
  return lower_fastest(algorithm, setting.parameters, chunk, space.format, space.hw)
      .cycles_per_item;
}

}  // namespace

TunedAlgorithm search(const SearchSpace& space, const Algorithm& algorithm, AccuracyTable& table) {
  const int chunk = static_cast<int>(table.problem().problem.chunk);
  TunedAlgorithm result;
  result.algorithm = &algorithm;
  result.chunk = chunk;
  std::vector<TunedPoint> known;
  for (const Ranked& setting : ranked_candidates(space, chunk, result)) {
    const double worth = worth_db(known, space.tolerance_db, setting.least_cycles);
    const auto accuracy = table.evaluate({space.hw, algorithm, setting.parameters, space.format},
                                         worst_allowed(space.goal, worth));
    if (!accuracy) continue;
    ++result.counts.accurate;
    TunedPoint point = make_point(space, algorithm, chunk, setting, *accuracy);
    if (point.quality_db < worth) continue;
    ++result.counts.simulated;
    point.cycles_per_chunk = steady_cycles(space, algorithm, chunk, setting);
    known.push_back(std::move(point));
  }
  result.front = front_of(std::move(known));
  return result;
}

TunedPoint measure(const SearchSpace& space, const Algorithm& algorithm,
                   const AlgorithmOptions& options, AccuracyTable& table) {
  const int chunk = static_cast<int>(table.problem().problem.chunk);
  const Ranked setting{options, resolve_parameters(algorithm, chunk, options), 0};
  const auto accuracy = table.evaluate({space.hw, algorithm, setting.parameters, space.format},
                                       -std::numeric_limits<double>::infinity());
  TunedPoint point = make_point(space, algorithm, chunk, setting, *accuracy);
  point.cycles_per_chunk = steady_cycles(space, algorithm, chunk, setting);
  return point;
}

std::vector<TunedPoint> front_of(std::vector<TunedPoint> points) {
  std::stable_sort(points.begin(), points.end(), [](const TunedPoint& a, const TunedPoint& b) {
    if (a.cycles_per_token() != b.cycles_per_token())
      return a.cycles_per_token() < b.cycles_per_token();
    return a.quality_db > b.quality_db;
  });
  std::vector<TunedPoint> front;
  double best = kSnrFloorDb;
  bool met = false;
  for (TunedPoint& point : points) {
    const bool better = point.quality_db >= std::max(best + kFrontStepDb, kUselessDb);
    if (!better && (met || !point.meets)) continue;
    met = met || point.meets;
    best = std::max(best, point.quality_db);
    front.push_back(std::move(point));
  }
  return front;
}

}  // namespace tricycle
