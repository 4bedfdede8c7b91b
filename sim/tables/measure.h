// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/numerics/format.h"
#include "models/run_result.h"
#include "sim/engine/run.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/neumann.h"

namespace tricycle {

/// Loads a shipped problem by its bare name, with its matrices and their inverses.
PreparedProblem shipped_problem(std::string_view name);

/// The accuracy over all chunks of a problem, in the arithmetic of docs/numerics.md.
AccuracySummary accuracy_of(const PreparedProblem& problem, const Algorithm& algorithm,
                            const AlgorithmOptions& options, Format format);

/// The text "86.9 / 48.0": mean and worst SNR in dB.  "3 NaN, 1 Inf" where entries are not finite.
std::string mean_and_worst(const AccuracySummary& accuracy);

/// Options of the masked Neumann method.
AlgorithmOptions neumann_options(int order, int steps, MaskPlacement mask = MaskPlacement::kFirst);

/// The formats of the paper's tables.
inline constexpr Format kTableFormats[] = {Format::kFp64, Format::kFp16, Format::kInt16,
                                           Format::kInt8};

}  // namespace tricycle
