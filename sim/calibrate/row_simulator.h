// SPDX-License-Identifier: Apache-2.0
//
// What the simulator says of measured rows while constants of the machine change.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/calibrate/free_key.h"
#include "sim/config/load_hw.h"
#include "sim/validate/measurements.h"

namespace tricycle {

/// A machine whose files are read once, whatever is set over them.
class LayeredMachine {
 public:
  /// Throws InputError.
  explicit LayeredMachine(const std::string& path);
  /// The machine with KEY=VALUE texts over it.  Throws InputError.
  HwConfig with(const std::vector<std::string>& set) const;

 private:
  YamlNode root_;
  mutable std::map<std::string, SharedCostTables> tables_;  // by path
};

/// Indices of rows.
using RowIndices = std::vector<std::size_t>;

/// Simulates rows at points, each once.  No figure depends on the number of processes.
class RowSimulator {
 public:
  /// `machine` is a path, `processes` at least 1.  With more than one, the process must have only
  /// one thread when a method runs.
  RowSimulator(const std::string& machine, std::vector<FreeKey> keys, std::vector<MeasuredRow> rows,
               int processes);

  const std::vector<FreeKey>& keys() const { return keys_; }
  const std::vector<MeasuredRow>& rows() const { return rows_; }

  /// log(simulated / measured) of the rows.  Where the machine cannot run a row at that point, it
  /// is kCannotRun.
  std::vector<double> errors(const KeyValues& values, const RowIndices& which);
  /// Simulates what is not known yet of several points, side by side.
  void prefetch(const std::vector<KeyValues>& points, const RowIndices& which);
  static constexpr double kCannotRun = 7;  // a factor of 1100

  /// Throws InputError or RunError where the machine cannot run one of the rows at that point.
  void require_runs(const KeyValues& values);

  std::size_t simulations() const { return known_.size(); }

 private:
  /// A row, and the texts of its keys' values.
  using Job = std::pair<std::size_t, std::vector<std::string>>;

  std::vector<std::string> texts(const KeyValues& values) const;
  double error(const Job& job) const;  // throws
  double error_or_cannot(const Job& job) const;
  void simulate(const std::vector<Job>& jobs);
  std::vector<double> in_child(const std::vector<Job>& jobs, std::size_t first) const;

  LayeredMachine machine_;
  std::vector<FreeKey> keys_;
  std::vector<MeasuredRow> rows_;
  std::size_t processes_;
  std::map<Job, double> known_;
};

}  // namespace tricycle
