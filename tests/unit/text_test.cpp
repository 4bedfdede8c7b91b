// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "models/closest_name.h"
#include "models/error.h"
#include "models/numerics/format_aliases.h"
#include "reports/columns.h"
#include "reports/summaries.h"
#include "reports/text_table.h"
#include "sim/cli/settings.h"
#include "sim/host/progress.h"

namespace tricycle {
namespace {

TEST(TextTable, columns_are_as_wide_as_their_widest_cell_and_headings_do_not_count) {
  EXPECT_EQ(text_table({{"name", "", false}, {"time", "cycles"}},
                       {{"-- a long heading --"}, {"x", "12"}, {"longer", "3"}}),
            "name      time\n"
            "        cycles\n"
            "-- a long heading --\n"
            "x           12\n"
            "longer       3\n");
}

RunResult result(std::int64_t nan_count) {
  RunResult r;
  r.machine = "m";
  r.algorithm = "a";
  r.many.total_cycles = r.alone.total_cycles = 1;
  r.peak_macs_per_cycle = 1;
  r.accuracy.nan_count = nan_count;
  return r;
}

TEST(ComparisonTable, notes_are_a_column_only_where_rows_differ_in_them) {
  EXPECT_EQ(comparison_table({result(0), result(0)}).find("NaN"), std::string::npos);
  EXPECT_EQ(comparison_table({result(0), result(0)}).find("notes"), std::string::npos);
  EXPECT_NE(comparison_table({result(0), result(7)}).find("notes\n"), std::string::npos);
  const std::string same = comparison_table({result(7), result(7)});
  EXPECT_EQ(same.find("notes"), std::string::npos);
  EXPECT_NE(same.find("every row: 7 NaN entries\n"), std::string::npos);
}

TEST(ComparisonTable, time_is_a_column_only_where_machines_differ_in_clock) {
  RunResult slow = result(0), fast = result(0);
  fast.machine = "n";
  slow.cycles_per_chunk = fast.cycles_per_chunk = 300;
  slow.clock_ghz = fast.clock_ghz = 0.8;
  EXPECT_EQ(comparison_table({slow, fast}).find("ns/chunk"), std::string::npos);
  fast.clock_ghz = 1.6;
  const std::string table = comparison_table({slow, fast});
  EXPECT_NE(table.find("cycles/chunk  ns/chunk"), std::string::npos) << table;
  EXPECT_NE(table.find("         300     375.0"), std::string::npos) << table;  // 300 / 0.8
  EXPECT_NE(table.find("         300     187.5"), std::string::npos) << table;
}

TEST(Columns, every_column_has_a_name_of_its_own_and_a_meaning) {
  std::vector<std::string> names;
  for (const Column& column : columns()) {
    EXPECT_FALSE(column.meaning.empty()) << column.name;
    EXPECT_EQ(std::count(names.begin(), names.end(), column.name), 0) << column.name;
    names.push_back(column.name);
  }
}

TEST(Progress, a_line_has_rate_and_time_left_from_the_first_finished_run_on) {
  EXPECT_EQ(progress_line(0, 60, 0.5, "m, a, fp16", 80), "0/60  m, a, fp16");
  // 12 runs in 4 s: 3 a second, 48 left take 16 s.
  EXPECT_EQ(progress_line(12, 60, 4, "m, a, fp16", 80), "12/60  3.0 runs/s  16 s left  m, a, fp16");
  // 2 runs in 50 s: 25 s each, 58 left take 1450 s = 24 min 10 s.
  EXPECT_EQ(progress_line(2, 60, 50, "m", 80), "2/60  25.0 s/run  24 min 10 s left  m");
  EXPECT_EQ(progress_line(12, 60, 4, "m, a, fp16", 20), "12/60  3.0 runs/s  1");
}

/// What stands in a stream that was written to.
std::string text_of(std::FILE* file) {
  std::rewind(file);
  std::string text;
  for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
  return text;
}

TEST(Progress, tells_a_stream_that_is_no_terminal_where_it_is_once_a_period) {
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  {
    Progress progress(3, file, std::chrono::milliseconds(1));
    progress.begin("first");
    progress.end();
    progress.begin("second");
    for (int i = 0; i < 1000 && std::ftell(file) == 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const std::string text = text_of(file);
  EXPECT_TRUE(text.starts_with("tricycle: 1/3  ") || text.starts_with("tricycle: 0/3  ")) << text;
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(text.find('\r'), std::string::npos);
  std::fclose(file);
}

TEST(Progress, of_a_process_that_forks_is_told_by_its_runs_without_a_thread) {
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  Progress progress(3, file, std::chrono::milliseconds(1), Progress::Teller::kBegin);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(std::ftell(file), 0);
  progress.begin("first");
  EXPECT_TRUE(text_of(file).starts_with("tricycle: 0/3  first"));
  std::fclose(file);
}

TEST(Progress, says_nothing_of_what_is_done_sooner) {
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  const auto begin = std::chrono::steady_clock::now();
  {
    Progress progress(1, file);
    progress.begin("first");
    progress.end();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, Progress::kPeriod / 2);
  EXPECT_EQ(text_of(file), "");
  std::fclose(file);
}

TEST(ClosestName, case_and_dashes_are_no_difference) {
  constexpr std::string_view kNames[] = {"block_doubling", "block_horner"};
  EXPECT_EQ(closest_name("BLOCK-DOUBLING", kNames), "block_doubling");
  EXPECT_EQ(closest_name("Block Horner", kNames), "block_horner");
  EXPECT_EQ(closest_name("entirely_else", kNames), "");
}

TEST(SplitList, tells_a_repeated_name_once_and_of_many_the_first_few) {
  const auto faults = [](const std::string& text) {
    try {
      split_list("--formats", text);
    } catch (const InputError& error) {
      return error.messages().size();
    }
    return std::size_t{0};
  };
  EXPECT_EQ(faults("fp16,int8"), 0u);
  EXPECT_EQ(faults("fp16,,fp16,fp16,"), 2u);
  std::string many, twice;
  for (int i = 0; i < 4000; ++i) {
    many += ",8";
    twice += std::to_string(i) + ",";
  }
  EXPECT_EQ(faults(many), 2u);  // each of 4,000 would have held the whole list
  EXPECT_EQ(faults(twice + twice + "x"), 5u);
}

/// The table of distances, cell by cell.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0)
        d[i][j] = i + j;
      else
        d[i][j] = std::min(
            {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
    }
  return d[a.size()][b.size()];
}

TEST(ClosestName, is_the_first_of_the_smallest_edit_distance) {
  std::mt19937 rng(5);
  const auto text = [&](std::size_t longest) {
    std::string out(rng() % (longest + 1), ' ');
    for (char& c : out) c = static_cast<char>('a' + rng() % 3);
    return out;
  };
  int found = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string given = text(63);
    std::vector<std::string> texts;
    for (int i = 0; i < 5; ++i) texts.push_back(text(90));
    const std::vector<std::string_view> names(texts.begin(), texts.end());
    std::string_view nearest;
    std::size_t least = 1 + std::max<std::size_t>(1, given.size() / 2);
    for (const std::string_view name : names)
      if (const std::size_t distance = edit_distance(given, name); distance < least) {
        nearest = name;
        least = distance;
      }
    EXPECT_EQ(closest_name(given, names), nearest) << given;
    found += nearest.empty() ? 0 : 1;
  }
  EXPECT_GT(found, 1000);
}

TEST(Formats, names_of_elsewhere_lead_to_those_here) {
  EXPECT_EQ(closest_format("Float16"), "fp16");
  EXPECT_EQ(closest_format("torch.bfloat16"), "bf16");
  EXPECT_EQ(closest_format("fp8_e4m3"), "float8_e4m3fn");
  EXPECT_EQ(closest_format("FLOAT8-E5M2"), "float8_e5m2");
  EXPECT_EQ(closest_format("int-4"), "int4");
  EXPECT_EQ(closest_format("zzzz"), "");
  for (const FormatInfo& row : kFormats) EXPECT_EQ(closest_format(row.name), row.name);
}

TEST(Settings, a_list_with_an_empty_or_a_double_name_is_refused) {
  EXPECT_EQ(split_list("--formats", "a,b"), (std::vector<std::string>{"a", "b"}));
  for (const char* text : {"", ",", "a,", ",a", "a,,b", "a,b,a"})
    EXPECT_THROW(split_list("--formats", text), InputError) << text;
}

}  // namespace
}  // namespace tricycle
