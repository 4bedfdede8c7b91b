// SPDX-License-Identifier: Apache-2.0
//
// What parent and workers of a sweep tell each other: frames of a kind, a length and a text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/sweep/points.h"
#include "sim/sweep/store.h"

namespace tricycle {

enum class Message : std::uint8_t {
  kPoint,   // parent: run this point (decimal)
  kAnswer,  // parent: to kFind: "=" and the value, or nothing: compute it
  kBegun,   // worker: key of the point, then its axes
  kFind,    // worker: key of values
  kSave,    // worker: key of values, then the value
  kDone,    // worker: the cells, JSON
  kFailed,  // worker: the reason
  kMemory,  // worker: failed for want of memory; the worker ends
};

/// Exit status of a worker that could not begin or go on, whatever its point.
inline constexpr int kWorkerLost = 3;

struct Frame {
  Message kind = Message::kPoint;
  std::string text;
};

/// Writes a frame whole.  False: the other end is gone.
bool send_frame(int socket, Message kind, const std::string& text);
/// Takes the first whole frame off the bytes received.
std::optional<Frame> take_frame(std::string& received);

/// Cells as text and back.  Numbers that are not finite become null, as in result.json.
std::string to_text(const std::vector<Cell>& cells);
std::vector<Cell> cells_from_text(const std::string& text);

/// The life of a worker: runs the points it is told until the parent is gone; never returns.
/// `memory_bytes` limits its address space; 0: not at all.
[[noreturn]] void work(const Points& points, int socket, std::uint64_t memory_bytes);

}  // namespace tricycle
