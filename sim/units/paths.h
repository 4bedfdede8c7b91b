// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "models/timing/timing.h"

namespace tricycle {

/// The paths of topology.*.  Each path is one channel that all vector units share.  It moves the
/// bytes of one instruction after those of another, in the order in which the instructions start.
/// Latencies overlap.
class Paths {
 public:
  /// Reserves the paths for an instruction that is issued at cycle `issued`.  Returns the cycles by
  /// which they delay it.  Bytes stream while the instruction's beats run, so only the time beyond
  /// the beats is a delay.
  std::int64_t hold(std::int64_t issued, const VectorTiming& timing);

 private:
  std::array<std::int64_t, kPathCount> free_{};  // cycle in which a path has moved all it was given
};

}  // namespace tricycle
