// SPDX-License-Identifier: Apache-2.0
//
// One algorithm in one format on a machine, and what it makes of one input.
#pragma once

#include <cstdint>
#include <string>

#include "models/hw_config.h"
#include "sim/engine/cut_search.h"
#include "workloads/algorithm.h"
#include "workloads/oracle.h"
#include "workloads/tokens/input_rules.h"

namespace tricycle {

/// What one inversion gives: the error of Y against the double-precision solve, and counts.
struct Inverted {
  Accuracy accuracy;
  std::int64_t saturated_count = 0, wrapped_count = 0, inputs_rounded = 0;
  std::vector<double> a, y;  // A as it is stored, Y'; row-major
};

/// The little of it that a search needs of every input.
struct Trial {
  double error = 0;  // |Y' - Y| / |Y|, infinite where an entry is not finite
  double norm = 0;   // ||A||_2
  friend bool operator==(const Trial&, const Trial&) = default;
};

/// Lowered once; inverts inputs in any thread.  The program is the one that `tricycle run` takes,
/// so the bits are those of a simulation.
class StressCase {
 public:
  /// `terms`: where linear terms are added; none: where the machine is fastest.  Throws InputError
  /// (format, memory, parameters).
  StressCase(const HwConfig& hw, const Algorithm& algorithm, const AlgorithmOptions& options,
             Format format, std::int64_t chunk, std::optional<LinearTerms> terms);
  /// The same with a program that was lowered elsewhere.
  StressCase(const HwConfig& hw, const Algorithm& algorithm, const AlgorithmParameters& parameters,
             Format format, std::int64_t chunk, TimedProgram lowered);

  const HwConfig& hw() const { return *hw_; }
  const Algorithm& algorithm() const { return *algorithm_; }
  const AlgorithmParameters& parameters() const { return parameters_; }
  Format format() const { return format_; }
  std::int64_t chunk() const { return chunk_; }
  const TimedProgram& lowered() const { return lowered_; }
  /// Everything that the results follow from beside the input; for stores.
  const std::string& identity() const { return identity_; }

  Inverted invert(const ChunkMatrix& matrix) const;
  /// `matrix`: A of order chunk(), row-major.
  Trial attempt(std::vector<double> matrix) const;

 private:
  const HwConfig* hw_;
  const Algorithm* algorithm_;
  AlgorithmParameters parameters_;
  Format format_;
  std::int64_t chunk_;
  TimedProgram lowered_;
  std::string identity_;
};

/// Inputs whose A is smaller are not looked at: there T = I + Y is nearly I, and fp16 and integers
/// round A itself away, whatever the algorithm.
inline constexpr double kLeastNorm = 0.5;

}  // namespace tricycle
