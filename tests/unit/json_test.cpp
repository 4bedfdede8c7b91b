// SPDX-License-Identifier: Apache-2.0
#include "models/json.h"

#include <gtest/gtest.h>

#include <limits>

namespace tricycle {
namespace {

TEST(Json, documents_keep_the_order_of_their_names) {
  const std::vector<std::string> names{"x", "y"};
  Json document{{"b", 1}, {"a", {{"c", nullptr}, {"d", true}}}, {"list", names}};
  document["z"].push_back({{"k", -1.5}});
  document["pair"] = std::pair<std::string, int>("one", 2);
  document.update({{"a", "again"}, {"new", std::uint64_t{1} << 63}});
  document.erase("list");
  EXPECT_EQ(document.dump(),
            R"({"b":1,"a":"again","z":[{"k":-1.5}],"pair":["one",2],"new":9223372036854775808})");
  EXPECT_EQ((Json{{"a", Json::array({1})}}).dump(2), "{\n  \"a\": [\n    1\n  ]\n}");
  EXPECT_EQ((Json{"a", "b", "c"}).dump(), R"(["a","b","c"])");
  EXPECT_EQ(Json(std::numeric_limits<double>::infinity()).dump(), "null");
}

TEST(Json, texts_that_are_not_utf8) {
  EXPECT_THROW(Json("a\xff").dump(), std::exception);
  EXPECT_EQ(Json("a\xff").dump_any(), "\"a\xef\xbf\xbd\"");
  EXPECT_EQ(Json("caf\u00e9\n").dump_ascii(), "\"caf\\u00e9\\n\"");
}

TEST(Json, kinds_of_numbers_are_those_of_the_text) {
  const Json list = Json::parse("[1, -1, 1.0, 18446744073709551615]");
  EXPECT_TRUE(list[0].is_number_unsigned());
  EXPECT_TRUE(list[1].is_number_integer() && !list[1].is_number_unsigned());
  EXPECT_TRUE(list[2].is_number_float() && !list[2].is_number_integer());
  EXPECT_EQ(list[3].natural(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(list[1].real(), -1);
  EXPECT_EQ(list[2].integer(), 1);
  EXPECT_EQ(list.dump(), "[1,-1,1.0,18446744073709551615]");
}

TEST(Json, another_kind_than_there_is_throws) {
  const Json list = Json::parse("[1]");
  EXPECT_THROW(list.at("a"), std::exception);
  EXPECT_THROW(list[1], std::exception);
  EXPECT_THROW(list.items(), std::exception);
  EXPECT_THROW(list[0].text(), std::exception);
  EXPECT_THROW(list[0].truth(), std::exception);
  EXPECT_THROW(Json("a").integer(), std::exception);
  EXPECT_THROW(Json("a").begin(), std::exception);
  EXPECT_EQ(list.find("a"), nullptr);
}

TEST(Json, of_a_name_that_stands_twice_the_last_value_counts) {
  EXPECT_EQ(Json::parse(R"({"b": 1, "a": 2, "b": 3, "c": 4, "b": [5]})").dump(),
            R"({"b":[5],"a":2,"c":4})");
  const ForeignJson foreign = parse_foreign_json(R"({"a":{"x":1,"x":2},"c":1,"b":1,"b":2,"c":2})");
  EXPECT_EQ(foreign.duplicate, "b");
  EXPECT_EQ(foreign.document.dump(), R"({"a":{"x":2},"c":2,"b":2})");
}

TEST(Json, what_is_no_json_or_nests_too_deep) {
  EXPECT_THROW(Json::parse("{"), std::exception);
  for (const char* text : {"", "{", "[1,]", "nul", "1e999", "[1] 2"})
    EXPECT_FALSE(Json::try_parse(text)) << text;
  EXPECT_TRUE(Json::try_parse("null"));
  EXPECT_TRUE(Json::try_parse(R"({"a": [1, 2], "b": [3]})", 2));
  EXPECT_FALSE(Json::try_parse(R"({"a": [[1]]})", 2));
  EXPECT_TRUE(Json::try_parse(R"({"a": "[[[[\\\"[[["})", 1));
  EXPECT_FALSE(Json::try_parse(std::string(1'000'000, '[')));
  EXPECT_TRUE(parse_foreign_json(std::string(17, '[') + std::string(17, ']')).document.is_null());
}

}  // namespace
}  // namespace tricycle
