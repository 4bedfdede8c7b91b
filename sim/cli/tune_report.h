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

/// The winner and the runner-up as complete runs, which show what bounds them.
struct TuneRuns {
  std::optional<RunResult> winner, runner_up;
};

struct TuneReport {
  Problem problem;  // at the first chunk size
  std::string problem_digest, input_digest;
  std::vector<std::string> input_notes;  // one per chunk size whose input has one
  TuneGoal goal;
  std::vector<TunedFormat> outcomes;  // machines in the order given, then formats
  std::vector<TuneRuns> runs;         // one per outcome
};

/// What a setting has to meet: "worst chunk at least 58.3 dB".
std::string goal_text(const TuneGoal& goal);
/// The summary: one line per machine and format.
std::string tune_summary(const TuneReport& report);
/// The details of one machine and format: the front, the runner-up and why it lost, the published
/// setting, and forward substitution.
std::string tune_details(const TuneReport& report, std::size_t outcome);

std::string tune_json(const TuneReport& report);
std::string tune_csv(const TuneReport& report);

}  // namespace tricycle
