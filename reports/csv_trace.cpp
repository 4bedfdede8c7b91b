// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <initializer_list>
#include <map>
#include <optional>

#include "models/error.h"
#include "models/printable.h"
#include "reports/slice_trace.h"

namespace tricycle {

namespace {

// Titles in lower case, without unit, with _ for what is no letter or digit.  The first that a file
// has counts.
constexpr std::string_view kNameTitles[] = {"name", "op_name", "kernel_name", "zone_name",
                                            "zone", "message", "event"};
constexpr std::string_view kStartTitles[] = {"start",      "start_time",  "task_start_time",
                                             "task_start", "since_start", "ts",
                                             "timestamp",  "begin"};
constexpr std::string_view kDurationTitles[] = {"duration",  "task_duration", "dur",
                                                "exec_time", "task_time",     "elapsed"};
constexpr std::string_view kEndTitles[] = {"end", "end_time", "task_stop", "stop", "stop_time"};
constexpr std::string_view kTrackTitles[] = {
    "track", "thread", "thread_name", "pipe", "unit", "tid", "stream_id", "stream", "task_type"};

std::string_view stripped(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// The cells of a line; "" in quotes is a quote.
std::vector<std::string> csv_cells(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
      cells.back() += line[++i];
    else if (line[i] == '"')
      quoted = !quoted;
    else if (line[i] == ',' && !quoted)
      cells.emplace_back();
    else
      cells.back() += line[i];
  }
  for (std::string& cell : cells) cell = stripped(cell);
  return cells;
}

/// A title as it is compared, and the unit that it names.
struct CsvTitle {
  std::string name;
  std::string unit;  // empty: none
};

CsvTitle csv_title(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const auto letter = static_cast<unsigned char>(c);
    name += std::isalnum(letter) != 0 ? static_cast<char>(std::tolower(letter)) : '_';
  }
  while (name.ends_with('_')) name.pop_back();
  for (const std::string_view unit : {"ns", "us", "ms", "s", "cycles"}) {
    if (name.ends_with(fmt::format("_{}", unit)))
      return {name.substr(0, name.size() - unit.size() - 1), std::string(unit)};
    if (name.starts_with(fmt::format("{}_", unit)))  // ns_since_start
      return {name.substr(unit.size() + 1), std::string(unit)};
  }
  return {name, ""};
}

class CsvReader {
 public:
  CsvReader(const std::string& what, double usual, double cycles)
      : what_(what), usual_(usual), cycles_(cycles) {}

  SliceTrace read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line_;
      if (stripped(line).empty()) continue;
      if (titles_.empty())
        read_titles(line);
      else
        read_row(csv_cells(line));
    }
    if (trace_.slices.empty())
      throw InputError(what_ + ": expected rows below the titles name, start, duration, track");
    std::ranges::stable_sort(trace_.slices, {}, &TraceSlice::begin);
    return std::move(trace_);
  }

 private:
  struct Column {
    std::size_t index;
    double microseconds;  // a unit of it
  };

  [[noreturn]] void refuse(const std::string& fault) const {
    throw InputError(fmt::format("{}:{}: {}", what_, line_, fault));
  }

  void read_titles(std::string_view line) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    for (const std::string& cell : csv_cells(line)) titles_.push_back(csv_title(cell));
    name_ = find(kNameTitles);
    start_ = find(kStartTitles);
    duration_ = find(kDurationTitles);
    end_ = find(kEndTitles);
    track_ = find(kTrackTitles);
    if (!name_ || !start_ || (!duration_ && !end_))
      refuse(fmt::format("expected titles for name, start and duration or end, got \"{}\"",
                         excerpt(line)));
  }

  template <std::size_t kCount>
  std::optional<Column> find(const std::string_view (&names)[kCount]) const {
    for (const std::string_view name : names)
      for (std::size_t i = 0; i < titles_.size(); ++i)
        if (titles_[i].name == name) return Column{i, microseconds(titles_[i].unit)};
    return std::nullopt;
  }

  double microseconds(const std::string& unit) const {
    if (unit == "ns") return 1e-3;
    if (unit == "us") return 1;
    if (unit == "ms") return 1e3;
    if (unit == "s") return 1e6;
    return unit == "cycles" ? cycles_ : usual_;
  }

  /// A cell as a number in the column's unit.  Times since 1970 need more than a double.
  long double number(const std::vector<std::string>& cells, const Column& column) const {
    const std::string& cell = cells[column.index];
    char* end = nullptr;
    const long double value = std::strtold(cell.c_str(), &end);
    if (cell.empty() || *end != '\0' || !std::isfinite(value))
      refuse(fmt::format("{}: expected a number, got \"{}\"", titles_[column.index].name,
                         excerpt(cell)));
    return value;
  }

  void read_row(const std::vector<std::string>& cells) {
    if (cells.size() != titles_.size())
      refuse(fmt::format("expected {} cells, got {}", titles_.size(), cells.size()));
    const long double start = number(cells, *start_);
    if (!origin_) origin_ = start;
    TraceSlice slice;
    slice.name = cells[name_->index];
    slice.begin = static_cast<double>(start - *origin_) * start_->microseconds;
    slice.end = duration_ ? slice.begin + static_cast<double>(number(cells, *duration_)) *
                                              duration_->microseconds
                          : end_time(cells);
    if (slice.end < slice.begin) refuse("expected an end behind its start");
    const std::string track = track_ ? cells[track_->index] : "trace";
    const auto [found, is_new] = tracks_.try_emplace(track, trace_.tracks.size());
    if (is_new) trace_.tracks.push_back(track);
    if (trace_.tracks.size() > kMostTraceTracks)
      refuse(fmt::format("expected at most {} tracks", kMostTraceTracks));
    slice.track = found->second;
    trace_.slices.push_back(std::move(slice));
  }

  /// Of the column end.  Its unit may be another than that of the start.
  double end_time(const std::vector<std::string>& cells) const {
    const long double ratio = static_cast<long double>(end_->microseconds) / start_->microseconds;
    return static_cast<double>(number(cells, *end_) * ratio - *origin_) * start_->microseconds;
  }

  const std::string& what_;
  double usual_, cycles_;
  std::size_t line_ = 0;
  std::vector<CsvTitle> titles_;
  std::optional<Column> name_, start_, duration_, end_, track_;
  std::optional<long double> origin_;  // the first start; times count from it
  std::map<std::string, std::size_t> tracks_;
  SliceTrace trace_;
};

}  // namespace

SliceTrace read_csv_trace(std::string_view text, const std::string& what, double usual,
                          double cycles) {
  SliceTrace trace = CsvReader(what, usual, cycles).read(text);
  check_span(trace, what);
  return trace;
}

}  // namespace tricycle
