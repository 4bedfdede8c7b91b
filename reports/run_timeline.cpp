// SPDX-License-Identifier: Apache-2.0
#include "reports/run_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <stdexcept>

#include "models/error.h"
#include "models/json.h"

namespace tricycle {

namespace {

/// The largest number of slices: more than a screen has pixels for, some 100 kB of the page.
constexpr std::size_t kMostSlices = 4000;

struct TracedSlice {
  std::int64_t track, begin, end;
  std::string name;
};

constexpr int kDeepestTrace = 16;
constexpr std::size_t kMostTracks = 10'000, kLongestText = 1000;

/// Reads microseconds of trace time with three decimals; one cycle is one nanosecond.
std::int64_t cycles(const Json& microseconds) {
  constexpr double kMost = 1e15;  // sums of two stay exact, here and in the page
  const double number = microseconds.real() * 1000;
  if (!(number >= 0 && number <= kMost)) throw std::out_of_range("a time");
  return std::llround(number);
}

std::string short_text(const Json& text) { return text.text().substr(0, kLongestText); }

/// The text of a key; empty where there is none.
std::string text_or_empty(const Json& object, const char* key) {
  return object.contains(key) ? object.at(key).text() : "";
}

/// The text that a slice shows.  Empty for a chunk as a whole, which only repeats its phases.
std::string shown_name(const Json& event) {
  const std::string category = text_or_empty(event, "cat");
  const std::string name = short_text(event.at("name"));
  if (category == "busy" || category == "work") return name;
  constexpr std::string_view kWait = "wait_";  // wait_dma: waits: dma
  if (category == "stall" || category == "wait")
    return "waits: " + name.substr(name.starts_with(kWait) ? kWait.size() : 0);
  return "";
}

std::string title_of(const Json& data) {
  std::vector<std::string> words;
  for (const char* key : {"machine", "algorithm", "parameters", "format", "problem"})
    if (const std::string word = text_or_empty(data, key); !word.empty()) words.push_back(word);
  return fmt::format("{}", fmt::join(words, ", "));
}

RunTimeline from_trace(const Json& trace) {
  const Json& data = trace.at("otherData");
  RunTimeline timeline;
  timeline.title = title_of(data);
  timeline.clock_ghz = data.at("clock_ghz").real();
  std::map<std::int64_t, std::string> track_names;  // in the order a trace shows them
  std::vector<TracedSlice> slices;
  for (const Json& event : trace.at("traceEvents")) {
    if (event.at("name") == "thread_name")
      track_names[event.at("tid").integer()] = short_text(event.at("args").at("name"));
    if (track_names.size() > kMostTracks) throw std::out_of_range("tracks");
    if (event.at("ph") != "X") continue;
    const std::int64_t begin = cycles(event.at("ts")), end = begin + cycles(event.at("dur"));
    if (std::string name = shown_name(event); !name.empty() && end > begin)
      slices.push_back({event.at("tid").integer(), begin, end, std::move(name)});
  }
  std::ranges::stable_sort(slices, {}, &TracedSlice::begin);
  if (slices.size() > kMostSlices) {
    // Cuts at one moment for all tracks, so that no track stops earlier than another.
    const std::int64_t stop = slices[kMostSlices].begin;
    std::erase_if(slices, [&](const TracedSlice& slice) { return slice.begin >= stop; });
    timeline.is_cut = true;
    timeline.shown_cycles = stop;
  }
  for (const auto& [id, name] : track_names) timeline.tracks.push_back({name, {}});
  for (const TracedSlice& slice : slices) {
    const auto known = std::ranges::find(timeline.names, slice.name);
    const auto index = static_cast<std::size_t>(known - timeline.names.begin());
    if (known == timeline.names.end()) timeline.names.push_back(slice.name);
    const auto track = std::distance(track_names.begin(), track_names.find(slice.track));
    timeline.tracks.at(static_cast<std::size_t>(track))
        .slices.push_back({slice.begin, slice.end, index});
    if (!timeline.is_cut) timeline.shown_cycles = std::max(timeline.shown_cycles, slice.end);
  }
  return timeline;
}

}  // namespace

RunTimeline read_timeline(std::string_view trace_json, const std::string& what) {
  try {
    if (const auto trace = Json::try_parse(trace_json, kDeepestTrace)) return from_trace(*trace);
  } catch (const std::exception&) {  // of a key or track that is not there
  }
  throw InputError(
      what +
      ": expected a trace that `tricycle run` wrote, got something else; name its trace.json");
}

}  // namespace tricycle
