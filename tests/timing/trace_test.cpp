// SPDX-License-Identifier: Apache-2.0
//
// trace.json against the counters of the run it shows.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "reports/trace_json.h"
#include "reports/writers.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/engine/run.h"

namespace tricycle {
namespace {

using Json = nlohmann::json;

std::string source(const std::string& path) { return TRICYCLE_SOURCE_DIR "/" + path; }

struct Traced {
  RunResult result;
  RunTrace trace;
};

/// 96 chunks of a real model on four vector units and two DMA queues, four chunks in flight.
const PreparedProblem& captured() {
  static const PreparedProblem problem =
      prepare(load_problem(source("workloads/problems/gdn_lm_c64.yaml"), {}));
  return problem;
}
HwConfig machine() { return load_hw_config(source("hwconfigs/hexagon_like.yaml"), {}); }

Traced traced_run(std::int64_t limit, const std::string& algorithm = "neumann_masked") {
  Traced t;
  t.trace.item_limit = limit;
  t.result = run(machine(), captured(), find_algorithm(algorithm), {}, Format::kFp16,
                 Fidelity::kTile, &t.trace);
  return t;
}
const Traced& whole_run() {
  static const Traced run = traced_run(96);
  return run;
}
const Json& document() {
  static const Json parsed = Json::parse(to_trace_json(whole_run().result, whole_run().trace));
  return parsed;
}

/// Cycles of a time in microseconds that has three decimals.
std::int64_t cycles(const Json& time) {
  const double thousandths = time.get<double>() * 1000;
  const std::int64_t whole = std::llround(thousandths);
  EXPECT_NEAR(thousandths, static_cast<double>(whole), 1e-6) << time;
  return whole;
}

struct Slice {
  std::int64_t begin, end;
  std::string category, name;
};
using Track = std::pair<std::int64_t, std::int64_t>;  // pid, tid

std::map<Track, std::vector<Slice>> slices(const Json& trace) {
  std::map<Track, std::vector<Slice>> tracks;
  for (const Json& e : trace["traceEvents"])
    if (e["ph"] == "X")
      tracks[{e["pid"], e["tid"]}].push_back(
          {cycles(e["ts"]), cycles(e["ts"]) + cycles(e["dur"]), e["cat"], e["name"]});
  // As they nest: what begins first, of those the longest; the order of the file where both agree.
  for (auto& [track, of] : tracks)
    std::stable_sort(of.begin(), of.end(), [](const Slice& a, const Slice& b) {
      return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
  return tracks;
}

std::map<Track, std::string> track_names(const Json& trace) {
  std::map<Track, std::string> names;
  for (const Json& e : trace["traceEvents"])
    if (e["name"] == "thread_name") names[{e["pid"], e["tid"]}] = e["args"]["name"];
  return names;
}

TEST(Trace, every_event_has_the_keys_of_its_phase) {
  std::set<std::string> phases;
  for (const Json& e : document()["traceEvents"]) {
    const std::string phase = e.at("ph");
    phases.insert(phase);
    EXPECT_TRUE(e.at("pid").is_number_integer() && e.at("name").is_string() &&
                e.at("args").is_object())
        << e;
    if (phase != "M") {
      EXPECT_GE(e.at("ts").get<double>(), 0) << e;
    }
    if (phase == "X") {
      EXPECT_TRUE(e.at("tid").is_number_integer() && e.at("cat").is_string()) << e;
      EXPECT_GE(e.at("dur").get<double>(), 0) << e;
    }
    if (phase == "C") {
      EXPECT_EQ(e["args"].size(), 1U) << e;
      EXPECT_TRUE(e["args"].front().is_number()) << e;
    }
    if (HasFailure()) return;
  }
  EXPECT_EQ(phases, (std::set<std::string>{"C", "M", "X"}));
  EXPECT_EQ(document()["displayTimeUnit"], "ns");
}

TEST(Trace, says_what_was_run_and_what_its_time_means) {
  const Json& data = document()["otherData"];
  EXPECT_EQ(data["machine"], "hexagon_like");
  EXPECT_EQ(data["clock_ghz"], 1.37);
  EXPECT_EQ(data["problem"], "gdn_lm_c64");
  EXPECT_EQ(data["algorithm"], "neumann_masked");
  EXPECT_EQ(data["format"], "fp16");
  EXPECT_EQ(data["version"], whole_run().result.version);
  EXPECT_EQ(data["machine_digest"], whole_run().result.machine_digest);
  EXPECT_EQ(data["chunks"], 96);
  EXPECT_EQ(data["traced_chunks"], 96);
  EXPECT_FALSE(data.contains("limit"));
  EXPECT_NE(data["time"].get<std::string>().find("1 cycle = 1 ns"), std::string::npos);
}

TEST(Trace, has_a_named_track_for_every_server_and_every_slot) {
  std::multiset<std::string> names;
  const auto all = track_names(document());
  for (const auto& [track, name] : all) names.insert(name);
  EXPECT_EQ(names,
            (std::multiset<std::string>{"dma0", "dma1", "matrix0", "slot0", "slot1", "slot2",
                                        "slot3", "vector0", "vector1", "vector2", "vector3"}));
  for (const auto& [track, of] : slices(document())) {
    EXPECT_TRUE(all.contains(track));
    EXPECT_FALSE(of.empty());
  }
  EXPECT_EQ(slices(document()).size(), all.size()) << "no track is empty";
}

TEST(Trace, slices_of_a_track_nest_and_never_overlap) {
  for (const auto& [track, of] : slices(document())) {
    std::vector<Slice> open;
    for (const Slice& s : of) {
      while (!open.empty() && open.back().end <= s.begin) open.pop_back();
      if (!open.empty()) {
        EXPECT_LE(s.end, open.back().end) << s.name << " leaves " << open.back().name;
        // Only phases lie in something, and only in a chunk.
        EXPECT_EQ(open.back().category, "chunk");
        EXPECT_TRUE(s.category == "work" || s.category == "wait") << s.category;
      } else {
        EXPECT_TRUE(s.category != "work" && s.category != "wait") << s.name;
      }
      open.push_back(s);
    }
  }
}

TEST(Trace, busy_and_stalled_slices_sum_exactly_to_the_counters_of_every_unit_and_cause) {
  const auto names = track_names(document());
  std::map<std::string, std::int64_t> sums;  // "vector busy", "vector stall token"
  for (const auto& [track, of] : slices(document())) {
    const std::string& server = names.at(track);
    const std::string unit = server.substr(0, server.size() - 1);
    for (const Slice& s : of)
      sums[unit + " " + s.category + (s.category == "stall" ? " " + s.name : "")] +=
          s.end - s.begin;
  }
  std::int64_t stalled = 0;
  for (std::size_t u = 0; u < kUnitCount; ++u) {
    const UnitCycles& counters = whole_run().result.many.units[u];
    const std::string unit(kUnits[u].name);
    EXPECT_EQ(sums[unit + " busy"], counters.busy) << unit;
    for (std::size_t c = 0; c < kStallCauseCount; ++c) {
      const std::string cause(kStallCauses[c].name);
      EXPECT_EQ(sums[unit + " stall " + cause], counters.stalled[c]) << unit << " " << cause;
      stalled += counters.stalled[c];
    }
  }
  EXPECT_GT(stalled, 0);
}

TEST(Trace, phases_fill_every_chunk_and_chunks_follow_one_another_in_their_slot) {
  for (const auto& [track, of] : slices(document())) {
    if (!track_names(document()).at(track).starts_with("slot")) continue;
    std::int64_t chunk_end = 0, phase_end = 0;
    for (const Slice& s : of) {
      std::int64_t& end = s.category == "chunk" ? chunk_end : phase_end;
      EXPECT_EQ(s.begin, end) << s.name;
      end = s.end;
    }
    EXPECT_EQ(phase_end, chunk_end);
  }
}

/// Largest value of every counter, and its sum over the cycles of the run.
struct Counters {
  std::map<std::string, double> peak, area, last;
};
Counters counters_of(const Json& trace) {
  Counters c;
  std::map<std::string, std::int64_t> since;
  for (const Json& e : trace["traceEvents"]) {
    if (e["ph"] != "C") continue;
    const std::string name = e["name"];
    const double value = e["args"].front().get<double>();
    const std::int64_t at = cycles(e["ts"]);
    EXPECT_TRUE(!since.contains(name) || since[name] < at) << name << " at " << at;
    c.area[name] += c.last[name] * static_cast<double>(at - since[name]);
    c.peak[name] = std::max(c.peak[name], value);
    c.last[name] = value;
    since[name] = at;
  }
  return c;
}

TEST(Trace, counters_end_at_nothing_peak_at_the_scratchpad_held_and_carry_all_dram_bytes) {
  Counters c = counters_of(document());
  const RunResult& r = whole_run().result;
  for (const auto& [name, value] : c.last) EXPECT_EQ(value, 0) << name;
  EXPECT_EQ(c.peak["scratchpad held by chunks"], static_cast<double>(r.scratchpad_peak_bytes));
  EXPECT_GT(c.peak["scratchpad live"], 0);
  EXPECT_LE(c.peak["scratchpad live"], c.peak["scratchpad held by chunks"]);
  EXPECT_NEAR(c.area["DRAM"], static_cast<double>(r.many.dram_bytes), 1e-3);
  // Little: no transfer is out for less than the DRAM's latency, 100 ns of 1.37 GHz.
  EXPECT_GE(c.area["DRAM outstanding"], 137 * static_cast<double>(r.many.dram_bytes));
}

TEST(Trace, transfers_side_by_side_on_dram_channels_add_up) {
  HwConfig hw = machine();
  hw.dram.timing = DramTiming::kRowBuffer;
  RunTrace trace{.item_limit = 96, .program = {}, .executions = {}, .stalls = {}, .items = {}};
  const RunResult r = run(hw, captured(), find_algorithm("block_doubling"), {}, Format::kFp16,
                          Fidelity::kTile, &trace);
  Counters c = counters_of(Json::parse(to_trace_json(r, trace)));
  EXPECT_EQ(c.last["DRAM"], 0);
  EXPECT_NEAR(c.area["DRAM"], static_cast<double>(r.many.dram_bytes), 1e-3);
}

TEST(Trace, recording_changes_nothing_and_a_second_run_writes_the_same_bytes) {
  const RunResult without =
      run(machine(), captured(), find_algorithm("neumann_masked"), {}, Format::kFp16);
  EXPECT_EQ(to_json(without), to_json(whole_run().result));
  const Traced again = traced_run(96);
  EXPECT_EQ(to_trace_json(again.result, again.trace),
            to_trace_json(whole_run().result, whole_run().trace));
}

TEST(Trace, of_the_first_chunks_alone_has_their_instructions_and_says_so) {
  const Traced t = traced_run(5, "forward_substitution");
  EXPECT_EQ(static_cast<std::int64_t>(t.trace.executions.size()), 5 * t.result.instructions);
  const Json trace = Json::parse(to_trace_json(t.result, t.trace));
  EXPECT_EQ(trace["otherData"]["chunks"], 96);
  EXPECT_EQ(trace["otherData"]["traced_chunks"], 5);
  EXPECT_TRUE(trace["otherData"].contains("limit"));
  for (const Json& e : trace["traceEvents"])
    if (e["args"].contains("chunk")) {
      EXPECT_LT(e["args"]["chunk"], 5);
    }
}

}  // namespace
}  // namespace tricycle
