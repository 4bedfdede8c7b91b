// SPDX-License-Identifier: Apache-2.0
//
// What the warps of a block execute: operations and what waits for what, enough for time.  The
// values of the same kernel are those of its Program (models/isa/program.h).
#pragma once

#include <cstdint>
#include <vector>

#include "models/simt/simt_config.h"

namespace tricycle {

/// An instruction of one warp.  `inputs` are places of earlier instructions of the same warp.
struct WarpInstruction {
  WarpOp op = WarpOp::kInteger;
  std::vector<std::int32_t> inputs{};
  double times = 1;  // products of a group in one instruction
};

using WarpCode = std::vector<WarpInstruction>;

/// The code of a block's warps, and what bounds how many blocks are resident.
struct WarpProgram {
  std::vector<WarpCode> warps{};
  int registers = 0;              // of a thread
  std::int64_t shared_bytes = 0;  // scratchpad of a block
  double code_bytes = 0;          // sets the rate of instruction fetch

  std::int64_t instructions() const {
    std::int64_t sum = 0;
    for (const WarpCode& warp : warps) sum += static_cast<std::int64_t>(warp.size());
    return sum;
  }
};

}  // namespace tricycle
