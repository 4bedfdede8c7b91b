// SPDX-License-Identifier: Apache-2.0
#include "reports/validation.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/isa/program.h"
#include "models/timing/timing.h"
#include "sim/cli/commands.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"
#include "tests/unit/config_fixture.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

const std::string kPeers = TRICYCLE_SOURCE_DIR "/workloads/data/peers";

std::int64_t equal_rows(const std::vector<ValidationRow>& rows) {
  return std::count_if(rows.begin(), rows.end(), [](const ValidationRow& row) {
    return row.use == RowUse::kExact && !row.is_missed();
  });
}

TEST(Validation, every_row_of_scale_sim_onnxim_and_bit_exact_rtl_is_equal) {
  EXPECT_EQ(equal_rows(scale_sim_rows(kPeers)), 115);
  EXPECT_EQ(equal_rows(onnxim_rows(kPeers)), 8);
  EXPECT_EQ(equal_rows(rtl_rows(kPeers)), 52);
  EXPECT_EQ(equal_rows(rtl_interval_rows(kPeers)), 15);
}

TEST(Validation, totals_of_onnxim_are_equal_on_half_of_the_rows_and_near_on_all) {
  const std::vector<ValidationRow> rows = onnxim_total_rows(kPeers);
  ASSERT_EQ(rows.size(), 8U);
  EXPECT_EQ(equal_rows(rows), 4);
  // 1024 stores of ONNXim's 8 x 8 array leave behind all products: some 900 of 263139 cycles.
  for (const ValidationRow& row : rows) EXPECT_LT(std::abs(row.error()), 0.004) << row.what;
}

TEST(Validation, the_vector_table_of_ascend_a2_is_equal_at_1_4_and_16_repeats) {
  // 12 operations on runs and vcadd; the other rows are of the A5, and tiles.
  int rows = 0;
  for (const ValidationRow& row : vector_rows(kPeers)) {
    if (row.use != RowUse::kRestated || !row.what.starts_with("ascend_910b_like")) continue;
    ++rows;
    EXPECT_EQ(row.ours, row.published) << row.what;
  }
  EXPECT_EQ(rows, 13 * 3);
}

TEST(Validation, the_tables_of_the_a5_are_met_within_the_cycle_that_is_begun) {
  int rows = 0;
  for (const ValidationRow& row : vector_rows(kPeers)) {
    if (row.use != RowUse::kRestated || !row.what.starts_with("ascend_950_like")) continue;
    ++rows;
    EXPECT_GE(row.ours, row.published - 1e-6) << row.what;
    EXPECT_LT(row.ours, row.published + 1) << row.what;
  }
  // 16 operations on runs, 4 on strided rows.
  EXPECT_EQ(rows, 20 * 3);
}

TEST(Validation, row_sum_tiles_are_predicted_within_eleven_percent) {
  // The furthest: 16 rows of 128 in fp32, 16 x (7 + 2) + 46 = 190 beside 16 x 8 + 52.5 = 180.5;
  // one row: 7 + 46 = 53 beside 6.976 + 52.5 = 59.5.
  int rows = 0;
  for (const ValidationRow& row : vector_rows(kPeers)) {
    if (row.use != RowUse::kPredicted) continue;
    ++rows;
    EXPECT_LT(std::abs(row.error()), 0.11) << row.what;
  }
  EXPECT_EQ(rows, 6);
}

TEST(Validation, an_instruction_of_one_operation_costs_what_the_operation_does) {
  HwConfig hw = reference_machine();
  hw.vector_unit.operations[static_cast<std::size_t>(VectorOp::kAdd)] = {{24, 2, {}}};
  hw.vector_unit.operations[static_cast<std::size_t>(VectorOp::kCopy)] = {{11, 1, {}}};
  Program p;
  p.format = Format::kFp32;
  p.buffers.resize(3);
  for (Buffer& buffer : p.buffers) {
    buffer.rows = 4;  // 4 x 64 in fp32: 4 beats of 256 B
    buffer.cols = 64;
  }
  const auto all = [](std::uint32_t buffer) { return Region{buffer, 0, 0, 4, 64}; };
  Instruction in{all(0), Epilogue{.terms = {all(1), all(2)}}};
  EXPECT_EQ(vector_timing(hw, p, in).busy_cycles,
            operation_timing(hw, VectorOp::kAdd, Format::kFp32, {.beats_per_row = 4}).cycles());
  EXPECT_EQ(vector_timing(hw, p, in).busy_cycles, 24 + 4 * 2);
  in.operation = Epilogue{.terms = {all(1)}};
  EXPECT_EQ(vector_timing(hw, p, in).busy_cycles,
            operation_timing(hw, VectorOp::kCopy, Format::kFp32, {.beats_per_row = 4}).cycles());
}

