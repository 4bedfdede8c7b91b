// SPDX-License-Identifier: Apache-2.0
//
// Whether figures of today are what a baseline says they must be.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/gate_file.h"

namespace tricycle {

/// What became of one figure.
struct GateVerdict {
  bool ok = false;
  Cell today;
  std::string expected;  // "at most 773.16 (758 + 2 %)"
  std::string got;       // "790 (+4.22 %)"
};

/// What became of one run: a verdict a figure, in the order of the file.
struct GateOutcome {
  const GateRun* run = nullptr;
  std::vector<GateVerdict> verdicts;
};

/// A figure of today as gates know it: none where it does not exist or is not finite.
Cell gate_figure_of(const Column& column, const RunResult& result);

/// Compares the figure with what it is today.  A figure that is none today fails.
GateVerdict judge(const GateFigure& figure, const Cell& today);

/// The verdicts of a run, and those of a run that failed for this reason.
GateOutcome judge(const GateRun& run, const RunResult& result);
GateOutcome judge_failed(const GateRun& run, const std::string& reason);

/// " (+4.22 %)": how far `today` is from `before`; empty where they are no numbers, or there is no
/// such share.
std::string gate_change(const Cell& before, const Cell& today);

/// The figures of today as values of the run.  Usual figures that are none today are left out.
/// What cannot be a value goes to `faults`: a listed figure that is none, a text that is to be
/// compared as a number.
void take_today(GateRun& run, const RunResult& result, std::vector<Fault>& faults);

}  // namespace tricycle
