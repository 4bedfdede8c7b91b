// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "reports/columns.h"
#include "sim/engine/run.h"
#include "sim/sweep/point_spec.h"

namespace tricycle {

/// Where values that other points may share come from and go to, by key; texts are run_values() in
/// one line.  `find` returns nothing when this process is to compute them, and then `save` follows.
struct SharedValues {
  std::function<std::optional<std::string>(const std::string& key)> find;
  std::function<void(const std::string& key, const std::string& value)> save;
};

/// Whether a text is one that `save` is given.
bool is_shared_value(const std::string& text);

/// A point whose figures break a constraint of the grid; what() is the constraint's text.
class ConstraintBroken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs points of a grid one after the other in one process; keeps the inputs of the last few
/// problems.
class PointRunner {
 public:
  PointRunner(const Points& points, SharedValues shared);

  /// Every figure of the point, as `tricycle run` has it.  `begin(key, axes)` is called as soon as
  /// the run is known.  Throws as run(), and ConstraintBroken; before any simulation where the area
  /// breaks it.
  RunResult run(std::uint64_t point,
                const std::function<void(const std::string& key, const std::string& axes)>& begin);

 private:
  RunValues values(const RunSpec& spec, const PreparedProblem& problem,
                   const AlgorithmParameters& parameters, const Program& program);
  /// Throws ConstraintBroken.  `timed`: all figures are known, not the area alone.
  void check_constraints(const Digits& digits, const RunResult& result, bool timed) const;

  const Points& points_;
  PointSpecs specs_;
  const AxisKeys& keys_ = AxisKeys::all();
  SharedValues shared_;
  Recent<PreparedProblem> inputs_;
};

}  // namespace tricycle
