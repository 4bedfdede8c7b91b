// SPDX-License-Identifier: Apache-2.0
//
// Traces of others: what ran when on which track, as profilers export it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "models/json.h"

namespace tricycle {

/// One slice of a track.  Times are microseconds.
struct TraceSlice {
  std::size_t track = 0;
  double begin = 0, end = 0;
  std::string name;
  std::string category;  // empty: none
  std::string text;      // the instruction; empty: none
};

inline constexpr std::size_t kMostTraceTracks = 10'000;

struct SliceTrace {
  std::vector<std::string> tracks;  // names, each once
  std::vector<TraceSlice> slices;   // at least one, in order of their begin
  std::size_t left_out = 0;         // beginnings without an end, and ends without a beginning
  /// Whether slices of the category `busy` alone are work: the others are waits, or chunks.
  bool says_busy = false;

  bool is_work(const TraceSlice& slice) const { return !says_busy || slice.category == "busy"; }
};

/// The longest trace, in microseconds: eleven days.
inline constexpr double kLongestTrace = 1e12;
/// Throws InputError for a longer one.
void check_span(const SliceTrace& trace, const std::string& what);

/// The Trace Event Format of Chrome's about:tracing: an array of events, or an object with one in
/// traceEvents.  Slices are events with ph X, or B and E; threads are tracks, by their names. Other
/// events are skipped.  Times are microseconds.  `what` names the file in messages.  Throws
/// InputError.
SliceTrace read_chrome_trace(const Json& document, const std::string& what);

/// CSV with a line of titles.  A slice a row: name, start, duration (or end), and track where there
/// are several; in any order, among other columns.  The titles that profilers use are known
/// (docs/calibrate.md lists them); case does not count, and a unit may follow: "Duration(us)",
/// "exec_time_ns".  `usual`: the unit where a title has none.  `cycles`: how long a cycle is, in
/// microseconds.  Throws InputError with the place.
SliceTrace read_csv_trace(std::string_view text, const std::string& what, double usual,
                          double cycles);

}  // namespace tricycle
