// SPDX-License-Identifier: Apache-2.0
//
// One simulation as it went, slice by slice: plain records for timelines and critical paths.  Times
// are cycles from the start of the run.
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
  std::uint32_t instruction = 0;  // that posted it, where the instruction waits for any
  std::int64_t posted = 0;        // cycle the producer was done computing
  std::int64_t arrived = 0;       // .. its result had left the pipeline
  std::int64_t visible = 0;       // .. its token was visible to the unit that waits
};

/// One instruction of one item, from the cycle a server took it.
struct Execution {
  ServerId server;
  std::uint32_t instruction = 0;
  std::int64_t slot = 0, item = 0;  // slot of the core
  LastToken token;
  std::int64_t started = 0;         // the server took it
  std::int64_t begin = 0, end = 0;  // busy with it
  std::int64_t channel_begin = 0;   // transfers: its bytes enter the DRAM's channel ..
  std::int64_t channel_cycles = 0;  // .. and take it that long
  std::int64_t transfer_bytes = 0;  // whole requests
};

/// Cycles a server had work left and did none.
struct StallSpan {
  static constexpr std::int64_t kNoItem = -1;  // launch; the end, when other servers took the rest
  ServerId server;
  StallCause cause = StallCause::kLaunch;
  std::int64_t item = kNoItem;    // of the instruction that waits
  std::uint32_t instruction = 0;  // .. where there is one
  std::int64_t begin = 0, end = 0;
};

/// One item's time in its slot, from entering it to its last instruction's end.
struct ItemSpan {
  std::int64_t item = 0, slot = 0;  // slot of the core
  std::int64_t begin = 0, end = 0;
  std::int64_t core = 0;
};

/// What happened to the first `item_limit` items; a server's spans are in order of time and never
/// overlap.
struct RunTrace {
  std::int64_t item_limit = 0;
  Program program;
  std::vector<Execution> executions;  // in order of completion
  std::vector<StallSpan> stalls;      // in order of the start of their instruction
  std::vector<ItemSpan> items;        // in order of completion
};

}  // namespace tricycle
