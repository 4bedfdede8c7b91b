// SPDX-License-Identifier: Apache-2.0
//
// What the report page holds, decoded here on its own: values, names that are markup, timelines.
#include "reports/page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/error.h"

namespace tricycle {
namespace {

using Json = nlohmann::json;

constexpr const char* kHostile = "</script><script>alert(1)</script><!-- {{data}} &amp;";

PointTable table_of(const std::vector<Cell>& axis, const std::vector<Cell>& figure) {
  PointTable table;
  table.title = kHostile;
  table.axes = {{"axis", "cycles", "varied"}};
  table.columns = {{"figure", "pJ", "measured"}, {"digest", "SHA-256", ""}};
  for (std::size_t i = 0; i < axis.size(); ++i) {
    Point point;
    point.index = static_cast<std::int64_t>(i);
    point.axes = {axis[i]};
    point.results = {figure[i], std::string("0123")};
    table.points.push_back(point);
  }
  return table;
}

/// Values of a column of the document, one per point.
std::vector<Json> decoded(const Json& document, const Json& column) {
  static const std::string kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::size_t count = document["count"];
  const Json& values = column["values"];
  const std::string at = values.is_object() ? values["at"].get<std::string>() : "";
  const std::size_t width = at.size() / count;
  std::vector<Json> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (values.is_array()) out[i] = values[i];
    if (values.is_primitive()) out[i] = values;
    if (values.is_object()) {
      std::size_t code = 0;
      for (std::size_t k = width; k-- > 0;)
        code = code * kDigits.size() + kDigits.find(at[i * width + k]);
      out[i] = values["of"][code];
    }
    if (column["kind"] == "text" && !out[i].is_null())
      out[i] = document["texts"][out[i].get<std::size_t>()];
  }
  return out;
}

void expect_held(const std::vector<Cell>& cells) {
  const PointTable table = table_of(cells, cells);
  const Json document = Json::parse(page_document(table));
  const std::vector<Json> held = decoded(document, document["columns"][0]);
  const std::vector<Json> set = decoded(document, document["axes"][0]);
  ASSERT_EQ(held.size(), cells.size());
  ASSERT_EQ(set.size(), cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (const auto* text = std::get_if<std::string>(&cells[i])) {
      EXPECT_EQ(held[i], *text);
      EXPECT_EQ(set[i], *text);
    } else if (const auto* integer = std::get_if<std::int64_t>(&cells[i])) {
      EXPECT_NEAR(held[i].get<double>(), static_cast<double>(*integer),
                  5e-6 * std::abs(static_cast<double>(*integer)));
      EXPECT_EQ(set[i], *integer);
    } else if (const auto* real = std::get_if<double>(&cells[i])) {
      EXPECT_NEAR(held[i].get<double>(), *real, 5e-6 * std::abs(*real));
      EXPECT_EQ(set[i].get<double>(), *real);
    } else {
      EXPECT_TRUE(held[i].is_null());
      EXPECT_TRUE(set[i].is_null());
    }
  }
}

// What an axis sets is held whole: the page names the command that sets it again.
TEST(Page, HoldsEveryFigureToSixDigitsAndWhatWasSetWhole) {
  expect_held({1.0, 2.5, Cell(), -3.25e-12, 1.234567e8, 0.0, std::int64_t{123456789}});
  expect_held({std::int64_t{7}, std::int64_t{7}, std::int64_t{7}});
  expect_held({std::string("a"), std::string("b"), Cell(), std::string(kHostile)});
}

TEST(Page, HoldsFiguresThatRepeatAsWellAsThoseThatDoNot) {
  // One, two and three digits of base 64, and the first figures behind each change of width.
  for (const std::int64_t distinct : {2, 64, 65, 4096, 4097}) {
    std::vector<Cell> cells;
    for (std::int64_t i = 0; i < 9000; ++i) cells.emplace_back(100000 + (i * 7919 % distinct) * 11);
    expect_held(cells);
  }
}

TEST(Page, LeavesOutDigestsAndWhatIsNotFinite) {
  const Json document =
      Json::parse(page_document(table_of({std::int64_t{1}, std::int64_t{2}}, {1.0 / 0.0, 2.0})));
  EXPECT_EQ(document["columns"].size(), 1U);
  EXPECT_TRUE(decoded(document, document["columns"][0])[0].is_null());
}

TEST(Page, KeepsNamesThatAreMarkupAsText) {
  PointTable table = table_of({std::string(kHostile)}, {1.0});
  table.points[0].reason = kHostile;
  table.provenance = {{kHostile, kHostile}};
  RunTimeline timeline;
  timeline.title = kHostile;
  timeline.names = {kHostile};
  timeline.tracks = {{kHostile, {{0, 5, 0}}}};
  table.timelines = {timeline};
  const std::string data = page_document(table);
  EXPECT_EQ(data.find('<'), std::string::npos);
  const Json document = Json::parse(data);
  EXPECT_EQ(document["title"], kHostile);
  EXPECT_EQ(document["timelines"][0]["tracks"][0]["name"], kHostile);
  EXPECT_EQ(document["timelines"][0]["tracks"][0]["slices"], Json::parse("[0, 5, 0]"));
  // In the page itself it stands in the title and in the data, nowhere as markup.
  const std::string page = to_html(table);
  EXPECT_EQ(page.find("alert(1)</script>"), std::string::npos);
  EXPECT_NE(page.find("<title>&lt;/script>"), std::string::npos);
}

TEST(Page, ReadsTheTimelineOfATrace) {
  const char* trace =
      R"({"otherData": {"clock_ghz": 1.5, "machine": "m", "algorithm": "a"}, "traceEvents": [
    {"ph": "M", "pid": 1, "tid": 10, "name": "thread_name", "args": {"name": "matrix0"}},
    {"ph": "M", "pid": 2, "tid": 11, "name": "thread_name", "args": {"name": "slot0"}},
    {"ph": "X", "pid": 1, "tid": 10, "ts": 0.002, "dur": 1.003, "cat": "busy", "name": "matmul", "args": {}},
    {"ph": "X", "pid": 1, "tid": 10, "ts": 1.005, "dur": 0.010, "cat": "stall", "name": "token", "args": {}},
    {"ph": "X", "pid": 2, "tid": 11, "ts": 0.000, "dur": 2.000, "cat": "chunk", "name": "chunk 0", "args": {}},
    {"ph": "C", "pid": 3, "ts": 0.000, "name": "DRAM", "args": {"bytes": 1}}]})";
  const RunTimeline timeline = read_timeline(trace, "t");
  EXPECT_EQ(timeline.title, "m, a");
  EXPECT_EQ(timeline.names, (std::vector<std::string>{"matmul", "waits: token"}));
  ASSERT_EQ(timeline.tracks.size(), 2U);
  EXPECT_EQ(timeline.tracks[0].slices[0].begin, 2);
  EXPECT_EQ(timeline.tracks[0].slices[0].end, 1005);
  EXPECT_EQ(timeline.tracks[0].slices[1].name, 1U);
  EXPECT_TRUE(timeline.tracks[1].slices.empty());
  EXPECT_EQ(timeline.shown_cycles, 1015);
  EXPECT_FALSE(timeline.is_cut);
}

TEST(Page, RefusesATraceThatIsNone) {
  for (const char* text : {"", "{", "[]", "{}", R"({"otherData": {}, "traceEvents": [1]})"})
    EXPECT_THROW(read_timeline(text, "t"), InputError) << text;
}

TEST(Page, RefusesATraceOfAStrangerWithoutPrintingIt) {
  const auto trace = [](const std::string& events) {
    return R"({"otherData": {"clock_ghz": 1}, "traceEvents": [)" + events + "]}";
  };
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  const std::string slice = R"({"ph": "X", "tid": 7, "cat": "busy", "name": "x", )";
  for (const std::string& text :
       {std::string("root:secret"), trace(deep), trace(slice + R"("ts": 0, "dur": 1})"),
        trace(slice + R"("ts": 1e300, "dur": 1})"), trace(slice + R"("ts": -1, "dur": 1})"),
        trace(slice + R"("ts": "secret", "dur": 1})")}) {
    try {
      read_timeline(text, "t.json");
      ADD_FAILURE() << text.substr(0, 100);
    } catch (const InputError& error) {
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
      EXPECT_EQ(error.messages().front().rfind("t.json: ", 0), 0U);
    }
  }
}

}  // namespace
}  // namespace tricycle
