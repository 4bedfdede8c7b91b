// SPDX-License-Identifier: Apache-2.0
//
// Summaries for a person to read on the terminal.
#pragma once

#include <string>
#include <vector>

#include "models/run_result.h"
#include "reports/text_table.h"

namespace tricycle {

/// A column that a command adds to such a table: a cell for each run.
struct ShownColumn {
  TextColumn head;
  std::vector<std::string> cells;
};

/// The table of a comparison: one line per run, in the given order, with a heading for every
/// machine.  Notes (NaN, Inf, saturated and wrapped entries) have a column where rows differ in
/// them, and otherwise one line for all.  Nanoseconds have a column where machines differ in clock.
std::string comparison_table(const std::vector<RunResult>& results,
                             const std::vector<ShownColumn>& added = {});

/// Accuracy of a result: "Y: SNR mean .. dB, worst .. dB; relative error mean .., max ..;
/// correlation mean .., worst ..".  A second line says the same of T.  Its indent is as wide as
/// "  accuracy    ".  Where a chunk is not finite, the text says so instead.
std::string accuracy_text(const AccuracySummary& accuracy);

/// A figure of `accuracy` for a table; "not finite" where a chunk is not finite.
std::string decibel_text(const AccuracySummary& accuracy, double decibels);
std::string correlation_text(const AccuracySummary& accuracy, double correlation);

/// Counts of entries that are not ordinary numbers: "3 NaN, 1 saturated".  Empty where there are
/// none.
std::string entries_text(const AccuracySummary& accuracy);

/// One run in words and figures.
std::string run_summary(const RunResult& result);

}  // namespace tricycle
