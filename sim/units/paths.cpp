// SPDX-License-Identifier: Apache-2.0
#include "sim/units/paths.h"

#include <algorithm>

namespace tricycle {

std::int64_t Paths::hold(std::int64_t issued, const VectorTiming& timing) {
  std::int64_t done = issued + timing.body_cycles;
  for (std::size_t p = 0; p < kPathCount; ++p) {
    const PathUse& use = timing.paths[p];
    if (use.channel_cycles == 0) continue;
    free_[p] = std::max(free_[p], issued) + use.channel_cycles;
    done = std::max(done, free_[p] + use.latency_cycles);
  }
  return done - issued - timing.body_cycles;
}

}  // namespace tricycle
