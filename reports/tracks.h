// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/run_trace.h"

namespace tricycle {

/// The servers and slots of a run in the order in which a trace shows them, core by core, with
/// their names: "matrix0", and "core1 matrix0" where there are several cores.
class Tracks {
 public:
  explicit Tracks(const SimulationResult& result);

  const std::vector<std::string>& server_names() const { return server_names_; }
  const std::vector<std::string>& slot_names() const { return slot_names_; }
  /// Index of a server's, or a slot's, name.
  std::size_t server(ServerId id) const;
  std::size_t slot(std::int64_t core, std::int64_t slot) const {
    return first_slot_[static_cast<std::size_t>(core)] + static_cast<std::size_t>(slot);
  }

 private:
  std::vector<std::string> server_names_, slot_names_;
  std::array<std::size_t, kUnitCount> first_{};  // of a core, by unit
  std::size_t servers_per_core_ = 0;
  std::vector<std::size_t> first_slot_;  // by core
};

}  // namespace tricycle
