// SPDX-License-Identifier: Apache-2.0
#include "sim/calibrate/fit.h"

#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>

#include "sim/calibrate/slopes.h"

namespace tricycle {

namespace {

/// What a point costs: the mean square of the errors, and a trifle for leaving the machine's own
/// values, so that constants which no row sees stay where they are.
class FitObjective {
 public:
  FitObjective(RowSimulator& simulator, const RowIndices& rows)
      : simulator_(simulator), rows_(rows) {}

  double operator()(const KeyValues& values) {
    constexpr double kTrifle = 1e-10;  // a factor of 16 counts as an error of 0.003 %
    const double rms = root_mean_square(simulator_.errors(values, rows_));
    double distance = 0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      const FreeKey& key = keys()[k];
      const double away = key.to_log(values[k]) - key.to_log(key.snapped(key.before));
      distance += away * away;
    }
    return rms * rms + kTrifle * distance;
  }
  const std::vector<FreeKey>& keys() const { return simulator_.keys(); }
  void prefetch(const std::vector<KeyValues>& points) { simulator_.prefetch(points, rows_); }

  KeyValues from_logs(const double* logs) const {
    KeyValues values;
    for (std::size_t k = 0; k < keys().size(); ++k)
      values.push_back(keys()[k].snapped(keys()[k].from_log(logs[k])));
    return values;
  }
  std::vector<double> to_logs(const KeyValues& values) const {
    std::vector<double> logs;
    for (std::size_t k = 0; k < keys().size(); ++k) logs.push_back(keys()[k].to_log(values[k]));
    return logs;
  }

 private:
  RowSimulator& simulator_;
  const RowIndices& rows_;
};

/// A cost at which every row is met, to a hundredth of a per cent: nothing is better.
constexpr double kMet = 1e-8;

/// The best point that was looked at.
struct BestPoint {
  KeyValues values;
  double cost = 0;

