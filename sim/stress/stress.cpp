// SPDX-License-Identifier: Apache-2.0
#include "sim/stress/stress.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/error.h"
#include "sim/stress/proven_bound.h"
#include "workloads/ensembles.h"
#include "workloads/in_parallel.h"
#include "workloads/spectral_norm.h"
#include "workloads/tokens/token_chunks.h"

namespace tricycle {

namespace {

/// The part of a case's inputs, and of the time, that families take; the rest refines.
constexpr double kFamiliesPart = 0.6;

using Clock = std::chrono::steady_clock;

Clock::duration in_clock(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// Shares the time of a phase among its jobs.
class PhaseTime {
 public:
  PhaseTime(std::optional<double> seconds, int threads, std::size_t jobs) {
    if (!seconds) return;
    end_ = Clock::now() + in_clock(*seconds);
    job_ = in_clock(*seconds * threads / static_cast<double>(std::max<std::size_t>(jobs, 1)));
  }
  /// When a job that begins now must end.
  std::optional<Clock::time_point> until() const {
    return end_ ? std::optional(std::min(*end_, Clock::now() + job_)) : std::nullopt;
  }

 private:
  std::optional<Clock::time_point> end_;
  Clock::duration job_{};
};

/// The largest error on random keys.
double error_on_random_keys(const StressCase& of, const StressRequest& request) {
  Problem problem;
  problem.chunk = of.chunk();
  problem.matrices = kRandomMatrices;
  problem.seed = static_cast<std::int64_t>(request.seed);
  const bool is_gdn = request.rule->delta_rule == "gdn";
  if (is_gdn) {
    problem.ensemble = "iid";
    problem.decay = request.rule->gated ? "weak" : "none";
  } else {
    problem.tokens.rule = request.rule->delta_rule;
    problem.tokens.beta_spread = 1;
    problem.tokens.gate_low = -0.02;
  }
  double worst = 0;
  for (const ChunkMatrix& matrix : is_gdn ? synthetic_chunks(problem) : token_chunks(problem))
    worst = std::max(worst, of.invert(matrix).accuracy.y_rel_error);
  return worst;
}

std::string label(const StressCase& of, std::string_view what) {
  return fmt::format("{}, {}, {}", of.algorithm().name, name(of.format()), what);
}

/// Inverts it once more, for all figures, and sees that the rule admits it.  These figures count:
/// a file of trials may be of a host whose math library differs in a last bit.
std::optional<StressInput> measured(const StressCase& of, const InputRule& rule,
                                    const std::optional<FoundInput>& found) {
  if (!found) return std::nullopt;
  if (const std::string reason = reason_against(rule, found->tokens); !reason.empty())
    throw InternalError(fmt::format("the rule {} does not admit an input that was searched: {}",
                                    rule.name, reason));
  std::vector<double> matrix = input_matrix(rule, found->tokens);
  StressInput out{*found, {}, 0, {}};
  out.found.trial.norm = spectral_norm(matrix, static_cast<std::size_t>(of.chunk()));
  const ChunkMatrix a{"", of.chunk(), std::move(matrix)};
  out.inverted = of.invert(a);
  out.rounded_a = Oracle(a).compare(Oracle({"", a.chunk, out.inverted.a}).y()).y_rel_error;
  out.proven = proven_bound(of, a, out.inverted);
  out.found.trial.error = out.inverted.accuracy.y_rel_error;
  return out;
}

/// Jobs that run side by side, with their progress.
class StressPhase {
 public:
  StressPhase(const StressRequest& request,
              const std::function<void(const std::string&, std::size_t)>& begin,
              const std::function<void()>& end)
      : request_(request), begin_(begin), end_(end) {}

  template <typename Work>
  void run(std::size_t jobs, const Work& work) const {
    // Searched on families, then refined, then on random keys: three phases.
    const std::size_t total = request_.cases.size() * (request_.families.size() + 2);
    in_parallel(jobs, request_.threads, [&](std::size_t job) {
      work(job, [&](const std::string& what) {
        if (begin_) begin_(what, total);
      });
      if (end_) end_();
    });
  }

 private:
  const StressRequest& request_;
  const std::function<void(const std::string&, std::size_t)>& begin_;
  const std::function<void()>& end_;
};

std::optional<double> part_of(std::optional<double> seconds, double part) {
  return seconds ? std::optional(*seconds * part) : std::nullopt;
}

/// The outcome of every case, from all families.
std::vector<SearchOutcome> search_families(const StressRequest& r, const SearchTerms& terms,
                                           const StressPhase& phase) {
  const std::size_t families = r.families.size(), jobs = r.cases.size() * families;
  const auto evaluations = static_cast<std::int64_t>(static_cast<double>(r.evaluations) *
                                                     kFamiliesPart / static_cast<double>(families));
  std::vector<SearchOutcome> found(jobs, SearchOutcome(r.threshold));
  const PhaseTime time(part_of(r.seconds, kFamiliesPart), r.threads, jobs);
  phase.run(jobs, [&](std::size_t job, const auto& tell) {
    const StressCase& of = r.cases[job / families];
    const KeyFamily& family = *r.families[job % families];
    tell(label(of, family.name));
    found[job] = search_family(of, family, terms, {evaluations, time.until()});
  });
  std::vector<SearchOutcome> outcomes(r.cases.size(), SearchOutcome(r.threshold));
  for (std::size_t job = 0; job < jobs; ++job) outcomes[job / families].add(found[job]);
  return outcomes;
}

void refine_all(const StressRequest& r, const SearchTerms& terms, const StressPhase& phase,
                std::vector<SearchOutcome>& outcomes) {
  const PhaseTime time(part_of(r.seconds, 1 - kFamiliesPart), r.threads, r.cases.size());
  phase.run(r.cases.size(), [&](std::size_t i, const auto& tell) {
    tell(label(r.cases[i], "token by token"));
    const SearchLimits limits{std::max<std::int64_t>(r.evaluations - outcomes[i].tried, 0),
                              time.until()};
    outcomes[i].add(refine(r.cases[i], outcomes[i], terms, limits));
  });
}

}  // namespace

double StressResult::ratio() const {
  if (!worst) return 0;
  return worst->found.trial.error / random_error;
}

std::vector<StressResult> stress(const StressRequest& r,
                                 const std::function<void(const std::string&, std::size_t)>& begin,
                                 const std::function<void()>& end) {
  TrialStore none;
  std::optional<TrialStore> file;
  if (r.state) file.emplace(*r.state);
  TrialStore& store = file ? *file : none;
  const SearchTerms terms{*r.rule, r.seed, r.threshold, store};
  const StressPhase phase(r, begin, end);
  std::vector<SearchOutcome> outcomes = search_families(r, terms, phase);
  refine_all(r, terms, phase, outcomes);
  store.flush();
  std::vector<StressResult> results;
  for (std::size_t i = 0; i < r.cases.size(); ++i) {
    const SearchOutcome& o = outcomes[i];
    results.push_back({&r.cases[i], {}, {}, o.curve, o.tried, 0});
    results[i].worst = measured(r.cases[i], *r.rule, o.worst);
    results[i].breaks = measured(r.cases[i], *r.rule, o.breaks);
  }
  phase.run(r.cases.size(), [&](std::size_t i, const auto& tell) {
    tell(label(r.cases[i], "random keys"));
    results[i].random_error = error_on_random_keys(r.cases[i], r);
  });
  return results;
}

}  // namespace tricycle
