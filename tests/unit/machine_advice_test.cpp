// SPDX-License-Identifier: Apache-2.0
//
// What `tricycle check` says of machines that are right but perhaps not meant.
#include "sim/config/machine_advice.h"

#include <gmock/gmock.h>

#include "tests/unit/config_fixture.h"

namespace tricycle {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class MachineAdvice : public Config {
 protected:
  /// "KEY: TEXT" of the machine in m.yaml.
  static Lines advice(const std::vector<std::string>& overrides = {}) {
    Lines lines;
    for (const Advice& a :
         machine_advice(load_hw_config("m.yaml", overrides), machine_keys("m.yaml", overrides)))
      lines.push_back(a.key + ": " + a.text);
    return lines;
  }
  static Lines about(const Lines& lines, const std::string& key) {
    Lines out;
    for (const std::string& line : lines)
      if (line.starts_with(key + ": ")) out.push_back(line);
    return out;
  }
  static Lines of_edge(const std::string& rest) {
    write("m.yaml", "base: " TRICYCLE_SOURCE_DIR "/hwconfigs/edge_16x16.yaml\nname: m\n" + rest);
    return advice();
  }
};

TEST_F(MachineAdvice, no_shipped_machine_has_any) {
  for (const char* folder : {"/hwconfigs", "/hwconfigs/peers"})
    for (const auto& entry : fs::directory_iterator(TRICYCLE_SOURCE_DIR + std::string(folder))) {
      if (entry.path().extension() != ".yaml") continue;
      const std::string path = entry.path().string();
      for (const Advice& a : machine_advice(load_hw_config(path), machine_keys(path)))
        ADD_FAILURE() << path << ": " << a.key << ": " << a.text;
    }
}

TEST_F(MachineAdvice, every_premise_of_a_shipped_machine_is_a_key) {
  for (const auto& entry : fs::directory_iterator(TRICYCLE_SOURCE_DIR "/hwconfigs")) {
    if (entry.path().extension() != ".yaml") continue;
    const std::vector<MachineKey> keys = machine_keys(entry.path().string());
    for (const MachineKey& key : keys)
      for (const std::string& premise : key.source ? key.source->premises : Lines{})
        EXPECT_EQ(std::ranges::count(keys, premise, &MachineKey::key), 1)
            << entry.path() << ": " << key.key << ": " << premise;
  }
}

TEST_F(MachineAdvice, a_derived_value_whose_premise_changed_is_named_with_its_place) {
  const Lines lines = of_edge("systolic_array: {rows: 48, cols: 48}\n");
  EXPECT_THAT(
      about(lines, "scratchpad.width"),
      ElementsAre(AllOf(StartsWith("scratchpad.width: 32 B is derived from "
                                   "systolic_array.cols = 16 ("),
                        HasSubstr("edge_16x16.yaml:41: 16 columns x 2 B), which is 48 here"))));
  EXPECT_THAT(about(lines, "topology.accumulator_to_vector.bytes_per_cycle"),
              ElementsAre(AllOf(HasSubstr("is derived from systolic_array.cols = 16"),
                                HasSubstr("; 64 B/cycle, less than 192 B/cycle (what the array"))));
  EXPECT_THAT(about(lines, "topology.vector_to_matrix.bytes_per_cycle"),
              ElementsAre(HasSubstr("32 B/cycle, less than 96 B/cycle")));
  EXPECT_THAT(about(lines, "accumulator_memory.size"),
              ElementsAre(HasSubstr("holds two panels of 128 x 128 sums")));
  // Stated anew, or as it was: nothing to say.
  EXPECT_THAT(about(of_edge("systolic_array: {cols: 16}\n"), "scratchpad.width"), IsEmpty());
  EXPECT_THAT(
      about(of_edge("systolic_array: {cols: 48}\nscratchpad: {width: 96 B, interleave: 96 B}\n"),
            "scratchpad.width"),
      IsEmpty());
}

TEST_F(MachineAdvice, a_set_text_changes_premises_and_states_values_too) {
  of_edge("");
  EXPECT_THAT(advice(), IsEmpty());
  EXPECT_THAT(about(advice({"systolic_array.cols=32"}), "scratchpad.width"),
              ElementsAre(HasSubstr("systolic_array.cols = 16")));
  EXPECT_THAT(
      about(advice({"systolic_array.cols=32", "scratchpad.width=64", "scratchpad.interleave=64"}),
            "scratchpad.width"),
      IsEmpty());
}

TEST_F(MachineAdvice, requests_that_do_not_fill_the_dram_are_counted) {
  // 2 queues x 16 requests x 64 B in 100 ns are 20.48 GB/s; 51.2 x 100 / 64 / 2 are 40 requests.
  EXPECT_THAT(
      of_edge("dram: {bandwidth: 51.2 GB/s}\n"),
      ElementsAre(AllOf(StartsWith("dma.requests_in_flight: 2 queues x 16 x 64 B in 100 ns"),
                        HasSubstr("20.48 GB/s, below dram.bandwidth, 51.2 GB/s; 40 requests"))));
  EXPECT_THAT(of_edge("dram: {bandwidth: 51.2 GB/s}\ndma: {requests_in_flight: 40}\n"), IsEmpty());
  EXPECT_THAT(of_edge("dram: {latency: 0 ns}\n"), IsEmpty());
}

TEST_F(MachineAdvice, defaults_that_are_slow_are_named_where_no_file_states_them) {
  write_machine("", "", "m.yaml");
  const Lines lines = advice();
  EXPECT_THAT(about(lines, "sequencer.in_flight"),
              ElementsAre(HasSubstr("no file states it, so one chunk is in flight")));
  EXPECT_THAT(about(lines, "dma.requests_in_flight"),
              ElementsAre(AllOf(HasSubstr("1 queue x 1 x 64 B in 100 ns of dram.latency are 0.64"),
                                HasSubstr("no file states them"))));
  EXPECT_THAT(about(advice({"sequencer.in_flight=1"}), "sequencer.in_flight"), IsEmpty());
}

TEST_F(MachineAdvice, an_area_and_a_power_no_chip_has_are_told) {
  const Lines lines =
      of_edge("clock: 10 GHz\nsystolic_array: {rows: 1024, cols: 1024}\ncost: {node: 45 nm}\n");
  EXPECT_THAT(about(lines, "systolic_array.rows"),
              ElementsAre(HasSubstr("beyond the largest die, 858 mm2")));
  EXPECT_THAT(about(lines, "clock"), ElementsAre(HasSubstr("W of the array at its peak")));
}

}  // namespace
}  // namespace tricycle
