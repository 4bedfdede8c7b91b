// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/run_trace.h"

namespace tricycle {

/// The names of the servers and slots of a run, core by core, in the order in which a trace shows
/// them: "matrix0", or "core1 matrix0" where there are several cores.
class Tracks {
 public:
  explicit Tracks(const SimulationResult& result);

  const std::vector<std::string>& server_names() const { return server_names_; }
  const std::vector<std::string>& slot_names() const { return slot_names_; }
  /// Index of the name of a server or of a slot.
  std::size_t server(ServerId id) const;
  std::size_t slot(std::int64_t core, std::int64_t slot) const {
    return first_slot_[static_cast<std::size_t>(core)] + static_cast<std::size_t>(slot);
  }

 private:
  std::vector<std::string> server_names_, slot_names_;
  /// Of each unit: index of its first server within a core
  std::array<std::size_t, kUnitCount> first_{};
  std::size_t servers_per_core_ = 0;
  std::vector<std::size_t> first_slot_;  // by core
};

}  // namespace tricycle
