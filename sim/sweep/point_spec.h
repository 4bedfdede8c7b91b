// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "sim/config/run_file.h"
#include "sim/sweep/points.h"

namespace tricycle {

/// Makes the run a point of a grid stands for, from files that are read once.
class PointSpecs {
 public:
  /// The points must outlive it.  Throws InputError.
  explicit PointSpecs(const Points& points);

  /// What `tricycle run` would run.  Throws InputError: values that do not go together.
  RunSpec spec(const Digits& digits) const;
  /// JSON object of the axes: name -> value, null where the algorithm has no such parameter.
  std::string axes(const Digits& digits) const;
  /// The key of a point whose run cannot be made: SHA-256 of what the grid says of it.
  std::string key_without_run(const Digits& digits) const;

 private:
  std::string file(AxisTarget target, const Digits& digits) const;

  const Grid& grid_;
  std::map<std::string, YamlNode> files_;
};

/// SHA-256 of version and resolved configuration, files by their names alone: of two runs with the
/// same key all figures are the same.  Throws InputError: parameters the algorithm cannot do.
std::string run_key(const RunSpec& spec);

}  // namespace tricycle
