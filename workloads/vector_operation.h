// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/isa/program.h"

namespace tricycle {

/// One elementary operation of the vector unit on a rows x cols matrix in the scratchpad, as a
/// measurement of it has it: operands and result have buffers of their own.  Where rows are not
/// contiguous, they are every other row's length apart.
struct VectorOperation {
  VectorOp op = VectorOp::kCopy;
  Format format = Format::kFp32;
  std::int32_t rows = 0, cols = 0;
  bool contiguous = true;
};

/// Throws InputError where the machine has not the format or the operation, or too little memory.
/// The program can be timed; the operation has no values.
Program lower_vector_operation(const HwConfig& hw, const VectorOperation& what);

}  // namespace tricycle
