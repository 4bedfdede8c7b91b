// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/hw_config.h"
#include "workloads/algorithm.h"
#include "workloads/language_model/delta_rule.h"

namespace tricycle {

/// The double-precision triangular solve: what every inverse is compared with.
ChunkInverse exact_inverse();

/// What a machine's arithmetic makes of an algorithm: the interpreter on its program for chunks of
/// `chunk`.  Throws InputError (format, parameters, memory).
ChunkInverse algorithm_inverse(const Algorithm& algorithm, const AlgorithmOptions& options,
                               Format format, const HwConfig& hw, int chunk);

}  // namespace tricycle
