// SPDX-License-Identifier: Apache-2.0
#include "reports/trace_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "models/error.h"
#include "models/printable.h"

namespace tricycle {

namespace {

/// The work of a track.
std::vector<std::size_t> track_slices(const SliceTrace& trace, std::size_t track) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < trace.slices.size(); ++i)
    if (trace.slices[i].track == track && trace.is_work(trace.slices[i])) found.push_back(i);
  return found;
}

TrackFigures figures_of(const SliceTrace& trace, const std::vector<std::size_t>& which) {
  TrackFigures out;
  out.slices = which.size();
  if (which.empty()) return out;
  out.first = trace.slices[which.front()].begin;
  out.last = out.first;
  for (const std::size_t i : which) {
    const TraceSlice& slice = trace.slices[i];
    const double gap = std::max(0.0, slice.begin - out.last);
    out.gaps += gap;
    out.longest_gap = std::max(out.longest_gap, gap);
    out.busy += std::max(0.0, slice.end - std::max(slice.begin, out.last));
    out.last = std::max(out.last, slice.end);
  }
  return out;
}

/// Times from the first slice of work, times a factor.
void shift_and_scale(SliceTrace& trace, double scale) {
  double first = std::numeric_limits<double>::infinity();
  for (const TraceSlice& slice : trace.slices)
    if (trace.is_work(slice)) first = std::min(first, slice.begin);
  for (TraceSlice& slice : trace.slices) {
    slice.begin = (slice.begin - first) * scale;
    slice.end = (slice.end - first) * scale;
  }
}

/// Index of a track; its count where there is none of that name.
std::size_t track_index(const SliceTrace& trace, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(trace.tracks, name) - trace.tracks.begin());
}

/// Tracks that have something to compare but belong to none of the other trace.
std::vector<std::string> unpaired(const SliceTrace& trace, const std::set<std::size_t>& paired) {
  std::vector<std::string> names;
  for (std::size_t track = 0; track < trace.tracks.size(); ++track)
    if (!paired.contains(track) && !track_slices(trace, track).empty())
      names.push_back(trace.tracks[track]);
  return names;
}

void check_map(const SliceTrace& simulated, const SliceTrace& measured, const TrackMap& map) {
  std::vector<std::string> faults;
  std::set<std::string> seen;
  const auto check = [&](const SliceTrace& trace, const std::string& name, const char* which) {
    if (track_slices(trace, track_index(trace, name)).empty())
      faults.push_back(
          fmt::format("--map {}: no {} track; there are {}", printable(name), which,
                      printable(fmt::format("{}", fmt::join(unpaired(trace, {}), ", ")))));
    else if (!seen.insert(which + name).second)
      faults.push_back(fmt::format("--map {}: given twice", printable(name)));
  };
  for (const auto& [theirs, ours] : map) {
    check(measured, theirs, "measured");
    check(simulated, ours, "simulated");
  }
  throw_if_any(std::move(faults));
}

/// Pairs of track indices, simulated and measured.
std::vector<std::pair<std::size_t, std::size_t>> paired_tracks(const SliceTrace& simulated,
                                                               const SliceTrace& measured,
                                                               const TrackMap& map) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t ours = 0; ours < simulated.tracks.size(); ++ours) {
    if (track_slices(simulated, ours).empty()) continue;  // of chunks
    const auto mapped = std::ranges::find(map, simulated.tracks[ours],
                                          &std::pair<std::string, std::string>::second);
    const std::string& name = mapped == map.end() ? simulated.tracks[ours] : mapped->first;
    const bool elsewhere = mapped == map.end() &&
                           std::ranges::any_of(map, [&](const auto& m) { return m.first == name; });
    const std::size_t theirs = track_index(measured, name);
    if (theirs < measured.tracks.size() && !elsewhere) pairs.emplace_back(ours, theirs);
  }
  return pairs;
}

using SlicesByName = std::map<std::string, std::vector<std::size_t>>;

SlicesByName by_name(const SliceTrace& trace, const std::vector<std::size_t>& which) {
  SlicesByName names;
  for (const std::size_t i : which) names[trace.slices[i].name].push_back(i);
  return names;
}

