// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/hw_config.h"
#include "workloads/algorithm.h"
#include "workloads/language_model/delta_rule.h"

namespace tricycle {

/// The double-precision triangular solve: the reference for every inverse.
ChunkInverse exact_inverse();

/// The inverse that an algorithm gives in a machine's arithmetic: the interpreter runs its program
/// for chunks of `chunk`.  Throws InputError (format, parameters, memory).
ChunkInverse algorithm_inverse(const Algorithm& algorithm, const AlgorithmOptions& options,
                               Format format, const HwConfig& hw, int chunk, const Cut& cut = {});

}  // namespace tricycle
