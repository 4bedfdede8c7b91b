// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/printable.h"
#include "reports/text_table.h"
#include "reports/trace_diff.h"

namespace tricycle {

namespace {

std::string microseconds_text(double value) { return fmt::format("{:.3f}", value); }

/// How much larger the measured figure is: "+8.25 %".
std::string growth_text(double ours, double theirs) {
  return ours > 0 ? signed_text(100 * (theirs / ours - 1), 2) + " %" : "-";
}

double share_of(double part, double whole) { return whole > 0 ? part / whole : 0; }

std::vector<std::string> figure_cells(const TrackFigures& f, double span) {
  return {std::to_string(f.slices),
          microseconds_text(f.busy),
          fmt::format("{:.1f} %", 100 * share_of(f.busy, span)),
          microseconds_text(f.first),
          microseconds_text(f.last),
          microseconds_text(f.gaps),
          microseconds_text(f.longest_gap)};
}

std::vector<std::string> figure_changes(const TraceDiff& diff, const TrackDiff& t) {
  const auto signed_us = [](double ours, double theirs) { return signed_text(theirs - ours, 3); };
  const double shares =
      share_of(t.theirs.busy, diff.their_span) - share_of(t.ours.busy, diff.our_span);
  return {fmt::format("{:+}", static_cast<std::int64_t>(t.theirs.slices) -
                                  static_cast<std::int64_t>(t.ours.slices)),
          growth_text(t.ours.busy, t.theirs.busy),
          signed_text(100 * shares, 1) + " %",
          signed_us(t.ours.first, t.theirs.first),
          signed_us(t.ours.last, t.theirs.last),
          signed_us(t.ours.gaps, t.theirs.gaps),
          signed_us(t.ours.longest_gap, t.theirs.longest_gap)};
}

std::string tracks_table(const TraceDiff& diff) {
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const std::string& track, const char* which,
                       const std::vector<std::string>& cells) {
    rows.push_back({track, which});
    rows.back().insert(rows.back().end(), cells.begin(), cells.end());
  };
  for (const TrackDiff& t : diff.tracks) {
    add(t.simulated, "simulated", figure_cells(t.ours, diff.our_span));
    add(t.measured == t.simulated ? "" : t.measured, "measured",
        figure_cells(t.theirs, diff.their_span));
    add("", "difference", figure_changes(diff, t));
  }
  return text_table({{"track", "", false},
                     {"", "", false},
                     {"slices", ""},
                     {"busy", "us"},
                     {"share", "of the span"},
                     {"first", "us"},
                     {"last", "us"},
                     {"gaps", "us"},
                     {"longest gap", "us"}},
                    rows);
}

std::string names_table(const TraceDiff& diff) {
  std::vector<std::vector<std::string>> rows;
  for (const NameDiff& n : diff.names)
    rows.push_back({n.track, n.name, std::to_string(n.ours), std::to_string(n.theirs),
                    microseconds_text(n.our_mean), microseconds_text(n.their_mean),
                    growth_text(n.our_mean, n.their_mean), signed_text(n.start_shift, 3)});
  return text_table({{"track", "", false},
                     {"slices of one name", "", false},
                     {"simulated", ""},
                     {"measured", ""},
                     {"mean, simulated", "us"},
                     {"mean, measured", "us"},
                     {"difference", ""},
                     {"begins later", "us"}},
                    rows);
}

Json figures_json(const TrackFigures& f) {
  return {{"slices", f.slices}, {"busy_us", f.busy}, {"first_us", f.first},
          {"last_us", f.last},  {"gaps_us", f.gaps}, {"longest_gap_us", f.longest_gap}};
}

/// Events of one trace as a process; its tracks are numbered from `first_track` on.
void add_events(const SliceTrace& trace, int process, std::string_view name,
                std::int64_t first_track, std::string& text) {
  const auto add = [&](const std::string& event) { text += (text.empty() ? "" : ",\n") + event; };
  add(fmt::format(R"({{"ph":"M","pid":{},"name":"process_name","args":{{"name":"{}"}}}})", process,
                  name));
  for (std::size_t track = 0; track < trace.tracks.size(); ++track) {
    const std::int64_t id = first_track + static_cast<std::int64_t>(track);
    add(fmt::format(R"({{"ph":"M","pid":{},"tid":{},"name":"thread_name","args":{{"name":{}}}}})",
                    process, id, Json(trace.tracks[track]).dump_any()));
    add(fmt::format(
        R"({{"ph":"M","pid":{},"tid":{},"name":"thread_sort_index","args":{{"sort_index":{}}}}})",
        process, id, id));
  }
  for (const TraceSlice& slice : trace.slices) {
    // To whole nanoseconds, ends as well: neighbours do not come to overlap.
    const auto begin = std::llround(slice.begin * 1000), end = std::llround(slice.end * 1000);
    const auto time = [](long long ns) {
      return fmt::format("{:.3f}", static_cast<double>(ns) / 1000);
    };
    const std::string args =
        slice.text.empty() ? "" : fmt::format(R"("text":{})", Json(slice.text).dump_any());
    add(fmt::format(
        R"({{"ph":"X","pid":{},"tid":{},"ts":{},"dur":{},"cat":{},"name":{},"args":{{{}}}}})",
        process, first_track + static_cast<std::int64_t>(slice.track), time(begin),
        time(end - begin), Json(slice.category.empty() ? "slice" : slice.category).dump_any(),
        Json(slice.name).dump_any(), args));
  }
}

}  // namespace

