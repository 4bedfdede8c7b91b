// SPDX-License-Identifier: Apache-2.0
#include "sim/tune/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/cost/cost.h"
#include "models/error.h"
#include "reports/invariants.h"
#include "sim/engine/item_ways.h"
#include "sim/engine/lowering.h"
#include "workloads/in_parallel.h"

namespace tricycle {

namespace {

std::optional<double> energy_pj_of(const SearchSpace& space, const Program& program,
                                   double cycles) {
  if (!space.hw.cost_model.present) return std::nullopt;
  const Activity item = activity(program, space.hw);
  return energy_pj(space.hw, space.format, item, 1, cycles).total().nominal;
}

/// Of an item that takes so many cycles.
double cost(const SearchSpace& space, const Program& program, double cycles) {
  switch (space.goal.cost) {
    case TuneCost::kCycles: return cycles;
    case TuneCost::kEnergy: return energy_pj_of(space, program, cycles).value();
  }
  return cycles;
}

struct Ranked {
  AlgorithmOptions options;
  AlgorithmParameters parameters;
  std::optional<LinearTerms> linear_terms;  // of its bits; none: those of the fastest cut
  double least_cost;
};

/// A setting with every place for its linear terms that gives bits of its own.
std::vector<Ranked> with_linear_terms(const SearchSpace& space, const Algorithm& algorithm,
                                      int chunk, const AlgorithmOptions& options) {
  const AlgorithmParameters p = resolve_parameters(algorithm, chunk, options);
  const std::vector<LinearTerms> all = linear_terms_on(space.hw, space.format);
  std::vector<Ranked> settings;
  std::vector<Program> programs;
  for (const LinearTerms terms : all) {
    std::vector<std::string> faults;
    if (all.size() > 1) {
      auto program = attempt(faults, [&] {
        // With as many accumulators as kept sums take, so that the terms alone can differ.
        return lower(algorithm, p, chunk, space.format, space.hw,
                     {.linear_terms = terms, .accumulators = 2});
      });
      if (terms != all.front() &&
          (!program || std::find(programs.begin(), programs.end(), *program) != programs.end()))
        continue;
      if (program) programs.push_back(std::move(*program));
    }
    settings.push_back({options, p, terms, 0});
  }
  return settings;
}

/// Candidates that fit the machine, by what they cost at the least.
std::vector<Ranked> ranked_candidates(const SearchSpace& space, int chunk, int threads,
                                      TunedAlgorithm& result) {
  const Algorithm& algorithm = *result.algorithm;
  std::vector<Ranked> all;
  for (const AlgorithmOptions& options : candidate_options(algorithm, chunk, space.fixed))
    for (Ranked& setting : with_linear_terms(space, algorithm, chunk, options))
      all.push_back(std::move(setting));
  std::vector<std::optional<Ranked>> made(all.size());
  std::vector<std::vector<std::string>> faults(all.size());
  in_parallel(all.size(), threads, [&](std::size_t i) {
    const auto least = attempt(faults[i], [&] {
      return least_cost_per_chunk(
          algorithm, all[i].parameters, chunk, space.format, space.hw,
          [&](const Program& program, double cycles) { return cost(space, program, cycles); },
          {.linear_terms = all[i].linear_terms});
    });
    if (!least) return;
    made[i] = all[i];
    made[i]->least_cost = *least;
  });
  std::vector<Ranked> ranked;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (made[i]) ranked.push_back(*made[i]);
    if (!made[i] && result.fault.empty()) result.fault = faults[i].front();
  }
  result.counts.settings = ranked.size();
  result.counts.unfit = all.size() - ranked.size();
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.least_cost < b.least_cost; });
  return ranked;
}

/// What a setting of at least this cost must reach to be of interest beside those known, of its own
/// algorithm and of others.
double worth_db(const SearchSpace& space, const std::vector<TunedPoint>& own, double cost) {
  double best = -std::numeric_limits<double>::infinity();
  bool met = false;
  for (const TunedPoint& p : own) {
    if (p.cost_per_chunk > cost) continue;
    best = std::max(best, p.quality_db);
    met = met || p.meets;
  }
  for (const TunedPoint& p : space.others)
    if (p.cost_per_chunk <= cost) best = std::max(best, p.quality_db);
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
  if (space.goal.over == TuneOver::kWorst)
    return !table.may_reach(key, snr_of(space.goal.metric), worth);
  const auto accuracy =
      table.evaluate(key, snr_of(space.goal.metric), worst_allowed(space.goal, worth));
  return quality_db(space.goal, *accuracy) < worth;
}

