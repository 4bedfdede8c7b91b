// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "models/isa/program.h"

namespace tricycle {

/// One instruction as to_text() prints it, without number, unit and tokens: "matmul acc[..] <-
/// A[..] . B[..]".
std::string instruction_text(const Program& program, std::size_t index);

}  // namespace tricycle
