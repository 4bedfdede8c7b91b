// SPDX-License-Identifier: Apache-2.0
//
// Files of somebody else: large ones, deep ones, and ones that are none of ours.
#include <fmt/format.h>

#include <ctime>

#include "models/closest_name.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/run_file.h"
#include "sim/sweep/grid.h"
#include "tests/unit/config_fixture.h"

namespace tricycle {
namespace {

#ifdef TRICYCLE_SANITIZED
constexpr double kMostSeconds = 20;
#else
constexpr double kMostSeconds = 2;
#endif

/// Processor time, so that a busy host does not count.
double seconds(const std::function<void()>& action) {
  const std::clock_t begin = std::clock();
  action();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

class ConfigLimits : public Config {};

TEST_F(ConfigLimits, sixty_thousand_keys_take_no_quadratic_time) {
  std::string text = std::string(kMachine);
  for (int i = 0; i < 60'000; ++i) text += fmt::format("k{}: 1\n", i);
  Lines lines;
  EXPECT_LT(seconds([&] { lines = faults_of_text(text); }), kMostSeconds);
  ASSERT_EQ(lines.size(), kMostFaultsShown + 1);
  EXPECT_EQ(lines.back(), "hw.yaml: 59950 more faults; mend these first");
  write("keys.yaml", text.substr(std::string(kMachine).size()));
  EXPECT_LT(seconds([&] { lines = faults_of([] { kind_of("keys.yaml"); }); }), kMostSeconds);
  EXPECT_EQ(lines.size(), 1U);
}

TEST_F(ConfigLimits, large_maps_over_each_other_take_no_quadratic_time) {
  for (const char* name : {"a.yaml", "b.yaml"}) {
    std::string text = name[0] == 'a' ? "base: b.yaml\n" : kMachine;
    for (int i = 0; i < 60'000; ++i) text += fmt::format("k{}: {}\n", i, name[0]);
    write(name, text);
  }
  EXPECT_LT(seconds([] { faults_of([] { load_hw_config("a.yaml"); }); }), 2 * kMostSeconds);
}

TEST_F(ConfigLimits, a_chain_of_bases_is_bounded) {
  const auto chain = [](int files) {
    for (int i = 0; i + 1 < files; ++i)
      write(fmt::format("c{}.yaml", i), fmt::format("base: c{}.yaml\n", i + 1));
    write_machine("", "", fmt::format("c{}.yaml", files - 1));
  };
  Lines lines;
  const auto load = [&] { lines = faults_of([] { load_hw_config("c0.yaml"); }); };
  chain(65);
  load();
  EXPECT_EQ(lines, Lines{});
  chain(3000);
  EXPECT_LT(seconds(load), kMostSeconds);
  EXPECT_EQ(lines, Lines{"c64.yaml:1:7: base: expected at most 64 files below each other"});
}

TEST_F(ConfigLimits, values_of_a_file_and_of_its_bases_are_bounded) {
  std::string list = "x: [1";
  for (int i = 0; i < 400'000; ++i) list += ",1";
  write("a.yaml", "base: b.yaml\n" + list + "]\n");
  write("b.yaml", std::string(kMachine) + list + "]\n");
  const Lines both = faults_of([] { load_hw_config("a.yaml"); });
  EXPECT_EQ(both, Lines{"a.yaml: expected at most 500000 keys and values in a file and its bases"});
  write("c.yaml", list + list.substr(4) + "]\n");
  const Lines one = faults_of([] { load_hw_config("c.yaml"); });
  ASSERT_EQ(one.size(), 1U);
  EXPECT_NE(one[0].find("expected at most 500000 keys and values in a file"), std::string::npos);
}

TEST_F(ConfigLimits, faults_of_syntax_are_bounded_too) {
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += fmt::format("k: &a{} 1\n", i);
  EXPECT_EQ(faults_of_text(text).size(), kMostFaultsShown + 1);
}

TEST_F(ConfigLimits, twenty_thousand_axes_take_no_quadratic_time) {
  write_machine();
  write("p.yaml", "name: p\nchunk: 16\ninput: {synthetic: {ensemble: iid, matrices: 1}}\n");
  for (const std::string key : {"nosuchkey{}", "systolic_array.rows"}) {
    std::string text = "name: g\nmachine: hw.yaml\nproblem: p.yaml\naxes:\n";
    for (int i = 0; i < 20'000; ++i)
      text += fmt::format("  - {}: [1]\n", fmt::format(fmt::runtime(key), i));
    write("g.yaml", text);
    Lines lines;
    EXPECT_LT(seconds([&] { lines = faults_of([] { load_grid("g.yaml"); }); }), kMostSeconds)
        << key;
    EXPECT_EQ(lines.size(), kMostFaultsShown + 1) << key;
  }
}

TEST_F(ConfigLimits, the_values_of_a_grid_are_bounded) {
  write_machine();
  write("p.yaml", "name: p\nchunk: 16\ninput: {synthetic: {ensemble: iid, matrices: 1}}\n");
  std::string text = "name: g\nmachine: hw.yaml\nproblem: p.yaml\naxes:\n";
  for (const char* op : {"add", "multiply", "select", "cast", "copy", "max", "divide", "exp",
                         "rsqrt", "row_sum", "row_max", "reciprocal"})
    text +=
        fmt::format("  - vector_unit.operations.{}.startup: {{from: 0, to: 99999, step: 1}}\n", op);
  write("g.yaml", text);
  const Lines lines = faults_of([] { load_grid("g.yaml"); });
  ASSERT_FALSE(lines.empty());
  EXPECT_NE((lines[0] + lines.back()).find("expected at most 1000000 values"), std::string::npos)
      << lines[0];
}

/// Lines of system files; none of them may come back.
TEST_F(ConfigLimits, a_file_that_is_none_of_ours_is_refused_without_a_word_of_it) {
  const std::vector<std::string> files{"root:x:0:0:root:/root:/bin/bash\nsecret:x:1:1::/:/bin/sh\n",
                                       "secret: files systemd\n",
                                       "host_secret: {token: abc}\n",
                                       "- secret\n",
                                       "secret [",
                                       "&secret x",
                                       "a: *secret\n",
                                       "!secret x\n",
                                       "secret:\n\t- x\n",
                                       "\"secret",
                                       "key: \"secret\\q\"\n",
                                       "%secret\n---\na: b\n"};
  write("p.yaml", "name: p\nmachine: m.yaml\nbase: foreign.yaml\n");
  for (const std::string& text : files) {
    write("foreign.yaml", text);
    write("m.yaml", "base: foreign.yaml\nname: m\n");
    for (const auto& lines :
         {faults_of([] { load_hw_config("m.yaml"); }), faults_of([] { load_problem("p.yaml"); }),
          faults_of([] { load_grid("foreign.yaml"); }),
          faults_of([] { kind_of("foreign.yaml"); })}) {
      EXPECT_FALSE(lines.empty()) << text;
      for (const std::string& line : lines)
        EXPECT_EQ(line.find("secret"), std::string::npos) << text << line;
    }
  }
}

TEST_F(ConfigLimits, a_name_is_text_on_one_line) {
  for (const char* name : {R"("\e[31mred")", R"("a\nb")", R"("\u202Ea")", R"("\u009B")"}) {
    const Lines lines = faults_after("name: tiny", std::string("name: ") + name);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_TRUE(lines[0].starts_with(
        "hw.yaml:1:7: name: expected text on one line without control characters, got "))
        << lines[0];
  }
  const Lines key = faults_after("clock", R"("\e[31mkey\nline2": 1)"
                                          "\nclock");
  ASSERT_EQ(key.size(), 1U);
  EXPECT_TRUE(key[0].starts_with("hw.yaml:2:1: \\x1b[31mkey\\x0aline2: unknown key")) << key[0];
}

TEST_F(ConfigLimits, long_texts_are_cut_in_messages) {
  for (const Lines& lines :
       {faults_after("rows: 8", "rows: " + std::string(100'000, '9')),
        faults_after("  cols: 16", "  cols: 16\n  " + std::string(900, 'k') + ": 16"),
        faults_after("dataflow: ws", "dataflow: " + std::string(100'000, 'w'))})
    for (const std::string& line : lines) EXPECT_LT(line.size(), 500U);
}

TEST_F(ConfigLimits, a_fault_that_a_set_text_brings_names_the_key_it_is_about) {
  write_machine();
  const Lines lines = faults({"topology.scratchpad_to_matrix.buffers=1"});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(
      lines[0].starts_with("--set topology.scratchpad_to_matrix.buffers=1: "
                           "topology.scratchpad_to_matrix.a_bytes_per_cycle: missing, expected "))
      << lines[0];
  EXPECT_EQ(faults({"systolic_array.rows=0"}),
            Lines{"--set systolic_array.rows=0: expected integer in [1, 1024], got \"0\""});
  write("p.yaml", "name: p\nchunk: 16\ninput: {synthetic: {ensemble: iid, matrices: 1}}\n");
  const Lines layer = faults_of([] { load_problem("p.yaml", {"layer.tokens=3"}); });
  ASSERT_FALSE(layer.empty());
  const auto names = [](const std::string& line) {
    return line.starts_with("--set problem.layer.tokens=3: problem.layer.hidden: missing");
  };
  EXPECT_TRUE(std::any_of(layer.begin(), layer.end(), names)) << layer[0];
}

TEST(ClosestName, the_length_alone_rules_names_out_but_not_the_nearest) {
  const std::vector<std::string_view> names{"rows", "cols", "dataflow_of_the_array"};
  EXPECT_EQ(closest_name("row", names), "rows");
  EXPECT_EQ(closest_name("dataflow_of_array", names), "dataflow_of_the_array");
  EXPECT_EQ(closest_name("x", names), "");
}

}  // namespace
}  // namespace tricycle