std::string trace_diff_text(const TraceDiff& diff) {
  std::string text =
      fmt::format("span: {} us simulated, {} us measured, {}\n\n", microseconds_text(diff.our_span),
                  microseconds_text(diff.their_span), growth_text(diff.our_span, diff.their_span));
  if (!diff.tracks.empty()) text += tracks_table(diff);
  if (!diff.names.empty()) text += "\n" + names_table(diff);
  const auto add_unpaired = [&](const char* which, const std::vector<std::string>& names) {
    if (!names.empty())
      text += fmt::format("\n{} tracks without a counterpart: {}", which,
                          printable(fmt::format("{}", fmt::join(names, ", "))));
  };
  add_unpaired("simulated", diff.only_simulated);
  add_unpaired("measured", diff.only_measured);
  if (!diff.only_simulated.empty() && !diff.only_measured.empty())
    text += "\n--map MEASURED=SIMULATED says which belong together";
  if (diff.measured.left_out > 0)
    text += fmt::format("\n{} measured events left out: a beginning without an end, or the reverse",
                        diff.measured.left_out);
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

Json trace_diff_json(const TraceDiff& diff) {
  Json tracks = Json::array(), names = Json::array();
  for (const TrackDiff& t : diff.tracks)
    tracks.push_back({{"simulated_track", t.simulated},
                      {"measured_track", t.measured},
                      {"simulated", figures_json(t.ours)},
                      {"measured", figures_json(t.theirs)}});
  for (const NameDiff& n : diff.names)
    names.push_back({{"track", n.track},
                     {"name", n.name},
                     {"simulated", n.ours},
                     {"measured", n.theirs},
                     {"simulated_mean_us", n.our_mean},
                     {"measured_mean_us", n.their_mean},
                     {"begins_later_us", n.start_shift}});
  return {{"simulated_span_us", diff.our_span},
          {"measured_span_us", diff.their_span},
          {"tracks", tracks},
          {"names", names},
          {"only_simulated", diff.only_simulated},
          {"only_measured", diff.only_measured},
          {"measured_left_out", diff.measured.left_out}};
}

std::string both_traces(const TraceDiff& diff, const Json& about) {
  // No track has the number of another, nor of a process (reports/trace_json.cpp says why).
  constexpr std::int64_t kFirstTrack = 10;
  std::string events;
  add_events(diff.simulated, 1, "simulated", kFirstTrack, events);
  add_events(diff.measured, 2, "measured",
             kFirstTrack + static_cast<std::int64_t>(diff.simulated.tracks.size()), events);
  return fmt::format(
      "{{\"displayTimeUnit\":\"ns\",\n\"otherData\":{},\n\"traceEvents\":[\n{}\n]}}\n",
      about.dump_any(), events);
}

}  // namespace tricycle
