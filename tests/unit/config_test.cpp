// SPDX-License-Identifier: Apache-2.0
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/config/quantity.h"
#include "tests/unit/config_fixture.h"

namespace tricycle {
namespace {

TEST_F(Config, a_complete_machine_loads_with_its_defaults) {
  write_machine();
  const HwConfig hw = load_hw_config("hw.yaml");
  EXPECT_EQ(hw.name, "tiny");
  EXPECT_EQ(hw.systolic_array.rows, 8);
  EXPECT_EQ(hw.systolic_array.depth, 1);
  EXPECT_TRUE(hw.support(Format::kFp16).present);
  EXPECT_FALSE(hw.support(Format::kFp32).present);
  EXPECT_EQ(hw.support(Format::kInt8).accumulator, Accumulator::kInt32);
  EXPECT_EQ(hw.cost(VectorOp::kCopy).startup_cycles, 24);
  EXPECT_EQ(hw.cost(VectorOp::kMultiplyAdd).cycles_per_beat, 1.5);
  EXPECT_EQ(hw.scratchpad.size_bytes, 65536);
  EXPECT_EQ(hw.dram.bandwidth_gbps, 12.8);
}

TEST_F(Config, an_unknown_key_is_a_fault_with_its_place_and_a_suggestion) {
  EXPECT_EQ(faults_after("  cols: 16", "  cols: 16\n  columns: 16"),
            Lines{"hw.yaml:6:3: systolic_array.columns: unknown key (did you mean \"cols\"?)"});
}

TEST_F(Config, an_unknown_key_like_no_other_lists_the_valid_ones) {
  EXPECT_EQ(
      faults_after("dram: {", "dram: {pages_open_at_once: 3, "),
      Lines{
          "hw.yaml:27:8: dram.pages_open_at_once: unknown key (valid: latency, bandwidth, timing, "
          "row_buffer)"});
}

TEST_F(Config, a_wrong_type_names_the_range_and_the_text) {
  EXPECT_EQ(faults_after("rows: 8", "rows: 16x"),
            Lines{"hw.yaml:4:9: systolic_array.rows: expected integer in [1, 1024], got \"16x\""});
  EXPECT_EQ(faults_after("rows: 8", "rows: [8]"),
            Lines{"hw.yaml:4:9: systolic_array.rows: expected integer in [1, 1024], got a list"});
  EXPECT_EQ(faults_after("rows: 8", "rows:"),
            Lines{"hw.yaml:4:3: systolic_array.rows: expected integer in [1, 1024], got nothing"});
  EXPECT_EQ(faults_after("dataflow: ws", "dataflow: xs"),
            Lines{"hw.yaml:6:13: systolic_array.dataflow: expected ws, is or os, got \"xs\""});
  EXPECT_EQ(faults_after("dma: {request: 64 B}", "dma: 64"),
            Lines{"hw.yaml:26:6: dma: expected a map of keys, got \"64\""});
}

TEST_F(Config, integers_are_decimal_without_leading_zero_or_exponent) {
  for (const std::string text : {"010", "1e1", "0x", "0x1g", "0x-8", "0o8", "0X10", "8.0", "+8",
                                 "1_0", "99999999999999999999"})
    EXPECT_EQ(faults_after("rows: 8", "rows: " + text),
              Lines{"hw.yaml:4:9: systolic_array.rows: expected integer in [1, 1024], got \"" +
                    text + "\""});
}

/// YAML 1.2, 10.3.2: the core schema.
TEST_F(Config, integers_and_flags_of_the_core_schema_are_read) {
  for (const auto& [text, value] : {std::pair{"0x10", 16}, {"0o20", 16}, {"0xfF", 255}}) {
    write_machine("rows: 8", std::string("rows: ") + text);
    EXPECT_EQ(load_hw_config("hw.yaml").systolic_array.rows, value) << text;
  }
  EXPECT_EQ(faults_after("rows: 8", "rows: 0x401"),
            Lines{"hw.yaml:4:9: systolic_array.rows: expected integer in [1, 1024], got "
                  "\"0x401\""});
  for (const auto& [text, value] : {std::pair{"True", true},
                                    {"TRUE", true},
                                    {"false", false},
                                    {"False", false},
                                    {"FALSE", false}}) {
    write_machine("  bytes_per_beat", std::string("  pipelined: ") + text + "\n  bytes_per_beat");
    EXPECT_EQ(load_hw_config("hw.yaml").vector_unit.pipelined, value) << text;
  }
  for (const std::string text : {"yes", "on", "1", "tRUE"})
    EXPECT_EQ(faults_after("  bytes_per_beat", "  pipelined: " + text + "\n  bytes_per_beat"),
              Lines{"hw.yaml:11:14: vector_unit.pipelined: expected false or true, got \"" + text +
                    "\""});
}

TEST_F(Config, a_value_just_out_of_range_is_refused_and_the_limit_is_not) {
  for (const std::string text : {"0", "1025", "-1"})
    EXPECT_EQ(faults_after("rows: 8", "rows: " + text),
              Lines{"hw.yaml:4:9: systolic_array.rows: expected integer in [1, 1024], got \"" +
                    text + "\""});
  EXPECT_EQ(faults_after("rows: 8", "rows: 1"), Lines{});
  EXPECT_EQ(faults_after("rows: 8", "rows: 1024"), Lines{});
}

TEST_F(Config, a_missing_unit_is_a_fault_for_frequency_time_and_bandwidth) {
  EXPECT_EQ(faults_after("clock: 1 GHz", "clock: 1"),
            Lines{"hw.yaml:2:8: clock: expected frequency in [0.001, 10] GHz with its unit (\"1.37 "
                  "GHz\", \"800 MHz\"), got \"1\""});
  EXPECT_EQ(faults_after("latency: 100 ns", "latency: 100"),
            Lines{"hw.yaml:27:17: dram.latency: expected time in [0, 1000000] ns with its unit "
                  "(\"100 ns\", \"2 us\"), got \"100\""});
  EXPECT_EQ(faults_after("12.8 GB/s", "12.8"),
            Lines{"hw.yaml:27:36: dram.bandwidth: expected bandwidth in [0.001, 1000000] GB/s with "
                  "its unit (\"68 GB/s\", \"1.2 "
                  "TB/s\", \"500 MB/s\"), got \"12.8\""});
}

TEST_F(Config, a_unit_has_the_machines_clock_unless_it_states_its_own) {
  write_machine();
  EXPECT_EQ(load_hw_config("hw.yaml").systolic_array.clock_ghz, 0);
  EXPECT_EQ(load_hw_config("hw.yaml", {"systolic_array.clock=700 MHz"}).systolic_array.clock_ghz,
            0.7);
  EXPECT_EQ(load_hw_config("hw.yaml", {"dma.clock=0 GHz"}).dma.clock_ghz, 0);
  EXPECT_EQ(faults_after("dma: {", "dma: {clock: 1 kHz, ").size(), 1U);
  EXPECT_EQ(faults_after("dma: {", "dma: {clock: 0.9 MHz, "),
            Lines{"hw.yaml:26:14: dma.clock: expected 0 or at least 0.001 GHz, got 0.0009 GHz"});
}

TEST_F(Config, every_unit_scales_exactly) {
  const auto bytes = Field{"", Quantity::kBytes, 0, 1e12, true, ""};
  EXPECT_EQ(parse_integer("8 MiB", bytes), 8 << 20);
  EXPECT_EQ(parse_integer("256KiB", bytes), 262144);
  EXPECT_EQ(parse_integer("512 B", bytes), 512);
  EXPECT_EQ(parse_integer("1 GiB", bytes), 1 << 30);
  EXPECT_EQ(parse_integer("9000000000 GiB", bytes), std::nullopt);  // leaves 64 bits
  EXPECT_EQ(parse_integer("8 MB", bytes), std::nullopt);
  EXPECT_EQ(parse_real("1370 MHz", Field{"", Quantity::kFrequencyGhz, 0, 10, true, ""}), 1.37);
  EXPECT_EQ(parse_real("2 us", Field{"", Quantity::kTimeNs, 0, 1e6, true, ""}), 2000.0);
  for (const char* text : {"2 \u00B5s", "2 \u03BCs", "0.002 ms", "2000 ns"})
    EXPECT_EQ(parse_real(text, Field{"", Quantity::kTimeNs, 0, 1e6, true, ""}), 2000.0) << text;
  EXPECT_EQ(parse_real("1.2 TB/s", Field{"", Quantity::kBandwidthGbps, 0, 1e6, true, ""}), 1200.0);
  EXPECT_EQ(parse_real("500 MB/s", Field{"", Quantity::kBandwidthGbps, 0, 1e6, true, ""}), 0.5);
  EXPECT_EQ(parse_real("nan", Field{"", Quantity::kCount, 0, 10, true, ""}), std::nullopt);
  EXPECT_EQ(parse_real("1e999", Field{"", Quantity::kCount, 0, 10, true, ""}), std::nullopt);
}

TEST_F(Config, a_duplicate_key_is_a_fault_that_names_the_first) {
  EXPECT_EQ(faults_after("  cols: 16", "  cols: 16\n  rows: 4"),
            Lines{"hw.yaml:6:3: systolic_array.rows: duplicate key (first at line 4)"});
}

TEST_F(Config, a_missing_required_key_is_a_fault_at_its_section) {
  EXPECT_EQ(faults_after("  rows: 8\n", ""),
            Lines{"hw.yaml:3:1: systolic_array.rows: missing, expected integer in [1, 1024]"});
  EXPECT_EQ(faults_after("name: tiny\n", ""), Lines{"hw.yaml:1:1: name: missing, expected text"});
  EXPECT_EQ(faults_after("dma: {request: 64 B}\n", ""),
            Lines{"hw.yaml:1:1: dma: missing, expected a map of keys"});
}

TEST_F(Config, all_faults_of_a_file_and_of_the_overrides_come_at_once_in_order) {
  write_machine("  rows: 8\n  cols: 16\n  dataflow: ws\n",
                "  rows: 0\n  columns: 16\n  dataflow: ss\n");
  EXPECT_EQ(faults({"clock=fast", "dram.latency=1 us"}),
            (Lines{"hw.yaml:3:1: systolic_array.cols: missing, expected integer in [1, 1024]",
                   "hw.yaml:4:9: systolic_array.rows: expected integer in [1, 1024], got \"0\"",
                   "hw.yaml:5:3: systolic_array.columns: unknown key (did you mean \"cols\"?)",
                   "hw.yaml:6:13: systolic_array.dataflow: expected ws, is or os, got \"ss\"",
                   "--set clock=fast: expected frequency in [0.001, 10] GHz with its unit (\"1.37 "
                   "GHz\", \"800 MHz\"), got \"fast\""}));
}

TEST_F(Config, an_override_replaces_a_key) {
  write_machine();
  const HwConfig hw = load_hw_config(
      "hw.yaml", {"systolic_array.rows=4", "formats.fp16.order=tile",
                  "formats.fp32.accumulator=fp32", "formats.int8=none", "dram.latency=2 us"});
  EXPECT_EQ(hw.systolic_array.rows, 4);
  EXPECT_EQ(hw.support(Format::kFp16).order, SumOrder::kTile);
  EXPECT_EQ(hw.support(Format::kFp16).accumulator, Accumulator::kFp32);
  EXPECT_TRUE(hw.support(Format::kFp32).present);
  EXPECT_FALSE(hw.support(Format::kInt8).present);
  EXPECT_EQ(hw.dram.latency_ns, 2000.0);
}

TEST_F(Config, a_bad_override_cites_its_own_text) {
  write_machine();
  EXPECT_EQ(faults({"systolic_array.rows=0"}),
            Lines{"--set systolic_array.rows=0: expected integer in [1, 1024], got \"0\""});
  EXPECT_EQ(faults({"systolic_array.row=4"}),
            Lines{"--set systolic_array.row=4: unknown key (did you mean \"rows\"?)"});
  EXPECT_EQ(faults({"systolic_array=4"}),
            Lines{"--set systolic_array=4: expected a map of keys, got \"4\""});
  EXPECT_EQ(faults({"clock.x=4"}).size(), 1U);
  for (const std::string text : {"rows", "=4", ".rows=4", "a..b=4", "a.=4", "", "a b=3"})
    EXPECT_EQ(faults({text}),
              Lines{"--set " + text + ": expected KEY=VALUE, such as systolic_array.rows=8"});
}

TEST_F(Config, an_override_given_twice_is_a_fault_also_where_one_key_holds_the_other) {
  write_machine();
  EXPECT_EQ(faults({"systolic_array.rows=4", "clock=1 GHz", "systolic_array.rows=4"}),
            Lines{"--set systolic_array.rows=4: duplicate key (first in --set "
                  "systolic_array.rows=4); give it once"});
  EXPECT_EQ(
      faults({"formats.int8=none", "formats.int8.passes=2"}),
      Lines{"--set formats.int8.passes=2: duplicate key (first in --set formats.int8=none); give "
            "it once"});
  EXPECT_EQ(faults({"formats.int8.passes=2", "formats.int8.order=tile"}), Lines{});
}

TEST_F(Config, what_a_format_does_not_say_of_an_operation_is_the_operations) {
  write_machine("copy: {cycles_per_beat: 1, startup: 24 cycles}",
                "copy: {cycles_per_beat: 1, startup: 24, strided: {row_startup: 2.5}, by_format: "
                "{fp16: {cycles_per_beat: 3.76}, int8: {startup: 66}}}");
  const HwConfig hw = load_hw_config("hw.yaml");
  EXPECT_EQ(hw.rate(VectorOp::kCopy, Format::kFp16).startup_cycles, 24);
  EXPECT_EQ(hw.rate(VectorOp::kCopy, Format::kFp16).cycles_per_beat, 3.76);
  EXPECT_FALSE(hw.rate(VectorOp::kCopy, Format::kFp16).strided.present);
  EXPECT_EQ(hw.rate(VectorOp::kCopy, Format::kInt8).startup_cycles, 66);
  EXPECT_EQ(hw.rate(VectorOp::kCopy, Format::kInt8).cycles_per_beat, 1);
  const VectorRate& own = hw.rate(VectorOp::kCopy, Format::kFp32);
  EXPECT_EQ(own.startup_cycles, 24);
  EXPECT_EQ(own.strided.startup_cycles, 24);
  EXPECT_EQ(own.strided.row_startup_cycles, 2.5);
}

TEST_F(Config, operations_no_lowering_needs_may_be_absent) {
  write_machine("    multiply: {cycles_per_beat: 1}\n", "    multiply: none\n");
  const HwConfig hw = load_hw_config("hw.yaml");
  EXPECT_FALSE(hw.has(VectorOp::kMultiply));
  EXPECT_FALSE(hw.has(VectorOp::kExp));
  EXPECT_TRUE(hw.has(VectorOp::kMultiplyAdd));
  EXPECT_TRUE(hw.has(VectorOp::kAdd));
  EXPECT_EQ(faults({"vector_unit.operations.multiply_scalar=none"}), Lines{});
  EXPECT_EQ(faults({"vector_unit.operations.multiply_add=none"}), Lines{});
}

TEST_F(Config, operations_a_lowering_needs_are_faults_where_they_are_missing) {
  EXPECT_EQ(faults_after("    select: {cycles_per_beat: 1}\n", ""),
            Lines{"hw.yaml:12:3: vector_unit.operations.select: missing, expected a map of keys"});
  write_machine();
  EXPECT_EQ(faults({"vector_unit.operations.multiply_scalar=none",
                    "vector_unit.operations.multiply_add=none"}),
            Lines{"hw.yaml:12:3: vector_unit.operations.multiply_scalar: missing, expected it or "
                  "multiply_add: substitution scales rows"});
  EXPECT_EQ(faults({"vector_unit.operations.row_max.cycles_per_beat=7"}),
            Lines{"--set vector_unit.operations.row_max.cycles_per_beat=7: "
                  "vector_unit.operations.max: missing, expected it beside row_max, which folds "
                  "rows by it"});
}

TEST(Settings, overrides_are_routed_by_what_they_override) {
  const Settings set =
      split_settings({"algorithm.order=4", "clock=1 GHz", "problem.chunk=32", "algorithm.steps=3"});
  EXPECT_EQ(set.algorithm, (Lines{"order=4", "steps=3"}));
  EXPECT_EQ(set.problem, Lines{"chunk=32"});
  EXPECT_EQ(set.machine, Lines{"clock=1 GHz"});
}

TEST_F(Config, a_derived_file_overrides_its_base_key_by_key) {
  fs::create_directory("machines");
  write_machine("", "", "machines/base.yaml");
  write("hw.yaml",
        "base: machines/base.yaml\nname: derived\nsystolic_array: {rows: 64}\nformats: {int8: "
        "none}\n");
  const HwConfig hw = load_hw_config("hw.yaml");
  EXPECT_EQ(hw.name, "derived");
  EXPECT_EQ(hw.systolic_array.rows, 64);
  EXPECT_EQ(hw.systolic_array.cols, 16);
  EXPECT_TRUE(hw.support(Format::kFp16).present);
  EXPECT_FALSE(hw.support(Format::kInt8).present);
}

TEST_F(Config, a_fault_of_a_base_cites_the_file_where_its_text_stands) {
  write_machine("rows: 8", "rows: 0", "base.yaml");
  write("hw.yaml", "base: base.yaml\nclock: 1\n");
  EXPECT_EQ(faults(),
            (Lines{"base.yaml:4:9: systolic_array.rows: expected integer in [1, 1024], got \"0\"",
                   "hw.yaml:2:8: clock: expected frequency in [0.001, 10] GHz with its unit "
                   "(\"1.37 GHz\", \"800 MHz\"), got \"1\""}));
}

TEST_F(Config, a_cycle_of_bases_is_a_fault_that_shows_the_cycle) {
  write("hw.yaml", "base: other.yaml\n");
  write("other.yaml", "name: x\nbase: ./hw.yaml\n");
  EXPECT_EQ(faults(), Lines{"other.yaml:2:7: base: expected a chain of files that ends, got "
                            "hw.yaml -> other.yaml -> hw.yaml"});
  EXPECT_EQ(faults_of_text("base: nowhere.yaml\n"),
            Lines{"hw.yaml:1:7: base: expected a YAML file, found no such file: \"nowhere.yaml\""});
  EXPECT_EQ(faults_of_text("base: [a, b]\n"),
            Lines{"hw.yaml:1:7: base: expected the path of a YAML file, got a list"});
}

TEST(QuantityText, is_read_back_as_the_number_it_was_written_for) {
  for (int q = 0; q <= static_cast<int>(Quantity::kBandwidthGbps); ++q) {
    const Field field{"k", static_cast<Quantity>(q), 0, 1e15, false, ""};
    for (const std::int64_t whole : {std::int64_t{0}, std::int64_t{7}, std::int64_t{3} << 30})
      EXPECT_EQ(parse_integer(format_quantity(field.quantity, whole), field), whole) << q;
    for (const double real : {0.0, 0.1, 7.0, 1e-9, 123456789.125})
      EXPECT_EQ(parse_real(format_quantity(field.quantity, real), field), real) << q;
    const std::string unit(unit_name(field.quantity));
    EXPECT_EQ(leading_suffix(unit).has_value(), !unit.empty()) << unit;
  }
}

TEST(QuantityText, that_is_no_whole_number_of_its_unit_is_no_integer) {
  const Field field{"k", Quantity::kFrequencyGhz, 0, 100, false, ""};
  EXPECT_EQ(parse_integer("5 MHz", field), std::nullopt);
  EXPECT_EQ(parse_integer("5 GHz", field), 5);
}

}  // namespace
}  // namespace tricycle
