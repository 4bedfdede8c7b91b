// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace tricycle {

/// The progress of a run, for another thread to read.
struct RunWatch {
  std::atomic<std::int64_t> chunks{0};  // of the problem; 0 until its program is chosen
  std::atomic<std::int64_t> done{0};
};

}  // namespace tricycle
