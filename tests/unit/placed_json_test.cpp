// SPDX-License-Identifier: Apache-2.0
//
// Where the values of a JSON text begin; lines and columns are counted by hand.
#include "sim/cli/placed_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tricycle {
namespace {

using ::testing::ElementsAre;

TEST(PlacedJson, knows_where_values_begin) {
  std::vector<Fault> faults;
  const PlacedJson root = parse_placed_json(
      "{\"a\\\"\\\\\": [1.5e3,-2 , \"x\\\\\", true],\n\t\"\u00e9\": {\"n\":null}}", "f", faults);
  ASSERT_EQ(root.members.size(), 2U);
  const PlacedJson& list = root.members[0].value;
  EXPECT_EQ(root.members[0].key, "a\"\\");
  EXPECT_EQ(root.members[0].key_place.column, 2);
  std::vector<int> columns;
  for (const PlacedJson& item : list.items) columns.push_back(item.place.column);
  EXPECT_THAT(columns, ElementsAre(12, 18, 23, 30));
  EXPECT_EQ(list.place.column, 11);
  const PlacedJson& object = root.members[1].value;
  EXPECT_EQ(object.place.line, 2);
  EXPECT_EQ(object.place.column, 7);
  EXPECT_EQ(object.members[0].value.place.column, 12);
}

}  // namespace
}  // namespace tricycle
