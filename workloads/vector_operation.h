// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/isa/program.h"

namespace tricycle {

/// One elementary operation of the vector unit on a rows x cols matrix in the scratchpad, for
/// measuring it.  Operands and result have buffers of their own.  Rows that are not contiguous have
/// a gap of one row's length between them.
struct VectorOperation {
  VectorOp op = VectorOp::kCopy;
  Format format = Format::kFp32;
  std::int32_t rows = 0, cols = 0;
  bool contiguous = true;
};

/// Lowers the operation to a program.  The program can be timed, but the operation has no values.
/// Throws InputError where the machine lacks the format or the operation, or has too little memory.
Program lower_vector_operation(const HwConfig& hw, const VectorOperation& what);

}  // namespace tricycle
