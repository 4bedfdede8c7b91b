// SPDX-License-Identifier: Apache-2.0
//
// The record of one simulation, slice by slice: plain records for timelines and critical paths.
// Times are cycles from the start of the run.
#pragma once

#include <cstdint>
#include <vector>

#include "models/isa/program.h"
#include "models/run_result.h"

namespace tricycle {

/// One server of a unit of a core: the array, one vector unit, one DMA queue.
struct ServerId {
  Unit unit = Unit::kMatrix;
  std::int32_t index = 0;
  std::int32_t core = 0;
  friend bool operator==(const ServerId&, const ServerId&) = default;
};

/// The token an instruction waited for last.
struct LastToken {
  Unit producer = Unit::kDma;
  // The instruction that posted the token, if this instruction waits for any.
  std::uint32_t instruction = 0;
  std::int64_t posted = 0;   // cycle in which the producer finished computing
  std::int64_t arrived = 0;  // cycle in which its result had left the pipeline
  std::int64_t visible = 0;  // cycle in which the waiting unit saw the token
};

/// The execution of one instruction of one item, from the cycle a server took it.
struct Execution {
  ServerId server;
  std::uint32_t instruction = 0;
  std::int64_t slot = 0, item = 0;  // slot within the core
  LastToken token;
  std::int64_t started = 0;         // cycle in which the server took it
  std::int64_t begin = 0, end = 0;  // the server was busy with it
  std::int64_t channel_begin = 0;   // transfers: its bytes enter the DRAM channel
  std::int64_t channel_cycles = 0;  // transfers: its bytes occupy the channel
  std::int64_t transfer_bytes = 0;  // transfers: whole requests
};

/// Cycles in which a server had work left but did none.
struct StallSpan {
  // For the launch, and for the end, when other servers took the remaining work.
  static constexpr std::int64_t kNoItem = -1;
  ServerId server;
  StallCause cause = StallCause::kLaunch;
  std::int64_t item = kNoItem;    // item of the instruction that waits
  std::uint32_t instruction = 0;  // that instruction, where there is one
  std::int64_t begin = 0, end = 0;
};

/// The time of one item in its slot, from entering it to the end of its last instruction.
struct ItemSpan {
  std::int64_t item = 0, slot = 0;  // slot of the core
  std::int64_t begin = 0, end = 0;
  std::int64_t core = 0;
};

/// What happened to the first `item_limit` items.  The spans of a server are in order of time and
/// never overlap.
struct RunTrace {
  std::int64_t item_limit = 0;
  Program program;
  std::vector<Execution> executions;  // in order of completion
  std::vector<StallSpan> stalls;      // in order of the start of their instruction
  std::vector<ItemSpan> items;        // in order of completion
};

}  // namespace tricycle
