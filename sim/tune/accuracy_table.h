// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "sim/engine/run.h"
#include "workloads/algorithm.h"
#include "workloads/oracle.h"

namespace tricycle {

/// One setting of an algorithm in the arithmetic of a machine.
struct ValueKey {
  const HwConfig& hw;
  const Algorithm& algorithm;
  const AlgorithmParameters& parameters;
  Format format;
};

/// Everything the bits of its results depend on, but the matrices.
std::string value_text(const ValueKey& setting);

/// How accurate settings are on the chunks of a problem.  A setting is computed once for all
/// machines with the same arithmetic, chunk by chunk on several threads, and only as far as needed.
class AccuracyTable {
 public:
  AccuracyTable(const PreparedProblem& problem, int threads);

  /// What chunks are held to: &Accuracy::y_snr_db or &Accuracy::snr_db.
  using Snr = double Accuracy::*;

  /// Whether the few chunks that turned most settings down are all at least so good; computes no
  /// others.  A setting for which this is false is one for which evaluate() has no result.
  bool may_reach(const ValueKey& setting, Snr snr, double worst_db);

  /// Over all chunks; or nothing, as soon as one chunk is worse than `worst_db`: the others are not
  /// computed then.  Whether there is a result depends on the setting alone, not on threads or on
  /// what was asked before.
  std::optional<AccuracySummary> evaluate(const ValueKey& setting, Snr snr, double worst_db);

  const PreparedProblem& problem() const { return problem_; }
  int threads() const { return threads_; }

 private:
  using Entry = std::vector<std::optional<Accuracy>>;
  /// Computes the `most` hardest chunks, hardest first: false as soon as one is below worst_db.
  bool holds(const ValueKey& setting, Snr snr, double worst_db, std::size_t most, Entry& entry);
  Entry& entry_of(const ValueKey& setting);
  void compute(const Program& program, const HwConfig& hw, const std::vector<std::size_t>& chunks,
               Entry& entry) const;

  const PreparedProblem& problem_;
  int threads_;
  std::map<std::string, Entry> entries_;
  std::vector<std::size_t> hardest_first_;  // chunks that turned settings down lately
};

}  // namespace tricycle
