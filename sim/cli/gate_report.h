// SPDX-License-Identifier: Apache-2.0
//
// What `tricycle gate` says: text, JSON, JUnit XML.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/gate_check.h"

namespace tricycle {

/// "NAME: KEY: expected .., got ..": a figure that fails.
std::string gate_failure(const GateRun& run, const GateFigure& figure, const GateVerdict& verdict);

/// How many figures of these fail.
std::size_t gate_failures(const std::vector<GateOutcome>& outcomes);

/// A line a figure, and how many hold; printable.  `path`: the file of the gate.
std::string gate_summary(const std::string& path, const std::vector<GateOutcome>& outcomes);

/// The same as the document of --json.
std::string gate_json(const std::string& path, const std::vector<GateOutcome>& outcomes);

/// The same as JUnit XML: a suite a run, a case a figure.  It has no times, so that equal results
/// are equal files.
std::string gate_junit(const std::vector<GateOutcome>& outcomes);

/// What --update changed in the file: a line a figure that is new or another.  `written`: whether
/// the file was.  The runs of both gates are the same.
std::string gate_update_summary(const std::string& path, const Gate& before, const Gate& after,
                                bool written);
/// The same as the document of --json.
std::string gate_update_json(const std::string& path, const Gate& before, const Gate& after,
                             bool written);

}  // namespace tricycle
