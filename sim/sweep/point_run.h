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

/// Access to values that several points may share, by key.  A text is run_values() in one line.
/// `find` returns nothing when this process has to compute the values; then it must call `save`.
struct SharedValues {
  std::function<std::optional<std::string>(const std::string& key)> find;
  std::function<void(const std::string& key, const std::string& value)> save;
};

/// Whether a text is valid for `save`.
bool is_shared_value(const std::string& text);

/// A point's figures break a constraint of the grid; what() is the constraint's text.
class ConstraintBroken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs points of a grid in one process, one after the other.  Keeps the inputs of the last few
/// problems.
class PointRunner {
 public:
  PointRunner(const Points& points, SharedValues shared);

  /// Every figure of the point, as in `tricycle run`.  `begin(key, axes)` is called as soon as the
  /// run is known.  Throws as run() does, and ConstraintBroken.  Where the area breaks a
  /// constraint, it throws before any simulation.
  RunResult run(std::uint64_t point,
                const std::function<void(const std::string& key, const std::string& axes)>& begin);

 private:
  RunValues values(const RunSpec& spec, const PreparedProblem& problem,
                   const AlgorithmParameters& parameters, const TimedProgram& lowered);
  /// Throws ConstraintBroken.  `timed`: all figures are known, not only the area.
  void check_constraints(const AxisIndices& indices, const RunResult& result, bool timed) const;

  const Points& points_;
  PointSpecs specs_;
  const AxisKeys& keys_ = AxisKeys::all();
  SharedValues shared_;
  LruCache<PreparedProblem> inputs_;
};

}  // namespace tricycle
