// SPDX-License-Identifier: Apache-2.0
//
// The reports of `tricycle invert`.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/inversions.h"

namespace tricycle {

/// Everything that was done with one file.
struct InversionReport {
  std::string input;  // as given
  const InversionMachine* machine = nullptr;
  const MatrixFile* file = nullptr;
  std::optional<Format> as;
  std::vector<Inversion> inversions;
  std::vector<InversionResult> results;  // one per inversion
  std::vector<std::string> left_out;
};

/// The report as text for people.
std::string inversion_summary(const InversionReport& report);

/// The report as one JSON object: what was run, and the figures of every result and of each of its
/// matrices.
std::string inversion_json(const InversionReport& report);

/// The report as CSV: one line per result and matrix.
std::string inversion_csv(const InversionReport& report);

}  // namespace tricycle
