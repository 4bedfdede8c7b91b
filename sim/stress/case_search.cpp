// SPDX-License-Identifier: Apache-2.0
#include "sim/stress/case_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/stress/minimise.h"
#include "workloads/tokens/free_tokens.h"

namespace tricycle {

namespace {

/// What is made small: a search for the worst, or for the least norm that breaks.
enum class StressGoal : std::uint8_t { kWorst, kLeastNorm };

/// Costs are on a grid, so that the last bits of a math library do not lead the search.
double on_grid(double cost) { return std::round(cost * 0x1p20) * 0x1p-20; }

/// The base-2 logarithm of an error, within bounds.
double error_log(double error) {
  constexpr double kLeast = 0x1p-100, kMost = 0x1p500;
  return std::log2(std::clamp(error, kLeast, kMost));
}

double cost_of(StressGoal goal, const Trial& trial, double threshold) {
  constexpr double kBeyond = 2000;  // further away than any logarithm of an error
  if (trial.norm < kLeastNorm) return kBeyond - trial.norm;
  const double norm_log = std::log2(trial.norm);
  if (goal == StressGoal::kLeastNorm)
    return on_grid(trial.error > threshold ? norm_log - kBeyond
                                           : error_log(threshold) - error_log(trial.error));
  return on_grid(std::isfinite(trial.error) ? -error_log(trial.error) : norm_log - kBeyond);
}

bool is_better(StressGoal goal, const Trial& trial, const std::optional<FoundInput>& than,
               double threshold) {
  if (trial.norm < kLeastNorm) return false;
  if (goal == StressGoal::kLeastNorm && !(trial.error > threshold)) return false;
  return !than || cost_of(goal, trial, threshold) < cost_of(goal, than->trial, threshold);
}

/// Points of [0, 1]^n as inputs.
struct InputSpace {
  std::string name;  // with all that the inputs follow from beside the point
  const KeyFamily* family;
  std::vector<double> family_point;  // of refined inputs: where they began
  std::function<ChunkTokens(const std::vector<double>&)> tokens;
};

/// Tries points, and keeps what an outcome keeps.
class InputTrials {
 public:
  InputTrials(const StressCase& of, const SearchTerms& terms, const SearchLimits& limits,
              SearchOutcome& outcome)
      : case_(of), terms_(terms), limits_(limits), outcome_(outcome) {}

  void search(StressGoal goal, Minimiser how, const InputSpace& space,
              const std::vector<double>& start, std::int64_t evaluations) {
    if (evaluations <= 0 || is_late()) return;
    minimise(how, start, evaluations, [&](const std::vector<double>& point) {
      return is_late() ? std::nullopt : std::optional(cost(goal, space, point));
    });
  }

 private:
  bool is_late() const {
    return limits_.until && std::chrono::steady_clock::now() >= *limits_.until;
  }

  double cost(StressGoal goal, const InputSpace& space, const std::vector<double>& point) {
    const std::uint64_t key = trial_key(space.name, point);
    std::optional<Trial> trial = terms_.store.find(key);
    if (!trial) {
      trial = case_.attempt(input_matrix(terms_.rule, space.tokens(point)));
      terms_.store.add(key, *trial);
    }
    ++outcome_.tried;
    if (trial->norm >= kLeastNorm) outcome_.curve.add(*trial);
    const auto keep = [&](StressGoal of, std::optional<FoundInput>& best) {
      if (!is_better(of, *trial, best, terms_.threshold)) return;
      const bool refined = !space.family_point.empty();
      best = {*trial, space.tokens(point), space.family, refined ? space.family_point : point,
              refined};
    };
    keep(StressGoal::kWorst, outcome_.worst);
    keep(StressGoal::kLeastNorm, outcome_.breaks);
    return cost_of(goal, *trial, terms_.threshold);
  }

  const StressCase& case_;
  const SearchTerms& terms_;
  const SearchLimits& limits_;
  SearchOutcome& outcome_;
};

std::string space_name(const StressCase& of, const SearchTerms& terms, std::string_view what) {
  return fmt::format("{} {} {} {} {}", of.identity(), terms.rule.name, of.chunk(), terms.seed,
                     what);
}

InputSpace free_space(const StressCase& of, const SearchTerms& terms, const FoundInput& from,
                      const FreeTokens& free) {
  const ChunkTokens& base = from.tokens;
  std::vector<double> all = base.keys;
  for (const auto* more : {&base.beta, &base.g, &base.factors})
    all.insert(all.end(), more->begin(), more->end());
  return {space_name(of, terms, fmt::format("free {:016x}", trial_key("", all))), from.family,
          from.point, [&free](const std::vector<double>& point) { return free.tokens(point); }};
}

void take_better(StressGoal goal, const std::optional<FoundInput>& other, double threshold,
                 std::optional<FoundInput>& best) {
  if (other && is_better(goal, other->trial, best, threshold)) best = other;
}

}  // namespace

void SearchOutcome::add(const SearchOutcome& other) {
  take_better(StressGoal::kWorst, other.worst, curve.threshold(), worst);
  take_better(StressGoal::kLeastNorm, other.breaks, curve.threshold(), breaks);
  curve.add(other.curve);
  tried += other.tried;
}

SearchOutcome search_family(const StressCase& of, const KeyFamily& family, const SearchTerms& terms,
                            const SearchLimits& limits) {
  const FamilyInputs inputs(family, terms.rule, of.chunk(), terms.seed);
  const InputSpace space{
      space_name(of, terms, family.name), &family, {}, [&](const std::vector<double>& point) {
        return inputs.tokens(point);
      }};
  SearchOutcome outcome(terms.threshold);
  InputTrials trials(of, terms, limits, outcome);
  const std::vector<double> middle(inputs.parameters().size(), 0.5);
  const std::int64_t half = limits.evaluations / 2, quarter = limits.evaluations / 4;
  trials.search(StressGoal::kWorst, Minimiser::kGlobal, space, middle, half);
  if (outcome.worst)
    trials.search(StressGoal::kWorst, Minimiser::kLocal, space, outcome.worst->point, quarter);
  if (outcome.breaks)
    trials.search(StressGoal::kLeastNorm, Minimiser::kLocal, space, outcome.breaks->point,
                  limits.evaluations - half - quarter);
  return outcome;
}

SearchOutcome refine(const StressCase& of, const SearchOutcome& from, const SearchTerms& terms,
                     const SearchLimits& limits) {
  SearchOutcome outcome(terms.threshold);
  InputTrials trials(of, terms, limits, outcome);
  const auto walk = [&](StressGoal goal, const std::optional<FoundInput>& start,
                        std::int64_t evaluations) {
    if (!start) return;
    const FreeTokens free(terms.rule, start->tokens);
    trials.search(goal, Minimiser::kLocal, free_space(of, terms, *start, free), free.start(),
                  evaluations);
  };
  const std::int64_t half = from.breaks ? limits.evaluations / 2 : limits.evaluations;
  walk(StressGoal::kWorst, from.worst, half);
  walk(StressGoal::kLeastNorm, from.breaks, limits.evaluations - half);
  return outcome;
}

}  // namespace tricycle