/// What a setting costs: a point without a quality yet.
TunedPoint costs_of(const SearchSpace& space, const Algorithm& algorithm,
                    const PreparedProblem& problem, const Ranked& setting) {
  const int chunk = static_cast<int>(problem.problem.chunk);
  const TimedProgram timed =
      lower_fastest(algorithm, setting.parameters, chunk, space.format, space.hw,
                    {.linear_terms = setting.linear_terms},
                    [&](const Program& program) { return ways_of(space.hw, problem, program); });
  TunedPoint point;
  point.algorithm = &algorithm;
  point.options = setting.options;
  point.parameters = to_text(algorithm, setting.parameters);
  point.linear_terms = timed.linear_terms;
  if (timed.linear_terms != linear_terms_on(space.hw, space.format).front())
    point.parameters +=
        fmt::format("{}terms={}", point.parameters.empty() ? "" : " ", name(timed.linear_terms));
  point.chunk = chunk;
  point.cycles_per_chunk = timed.cycles_per_item;
  point.energy_pj_per_chunk = energy_pj_of(space, timed.program, timed.cycles_per_item);
  point.cost_per_chunk = space.goal.cost == TuneCost::kEnergy ? point.energy_pj_per_chunk.value()
                                                              : point.cycles_per_chunk;
  return point;
}

void judge(const SearchSpace& space, const AccuracySummary& accuracy, TunedPoint& point) {
  point.accuracy = accuracy;
  point.quality_db = quality_db(space.goal, accuracy);
  point.meets = std::isfinite(point.quality_db) && point.quality_db >= space.tolerance_db;
}

/// A setting that a search for inputs breaks may hide none that it does not break, so that it is
/// left out.
bool is_safe(const SearchSpace& space, TunedPoint& point) {
  if (!space.goal.safe) return true;
  point.worst_found = space.safety(point, space.hw, space.format, SafetyQuestion::kHolds);
  return *point.worst_found <= *space.goal.safe;
}

}  // namespace

TunedAlgorithm search(const SearchSpace& space, const Algorithm& algorithm, AccuracyTable& table) {
  const int chunk = static_cast<int>(table.problem().problem.chunk);
  TunedAlgorithm result;
  result.algorithm = &algorithm;
  result.chunk = chunk;
  std::vector<TunedPoint> known;
  for (const Ranked& setting : ranked_candidates(space, chunk, table.threads(), result)) {
    // By what it costs at the least and a few chunks; then by what it costs and all of them.
    const ValueKey key{space.hw, algorithm, setting.parameters, space.format,
                       *setting.linear_terms};
    if (is_hopeless(space, key, worth_db(space, known, setting.least_cost), table)) continue;
    ++result.counts.simulated;
    TunedPoint point = costs_of(space, algorithm, table.problem(), setting);
    check_part("the least cost of a setting", setting.least_cost, point.cost_per_chunk);
    const double worth = worth_db(space, known, point.cost_per_chunk);
    const auto accuracy =
        table.evaluate(key, snr_of(space.goal.metric), worst_allowed(space.goal, worth));
    if (!accuracy) continue;
    ++result.counts.accurate;
    judge(space, *accuracy, point);
    if (point.meets && !is_safe(space, point)) {
      ++result.counts.unsafe;
      continue;
    }
    if (point.quality_db >= worth) known.push_back(std::move(point));
  }
  result.front = front_of(std::move(known));
  return result;
}

TunedPoint measure(const SearchSpace& space, const Algorithm& algorithm,
                   const AlgorithmOptions& options, AccuracyTable& table,
                   std::optional<LinearTerms> terms) {
  const int chunk = static_cast<int>(table.problem().problem.chunk);
  const Ranked setting{options, resolve_parameters(algorithm, chunk, options), terms, 0};
  TunedPoint point = costs_of(space, algorithm, table.problem(), setting);
  const auto accuracy =
      table.evaluate({space.hw, algorithm, setting.parameters, space.format, point.linear_terms},
                     snr_of(space.goal.metric), -std::numeric_limits<double>::infinity());
  judge(space, *accuracy, point);
  return point;
}

std::vector<TunedPoint> front_of(std::vector<TunedPoint> points) {
  std::stable_sort(points.begin(), points.end(), [](const TunedPoint& a, const TunedPoint& b) {
    if (a.cost_per_token() != b.cost_per_token()) return a.cost_per_token() < b.cost_per_token();
    return a.quality_db > b.quality_db;
  });
  std::vector<TunedPoint> front;
  double best = -std::numeric_limits<double>::infinity();
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
