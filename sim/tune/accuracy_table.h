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
  LinearTerms linear_terms;
};

/// A text of everything that the bits of a setting's results depend on, except the matrices.
std::string value_text(const ValueKey& setting);

/// The accuracy of settings on the chunks of a problem.  A setting is computed once for all
/// machines with the same arithmetic.  It is computed chunk by chunk on several threads, and only
/// as far as needed.
class AccuracyTable {
 public:
  AccuracyTable(const PreparedProblem& problem, int threads);

  /// The SNR that chunks are judged by: &Accuracy::y_snr_db or &Accuracy::snr_db.
  using Snr = double Accuracy::*;

  /// Whether all of the few chunks that rejected most settings reach `worst_db`; no other chunks
  /// are computed.  Where this is false, evaluate() has no result for the setting.
  bool may_reach(const ValueKey& setting, Snr snr, double worst_db);

  /// The accuracy over all chunks.  Nothing as soon as one chunk is worse than `worst_db`; then the
  /// other chunks are not computed.  Whether there is a result depends on the setting alone, not on
  /// threads or on earlier calls.
  std::optional<AccuracySummary> evaluate(const ValueKey& setting, Snr snr, double worst_db);

  const PreparedProblem& problem() const { return problem_; }
  int threads() const { return threads_; }

 private:
  using Entry = std::vector<std::optional<Accuracy>>;
  /// Computes the `most` hardest chunks, hardest first.  Returns false as soon as one is below
  /// worst_db.
  bool holds(const ValueKey& setting, Snr snr, double worst_db, std::size_t most, Entry& entry);
  Entry& entry_of(const ValueKey& setting);
  void compute(const Program& program, const HwConfig& hw, const std::vector<std::size_t>& chunks,
               Entry& entry) const;

  const PreparedProblem& problem_;
  int threads_;
  std::map<std::string, Entry> entries_;
  /// Chunks in order; those that rejected settings lately come first
  std::vector<std::size_t> hardest_first_;
};

}  // namespace tricycle
