// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/config/run_file.h"
#include "sim/engine/run.h"
#include "sim/sweep/points.h"
#include "sim/sweep/recent.h"

namespace tricycle {

/// The run a point stands for.
struct PointRun {
  RunSpec spec;  // what `tricycle run` would run
  RunDigests digests;
  std::string file_digest;  // of the problem's tensor file; empty: it has none
  std::string machine_file;
  std::vector<std::string> machine_settings;  // KEY=VALUE, over it
};

/// Makes the run a point of a grid stands for, from files that are read once; machines and problems
/// that many points have in common are made once too.  Not for several threads.
class PointSpecs {
 public:
  /// The points must outlive it.  Throws InputError.
  explicit PointSpecs(const Points& points);

  /// Throws InputError: values that do not go together.
  PointRun run(const Digits& digits);
  /// JSON object of the axes: name -> value, null where the algorithm has no such parameter, and
  /// of a derived key that cannot have its value.
  std::string axes(const Digits& digits) const;
  /// The key of a point whose run cannot be made: SHA-256 of what the grid says of it.
  std::string key_without_run(const Digits& digits) const;

 private:
  struct Machine {
    HwConfig hw;
    std::string digest, cost_tables_digest;
  };
  struct DigestedProblem {
    Problem problem;
    std::string digest;
  };

  std::string file(AxisTarget target, const Digits& digits) const;
  Machine make_machine(const std::string& file, const std::vector<std::string>& settings);
  DigestedProblem make_problem(const std::string& file,
                               const std::vector<std::string>& settings) const;

  const Points& points_;
  const Grid& grid_;
  std::map<std::string, YamlNode> files_;
  Recent<CostTables> cost_tables_;  // by path
  Recent<std::string> cost_tables_digests_;
  Recent<Machine> machines_;
  Recent<DigestedProblem> problems_;
  Recent<std::string> tensor_digests_;  // by path
};

/// SHA-256 of the program, the resolved configuration and the tensor file's contents; names of
/// folders do not count.  Of two runs with the same key all figures are the same.  Throws
/// InputError: parameters the algorithm cannot do.
std::string run_key(const PointRun& run);

}  // namespace tricycle