TEST(Validation, peaks_are_within_seven_percent_of_what_is_published) {
  // The recalled 12 TFLOPS of HMX is the furthest: 4 x 1024 x 1.37 GHz x 2 = 11.2.
  const std::vector<ValidationRow> rows = peak_rows(kPeers);
  EXPECT_GE(rows.size(), 13U);
  for (const ValidationRow& row : rows) EXPECT_LT(std::abs(row.error()), 0.07) << row.what;
}

TEST(Validation, huaweis_kernels_take_the_cycles_of_their_authors_model_within_25_percent) {
  // Mixed recursive, whose operands come ahead as here: within 5 %.  The product form waits by
  // flags for every pipe in turn, here an operand that is free is loaded beside the read-out: up to
  // -20 %.
  int rows = 0;
  for (const ValidationRow& row : ascend_kernel_rows(kPeers)) {
    ++rows;
    EXPECT_EQ(row.use, RowUse::kPredicted);
    EXPECT_LT(std::abs(row.error()), row.what.starts_with("mixed") ? 0.05 : 0.25) << row.what;
  }
  EXPECT_EQ(rows, 8);
}

TEST(Validation, the_kernel_on_the_910b4_is_met_at_32_and_128_and_too_fast_at_64) {
  // One constant is fitted at 32.  At 64 the published figures disagree, 2.73 and 3.22 us.
  for (const ValidationRow& row : ascend_device_rows(kPeers)) {
    const bool middle = row.what.ends_with(" 64");
    EXPECT_LT(std::abs(row.error()), middle ? 0.35 : 0.10) << row.what << row.published;
    EXPECT_TRUE(!middle || row.error() < 0) << row.what << row.published;
  }
}

TEST(Validation, leaving_out_the_copies_saves_little_and_the_kernel_beats_substitution) {
  for (const ValidationRow& row : ascend_ratio_rows(kPeers)) {
    if (row.what.starts_with("accumulator_saves")) {
      EXPECT_GT(row.ours, 0) << row.what;
      EXPECT_LT(row.ours, 0.12) << row.what;
    }
    if (row.what.starts_with("over_substitution")) {
      EXPECT_GT(row.ours, 2) << row.what;
    }
  }
}

class Validate : public Config {
 protected:
  /// A published figure of the working directory, which goes before the shipped one.
  static void publish(const std::string& file, const std::string& text) {
    fs::create_directories("workloads/data/peers");
    write("workloads/data/peers/" + file, text);
  }
};

constexpr const char* kOnnxTitles = "array,m,n,k,total_cycles,active_cycles\n";

TEST_F(Validate, a_row_that_must_be_equal_and_is_not_fails_the_command) {
  publish("onnxim_cycles.csv", std::string(kOnnxTitles) + "16,64,64,64,1121,1024\n");
  EXPECT_EQ(validate_command({.groups = {"onnxim"}}), 0);
  publish("onnxim_cycles.csv",
          std::string(kOnnxTitles) + "16,64,64,64,1121,1024\n16,64,64,64,1121,1025\n");
  try {
    validate_command({.groups = {"onnxim"}});
    FAIL() << "expected a RunError";
  } catch (const RunError& error) {
    EXPECT_STREQ(
        error.what(),
        "validate: 1 rows that must be equal are not, or are beyond their bound; the first: "
        "16 x 16 ws, 64 x 64 x 64: 1025 published, 1024 here");
  }
}

TEST_F(Validate, a_damaged_table_is_a_fault_with_its_place) {
  const auto faults = [&](const std::string& text) {
    publish("onnxim_cycles.csv", text);
    return faults_of([] { validate_command({.groups = {"onnxim"}}); });
  };
  const std::string path = "workloads/data/peers/onnxim_cycles.csv";
  EXPECT_EQ(faults(""), Lines{path + ": expected a table of published figures"});
  EXPECT_EQ(faults(kOnnxTitles), Lines{path + ": expected rows below the titles"});
  EXPECT_EQ(faults("array,m\n16\n"), Lines{path + ":2: expected 2 cells, got 1"});
  EXPECT_EQ(faults("array,m\n16,64\n"), Lines{path + ":1: expected a column n"});
  EXPECT_EQ(faults(std::string(kOnnxTitles) + "16,64,64,6x,1121,1024\n"),
            Lines{path + ":2: k: expected an integer, got \"6x\""});
}

TEST_F(Validate, cells_in_quotes_may_have_commas) {
  write("t.csv", "a,b\n\"1, 2\",3\n");
  const PublishedTable table("t.csv");
  EXPECT_EQ(table.text(0, "a"), "1, 2");
  EXPECT_EQ(table.integer(0, "b"), 3);
}

const std::vector<ValidationGroup> kExample{
    {"g",
     "A title",
     "cycles",
     "A sentence.",
     {{"first", 100, 90, RowUse::kPredicted, "a paper"}, {"second", 7, 7, RowUse::kExact, "RTL"}}}};

