// SPDX-License-Identifier: Apache-2.0
//
// What a person reads on the terminal.
#pragma once

#include <string>
#include <vector>

#include "models/run_result.h"

namespace tricycle {

/// One line a run, in the given order, a heading for every machine.  Notes (NaN, Inf, saturated
/// and wrapped entries) have a column where rows differ in them, and one line for all where they do
/// not; so do nanoseconds where machines differ in clock.
std::string comparison_table(const std::vector<RunResult>& results);

/// "Y: SNR mean .. dB, worst .. dB; relative error mean .., max ..; correlation mean .., worst ..",
/// and on a second line, indented as behind "  accuracy    ", the same of T; or that a chunk is not
/// finite.
std::string accuracy_text(const AccuracySummary& accuracy);

/// A figure of `accuracy` in a table; "not finite" where a chunk is not.
std::string decibel_text(const AccuracySummary& accuracy, double decibels);
std::string correlation_text(const AccuracySummary& accuracy, double correlation);

/// Entries that are no plain results, "3 NaN, 1 saturated"; empty where there are none.
std::string entries_text(const AccuracySummary& accuracy);

/// One run in words and figures.
std::string run_summary(const RunResult& result);

}  // namespace tricycle
