// SPDX-License-Identifier: Apache-2.0
//
// What `tricycle tune` prints and writes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/run_result.h"
#include "sim/tune/tune.h"

namespace tricycle {

/// The winner and the runner-up as whole runs: what bounds them.
struct TuneRuns {
  std::optional<RunResult> winner, runner_up;
};

struct TuneReport {
  Problem problem;  // at the first chunk size
  std::string problem_digest, input_digest;
  std::vector<std::string> input_notes;  // of every chunk size whose input has one
  TuneGoal goal;
  std::vector<TunedFormat> outcomes;  // machines in the order given, formats within
  std::vector<TuneRuns> runs;         // of every outcome
};

/// "worst chunk at least 58.3 dB": what a setting has to meet.
std::string goal_text(const TuneGoal& goal);
/// One line a machine and format.
std::string tune_summary(const TuneReport& report);
/// One machine and format: the front, the runner-up and why it lost, the published setting and
/// forward substitution.
std::string tune_details(const TuneReport& report, std::size_t outcome);

std::string tune_json(const TuneReport& report);
std::string tune_csv(const TuneReport& report);

}  // namespace tricycle
