// SPDX-License-Identifier: Apache-2.0
//
// A profiler's trace, as `trace-diff` reads it: JSON, or else CSV.
#include "reports/slice_trace.h"
#include "reports/trace_diff.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

void fuzz::read_measured_trace(const std::uint8_t* data, std::size_t size) {
  fuzz::expect_read_or_refused([&] {
    constexpr int kDeepest = 64;
    constexpr double kCycle = 1e-3;
    const std::string_view text = fuzz::text_of(data, size);
    const auto document = Json::try_parse(text, kDeepest);
    const SliceTrace trace = document ? read_chrome_trace(*document, "trace.json")
                                      : read_csv_trace(text, "trace.csv", 1, kCycle);
    for (const TraceSlice& slice : trace.slices)
      if (slice.track >= trace.tracks.size() || !(slice.begin <= slice.end)) std::abort();
    // Beside itself it has no difference, and both are a trace again.
    const TraceDiff diff = compare_traces(trace, trace, {}, 1);
    if (diff.tracks.size() != trace.tracks.size() || diff.our_span != diff.their_span) std::abort();
    trace_diff_text(diff);
    read_chrome_trace(Json::parse(both_traces(diff, Json::object())), "both.json");
  });
}
