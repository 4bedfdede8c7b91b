// SPDX-License-Identifier: Apache-2.0
//
// Every key of a machine changes a result, alone and in the direction physics demands.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "models/error.h"
#include "reports/writers.h"
#include "sim/config/describe.h"
#include "sim/config/field_tree.h"
#include "sim/config/load_hw.h"
#include "sim/engine/run.h"
#include "tests/timing/key_rows.h"

namespace tricycle {
namespace {

using testing::Demand;
using testing::KeyRow;
using testing::KeyRows;

namespace fs = std::filesystem;

/// The base machine as a file; --set texts over it are what a user could write.
class EveryKey : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / ("every_key_" + std::to_string(::getpid()) + ".yaml");
    std::ofstream(path_) << dump_hw_config(testing::key_base_machine());
  }
  void TearDown() override { fs::remove(path_); }

  HwConfig machine(const std::vector<std::string>& set) const {
    return load_hw_config(path_.string(), set);
  }
  void check(const KeyRow& row) const;
  void check(const KeyRows& rows) const {
    ASSERT_FALSE(rows.empty());
    for (const KeyRow& row : rows) {
      SCOPED_TRACE(row.key + ": " + row.value);
      try {
        check(row);
      } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
      }
    }
  }

 private:
  fs::path path_;
};

/// The leaves that a machine states or has by default, by dotted key.
using Leaves = std::map<std::string, std::string>;
void collect(const FieldNode& node, const std::string& prefix, bool absent_too, Leaves& out) {
  for (const FieldNode& child : node.children) {
    const std::string key = prefix + child.key;
    if (child.is_leaf())
      out[key] = child.value;
    else if (child.present || absent_too)
      collect(child, key + ".", absent_too, out);
  }
}
Leaves leaves(HwConfig hw, bool absent_too) {
  FieldTree tree;
  visit_fields(tree, hw);
  Leaves out;
  collect(tree.take(), "", absent_too, out);
  return out;
}

std::vector<std::string> differing(const Leaves& a, const Leaves& b) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : a)
    if (const auto other = b.find(key); other == b.end() || other->second != value)
      keys.push_back(key);
  for (const auto& [key, value] : b)
    if (!a.contains(key)) keys.push_back(key);
  return keys;
}

/// `given` with the key's own value replaced, or added.
std::vector<std::string> with(std::vector<std::string> given, const KeyRow& row) {
  std::erase_if(given, [&](const std::string& text) { return text.starts_with(row.key + "="); });
  given.push_back(row.key + "=" + row.value);
  return given;
}

void EveryKey::check(const KeyRow& row) const {
  const HwConfig before = machine(row.given);
  if (row.demand == Demand::kRefused) {
    try {
      machine(with(row.given, row));
      ADD_FAILURE() << "accepted";
    } catch (const InputError& error) {
      ASSERT_EQ(error.messages().size(), 1U);
      EXPECT_NE(error.messages()[0].find(row.key + "="), std::string::npos) << error.what();
    }
    return;
  }
  const HwConfig after = machine(with(row.given, row));
  ASSERT_EQ(differing(leaves(before, false), leaves(after, false)),
            std::vector<std::string>{row.key})
      << "that key alone must differ";
  const double was = row.figure(before), is = row.figure(after);
  switch (row.demand) {
    case Demand::kMore: EXPECT_GT(is, was); return;
    case Demand::kLess: EXPECT_LT(is, was); return;
    case Demand::kSame: EXPECT_EQ(is, was); return;
    case Demand::kRefused: return;
  }
}

TEST_F(EveryKey, of_machine_and_sequencer_moves_its_figure_the_way_it_must) {
  check(testing::machine_key_rows());
}
TEST_F(EveryKey, of_the_array_moves_its_figure_the_way_it_must) {
  check(testing::array_key_rows());
}
TEST_F(EveryKey, of_every_format_moves_its_figure_the_way_it_must_or_is_refused) {
  check(testing::format_key_rows());
}
TEST_F(EveryKey, of_the_steps_of_every_format_moves_its_figure_the_way_it_must_or_is_refused) {
  check(testing::step_key_rows());
}
TEST_F(EveryKey, of_the_vector_unit_moves_its_figure_the_way_it_must) {
  check(testing::vector_key_rows());
}
TEST_F(EveryKey, of_every_operation_in_every_format_makes_it_slower) {
  check(testing::operation_key_rows());
}
TEST_F(EveryKey, of_scratchpad_paths_and_dma_moves_its_figure_the_way_it_must) {
  check(testing::memory_key_rows());
}
TEST_F(EveryKey, of_the_dram_moves_its_figure_the_way_it_must) { check(testing::dram_key_rows()); }

TEST_F(EveryKey, of_the_warps_moves_its_figure_the_way_it_must) { check(testing::simt_key_rows()); }

TEST_F(EveryKey, of_the_cost_moves_energy_or_area_the_way_it_must) {
  check(testing::cost_key_rows());
}

TEST_F(EveryKey, has_a_row_and_every_row_has_a_key) {
  std::set<std::string> covered;
  for (const KeyRows& rows :
       {testing::machine_key_rows(), testing::array_key_rows(), testing::format_key_rows(),
        testing::step_key_rows(), testing::vector_key_rows(), testing::operation_key_rows(),
        testing::memory_key_rows(), testing::dram_key_rows(), testing::simt_key_rows(),
        testing::cost_key_rows()})
    for (const KeyRow& row : rows)
      if (row.demand != Demand::kSame) covered.insert(row.key);
  std::set<std::string> keys;
  for (const auto& [key, value] : leaves(machine({}), true)) keys.insert(key);
  // Texts: the test below is about them.
  EXPECT_EQ(keys.erase("name") + keys.erase("description"), 2U);
  RecordProperty("keys", static_cast<int>(keys.size()));
  std::vector<std::string> missing, unknown;
  std::set_difference(keys.begin(), keys.end(), covered.begin(), covered.end(),
                      std::back_inserter(missing));
  std::set_difference(covered.begin(), covered.end(), keys.begin(), keys.end(),
                      std::back_inserter(unknown));
  EXPECT_EQ(missing, std::vector<std::string>{}) << "no test changes these";
  EXPECT_EQ(unknown, std::vector<std::string>{}) << "no such keys";
}

TEST_F(EveryKey, that_is_a_text_is_in_what_names_the_machine) {
  const HwConfig hw = machine({"name=another_name", "description=another description"});
  Problem problem;
  problem.chunk = 16;
  problem.ensemble = "correlated";
  problem.matrices = 1;
  const RunResult r =
      run(hw, prepare(problem), find_algorithm("neumann_masked"), {}, Format::kFp32);
  EXPECT_NE(to_json(r).find("\"another_name\""), std::string::npos);
  // The description stands in config.resolved.yaml, beside every result.
  EXPECT_NE(dump_hw_config(hw).find("description: \"another description\""), std::string::npos);
}

}  // namespace
}  // namespace tricycle
