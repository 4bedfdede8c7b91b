// SPDX-License-Identifier: Apache-2.0
//
// What the units and chunks of one run do from cycle to cycle, as a page draws it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tricycle {

struct TimelineSlice {
  std::int64_t begin = 0, end = 0;  // cycles of the run
  std::size_t name = 0;             // index into RunTimeline::names
};

struct TimelineTrack {
  std::string name;  // "matrix0", "slot 1"
  std::vector<TimelineSlice> slices;
};

struct RunTimeline {
  std::string title;  // machine, algorithm, parameters, format, problem
  double clock_ghz = 0;
  std::int64_t shown_cycles = 0;      // counted from 0; nothing begins later
  bool is_cut = false;                // the trace goes on after shown_cycles
  std::vector<std::string> names;     // instructions, and "waits: CAUSE"
  std::vector<TimelineTrack> tracks;  // units, then chunks in flight
};

/// Reads a trace that `tricycle run` wrote (trace.json, docs/output.md).  It takes as many slices
/// from the start as a page can show.  `what` names the trace in error messages.  Throws InputError
/// where the text is no such trace.
RunTimeline read_timeline(std::string_view trace_json, const std::string& what);

}  // namespace tricycle
