// SPDX-License-Identifier: Apache-2.0
//
// Looks for the inputs on which inversions are worst, among those that a delta rule admits.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/stress/case_search.h"

namespace tricycle {

/// What is searched, how long and by whom.
struct StressRequest {
  std::vector<StressCase> cases;
  const InputRule* rule = nullptr;
  std::vector<const KeyFamily*> families;
  std::uint64_t seed = 1;
  std::int64_t evaluations = 0;   // inputs tried, of each case
  std::optional<double> seconds;  // ends then at the latest; what is found depends on the host
  double threshold = 0;           // relative error of Y beyond which an algorithm breaks
  std::optional<std::string> state;
  int threads = 1;
};

/// An input that was found, with all its figures.
struct StressInput {
  FoundInput found;
  Inverted inverted;
  /// The error of Y where nothing but A is rounded to the format: |Y(A') - Y(A)| / |Y(A)|.
  double rounded_a = 0;
  std::optional<double> proven;  // a bound on the error (proven_bound.h)
};

struct StressResult {
  const StressCase* of = nullptr;
  std::optional<StressInput> worst;   // none: no input was large enough
  std::optional<StressInput> breaks;  // the least norm at which the error is above the threshold
  NormCurve curve;
  std::int64_t tried = 0;
  double random_error = 0;  // the largest error on random keys

  /// The worst error over that on random keys; infinite where a result is not finite.
  double ratio() const;
};

/// The matrices of random keys: `ensemble: iid` with weak decay (none under a rule without gates);
/// of rules of another matrix independent keys, betas of sigmoid(normal) and log gates in [-0.02,
/// 0].
inline constexpr std::int64_t kRandomMatrices = 32;

/// Searches every family of every case, then refines what was found, on all threads.  The results
/// follow from the request alone: not from threads, and not from time unless `seconds` is given.
/// `begin(what, total)`, `end()`: for progress, called from any thread.  Throws InputError and
/// RunError about the state file.
std::vector<StressResult> stress(
    const StressRequest& request,
    const std::function<void(const std::string& what, std::size_t total)>& begin = nullptr,
    const std::function<void()>& end = nullptr);

}  // namespace tricycle
