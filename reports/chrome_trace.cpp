// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "models/error.h"
#include "models/printable.h"
#include "reports/slice_trace.h"

namespace tricycle {

namespace {

constexpr std::size_t kLongestName = 1000;

/// Process and thread, as the file writes them: numbers or texts.
using ThreadKey = std::pair<std::string, std::string>;

std::string key_text(const Json* value) {
  if (value == nullptr || value->is_null()) return "0";
  return value->is_string() ? value->text() : value->dump();
}

std::string text_of(const Json& object, std::string_view name) {
  const Json* value = object.find(name);
  return value != nullptr && value->is_string() ? value->text().substr(0, kLongestName) : "";
}

class ChromeReader {
 public:
  explicit ChromeReader(const std::string& what) : what_(what) {}

  SliceTrace read(const Json& events) {
    for (const Json& event : events) {
      take(event);
      ++index_;
    }
    for (const auto& [thread, stack] : open_) trace_.left_out += stack.size();
    if (slices_.empty())
      throw InputError(
          what_ + ": expected slices (events with \"ph\": \"X\", or \"B\" and \"E\"), found none");
    return finish();
  }

 private:
  struct OpenSlice {
    ThreadKey thread;
    TraceSlice slice;
  };

  [[noreturn]] void refuse(const std::string& expected, const Json* got) const {
    throw InputError(fmt::format("{}: event {}: expected {}, got {}", what_, index_, expected,
                                 got == nullptr ? "none" : excerpt(got->dump_any())));
  }

  /// A time, also where it is written as a text.
  double time(const Json& event, std::string_view name) const {
    const Json* value = event.find(name);
    const std::string expected = fmt::format("microseconds in {}", name);
    double time = NAN;
    if (value != nullptr && value->is_number()) time = value->real();
    if (value != nullptr && value->is_string()) {
      char* end = nullptr;
      const std::string& text = value->text();
      const double number = std::strtod(text.c_str(), &end);
      if (!text.empty() && *end == '\0') time = number;
    }
    if (!std::isfinite(time)) refuse(expected, value);
    return time;
  }

  void take(const Json& event) {
    if (!event.is_object()) refuse("an object", &event);
    const ThreadKey thread{key_text(event.find("pid")), key_text(event.find("tid"))};
    const std::string phase = text_of(event, "ph");
    if (phase == "M") {
      take_name(event, thread);
    } else if (phase == "X") {
      TraceSlice slice = slice_at(event);
      const double duration = time(event, "dur");
      if (duration < 0) refuse("a duration of at least 0 in dur", event.find("dur"));
      slice.end = slice.begin + duration;
      slices_.push_back({thread, std::move(slice)});
    } else if (phase == "B") {
      open_[thread].push_back(slice_at(event));
    } else if (phase == "E") {
      take_end(event, thread);
    }
  }

  TraceSlice slice_at(const Json& event) const {
    TraceSlice slice;
    slice.begin = time(event, "ts");
    slice.name = text_of(event, "name");
    slice.category = text_of(event, "cat");
    if (const Json* args = event.find("args"); args != nullptr && args->is_object())
      slice.text = text_of(*args, "text");
    return slice;
  }

  void take_end(const Json& event, const ThreadKey& thread) {
    std::vector<TraceSlice>& stack = open_[thread];
    if (stack.empty()) {
      ++trace_.left_out;
      return;
    }
    TraceSlice slice = std::move(stack.back());
    stack.pop_back();
    slice.end = time(event, "ts");
    if (slice.end < slice.begin) refuse("an end behind its beginning in ts", event.find("ts"));
    slices_.push_back({thread, std::move(slice)});
  }

  void take_name(const Json& event, const ThreadKey& thread) {
    const Json* args = event.find("args");
    if (args == nullptr || !args->is_object()) return;
    const std::string kind = text_of(event, "name"), name = text_of(*args, "name");
    if (kind == "thread_name" && !name.empty()) threads_[thread] = name;
    if (kind == "process_name" && !name.empty()) processes_[thread.first] = name;
  }

  std::string thread_name(const ThreadKey& thread) const {
    const auto found = threads_.find(thread);
    return found == threads_.end() ? thread.second : found->second;
  }

  /// A thread's name, behind its process's where several processes have such a thread.
  std::string track_name(const ThreadKey& thread,
                         const std::map<std::string, std::set<ThreadKey>>& by_name) const {
    const std::string name = thread_name(thread);
    if (by_name.at(name).size() == 1) return name;
    const auto process = processes_.find(thread.first);
    return fmt::format("{}/{}", process == processes_.end() ? thread.first : process->second, name);
  }

  SliceTrace finish() {
    std::map<std::string, std::set<ThreadKey>> by_name;
    for (const OpenSlice& s : slices_) by_name[thread_name(s.thread)].insert(s.thread);
    std::map<std::string, std::size_t> tracks;
    for (OpenSlice& s : slices_) {
      const auto [found, is_new] =
          tracks.try_emplace(track_name(s.thread, by_name), trace_.tracks.size());
      if (is_new) trace_.tracks.push_back(found->first);
      if (trace_.tracks.size() > kMostTraceTracks)
        throw InputError(fmt::format("{}: expected at most {} tracks", what_, kMostTraceTracks));
      s.slice.track = found->second;
      trace_.slices.push_back(std::move(s.slice));
    }
    std::ranges::stable_sort(trace_.slices, {}, &TraceSlice::begin);
    return std::move(trace_);
  }

  const std::string& what_;
  std::size_t index_ = 0;
  SliceTrace trace_;
  std::vector<OpenSlice> slices_;
  std::map<ThreadKey, std::vector<TraceSlice>> open_;
  std::map<ThreadKey, std::string> threads_;
  std::map<std::string, std::string> processes_;
};

}  // namespace

void check_span(const SliceTrace& trace, const std::string& what) {
  double last = trace.slices.front().end;
  for (const TraceSlice& slice : trace.slices) last = std::max(last, slice.end);
  if (!(last - trace.slices.front().begin <= kLongestTrace))
    throw InputError(fmt::format("{}: expected a trace of at most {} us, got times from {} to {}",
                                 what, kLongestTrace, trace.slices.front().begin, last));
}

SliceTrace read_chrome_trace(const Json& document, const std::string& what) {
  const Json* events = document.is_object() ? document.find("traceEvents") : &document;
  if (events == nullptr || !events->is_array())
    throw InputError(
        what + ": expected a trace: an array of events, or an object with one in traceEvents");
  SliceTrace trace = ChromeReader(what).read(*events);
  check_span(trace, what);
  return trace;
}

}  // namespace tricycle
