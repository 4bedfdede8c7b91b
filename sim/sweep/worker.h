// SPDX-License-Identifier: Apache-2.0
//
// Messages between the parent and the workers of a sweep.  A message is a frame of a kind, a length
// and a text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/sweep/points.h"
#include "sim/sweep/store.h"

namespace tricycle {

enum class Message : std::uint8_t {
  kPoint,  // from parent: run this point (decimal)
  /// From parent, for kFind: "=" and the value, or nothing, and the worker must compute it.
  kAnswer,
  kBegun,   // from worker: key of the point, then its axes
  kFind,    // from worker: key of values
  kSave,    // from worker: key of values, then the value
  kDone,    // from worker: the cells, JSON
  kFailed,  // from worker: the reason
  kMemory,  // from worker: failed for lack of memory; the worker ends
};

/// Exit status of a worker that could not start or continue, whatever its point.
inline constexpr int kWorkerLost = 3;

struct Frame {
  Message kind = Message::kPoint;
  std::string text;
};

/// Writes a complete frame.  False: the other end is gone.
bool send_frame(int socket, Message kind, const std::string& text);
/// Removes the first complete frame from the bytes received.
std::optional<Frame> take_frame(std::string& received);

/// Converts cells to text and back.  Numbers that are not finite become null, as in result.json.
std::string to_text(const std::vector<Cell>& cells);
std::vector<Cell> cells_from_text(const std::string& text);

/// The main loop of a worker: runs the points that it receives until the parent is gone.  Never
/// returns.  `memory_bytes` limits its address space; 0: no limit.
[[noreturn]] void work(const Points& points, int socket, std::uint64_t memory_bytes);

}  // namespace tricycle
