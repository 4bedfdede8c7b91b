// SPDX-License-Identifier: Apache-2.0
#include "models/isa/unit.h"

#include "models/hw_config.h"

namespace tricycle {

std::int64_t servers_of(const HwConfig& hw, Unit unit) {
  switch (unit) {
    case Unit::kMatrix: return 1;
    case Unit::kVector: return hw.vector_unit.units;
    case Unit::kDma: return hw.dma.queues;
    case Unit::kReadOut: return hw.accumulator_to_scratchpad.present ? 1 : 0;
  }
  return 0;
}

}  // namespace tricycle
