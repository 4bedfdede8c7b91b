// SPDX-License-Identifier: Apache-2.0
#include "sim/tune/search.h"

#include <algorithm>

#include "models/error.h"
#include "sim/lowering.h"
#include "workloads/in_parallel.h"

namespace tricycle {

namespace {

struct Ranked {
  AlgorithmOptions options;
  AlgorithmParameters parameters;
  double least_cycles;
};

/// Candidates that fit the machine, by what they cost at the least.
std::vector<Ranked> ranked_candidates(const SearchSpace& space, int chunk, int threads,
                                      TunedAlgorithm& result) {
  const Algorithm& algorithm = *result.algorithm;
  const std::vector<AlgorithmOptions> all = candidate_options(algorithm, chunk, space.fixed);
  std::vector<std::optional<Ranked>> made(all.size());
  std::vector<std::vector<std::string>> faults(all.size());
  in_parallel(all.size(), threads, [&](std::size_t i) {
    const AlgorithmParameters p = resolve_parameters(algorithm, chunk, all[i]);
    const auto least = attempt(faults[i], [&] {
      return least_cycles_per_chunk(algorithm, p, chunk, space.format, space.hw);
    });
    if (least) made[i] = Ranked{all[i], p, *least};
  });
  std::vector<Ranked> ranked;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (made[i]) ranked.push_back(*made[i]);
    if (!made[i] && result.fault.empty()) result.fault = faults[i].front();
  }
  result.counts.settings = ranked.size();
  result.counts.unfit = all.size() - ranked.size();
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return a.least_cycles < b.least_cycles;
  });
  return ranked;
}

/// What a setting of at least `cycles` must reach to be of interest beside those known, of its own
/// algorithm and of others.
double worth_db(const SearchSpace& space, const std::vector<TunedPoint>& own, double cycles) {
  double best = kSnrFloorDb;
  bool met = false;
  for (const TunedPoint& p : own) {
    if (p.cycles_per_chunk > cycles) continue;
    best = std::max(best, p.quality_db);
    met = met || p.meets;
  }
  for (const TunedPoint& p : space.others)
    if (p.cycles_per_chunk <= cycles) best = std::max(best, p.quality_db);
  const double step = std::max(best + kFrontStepDb, kUselessDb);
  return met ? step : std::min(step, space.tolerance_db);
}

/// The mean says nothing about single chunks: no setting can be given up early.
double worst_allowed(const TuneGoal& goal, double quality) {
  return goal.over == TuneOver::kWorst ? quality : -std::numeric_limits<double>::infinity();
}

/// Whether it is certain, without a simulation, that a setting is not as good as it would have to.
bool is_hopeless(const SearchSpace& space, const ValueKey& key, double worth,
                 AccuracyTable& table) {
  if (space.goal.over == TuneOver::kWorst) return !table.may_reach(key, worth);
  return quality_db(space.goal, *table.evaluate(key, worst_allowed(space.goal, worth))) < worth;
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
  const auto worst = [&](double cycles) {
    return worst_allowed(space.goal, worth_db(space, known, cycles));
  };
  for (const Ranked& setting : ranked_candidates(space, chunk, table.threads(), result)) {
    // By what it costs at the least and a few chunks; then by what it costs and all of them.
    const ValueKey key{space.hw, algorithm, setting.parameters, space.format};
    if (is_hopeless(space, key, worth_db(space, known, setting.least_cycles), table)) continue;
    ++result.counts.simulated;
    const double cycles = steady_cycles(space, algorithm, chunk, setting);
    const auto accuracy = table.evaluate(key, worst(cycles));
    if (!accuracy) continue;
    ++result.counts.accurate;
    TunedPoint point = make_point(space, algorithm, chunk, setting, *accuracy);
    point.cycles_per_chunk = cycles;
    if (point.quality_db >= worth_db(space, known, cycles)) known.push_back(std::move(point));
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
