// SPDX-License-Identifier: Apache-2.0
//
// What `tricycle invert` says of its results.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/inversions.h"

namespace tricycle {

/// All that was done with one file.
struct InversionReport {
  std::string input;  // as given
  const InversionMachine* machine = nullptr;
  const MatrixFile* file = nullptr;
  std::optional<Format> as;
  std::vector<Inversion> inversions;
  std::vector<InversionResult> results;  // of each
  std::vector<std::string> left_out;
};

/// In words and figures.
std::string inversion_summary(const InversionReport& report);

/// One JSON object: what was run, the figures of every result, and of each of its matrices.
std::string inversion_json(const InversionReport& report);

/// One line a result and matrix, as CSV.
std::string inversion_csv(const InversionReport& report);

}  // namespace tricycle
