// SPDX-License-Identifier: Apache-2.0
//
// The data of the page.  Ten thousand points must open at once and fit into a mail.  So they are
// not stored as objects:
//   texts    every text of the data once; the data refer to texts by index
//   columns  {name, unit, meaning, kind, values}; kind is "number" or "text" (indices of texts).
//            values has the shortest of three forms:
//              - one value that all points have;
//              - an array in the order of the points;
//              - {of: distinct values, at: which of them each point has}.  Each point of `at` takes
//                as many digits of base 64 as the last distinct value needs.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <unordered_map>

#include "models/json.h"
#include "reports/page.h"

namespace tricycle {

namespace {

constexpr std::string_view kDigestUnit = "SHA-256";

/// For parts of energy and area the nominal figure is enough; the ends of the total are kept.
bool is_end_of_part(std::string_view name) {
  const auto starts = [&](std::string_view what) { return name.starts_with(what); };
  return (starts("energy_low_pj.") || starts("energy_high_pj.") || starts("area_low_mm2.") ||
          starts("area_high_mm2.")) &&
         !name.ends_with(".total");
}

/// Escapes every "<", so that neither "</script" nor "<!--" can appear.
std::string json_text(const Json& value) {
  std::string out;
  for (char c : value.dump_any()) out += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return out;
}

class Texts {
 public:
  std::size_t index(const std::string& text) {
    const auto [at, is_new] = indices_.try_emplace(text, texts_.size());
    if (is_new) texts_.push_back(text);
    return at->second;
  }
  std::string json() const { return json_text(Json(texts_)); }

 private:
  std::unordered_map<std::string, std::size_t> indices_;
  std::vector<std::string> texts_;
};

bool is_text(const Cell& cell) { return std::holds_alternative<std::string>(cell); }

/// A cell of a text column as text; axes may mix numbers and names.
std::string plain(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *number);
  return fmt::format("{}", std::get<double>(cell));
}

/// A number with six digits, in the fewest characters: 1.23457e+08 is 123457e3.
std::string short_number(double value) {
  std::string text = fmt::format("{:.6g}", value);
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return text;
  std::string digits = text.substr(0, e);
  int exponent = std::atoi(text.c_str() + e + 1);
  if (const std::size_t point = digits.find('.'); point != std::string::npos) {
    exponent -= static_cast<int>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  return fmt::format("{}e{}", digits, exponent);
}

/// Figures have six digits.  Values that were set have all digits, because a run is repeated with
/// them.
enum class Digits : std::uint8_t { kSix, kAll };

std::string number(const Cell& cell, Digits digits) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell))
    return digits == Digits::kAll || std::abs(*integer) < 1'000'000
               ? fmt::format("{}", *integer)
               : short_number(static_cast<double>(*integer));
  const auto* real = std::get_if<double>(&cell);
  if (real == nullptr || !std::isfinite(*real)) return "null";
  return digits == Digits::kAll ? fmt::format("{}", *real) : short_number(*real);
}

/// The form {of, at}; data.js uses the same digits.
std::string coded_values(const std::vector<std::string>& values) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::unordered_map<std::string_view, std::size_t> codes;
  std::vector<std::string_view> distinct;
  for (const std::string& value : values)
    if (codes.try_emplace(value, distinct.size()).second) distinct.push_back(value);
  std::size_t width = 1;
  for (std::size_t rest = (distinct.size() - 1) / kDigits.size(); rest > 0; rest /= kDigits.size())
    ++width;
  std::string at;
  at.reserve(values.size() * width);
  for (const std::string& value : values) {
    std::size_t code = codes.at(value);
    for (std::size_t i = 0; i < width; ++i, code /= kDigits.size())
      at += kDigits[code % kDigits.size()];  // the lowest digit first
  }
  return fmt::format(R"({{"of":[{}],"at":"{}"}})", fmt::join(distinct, ","), at);
}

std::string values_json(const std::vector<const Cell*>& cells, bool texts, Texts& pool,
                        Digits digits) {
  std::vector<std::string> values;
  values.reserve(cells.size());
  for (const Cell* cell : cells) {
    if (!texts)
      values.push_back(number(*cell, digits));
    else if (std::holds_alternative<std::monostate>(*cell))
      values.emplace_back("null");
    else
      values.push_back(fmt::format("{}", pool.index(plain(*cell))));
  }
  if (values.empty()) return "[]";
  if (std::all_of(values.begin(), values.end(),
                  [&](const std::string& v) { return v == values.front(); }))
    return values.front();
  std::string plain_values = fmt::format("[{}]", fmt::join(values, ","));
  std::string coded = coded_values(values);
  return coded.size() < plain_values.size() ? coded : plain_values;
}

