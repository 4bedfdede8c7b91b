// SPDX-License-Identifier: Apache-2.0
//
// `tricycle calibrate` finds constants that it was not told: rows are those of a machine with other
// constants, and the fit begins at the shipped one.
#include "sim/calibrate/calibrate.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "models/error.h"
#include "sim/calibrate/slopes.h"
#include "sim/cli/calibrate_report.h"
#include "sim/config/load_hw.h"
#include "sim/config/sources.h"
#include "sim/host/shipped_files.h"

namespace tricycle {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kMachine = "edge_16x16";

struct RowText {
  std::string algorithm, format, figure, use;
};

class Calibrate : public ::testing::Test {
 protected:
  Calibrate()
      : folder_(fs::temp_directory_path() /
                fmt::format("tricycle_calibrate_{}_{}", getpid(),
                            ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
  }
  ~Calibrate() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// A file of rows of kMachine.
  std::string table(const std::string& name, const std::vector<std::string>& lines,
                    const std::string& titles =
                        "machine,problem,algorithm,format,tile,figure,"
                        "measured,unit,use,set") const {
    std::ofstream file(path(name));
    file << titles << "\n";
    for (const std::string& line : lines) file << line << "\n";
    return path(name);
  }

  /// Rows that a machine with these keys would measure.
  std::string rows_of(const std::vector<std::string>& hidden,
                      const std::vector<RowText>& rows) const {
    std::vector<std::string> lines;
    for (const RowText& row : rows)
      lines.push_back(fmt::format("{},iid_c16,{},{},16,{},1,cycles,{},", kMachine, row.algorithm,
                                  row.format, row.figure, row.use));
    const HwConfig hw = load_hw_config(shipped_or_path(kMachine), hidden);
    std::vector<std::string> measured;
    const std::vector<MeasuredRow> read = read_measurements(table("probe.csv", lines));
    for (std::size_t i = 0; i < rows.size(); ++i)
      measured.push_back(fmt::format("{},iid_c16,{},{},16,{},{},cycles,{},", kMachine,
                                     rows[i].algorithm, rows[i].format, rows[i].figure,
                                     simulated_cycles(read[i], hw), rows[i].use));
    return table("rows.csv", measured);
  }

  static Calibration calibrated(const std::string& file, const std::vector<std::string>& free,
                                int processes = 1) {
    return calibrate({shipped_or_path(kMachine), {file}, free, processes});
  }

  static std::string refusal(const std::string& file, const std::vector<std::string>& free) {
    try {
      calibrated(file, free);
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  }

  fs::path folder_;
};

const std::vector<RowText> kRows{{"forward_substitution", "fp16", "latency", "fit"},
                                 {"forward_substitution", "int8", "latency", "fit"},
                                 {"block_doubling", "fp16", "latency", "fit"},
                                 {"block_doubling", "int8", "latency", "predict"},
                                 {"neumann_masked", "fp16", "latency", "fit"},
                                 {"neumann_masked", "int8", "latency", "fit"},
                                 {"forward_substitution", "int8", "steady", "predict"}};
const std::vector<std::string> kFree{"systolic_array.head", "dram.latency",
                                     "vector_unit.operations.multiply_add.startup"};
const std::vector<std::string> kHidden{"systolic_array.head=9", "dram.latency=163 ns",
                                       "vector_unit.operations.multiply_add.startup=13"};

TEST_F(Calibrate, finds_the_constants_of_a_hidden_machine) {
  const Calibration c = calibrated(rows_of(kHidden, kRows), kFree);
  EXPECT_EQ(c.values[0], 9);
  EXPECT_NEAR(c.values[1], 163, 1);  // a cycle is 1 ns: the staircase
  EXPECT_EQ(c.values[2], 13);
  EXPECT_GT(Calibration::rms(c.before, c.fit_rows), 0.1);
  EXPECT_LT(Calibration::rms(c.after, c.fit_rows), 1e-4);
  // What the fit did not see.
  ASSERT_EQ(c.predict_rows.size(), 2U);
  EXPECT_GT(Calibration::rms(c.before, c.predict_rows), 0.05);
  EXPECT_LT(Calibration::rms(c.after, c.predict_rows), 1e-4);
  ASSERT_EQ(c.left_out.size(), c.fit_rows.size());
  for (const KeyInfluence& influence : c.identifiability.influences) {
    EXPECT_TRUE(influence.is_seen);
    EXPECT_LE(influence.interval_low, influence.interval_high);
  }
  EXPECT_TRUE(c.identifiability.confusions.empty());
}

TEST_F(Calibrate, spreads_what_no_machine_can_meet) {
  // Off by -3, +3, .. per cent: the fit is between, and rows left out are predicted worse than they
  // are fitted.
  const std::vector<MeasuredRow> exact =
      read_measurements(rows_of({kHidden[0], kHidden[1]}, kRows));
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < kRows.size(); ++i)
    lines.push_back(fmt::format("{},iid_c16,{},{},16,{},{},cycles,{},", kMachine,
                                kRows[i].algorithm, kRows[i].format, kRows[i].figure,
                                exact[i].measured * (i % 2 == 0 ? 0.97 : 1.03), kRows[i].use));
  const Calibration c =
      calibrated(table("noisy.csv", lines), {"systolic_array.head", "dram.latency"});
  const double after = Calibration::rms(c.after, c.fit_rows);
  EXPECT_GT(after, 1e-3);
  EXPECT_LT(after, 0.03);
  EXPECT_LT(after, Calibration::rms(c.before, c.fit_rows) / 4);
  std::vector<double> left_out;
  for (const WithoutRow& without : c.left_out) left_out.push_back(without.error);
  EXPECT_GT(root_mean_square(left_out), after);
}

TEST_F(Calibrate, names_what_the_rows_cannot_tell_apart) {
  // Chunks of 16 are loaded by one burst: its start and the DRAM's latency only appear as a sum.
  const std::vector<RowText> rows{{"forward_substitution", "fp16", "latency", "fit"},
                                  {"block_doubling", "fp16", "latency", "fit"},
                                  {"block_doubling", "int8", "latency", "fit"},
                                  {"neumann_masked", "fp16", "latency", "fit"}};
  const Calibration c = calibrated(rows_of({"dram.latency=150 ns"}, rows),
                                   {"dram.latency", "dma.startup", "formats.int16.passes"});
  EXPECT_LT(Calibration::rms(c.after, c.fit_rows), 1e-3);
  ASSERT_EQ(c.identifiability.confusions.size(), 1U);
  const Confusion& confusion = c.identifiability.confusions.front();
  EXPECT_EQ(confusion.moves.size(), 2U);
  EXPECT_LE(confusion.largest_change, kSameFigure);
  EXPECT_GT(confusion.change_by_first, 2 * confusion.largest_change);
  EXPECT_FALSE(c.identifiability.influences[2].is_seen);
  EXPECT_EQ(c.values[2], c.keys[2].before);
  EXPECT_THAT(calibration_text(c),
              AllOf(HasSubstr("only appear together"),
                    HasSubstr("the rows do not depend on formats.int16.passes")));

  // The same whatever the number of processes.
  const Calibration parallel =
      calibrated(path("rows.csv"), {"dram.latency", "dma.startup", "formats.int16.passes"}, 3);
  EXPECT_EQ(calibration_json(c, std::nullopt).dump(),
            calibration_json(parallel, std::nullopt).dump());
}

TEST_F(Calibrate, writes_a_machine_that_gives_the_reported_cycles) {
  const std::string file = rows_of(kHidden, kRows);
  const Calibration c = calibrated(file, kFree);
  const std::string written = path("fitted.yaml");
  std::ofstream(written) << fitted_machine(c, {file}, written);
  const HwConfig hw = load_hw_config(written);
  EXPECT_EQ(hw.name, "edge_16x16_fit");
  for (std::size_t r = 0; r < c.rows.size(); ++r)
    EXPECT_DOUBLE_EQ(simulated_cycles(c.rows[r], hw), c.rows[r].measured * std::exp(c.after[r]));
  int fitted = 0;
  for (const KeySource& source : file_sources(written)) {
    EXPECT_EQ(source.tag, Tag::kFit) << source.key;
    EXPECT_THAT(source.source, HasSubstr("5 rows of rows.csv"));
    ++fitted;
  }
  EXPECT_EQ(fitted, 3);
  // It may be calibrated again by the same rows, which are of the machine it derives from.
  EXPECT_EQ(calibrate({written, {file}, {"systolic_array.head"}, 1}).values, KeyValues{9});
}

TEST_F(Calibrate, refuses_what_cannot_be_fitted) {
  const std::string row = "edge_16x16,iid_c16,block_doubling,fp16,16,latency,1000,cycles,";
  const std::string one = table("one.csv", {row + "fit,"});
  const std::string none = table("none.csv", {row + "predict,"});
  const std::string other =
      table("other.csv", {row + "fit,", "hexagon_like" + row.substr(row.find(',')) + "fit,"});
  const std::string sets = table("sets.csv", {row + "fit,systolic_array.head=2"});
  EXPECT_THAT(refusal(none, {"systolic_array.head"}), HasSubstr("expected rows to fit"));
  EXPECT_THAT(refusal(one, {"systolic_array.head", "dram.latency"}),
              HasSubstr("1 rows to fit do not determine 2 constants"));
  EXPECT_THAT(refusal(one, {"systolic_array.haed"}),
              HasSubstr("did you mean \"systolic_array.head\""));
  EXPECT_THAT(refusal(one, {"systolic_array"}), HasSubstr("no key of a machine that is a number"));
  EXPECT_THAT(refusal(one, {"systolic_array.dataflow"}), HasSubstr("is one of"));
  EXPECT_THAT(refusal(one, {"solve_unit.bits"}), HasSubstr("edge_16x16 has no solve_unit"));
  EXPECT_THAT(refusal(one, {"systolic_array.head=5..2"}), HasSubstr("expected LOW..HIGH"));
  EXPECT_THAT(refusal(one, {"dram.latency=5..20"}), HasSubstr("expected LOW..HIGH"));
  EXPECT_THAT(refusal(one, {"systolic_array.clock"}), HasSubstr("give a range"));
  EXPECT_THAT(refusal(one, {"systolic_array.head", "systolic_array.head"}),
              HasSubstr("given twice"));
  EXPECT_THAT(refusal(other, {"systolic_array.head"}),
              AllOf(HasSubstr("other.csv:3: a row of"), HasSubstr("hexagon_like")));
  EXPECT_THAT(refusal(sets, {"systolic_array.head"}), HasSubstr("which is to be fitted"));
}

TEST_F(Calibrate, takes_rows_of_programs) {
  const std::string program = path("mine.txt");
  std::ofstream(program) << "program fp16\n"
                            "buffer A.dram dram        16 x 16 fp16\n"
                            "buffer Y.dram dram        16 x 16 fp16\n"
                            "buffer A      scratchpad  16 x 16 fp16\n"
                            "input  A.dram\n"
                            "output Y.dram\n"
                            "load    A[0:16, 0:16]      <- A.dram[0:16, 0:16]\n"
                            "store   Y.dram[0:16, 0:16] <- A[0:16, 0:16]\n";
  const std::string titles = "machine,program,measured,unit,figure,use";
  const std::string probe =
      table("probe.csv", {fmt::format("{},{},1,cycles,latency,fit", kMachine, program)}, titles);
  const double cycles =
      simulated_cycles(read_measurements(probe).front(),
                       load_hw_config(shipped_or_path(kMachine), {"dma.startup=40"}));
  const std::string file = table(
      "rows.csv", {fmt::format("{},{},{},cycles,latency,fit", kMachine, program, cycles)}, titles);
  const Calibration c = calibrated(file, {"dma.startup"});
  EXPECT_EQ(c.values, KeyValues{40});
  EXPECT_TRUE(c.left_out.empty());  // one row, one constant
}

}  // namespace
}  // namespace tricycle
