// SPDX-License-Identifier: Apache-2.0
//
// Processes that run points.  SystemC simulates one machine at a time in a process.  A process that
// crashes, hangs or runs out of memory loses one point and no more.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/point_run.h"
#include "sim/sweep/points.h"
#include "sim/sweep/stop_signals.h"
#include "sim/sweep/store.h"
#include "sim/sweep/worker.h"

namespace tricycle {

struct PoolLimits {
  std::int64_t jobs = 1;
  std::int64_t timeout_seconds = 0;  // per point; 0: no limit
  std::int64_t memory_mib = 0;       // address space of a process; 0: no limit
};

/// Where points come from and where rows go.  Its functions are called in the parent process,
/// except in_child.
struct PoolClient {
  std::function<std::optional<std::uint64_t>()> next;
  std::function<void(const PointRow& row)> finished;
  /// A point has no row, because every process that ran it was ended from outside; `how` says how.
  std::function<void(const std::string& how)> interrupted;
  SharedValues shared;             // shared by all points
  std::function<void()> in_child;  // called first in a new worker
};

/// Forks workers and keeps them busy.  The process must have only one thread.  When several points
/// ask for the same values, the first computes them and the others wait.
class Pool {
 public:
  Pool(const Points& points, const PoolLimits& limits, PoolClient client, const StopSignals& stop);
  /// Terminates all workers.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Returns when there is no next point and all points are finished, or when a signal asks to
  /// stop.  Throws RunError where no process can be started.
  void run();

 private:
  using Clock = std::chrono::steady_clock;
  struct Worker {
    int pid = -1, socket = -1;  // -1: none
    std::string received;
    std::optional<std::uint64_t> point;
    std::string key, axes;      // once the worker has reported them
    Clock::time_point begin;    // of the point
    Clock::time_point resumed;  // begin of the point, or of the computation after a wait
    bool waits = false;         // for values that another worker computes
  };
  /// Values that a worker is computing, and the workers that wait for them.
  struct Pending {
    Worker* computes;
    std::vector<Worker*> waiting;
  };

  void start(Worker& worker);
  void give_points();
  std::optional<std::uint64_t> next_point();
  int milliseconds_to_deadline() const;
  void receive(Worker& worker);
  void handle(Worker& worker, const Frame& frame);
  void find_values(Worker& worker, const std::string& key);
  void save_values(const std::string& key, const std::string& value);
  /// Passes on what the worker was to compute: the next worker that waits for it computes it.
  void release_values(Worker& worker);
  void answer(Worker& worker, const std::optional<std::string>& value);
  void finish(Worker& worker, bool done, const std::string& reason, std::vector<Cell> cells = {});
  /// Reaps a worker that has ended: records the reason and resets its entry.  Without a reason, the
  /// way in which it ended is the reason.
  void retire(Worker& worker, const std::string& reason);
  /// Called when what ended the worker says nothing about its point.  Tries the point again, after
  /// all others.
  void try_again(Worker& worker, const std::string& how);
  void kill_late();

  const Points& points_;
  PointSpecs specs_;
  PoolLimits limits_;
  PoolClient client_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::map<std::string, Pending> pending_;
  bool exhausted_ = false;
  const StopSignals& stop_;
  std::map<std::uint64_t, int> tries_;  // of points whose process was ended from outside
  std::deque<std::uint64_t> once_more_;
};

}  // namespace tricycle
