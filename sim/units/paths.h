// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "models/timing/timing.h"

namespace tricycle {

/// The paths of topology.*, each one channel that all vector units share: one instruction's bytes
/// after the other's, in the order in which the instructions start; latencies overlap.
class Paths {
 public:
  /// Takes the paths for an instruction that is issued at cycle `issued`.  Returns the cycles by
  /// which they hold it up: bytes stream beside its beats, what goes beyond them is waiting.
  std::int64_t hold(std::int64_t issued, const VectorTiming& timing);

 private:
  std::array<std::int64_t, kPathCount> free_{};  // cycle a path has moved all it was given
};

}  // namespace tricycle
