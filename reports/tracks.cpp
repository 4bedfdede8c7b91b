// SPDX-License-Identifier: Apache-2.0
#include "reports/tracks.h"

#include <fmt/format.h>

namespace tricycle {

Tracks::Tracks(const SimulationResult& r) {
  for (std::size_t u = 0; u < kUnitCount; ++u) {
    first_[u] = servers_per_core_;
    servers_per_core_ += static_cast<std::size_t>(r.units[u].servers / r.cores);
  }
  for (std::int64_t core = 0; core < r.cores; ++core) {
    const std::string prefix = r.cores > 1 ? fmt::format("core{} ", core) : "";
    for (std::size_t u = 0; u < kUnitCount; ++u)
      for (std::int64_t s = 0; s < r.units[u].servers / r.cores; ++s)
        server_names_.push_back(fmt::format("{}{}{}", prefix, kUnits[u].name, s));
    first_slot_.push_back(slot_names_.size());
    // Where there are fewer items than slots, the first cores have one slot more than the last.
    const std::int64_t slots = (r.in_flight - core + r.cores - 1) / r.cores;
    for (std::int64_t s = 0; s < slots; ++s)
      slot_names_.push_back(fmt::format("{}slot{}", prefix, s));
  }
}

std::size_t Tracks::server(ServerId id) const {
  return static_cast<std::size_t>(id.core) * servers_per_core_ +
         first_[static_cast<std::size_t>(id.unit)] + static_cast<std::size_t>(id.index);
}

}  // namespace tricycle