  bool take(const KeyValues& other, double other_cost) {
    if (other_cost >= cost) return false;
    values = other;
    cost = other_cost;
    return true;
  }
};

struct NloptCall {
  FitObjective& objective;
  BestPoint& best;
  nlopt_opt options = nullptr;
  std::exception_ptr failure = nullptr;
};

/// NLopt is C: nothing may be thrown through it.
double nlopt_cost(unsigned /*count*/, const double* logs, double* /*gradient*/, void* data) {
  auto& call = *static_cast<NloptCall*>(data);
  try {
    const KeyValues values = call.objective.from_logs(logs);
    const double cost = call.objective(values);
    call.best.take(values, cost);
    return cost;
  } catch (...) {
    call.failure = std::current_exception();
    nlopt_force_stop(call.options);
    return call.best.cost;
  }
}

/// Runs an algorithm of NLopt over the ranges of the keys, from the best point.
void optimise(nlopt_algorithm algorithm, int evaluations, FitObjective& objective,
              BestPoint& best) {
  constexpr double kFirstStep = 0.25, kLastStep = 1e-3;  // of logarithms
  const std::vector<FreeKey>& keys = objective.keys();
  std::vector<double> low, high;
  for (const FreeKey& key : keys) {
    low.push_back(key.to_log(key.low));
    high.push_back(key.to_log(key.high));
  }
  NloptCall call{objective, best};
  const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> options(
      nlopt_create(algorithm, static_cast<unsigned>(keys.size())), nlopt_destroy);
  std::vector<double> logs = objective.to_logs(best.values);
  for (std::size_t k = 0; k < keys.size(); ++k) logs[k] = std::clamp(logs[k], low[k], high[k]);
  call.options = options.get();
  nlopt_set_min_objective(options.get(), nlopt_cost, &call);
  nlopt_set_lower_bounds(options.get(), low.data());
  nlopt_set_upper_bounds(options.get(), high.data());
  nlopt_set_stopval(options.get(), kMet);
  nlopt_set_maxeval(options.get(), evaluations);
  nlopt_set_initial_step1(options.get(), kFirstStep);
  nlopt_set_xtol_abs1(options.get(), kLastStep);
  double cost = 0;
  // Its result is a status: that rounding stopped it, or the budget, is as good as any.
  nlopt_optimize(options.get(), logs.data(), &cost);
  if (call.failure) std::rethrow_exception(call.failure);
}

/// The point a step of the logarithms away.
KeyValues moved(const FitObjective& objective, const KeyValues& from,
                const std::vector<double>& step, double part) {
  std::vector<double> logs = objective.to_logs(from);
  for (std::size_t k = 0; k < logs.size(); ++k) logs[k] += part * step[k];
  return objective.from_logs(logs.data());
}

/// Gauss-Newton steps, the whole or a part of each, while they gain.
void step_down(RowSimulator& simulator, const RowIndices& rows, FitObjective& objective,
               BestPoint& best) {
  constexpr int kMostSteps = 6;
  const std::vector<bool> all(objective.keys().size(), true);
  for (int i = 0; i < kMostSteps; ++i) {
    const std::vector<double> step = least_squares_step(
        simulator.errors(best.values, rows), error_slopes(simulator, best.values, rows), all);
    std::vector<KeyValues> tries;
    for (const double part : {1.0, 0.5, 0.2})
      tries.push_back(moved(objective, best.values, step, part));
    objective.prefetch(tries);
    bool gained = false;
    for (const KeyValues& values : tries) gained = best.take(values, objective(values)) || gained;
    if (!gained) return;
  }
}

/// What of a point's surroundings is known when its neighbours are chosen.
struct Surroundings {
  std::vector<double> errors;
  Slopes slopes;
  std::vector<std::size_t> seen;  // keys that some row sees
};

Surroundings surroundings(RowSimulator& simulator, const RowIndices& rows, const KeyValues& at) {
  Surroundings out{simulator.errors(at, rows), error_slopes(simulator, at, rows), {}};
  for (std::size_t k = 0; k < at.size(); ++k)
    if (std::ranges::any_of(out.slopes, [&](const auto& row) { return row[k] != 0; }))
      out.seen.push_back(k);
  return out;
}

/// The neighbours of a point: a key a few steps up or down, alone and with the others moved along
/// (two constants that the rows hardly tell apart make a ridge); and two keys one step each.
std::vector<KeyValues> neighbours(const std::vector<FreeKey>& keys, const Surroundings& around,
                                  const KeyValues& at) {
  std::vector<KeyValues> points;
  const auto with = [&](std::size_t k, int steps, KeyValues values) {
    values[k] = keys[k].stepped(at[k], steps);
    return values;
  };
  constexpr int kPairSteps = 5;  // of real values: half a per cent
  for (const std::size_t k : around.seen)
    for (const int steps : keys[k].is_integer ? std::vector{1, 2, 4} : std::vector{1, 5, 20})
      for (const int sign : {-1, 1}) {
        points.push_back(with(k, sign * steps, at));
        points.push_back(moved_along(keys, at, k, points.back()[k], around.errors, around.slopes));
      }
  for (const std::size_t a : around.seen)
    for (const std::size_t b : around.seen)
      for (const int sign_a : {-1, 1})
        for (const int sign_b : {-1, 1})
          if (a < b)
            points.push_back(with(b, sign_b * (keys[b].is_integer ? 1 : kPairSteps),
                                  with(a, sign_a * (keys[a].is_integer ? 1 : kPairSteps), at)));
  return points;
}

/// To the best of the neighbours, while that gains.
void walk_lattice(RowSimulator& simulator, const RowIndices& rows, FitObjective& objective,
                  BestPoint& best) {
  constexpr int kMostSteps = 40;
  for (int i = 0; i < kMostSteps; ++i) {
    const std::vector<KeyValues> points =
        neighbours(objective.keys(), surroundings(simulator, rows, best.values), best.values);
    objective.prefetch(points);
    bool gained = false;
    for (const KeyValues& values : points) gained = best.take(values, objective(values)) || gained;
    if (!gained) return;
  }
}

BestPoint start_at(FitObjective& objective, const KeyValues& values) {
  KeyValues snapped;
  for (std::size_t k = 0; k < values.size(); ++k)
    snapped.push_back(objective.keys()[k].snapped(values[k]));
  return {snapped, objective(snapped)};
}

}  // namespace

KeyValues fit(RowSimulator& simulator, const RowIndices& rows) {
  FitObjective objective(simulator, rows);
  const auto count = static_cast<int>(simulator.keys().size());
  const BestPoint own = start_at(objective, values_before(simulator.keys()));
  // From the machine's own values, and from the best of the whole range: either may be in another
  // valley.
  BestPoint near = own, best = own;
  step_down(simulator, rows, objective, near);
  if (near.cost > kMet) {
    optimise(NLOPT_GN_DIRECT_L, 20 * (1 + count), objective, best);
    step_down(simulator, rows, objective, best);
  }
  best.take(near.values, near.cost);
  if (best.cost > kMet) {
    optimise(NLOPT_LN_SBPLX, 30 * (1 + count), objective, best);
    step_down(simulator, rows, objective, best);
  }
  walk_lattice(simulator, rows, objective, best);
  return best.values;
}

KeyValues refit(RowSimulator& simulator, const RowIndices& rows, const KeyValues& start) {
  FitObjective objective(simulator, rows);
  BestPoint best = start_at(objective, start);
  if (best.cost <= kMet) return best.values;
  step_down(simulator, rows, objective, best);
  walk_lattice(simulator, rows, objective, best);
  return best.values;
}

}  // namespace tricycle
