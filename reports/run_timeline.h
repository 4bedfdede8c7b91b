// SPDX-License-Identifier: Apache-2.0
//
// What units and chunks of one run do from cycle to cycle, as a page draws it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tricycle {

struct TimelineSlice {
  std::int64_t begin = 0, end = 0;  // cycles of the run
  std::size_t name = 0;             // of RunTimeline::names
};

struct TimelineTrack {
  std::string name;  // "matrix0", "slot 1"
  std::vector<TimelineSlice> slices;
};

struct RunTimeline {
  std::string title;  // machine, algorithm, parameters, format, problem
  double clock_ghz = 0;
  std::int64_t shown_cycles = 0;      // from 0; nothing begins later
  bool is_cut = false;                // the trace goes on
  std::vector<std::string> names;     // instructions, and "waits: CAUSE"
  std::vector<TimelineTrack> tracks;  // units, then chunks in flight
};

/// Of a trace `tricycle run` wrote (trace.json, docs/output.md), at most as many slices as a page
/// can take, from the start on.  `what` names the trace in the error.  Throws InputError: no such
/// trace.
RunTimeline read_timeline(std::string_view trace_json, const std::string& what);

}  // namespace tricycle