TEST(ValidationReport, the_summary_counts_rows_by_use_and_names_the_worst) {
  EXPECT_EQ(
      validation_markdown(kExample, false),
      "| group | exact | fit | restated | predicted | median | bound | verdict | worst error | "
      "of |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
      "| g | 1 of 1 | - | - | 1 | 10.00 % | - | - | -10.00 % | first |\n");
  const std::string text = validation_text(kExample, true);
  EXPECT_NE(text.find("first         100    90  -10.00 %  predicted  a paper\n"), std::string::npos)
      << text;
}

TEST(ValidationReport, json_has_every_row_with_its_error) {
  const auto json = nlohmann::json::parse(validation_json(kExample, "1.2.3"));
  EXPECT_EQ(json["version"], "1.2.3");
  const auto& row = json["groups"][0]["rows"][0];
  EXPECT_EQ(row["what"], "first");
  EXPECT_DOUBLE_EQ(row["error"], 90.0 / 100 - 1);
  EXPECT_EQ(row["use"], "predicted");
  EXPECT_EQ(json["groups"][0]["rows"].size(), 2U);
}

TEST(Validation, every_inverse_that_shipped_wrong_is_wrong_here_and_every_other_holds) {
  int broken = 0, sound = 0;
  for (const ValidationRow& row : value_rows({kPeers + "/inverse_values.csv"})) {
    EXPECT_FALSE(row.is_missed()) << row.what << ": " << row.our_text;
    if (row.use == RowUse::kVerdict) ++(row.our_text.starts_with("broken") ? broken : sound);
    // Draws of other random numbers: the same within a factor of 1.5.
    if (row.use == RowUse::kPredicted) {
      EXPECT_LT(std::abs(std::log(row.ours / row.published)), std::log(1.5)) << row.what;
    }
  }
  EXPECT_GE(broken, 9);
  EXPECT_GE(sound, 7);
}

TEST_F(Validate, rows_of_values_with_faults_are_told_one_by_one) {
  write("v.csv",
        "problem,machine,algorithm,set,format,figure,published,use,source\n"
        "iid_c16,edge_16x16,block_doublin,,fp16,verdict,sound,verdict,me\n"
        "iid_c16,edge_16x16,block_doubling,,fp17,verdict,sound,verdict,me\n"
        "iid_c16,edge_16x16,block_doubling,,fp16,verdict,maybe,verdict,me\n"
        "iid_c16,edge_16x16,block_doubling,,fp16,verdict,sound,predicted,me\n"
        "iid_c16,edge_16x16,block_doubling,,fp16,errors,0.1,predicted,me\n");
  const Lines lines = faults_of([] { value_rows({"v.csv"}); });
  ASSERT_EQ(lines.size(), 5U);
  for (std::size_t i = 0; i < lines.size(); ++i)
    EXPECT_TRUE(lines[i].starts_with("v.csv:" + std::to_string(i + 2))) << lines[i];
}

TEST(ValidationReport, a_verdict_is_shown_in_words_and_missed_where_it_differs) {
  const ValidationRow same{.what = "a",
                           .published = 1,
                           .ours = 1,
                           .use = RowUse::kVerdict,
                           .source = "a report",
                           .published_text = "broken",
                           .our_text = "broken (error 2)"};
  ValidationRow other = same;
  other.what = "b";
  other.ours = 0;
  other.our_text = "sound (error 0)";
  EXPECT_FALSE(same.is_missed());
  EXPECT_TRUE(other.is_missed());
  const std::string text = validation_text({{"g", "T", "words", "", {same, other}}}, true);
  EXPECT_NE(text.find("1 of 2"), std::string::npos) << text;
  EXPECT_NE(text.find("broken (error 2)"), std::string::npos) << text;
  EXPECT_NE(text.find("differs"), std::string::npos) << text;
}

TEST(Validation, a_chunk_of_32_on_a_blackhole_is_predicted_within_a_quarter) {
  const std::vector<ValidationRow> rows = blackhole_rows(kPeers);
  ASSERT_EQ(rows.size(), 2U);
  for (const ValidationRow& row : rows) {
    EXPECT_EQ(row.use, RowUse::kPredicted);
    EXPECT_LT(std::abs(row.error()), 0.25) << row.what;
  }
}

/// The model has no L2 and four HVX threads at work: it is too fast, never too slow.
TEST(Validation, triangular_solves_of_llama_cpp_come_out_short) {
  const std::vector<ValidationRow> rows = solve_tri_rows(kPeers);
  ASSERT_EQ(rows.size(), 5U);
  for (const ValidationRow& row : rows) EXPECT_LT(row.error(), 0) << row.what;
  // Twice the rows are four times the multiply-adds, of half as many matrices.
  EXPECT_GT(rows[1].ours, 1.5 * rows[0].ours);
}

TEST(Validation, the_inversion_at_48_heads_of_a_910b2_is_predicted_within_an_eighth) {
  int met = 0;
  for (const ValidationRow& row : delta_stage_rows(kPeers))
    if (row.what.find("48 heads, solve") != std::string::npos) {
      ++met;
      EXPECT_LT(std::abs(row.error()), 0.125) << row.what;
    }
  EXPECT_EQ(met, 2);
}

}  // namespace
}  // namespace tricycle
