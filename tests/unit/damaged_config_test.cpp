// SPDX-License-Identifier: Apache-2.0
//
// Damaged machine and problem files: faults with their place or a machine within its limits,
// nothing else.  All damage is deterministic.
#include <random>

#include "sim/config/load_problem.h"
#include "tests/unit/config_fixture.h"

namespace tricycle {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(TRICYCLE_SOURCE_DIR + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class DamagedConfig : public Config {
 protected:
  /// True if the text was refused, each line naming its file; any other exception fails the test.
  static bool refused(const std::string& text, const std::function<void()>& load) {
    write("damaged.yaml", text);
    try {
      load();
    } catch (const InputError& error) {
      EXPECT_FALSE(error.messages().empty());
      for (const std::string& line : error.messages())
        EXPECT_TRUE(line.starts_with("damaged.yaml:")) << line;
      return true;
    }
    return false;
  }
  static void load_machine() {
    const HwConfig hw = load_hw_config("damaged.yaml");
    EXPECT_GE(hw.systolic_array.rows, 1);
    EXPECT_LE(hw.systolic_array.rows, 1024);
    EXPECT_GT(hw.clock_ghz, 0);
  }
  static void load_a_problem() {
    const Problem p = load_problem("damaged.yaml");
    EXPECT_GE(p.chunk, 8);
    EXPECT_LE(p.chunk, 256);
  }
};

TEST_F(DamagedConfig, a_machine_cut_at_any_length_is_a_fault_or_a_machine) {
  const std::string whole = kMachine;
  EXPECT_FALSE(refused(whole, load_machine));
  std::size_t accepted = 0;
  for (std::size_t length = 0; length < whole.size(); ++length)
    accepted += !refused(whole.substr(0, length), load_machine);
  // Only what ends with the last section can do without the rest.
  EXPECT_LT(accepted, whole.size() / 2);
}

TEST_F(DamagedConfig, a_problem_cut_at_any_length_is_a_fault_or_a_problem) {
  const std::string whole = text_of("/workloads/problems/iid_c32.yaml");
  EXPECT_FALSE(refused(whole, load_a_problem));
  for (std::size_t length = 0; length < whole.size() / 2; ++length)
    EXPECT_TRUE(refused(whole.substr(0, length), load_a_problem)) << length;
  for (std::size_t length = whole.size() / 2; length < whole.size(); ++length)
    refused(whole.substr(0, length), load_a_problem);
}

TEST_F(DamagedConfig, random_bytes_in_a_machine_are_faults_or_another_machine) {
  // Without comments, so that damage hits keys and values.
  std::string whole = kMachine;
  std::mt19937 random(19);
  constexpr std::string_view kMeaningful = "{}[]:,-#&*!|>'\"%@`?\n\t 0.e";
  int refusals = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string text = whole;
    for (auto count = 1 + random() % 3; count > 0; --count) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0: text[at] = static_cast<char>(random() & 0xFF); break;
        case 1: text[at] = kMeaningful[random() % kMeaningful.size()]; break;
        case 2: text.erase(at, 1 + random() % 8); break;
        case 3: text.insert(at, text, random() % text.size(), random() % 40); break;
      }
    }
    refusals += refused(text, load_machine);
  }
  EXPECT_GT(refusals, 750);
  EXPECT_LT(refusals, 1500);  // some only change a number or the name
}

}  // namespace
}  // namespace tricycle
