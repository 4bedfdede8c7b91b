// SPDX-License-Identifier: Apache-2.0
#include "sim/calibrate/row_simulator.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "models/error.h"
#include "sim/config/layers.h"
#include "sim/config/load_costs.h"

namespace tricycle {

namespace {

/// A child process that simulates every n-th job and writes its results into a pipe.
struct ErrorChild {
  pid_t pid = -1;
  int read_end = -1;
};

bool write_all(int file, const std::vector<double>& values) {
  const auto* bytes = reinterpret_cast<const char*>(values.data());
  std::size_t left = values.size() * sizeof(double);
  while (left > 0) {
    const ssize_t written = write(file, bytes, left);
    if (written <= 0) return false;
    bytes += written;
    left -= static_cast<std::size_t>(written);
  }
  return true;
}

/// What a child wrote until it ended; whole numbers of values alone.
std::vector<double> read_all(int file) {
  std::vector<char> bytes;
  char part[4096];
  for (ssize_t got; (got = read(file, part, sizeof part)) > 0;)
    bytes.insert(bytes.end(), part, part + got);
  std::vector<double> values(bytes.size() / sizeof(double));
  std::copy_n(bytes.data(), values.size() * sizeof(double), reinterpret_cast<char*>(values.data()));
  return values;
}

}  // namespace

LayeredMachine::LayeredMachine(const std::string& path) {
  std::vector<Fault> faults;
  root_ = load_layers(path, {}, "", faults);
  throw_if_any(std::move(faults));
}

HwConfig LayeredMachine::with(const std::vector<std::string>& set) const {
  YamlNode root = root_;
  std::vector<Fault> faults;
  apply_overrides(root, set, "", faults);
  HwConfig hw = read_hw_config(root, faults, [&](const std::string& path, std::vector<Fault>& of) {
    const auto found = tables_.find(path);
    if (found != tables_.end()) return found->second;
    return tables_.emplace(path, read_cost_tables(path, of)).first->second;
  });
  throw_if_any(std::move(faults));
  return hw;
}

RowSimulator::RowSimulator(const std::string& machine, std::vector<FreeKey> keys,
                           std::vector<MeasuredRow> rows, int processes)
    : machine_(machine),
      keys_(std::move(keys)),
      rows_(std::move(rows)),
      processes_(static_cast<std::size_t>(processes)) {}

std::vector<std::string> RowSimulator::texts(const KeyValues& values) const {
  std::vector<std::string> texts;
  for (std::size_t k = 0; k < keys_.size(); ++k)
    texts.push_back(fmt::format("{}={}", keys_[k].key, keys_[k].text(values[k])));
  return texts;
}

double RowSimulator::error(const Job& job) const {
  const MeasuredRow& row = rows_[job.first];
  std::vector<std::string> set = row.set;
  set.insert(set.end(), job.second.begin(), job.second.end());
  const HwConfig hw = machine_.with(set);
  return std::log(simulated_cycles(row, hw) / row.measured_cycles(hw.clock_ghz));
}

double RowSimulator::error_or_cannot(const Job& job) const {
  try {
    return error(job);
  } catch (const InputError&) {
    return kCannotRun;
  } catch (const RunError&) {
    return kCannotRun;
  }
}

std::vector<double> RowSimulator::in_child(const std::vector<Job>& jobs, std::size_t first) const {
  std::vector<double> errors;
  for (std::size_t i = first; i < jobs.size(); i += processes_)
    errors.push_back(error_or_cannot(jobs[i]));
  return errors;
}

void RowSimulator::simulate(const std::vector<Job>& jobs) {
  std::vector<ErrorChild> children;
  const std::size_t count =
      processes_ > 1 && jobs.size() > 1 ? std::min(processes_, jobs.size()) : 0;
  for (std::size_t first = 0; first < count; ++first) {
    int ends[2];
    if (pipe(ends) != 0) break;
    const pid_t pid = fork();
    if (pid == 0) {
      close(ends[0]);
      bool done = false;
      try {
        done = write_all(ends[1], in_child(jobs, first));
      } catch (...) {  // the parent simulates what is missing, and says what is wrong
      }
      _exit(done ? 0 : 1);
    }
    close(ends[1]);
    if (pid < 0) {
      close(ends[0]);
      break;
    }
    children.push_back({pid, ends[0]});
  }
  for (std::size_t first = 0; first < children.size(); ++first) {
    const std::vector<double> errors = read_all(children[first].read_end);
    close(children[first].read_end);
    waitpid(children[first].pid, nullptr, 0);
    for (std::size_t i = 0; i < errors.size(); ++i)
      known_.emplace(jobs[first + i * processes_], errors[i]);
  }
  for (const Job& job : jobs)
    if (!known_.contains(job)) known_.emplace(job, error_or_cannot(job));
}

void RowSimulator::prefetch(const std::vector<KeyValues>& points, const RowIndices& which) {
  std::set<Job> seen;
  std::vector<Job> jobs;
  for (const KeyValues& values : points)
    for (const std::size_t row : which)
      if (Job job{row, texts(values)}; !known_.contains(job) && seen.insert(job).second)
        jobs.push_back(std::move(job));
  simulate(jobs);
}

std::vector<double> RowSimulator::errors(const KeyValues& values, const RowIndices& which) {
  prefetch({values}, which);
  std::vector<double> errors;
  for (const std::size_t row : which) errors.push_back(known_.at({row, texts(values)}));
  return errors;
}

void RowSimulator::require_runs(const KeyValues& values) {
  std::vector<std::string> faults;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    std::vector<std::string> own;
    const Job job{row, texts(values)};
    if (const auto value = attempt(own, [&] { return error(job); })) known_.emplace(job, *value);
    for (const std::string& fault : own)
      faults.push_back(fmt::format("{}: {}", rows_[row].place, fault));
  }
  throw_if_any(std::move(faults));
}

}  // namespace tricycle
