// SPDX-License-Identifier: Apache-2.0
#include "reports/trace_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "models/config_fields.h"
#include "models/isa/program_text.h"
#include "models/json.h"
#include "reports/chunk_phases.h"
#include "reports/tracks.h"

namespace tricycle {

namespace {

constexpr int kUnitsProcess = 1, kChunksProcess = 2, kMemoryProcess = 3;
// Perfetto names a thread by its tid alone, and uses the pid where an event has no tid.  So no two
// tracks share a number, even in different processes, and no track has a process's number.
constexpr std::int64_t kFirstTrack = 10;

/// Events as they are written: text, one a line; names are words of tables.
class Events {
 public:
  void name_process(int process, std::string_view name) {
    event(R"("ph":"M","pid":{0},"name":"process_name","args":{{"name":"{1}"}}}},
{{"ph":"M","pid":{0},"name":"process_sort_index","args":{{"sort_index":{0}}}}})",
          process, name);
  }
  void name_track(int process, std::int64_t track, std::string_view name) {
    event(R"("ph":"M","pid":{0},"tid":{1},"name":"thread_name","args":{{"name":"{2}"}}}},
{{"ph":"M","pid":{0},"tid":{1},"name":"thread_sort_index","args":{{"sort_index":{1}}}}})",
          process, track, name);
  }
  struct Slice {
    int process;
    std::int64_t track;
    std::int64_t begin, end;
  };
  /// `args`: members of an object, or nothing.
  void slice(const Slice& s, std::string_view category, std::string_view name,
             const std::string& args) {
    event(R"("ph":"X","pid":{},"tid":{},"ts":{},"dur":{},"cat":"{}","name":"{}","args":{{{}}}}})",
          s.process, s.track, time(s.begin), time(s.end - s.begin), category, name, args);
  }
  template <typename T>
  void counter(std::string_view name, std::int64_t cycle, std::string_view unit, T value) {
    event(R"("ph":"C","pid":{},"ts":{},"name":"{}","args":{{"{}":{}}}}})", kMemoryProcess,
          time(cycle), name, unit, value);
  }
  std::string take() { return std::move(text_); }

 private:
  /// Microseconds of trace time, exactly.
  static std::string time(std::int64_t cycles) {
    return fmt::format("{}.{:03}", cycles / 1000, cycles % 1000);
  }
  template <typename... Args>
  void event(fmt::format_string<const Args&...> format, const Args&... args) {
    text_ += text_.empty() ? "{" : ",\n{";
    text_ += fmt::format(format, args...);
  }
  std::string text_;
};

std::string metadata(const RunResult& r, const RunTrace& trace) {
  Json data{{"time", "1 cycle = 1 ns of trace time: ts and dur are thousands of cycles"},
            {"clock_ghz", r.clock_ghz},
            {"version", r.version},
            {"machine", r.machine},
            {"machine_digest", r.machine_digest},
            {"problem", r.problem},
            {"problem_digest", r.problem_digest},
            {"input_digest", r.input_digest},
            {"algorithm", r.algorithm},
            {"parameters", r.parameters},
            {"format", name(r.format)},
            {"fidelity", enum_name(r.fidelity)},
            {"total_cycles", r.many.total_cycles},
            {"chunks", r.many.items},
            {"traced_chunks", trace.items.size()}};
  if (!r.of_problem())
    for (const char* key : {"problem", "problem_digest"}) data.erase(key);
  if (static_cast<std::int64_t>(trace.items.size()) < r.many.items)
    data["limit"] =
        "--trace-chunks: only the first chunks are traced; gaps are work for others, and durations "
        "sum to less than the counters of the run";
  return data.dump();
}

/// Tracks of the units, in the order of their servers.
class UnitTracks {
 public:
  UnitTracks(const Tracks& tracks, const Program& program, Events& events)
      : tracks_(tracks), events_(events) {
    for (std::size_t i = 0; i < program.instructions.size(); ++i)
      texts_.push_back(Json(instruction_text(program, i)).dump());
    std::int64_t track = kFirstTrack;
    for (const std::string& name : tracks.server_names())
      events.name_track(kUnitsProcess, track++, name);
  }
  void add(const Execution& e, const Program& program) {
    events_.slice({kUnitsProcess, track(e.server), e.begin, e.end}, "busy",
                  program.instructions[e.instruction].name(),
                  fmt::format(R"("chunk":{},"instruction":{},"slot":{},"text":{})", e.item,
                              e.instruction, e.slot, texts_[e.instruction]));
  }
  void add(const StallSpan& s) {
    const std::string args = s.item == StallSpan::kNoItem
                                 ? ""
                                 : fmt::format(R"("chunk":{},"instruction":{},"text":{})", s.item,
                                               s.instruction, texts_[s.instruction]);
    events_.slice({kUnitsProcess, track(s.server), s.begin, s.end}, "stall", info(s.cause).name,
                  args);
  }