std::string column_json(const PointColumn& column, const std::vector<const Cell*>& cells,
                        Texts& pool, Digits digits = Digits::kSix) {
  const bool texts =
      std::any_of(cells.begin(), cells.end(), [](const Cell* cell) { return is_text(*cell); });
  return fmt::format(R"({{"name":{},"unit":{},"meaning":{},"kind":"{}","values":{}}})",
                     json_text(Json(column.name)), json_text(Json(column.unit)),
                     json_text(Json(column.meaning)), texts ? "text" : "number",
                     values_json(cells, texts, pool, digits));
}

/// The cells of one axis or column, for all points.
std::vector<const Cell*> slice(const PointTable& table, std::vector<Cell> Point::*part,
                               std::size_t i) {
  std::vector<const Cell*> cells;
  for (const Point& point : table.points) cells.push_back(&(point.*part)[i]);
  return cells;
}

/// The object {title, clock_ghz, cycles, cut, names, tracks: [{name, slices}]}.  slices has three
/// numbers per slice, one slice after the other: begin, length and index of its name.
std::string timeline_json(const RunTimeline& timeline) {
  std::vector<std::string> tracks;
  for (const TimelineTrack& track : timeline.tracks) {
    std::vector<std::string> slices;
    for (const TimelineSlice& s : track.slices)
      slices.push_back(fmt::format("{},{},{}", s.begin, s.end - s.begin, s.name));
    tracks.push_back(fmt::format(R"({{"name":{},"slices":[{}]}})", json_text(Json(track.name)),
                                 fmt::join(slices, ",")));
  }
  return fmt::format(
      R"({{"title":{},"clock_ghz":{:.6g},"cycles":{},"cut":{},"names":{},"tracks":[{}]}})",
      json_text(Json(timeline.title)), timeline.clock_ghz, timeline.shown_cycles, timeline.is_cut,
      json_text(Json(timeline.names)), fmt::join(tracks, ","));
}

/// The array [{folder, machine, problem, set}].
Json origins_json(const PointTable& table) {
  Json origins = Json::array();
  for (const PointOrigin& o : table.origins)
    origins.push_back(
        {{"folder", o.folder}, {"machine", o.machine}, {"problem", o.problem}, {"set", o.set}});
  return origins;
}

}  // namespace

std::string page_document(const PointTable& table) {
  Texts pool;
  std::vector<Cell> indices, reasons, origins;
  for (const Point& point : table.points) {
    indices.emplace_back(point.index);
    origins.emplace_back(static_cast<std::int64_t>(point.origin));
    reasons.push_back(point.done() ? Cell() : Cell(point.reason));
  }
  const auto pointers = [](const std::vector<Cell>& cells) {
    std::vector<const Cell*> out;
    for (const Cell& cell : cells) out.push_back(&cell);
    return out;
  };
  std::vector<std::string> axes, columns, timelines;
  for (std::size_t i = 0; i < table.axes.size(); ++i)
    axes.push_back(column_json(table.axes[i], slice(table, &Point::axes, i), pool, Digits::kAll));
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (table.columns[i].unit != kDigestUnit && !is_end_of_part(table.columns[i].name))
      columns.push_back(column_json(table.columns[i], slice(table, &Point::results, i), pool));
  for (const RunTimeline& timeline : table.timelines) timelines.push_back(timeline_json(timeline));
  const std::string index =
      column_json({"point", "", "index in the grid"}, pointers(indices), pool);
  const std::string reason =
      column_json({"reason", "", "why the point failed"}, pointers(reasons), pool);
  const std::string origin =
      column_json({"origin", "", "what it was made of"}, pointers(origins), pool);
  return fmt::format(
      R"({{"title":{},"provenance":{},"count":{},"missing":{},"point":{},"reason":{},)"
      "\n\"origins\":{},\"origin\":{},"
      "\n\"axes\":[{}],\n\"columns\":[{}],\n\"timelines\":[{}],\n\"texts\":{}}}",
      json_text(Json(table.title)), json_text(Json(table.provenance)), table.points.size(),
      table.missing, index, reason, json_text(origins_json(table)), origin, fmt::join(axes, ",\n"),
      fmt::join(columns, ",\n"), fmt::join(timelines, ",\n"), pool.json());
}

}  // namespace tricycle
