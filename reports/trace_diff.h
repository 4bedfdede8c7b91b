// SPDX-License-Identifier: Apache-2.0
//
// A measured trace beside a simulated one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/json.h"
#include "reports/slice_trace.h"

namespace tricycle {

/// What the slices of a track amount to.  Times are microseconds from the first slice of the trace.
struct TrackFigures {
  std::size_t slices = 0;
  double busy = 0;                   // of slices that overlap, once
  double first = 0, last = 0;        // begin of the first slice, end of the last
  double gaps = 0, longest_gap = 0;  // between the first and the last
};

struct TrackDiff {
  std::string simulated, measured;  // names
  TrackFigures ours, theirs;
};

/// Slices of the same name on tracks that belong together, paired in their order.
struct NameDiff {
  std::string track;  // simulated
  std::string name;
  std::size_t ours = 0, theirs = 0;     // slices
  double our_mean = 0, their_mean = 0;  // duration, of all
  double start_shift = 0;               // mean of measured less simulated begin, of the pairs
};

struct TraceDiff {
  SliceTrace simulated, measured;  // from 0, the measured times scaled
  std::vector<TrackDiff> tracks;
  std::vector<NameDiff> names;
  std::vector<std::string> only_simulated, only_measured;  // tracks without a counterpart
  double our_span = 0, their_span = 0;                     // first begin to last end
};

/// MEASURED=SIMULATED pairs of track names.
using TrackMap = std::vector<std::pair<std::string, std::string>>;

/// The simulated trace that `tricycle run` wrote: its units, what they do and wait for, and its
/// chunks, in microseconds of the machine's clock.  Throws InputError for any other document.
struct SimulatedTrace {
  SliceTrace slices;
  double clock_ghz = 0;
  std::string title;  // "edge_16x16, block_doubling, int8, iid_c16"
};
SimulatedTrace read_simulated_trace(const Json& document, const std::string& what);

/// Lays the traces beside each other, each from its first work on, the measured times times
/// `scale`.  Tracks belong together by the map, or by equal names.  Throws InputError for names of
/// the map that are no tracks, or stand there twice.
TraceDiff compare_traces(SliceTrace simulated, SliceTrace measured, const TrackMap& map,
                         double scale);

/// Tables: of tracks, of names, and what has no counterpart.
std::string trace_diff_text(const TraceDiff& diff);
Json trace_diff_json(const TraceDiff& diff);

/// Both traces in one file of the Trace Event Format, each a process.  `about` becomes otherData.
std::string both_traces(const TraceDiff& diff, const Json& about);

}  // namespace tricycle
