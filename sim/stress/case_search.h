// SPDX-License-Identifier: Apache-2.0
//
// Searches the inputs of one algorithm and format: over a family's parameters, then token by token.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "sim/stress/norm_curve.h"
#include "sim/stress/stress_case.h"
#include "sim/stress/trial_store.h"
#include "workloads/tokens/key_families.h"

namespace tricycle {

/// An input that a search found.
struct FoundInput {
  Trial trial;
  ChunkTokens tokens;
  const KeyFamily* family = nullptr;
  std::vector<double> point;  // in the family, before it was refined
  bool refined = false;       // every beta and g was free
};

/// What a search knows of a case so far.
struct SearchOutcome {
  /// The largest error; of inputs whose result is not finite the one with the least norm.
  std::optional<FoundInput> worst;
  /// Of the inputs whose error is above the threshold, the one with the least norm.
  std::optional<FoundInput> breaks;
  NormCurve curve;
  std::int64_t tried = 0;  // inputs, those that were too small included

  explicit SearchOutcome(double threshold) : curve(threshold) {}
  /// What other searches of the same case found.
  void add(const SearchOutcome& other);
};

struct SearchLimits {
  std::int64_t evaluations = 0;
  std::optional<std::chrono::steady_clock::time_point> until;  // ends before, whatever is found
};

/// What all searches of a request share.
struct SearchTerms {
  const InputRule& rule;
  std::uint64_t seed;
  double threshold;  // the error beyond which an algorithm breaks
  TrialStore& store;
};

/// One family: half of the evaluations over all its points (DIRECT-L), a quarter around the worst
/// (SBPLX), a quarter for the least norm at which the error is above the threshold.
SearchOutcome search_family(const StressCase& of, const KeyFamily& family, const SearchTerms& terms,
                            const SearchLimits& limits);

/// From an outcome's inputs, with every beta and g free (SBPLX); keys stay.
SearchOutcome refine(const StressCase& of, const SearchOutcome& from, const SearchTerms& terms,
                     const SearchLimits& limits);

}  // namespace tricycle