 private:
  std::int64_t track(ServerId server) const {
    return kFirstTrack + static_cast<std::int64_t>(tracks_.server(server));
  }
  const Tracks& tracks_;
  Events& events_;
  std::vector<std::string> texts_;  // of the instructions, quoted
};

void add_chunks(const RunResult& r, const RunTrace& trace, const Tracks& tracks, Events& events) {
  const auto executions = executions_by_item(trace);
  const std::int64_t first = kFirstTrack + static_cast<std::int64_t>(tracks.server_names().size());
  std::int64_t slot = first;
  for (const std::string& name : tracks.slot_names())
    events.name_track(kChunksProcess, slot++, name);
  for (const ItemSpan& item : trace.items) {
    const auto track = first + static_cast<std::int64_t>(tracks.slot(item.core, item.slot));
    events.slice({kChunksProcess, track, item.begin, item.end}, "chunk",
                 fmt::format("chunk {}", item.item), "");
    for (const Phase& phase : chunk_phases(item, executions[static_cast<std::size_t>(item.item)],
                                           trace.program, r.launch_cycles))
      events.slice({kChunksProcess, track, phase.begin, phase.end},
                   phase.kinds == 0 ? "wait" : "work", phase_name(phase), "");
  }
}

/// A sum of steps, by the cycle at which they happen.
using Steps = std::map<std::int64_t, std::int64_t>;

void add_counter(std::string_view name, const Steps& steps, Events& events) {
  std::int64_t value = 0;
  for (const auto& [cycle, step] : steps)
    if (step != 0) events.counter(name, cycle, "bytes", value += step);
}

/// Bytes of buffers from the start of the first instruction that touches them to the end of the
/// last.
Steps live_bytes(const RunTrace& trace) {
  struct Life {
    std::int64_t begin, end;
  };
  std::map<std::pair<std::int64_t, std::uint32_t>, Life> lives;  // by item and buffer
  for (const Execution& e : trace.executions) {
    const auto touch = [&](const Region& region) {
      if (trace.program.buffer(region).space != Space::kScratchpad) return;
      Life& life = lives.try_emplace({e.item, region.buffer}, Life{e.started, e.end}).first->second;
      life = {std::min(life.begin, e.started), std::max(life.end, e.end)};
    };
    for_each_read(trace.program.instructions[e.instruction], touch);
    touch(trace.program.instructions[e.instruction].dst);
  }
  Steps steps;
  for (const auto& [key, life] : lives) {
    const Buffer& b = trace.program.buffers[key.second];
    const std::int64_t bytes = b.rows * b.row_bytes();
    steps[life.begin] += bytes;
    steps[life.end] -= bytes;
  }
  return steps;
}

void add_memory(const RunResult& r, const RunTrace& trace, Events& events) {
  Steps held, outstanding;
  std::map<std::int64_t, std::vector<double>> begins, ends;  // bytes per cycle of transfers
  for (const ItemSpan& item : trace.items) {
    const std::int64_t bytes = r.scratchpad_peak_bytes / r.many.in_flight;
    held[item.begin] += bytes;
    held[item.end] -= bytes;
  }
  for (const Execution& e : trace.executions) {
    if (e.transfer_bytes == 0) continue;
    outstanding[e.started] += e.transfer_bytes;
    outstanding[e.end] -= e.transfer_bytes;
    if (e.channel_cycles == 0) continue;
    const double rate =
        static_cast<double>(e.transfer_bytes) / static_cast<double>(e.channel_cycles);
    begins[e.channel_begin].push_back(rate);
    ends[e.channel_begin + e.channel_cycles].push_back(rate);
    begins[e.channel_begin + e.channel_cycles];
  }
  add_counter("scratchpad held by chunks", held, events);
  add_counter("scratchpad live", live_bytes(trace), events);
  add_counter("DRAM outstanding", outstanding, events);
  std::multiset<double> running;  // summed afresh: nothing is left of what has ended
  for (const auto& [cycle, rates] : begins) {
    for (double rate : ends[cycle]) running.erase(running.find(rate));
    running.insert(rates.begin(), rates.end());
    events.counter("DRAM", cycle, "bytes per cycle",
                   std::accumulate(running.begin(), running.end(), 0.0));
  }
}

}  // namespace

std::string to_trace_json(const RunResult& result, const RunTrace& trace) {
  Events events;
  events.name_process(kUnitsProcess, "units");
  events.name_process(kChunksProcess, "chunks in flight");
  events.name_process(kMemoryProcess, "memory");
  const Tracks tracks(result.many);
  UnitTracks units(tracks, trace.program, events);
  for (const StallSpan& s : trace.stalls) units.add(s);
  for (const Execution& e : trace.executions) units.add(e, trace.program);
  add_chunks(result, trace, tracks, events);
  add_memory(result, trace, events);
  return fmt::format(
      "{{\"displayTimeUnit\":\"ns\",\n\"otherData\":{},\n\"traceEvents\":[\n{}\n]}}\n",
      metadata(result, trace), events.take());
}

}  // namespace tricycle