double mean_duration(const SliceTrace& trace, const std::vector<std::size_t>& which) {
  double sum = 0;
  for (const std::size_t i : which) sum += trace.slices[i].end - trace.slices[i].begin;
  return sum / static_cast<double>(which.size());
}

void add_names(TraceDiff& diff, const std::string& track, const SlicesByName& ours,
               const SlicesByName& theirs) {
  for (const auto& [name, mine] : ours) {
    const auto found = theirs.find(name);
    if (found == theirs.end()) continue;
    const std::vector<std::size_t>& other = found->second;
    NameDiff out{track,
                 name,
                 mine.size(),
                 other.size(),
                 mean_duration(diff.simulated, mine),
                 mean_duration(diff.measured, other),
                 0};
    const std::size_t pairs = std::min(mine.size(), other.size());
    for (std::size_t i = 0; i < pairs; ++i)
      out.start_shift +=
          diff.measured.slices[other[i]].begin - diff.simulated.slices[mine[i]].begin;
    out.start_shift /= static_cast<double>(pairs);
    diff.names.push_back(std::move(out));
  }
}

double span_of(const SliceTrace& trace) {
  double last = 0;
  for (const TraceSlice& slice : trace.slices)
    if (trace.is_work(slice)) last = std::max(last, slice.end);
  return last;
}

}  // namespace

SimulatedTrace read_simulated_trace(const Json& document, const std::string& what) {
  const Json* about = document.find("otherData");
  const Json* clock = about == nullptr ? nullptr : about->find("clock_ghz");
  constexpr double kSlowestGhz = 1e-3, kFastestGhz = 1e3;
  if (clock == nullptr || !clock->is_number() ||
      !(clock->real() >= kSlowestGhz && clock->real() <= kFastestGhz))
    throw InputError(what + ": expected a trace that `tricycle run` wrote; name its trace.json");
  SimulatedTrace out{read_chrome_trace(document, what), clock->real(), ""};
  // A microsecond of trace time is a thousand cycles.
  for (TraceSlice& slice : out.slices.slices) {
    slice.begin /= out.clock_ghz;
    slice.end /= out.clock_ghz;
  }
  out.slices.says_busy = true;
  if (std::ranges::none_of(out.slices.slices,
                           [&](const TraceSlice& slice) { return out.slices.is_work(slice); }))
    throw InputError(what + ": expected slices of units; run with --trace-chunks of at least 1");
  std::vector<std::string> words;
  for (const char* key : {"machine", "algorithm", "parameters", "format", "problem"})
    if (const Json* word = about->find(key);
        word != nullptr && word->is_string() && !word->text().empty())
      words.push_back(word->text());
  out.title = fmt::format("{}", fmt::join(words, ", "));
  return out;
}

TraceDiff compare_traces(SliceTrace simulated, SliceTrace measured, const TrackMap& map,
                         double scale) {
  check_map(simulated, measured, map);
  shift_and_scale(simulated, 1);
  shift_and_scale(measured, scale);
  TraceDiff diff;
  diff.simulated = std::move(simulated);
  diff.measured = std::move(measured);
  diff.our_span = span_of(diff.simulated);
  diff.their_span = span_of(diff.measured);
  std::set<std::size_t> ours, theirs;
  for (const auto& [mine, other] : paired_tracks(diff.simulated, diff.measured, map)) {
    ours.insert(mine);
    theirs.insert(other);
    const std::vector<std::size_t> our_slices = track_slices(diff.simulated, mine),
                                   their_slices = track_slices(diff.measured, other);
    diff.tracks.push_back({diff.simulated.tracks[mine], diff.measured.tracks[other],
                           figures_of(diff.simulated, our_slices),
                           figures_of(diff.measured, their_slices)});
    add_names(diff, diff.simulated.tracks[mine], by_name(diff.simulated, our_slices),
              by_name(diff.measured, their_slices));
  }
  diff.only_simulated = unpaired(diff.simulated, ours);
  diff.only_measured = unpaired(diff.measured, theirs);
  return diff;
}

}  // namespace tricycle
