// SPDX-License-Identifier: Apache-2.0
//
// The trace of a run, as `report --trace` reads it.
#include "reports/run_timeline.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

void fuzz::read_trace(const std::uint8_t* data, std::size_t size) {
  fuzz::expect_read_or_refused([&] {
    const RunTimeline timeline = read_timeline(fuzz::text_of(data, size), "trace.json");
    for (const TimelineTrack& track : timeline.tracks)
      for (const TimelineSlice& slice : track.slices)
        if (slice.name >= timeline.names.size() || slice.end < slice.begin) std::abort();
  });
}
