// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/config/run_file.h"
#include "sim/engine/run.h"
#include "sim/sweep/lru_cache.h"
#include "sim/sweep/points.h"

namespace tricycle {

/// The run that a point stands for.
struct PointRun {
  RunSpec spec;  // what `tricycle run` would run
  RunDigests digests;
  std::string file_digest;  // of the problem's tensor files, one after the other
  std::string machine_file;
  std::vector<std::string> machine_settings;  // KEY=VALUE, applied over the file
};

/// Makes the runs that the points of a grid stand for.  Files are read once.  Machines and problems
/// that many points share are also made once.  Not thread-safe.
class PointSpecs {
 public:
  /// The points must outlive this object.  Throws InputError.
  explicit PointSpecs(const Points& points);

  /// The run of a point.  Throws InputError where its values do not go together.
  PointRun run(const AxisIndices& indices);
  /// The axes as a JSON object: name -> value.  null where the algorithm has no such parameter, or
  /// where a derived key cannot have its value.
  std::string axes(const AxisIndices& indices) const;
  /// The key of a point whose run cannot be made: SHA-256 of what the grid says about it.
  std::string key_without_run(const AxisIndices& indices) const;

 private:
  struct Machine {
    HwConfig hw;
    std::string digest, cost_tables_digest;
  };
  struct DigestedProblem {
    Problem problem;
    std::string digest;
  };

  std::string file(AxisTarget target, const AxisIndices& indices) const;
  Machine make_machine(const std::string& file, const std::vector<std::string>& settings);
  DigestedProblem make_problem(const std::string& file,
                               const std::vector<std::string>& settings) const;

  const Points& points_;
  const Grid& grid_;
  std::map<std::string, YamlNode> files_;
  LruCache<SharedCostTables> cost_tables_;  // by path
  LruCache<std::string> cost_tables_digests_;
  LruCache<Machine> machines_;
  LruCache<DigestedProblem> problems_;
  LruCache<std::string> tensor_digests_;  // by path
};

/// SHA-256 of the program, the resolved configuration and the contents of the tensor file.  Names
/// of folders do not count.  Two runs with the same key have the same figures.  Throws InputError
/// for parameters that the algorithm cannot use.
std::string run_key(const PointRun& run);

}  // namespace tricycle
