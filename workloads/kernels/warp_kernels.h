// SPDX-License-Identifier: Apache-2.0
//
// The CUDA kernels of hopper.h as their warps execute them: products, loads, conversions, barriers
// and what waits for what.  Counted operations and steps: workloads/data/silicon/README.md.
#pragma once

#include <string>
#include <string_view>

#include "models/simt/warp_program.h"

namespace tricycle {

/// What a kernel was written for, and as what the compiler left it.
struct WarpKernel {
  std::string name;  ///< "algorithm/implementation", such as "block_doubling/recursive"
  int chunk = 0, warps = 0;
  int order = 0, steps = 0;               ///< neumann_masked: N and S
  bool doubling = false;                  ///< .. residual powers squared
  int rows = 0, shares = 0, columns = 0;  ///< panels: rows at a time, lanes a sum, columns a lane
};

/// The code of a block of the kernel, in the order of its steps (models/simt/warp_schedule.h has a
/// compiler's).  Throws InputError for an unknown name, or warps or a chunk it is not written for.
WarpProgram warp_kernel(const WarpKernel& kernel);

/// Instructions around a kernel's body: the loop and the clock of the measurement.
inline constexpr int kFrameInstructions = 22;

}  // namespace tricycle
