// SPDX-License-Identifier: Apache-2.0
//
// The file of `tricycle gate`: what is read, what is refused and where; and whether figures hold.
// Places, limits and percentages are worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/error.h"
#include "sim/cli/gate_check.h"
#include "sim/cli/gate_file.h"
#include "sim/cli/gate_report.h"

namespace tricycle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kWhole = R"({
  "gate": 1,
  "runs": [
    {
      "name": "first",
      "machine": "hexagon_like",
      "problem": "gdn_lm_c64",
      "algorithm": "block_doubling",
      "format": "int8",
      "set": ["systolic_array.rows=32"],
      "figures": [
        {"key": "cycles_per_chunk", "value": 758, "compare": "at_most", "tolerance": "2 %"},
        {"key": "y_rel_error_max", "value": 0.0123, "compare": "within", "tolerance": 0.001},
        {"key": "output_digest", "value": "ab12", "compare": "equal"}
      ]
    },
    {
      "name": "second",
      "machine": "m.yaml",
      "problem": "p.yaml",
      "program": "kernel.txt",
      "fidelity": "pe",
      "figures": [
        {"key": "macs", "value": 9007199254740993, "compare": "equal"}
      ]
    }
  ]
}
)";

std::vector<std::string> faults_of(const std::string& text, GateUse use = GateUse::kCheck) {
  try {
    parse_gate(text, "g.json", use);
  } catch (const InputError& error) {
    return error.messages();
  }
  return {};
}

/// A gate of one run with these members beside its name.
std::string one_run(const std::string& members) {
  return R"({"gate": 1, "runs": [{"name": "n", )" + members + "}]}";
}
constexpr const char* kPlain =
    R"("machine": "m", "problem": "p", "algorithm": "block_doubling", "format": "fp16", )";
std::string one_figure(const std::string& figure) {
  return one_run(std::string(kPlain) + R"("figures": [)" + figure + "]");
}

TEST(GateFile, is_read_and_written_again) {
  const Gate gate = parse_gate(kWhole, "g.json", GateUse::kCheck);
  ASSERT_EQ(gate.runs.size(), 2U);
  const GateRun& run = gate.runs[0];
  EXPECT_EQ(run.algorithm, "block_doubling");
  EXPECT_EQ(run.format, Format::kInt8);
  EXPECT_THAT(run.set, ElementsAre("systolic_array.rows=32"));
  ASSERT_EQ(run.figures.size(), 3U);
  EXPECT_EQ(run.figures[0].column->name, "cycles_per_chunk");
  EXPECT_EQ(run.figures[0].value, Cell(std::int64_t{758}));
  EXPECT_EQ(run.figures[0].compare, GateCompare::kAtMost);
  EXPECT_TRUE(run.figures[0].tolerance.percent);
  EXPECT_EQ(run.figures[1].value, Cell(0.0123));
  EXPECT_EQ(run.figures[1].tolerance.amount, 0.001);
  EXPECT_EQ(run.figures[2].value, Cell(std::string("ab12")));
  EXPECT_EQ(gate.runs[1].program, "kernel.txt");
  EXPECT_EQ(gate.runs[1].fidelity, Fidelity::kPe);
  EXPECT_EQ(gate.runs[1].figures[0].value, Cell(std::int64_t{9007199254740993}));
  EXPECT_EQ(to_text(gate), kWhole);
}

TEST(GateFile, tells_all_faults_with_their_places) {
  EXPECT_THAT(
      faults_of("{\n"
                "  \"gate\": 2,\n"
                "  \"runs\": [\n"
                "    {\"name\": \"\", \"machine\": 5, \"problm\": \"p\",\n"
                "     \"algorithm\": \"block_dubling\", \"format\": \"int9\", \"set\": \"x\",\n"
                "     \"figures\": [\n"
                "       {\"key\": \"cycles_per_chunks\", \"value\": true},\n"
                "       {\"key\": \"macs\", \"value\": 1, \"compare\": \"atmost\"},\n"
                "       {\"key\": \"\u00e9\", \"value\": 1, \"compare\": \"at_most\", "
                "\"tolerance\": -1}]}]}\n"),
      ElementsAre(
          "g.json:2:11: /gate: expected 1, the version of this form, got 2",
          "g.json:4:5: /runs/0: the key \"problem\" is missing",
          "g.json:4:14: /runs/0/name: expected a text of one line, got \"\"",
          "g.json:4:29: /runs/0/machine: expected a text of one line, got 5",
          "g.json:4:32: /runs/0/problm: unknown key (did you mean \"problem\"?); expected one of "
          "name, machine, problem, algorithm, program, format, fidelity, set, figures",
          "g.json:5:19: /runs/0/algorithm: expected a row of `tricycle list algorithms`, got "
          "\"block_dubling\" (did you mean \"block_doubling\"?)",
          "g.json:5:46: /runs/0/format: expected a row of `tricycle list formats`, got \"int9\" "
          "(did you mean \"int8\"?)",
          "g.json:5:61: /runs/0/set: expected a list of texts KEY=VALUE, got \"x\"",
          "g.json:7:16: /runs/0/figures/0/key: expected a row of `tricycle list columns`, got "
          "\"cycles_per_chunks\" (did you mean \"cycles_per_chunk\"?)",
          "g.json:7:46: /runs/0/figures/0/value: expected a number or a text, got true",
          "g.json:8:47: /runs/0/figures/1/compare: expected equal, at_most, at_least, within, got "
          "\"atmost\" (did you mean \"at_most\"?)",
          HasSubstr("g.json:9:16: /runs/0/figures/2/key: expected a row of"),
          "g.json:9:68: /runs/0/figures/2/tolerance: expected a number that is not negative, or a "
          "text such as \"2 %\", got -1"));
}

TEST(GateFile, refuses_what_is_no_json_where_it_ends_to_be_one) {
  const auto only = [](const std::string& text) {
    const auto faults = faults_of(text);
    return faults.size() == 1 ? faults[0] : "not one fault";
  };
  EXPECT_THAT(only(""), HasSubstr("g.json:1:1: expected JSON, which goes on here"));
  EXPECT_THAT(only("{\n \"gate\": 1"), HasSubstr("g.json:2:11: expected JSON, which goes on"));
  EXPECT_THAT(only("{\"gate"), HasSubstr("g.json:1:7: expected JSON, which goes on"));
  EXPECT_THAT(only("{\n \"gate\": NaN}"), HasSubstr("g.json:2:10: expected JSON, which this"));
  EXPECT_THAT(only("{\"gate\": 1e999}"), HasSubstr("g.json:1:10: expected a number within"));
  EXPECT_THAT(only("{\"gate\": 1, }"), HasSubstr("g.json:1:13: expected JSON"));
  EXPECT_THAT(only("{\"gate\": 1} x"), HasSubstr("g.json:1:13: expected JSON"));
  EXPECT_THAT(only("{\"gate\": \"\xff\"}"), HasSubstr("expected JSON"));
  EXPECT_THAT(only(std::string(100'000, '[')), HasSubstr("g.json:1:17: nested deeper than 16"));
  EXPECT_THAT(only("root:x:0:0"), Not(HasSubstr("root")));  // any file may be named
  EXPECT_THAT(only("[]"), HasSubstr("g.json:1:1: expected an object, got a list"));
}

TEST(GateFile, refuses_keys_and_names_that_stand_twice) {
  EXPECT_THAT(faults_of(one_figure(R"({"key": "macs", "value": 1, "value": 2})")),
              ElementsAre(HasSubstr("/runs/0/figures/0: the key \"value\" stands there twice")));
  EXPECT_THAT(faults_of(one_figure(R"({"key": "macs", "value": 1}, {"key": "macs", "value": 2})")),
              ElementsAre(HasSubstr("/runs/0/figures/1: macs equal stands there twice")));
  std::string twice = kWhole;
  twice.replace(twice.find("second"), 6, "first");
  EXPECT_THAT(faults_of(twice),
              ElementsAre("g.json:18:15: /runs/1/name: a second run named \"first\"; give it a "
                          "name of its own"));
}

TEST(GateFile, refuses_what_does_not_go_together) {
  EXPECT_THAT(faults_of(one_figure(R"({"key": "macs", "value": "a", "compare": "within"})")),
              ElementsAre(HasSubstr("within compares numbers, and the value is a text")));
  EXPECT_THAT(faults_of(one_figure(R"({"key": "macs", "value": 1, "tolerance": 1})")),
              ElementsAre(HasSubstr("has no tolerance")));
  EXPECT_THAT(faults_of(one_run(std::string(kPlain) + R"("program": "p.txt", "figures":
                                [{"key": "macs", "value": 1}])")),
              ElementsAre(HasSubstr("/runs/0/algorithm: the program says"),
                          HasSubstr("/runs/0/format: the program says")));
  for (const char* tolerance : {R"("2")", R"("% ")", R"("-1 %")", R"("nan %")", R"("inf%")", "[]"})
    EXPECT_THAT(faults_of(one_figure(std::string(R"({"key": "macs", "value": 1, "compare": )") +
                                     R"("at_most", "tolerance": )" + tolerance + "}")),
                ElementsAre(HasSubstr("/tolerance: expected a number")))
        << tolerance;
}

TEST(GateFile, has_values_unless_it_is_updated) {
  const std::string none = one_figure(R"({"key": "macs"}, {"key": "format", "value": null})");
  EXPECT_THAT(faults_of(none),
              ElementsAre(HasSubstr("/figures/0/value: expected a number or a text, got none"),
                          HasSubstr("/figures/1/value: expected a number or a text, got none")));
  EXPECT_THAT(faults_of(none, GateUse::kUpdate), ElementsAre());
  const std::string bare = one_run(std::string(kPlain) + R"("figures": [])");
  EXPECT_THAT(faults_of(bare), ElementsAre(HasSubstr("/figures: expected a list of figures")));
  const Gate usual = parse_gate(bare, "g.json", GateUse::kUpdate);
  EXPECT_EQ(usual.runs[0].figures.size(), usual_gate_figures().size());
}

GateFigure figure(Cell value, GateCompare compare, GateTolerance tolerance = {}) {
  return {&columns().front(), std::move(value), compare, tolerance, {}, ""};
}

TEST(GateCheck, compares_numbers_with_their_limits) {
  const Cell base = std::int64_t{200};
  const auto holds = [&](GateCompare compare, GateTolerance tolerance, double today) {
    return judge(figure(base, compare, tolerance), today).ok;
  };
  using enum GateCompare;
  EXPECT_TRUE(holds(kEqual, {}, 200));
  EXPECT_FALSE(holds(kEqual, {}, 200.5));
  EXPECT_TRUE(holds(kAtMost, {}, 200));
  EXPECT_FALSE(holds(kAtMost, {}, 200.001));
  EXPECT_TRUE(holds(kAtMost, {2, true}, 204));
  EXPECT_FALSE(holds(kAtMost, {2, true}, 204.001));
  EXPECT_TRUE(holds(kAtMost, {}, -1e300));
  EXPECT_TRUE(holds(kAtLeast, {3, false}, 197));
  EXPECT_FALSE(holds(kAtLeast, {3, false}, 196.9));
  EXPECT_TRUE(holds(kAtLeast, {}, 1e300));
  for (const double near : {199., 200., 201.}) EXPECT_TRUE(holds(kWithin, {0.5, true}, near));
  for (const double far : {198.9, 201.1}) EXPECT_FALSE(holds(kWithin, {0.5, true}, far));
  // A share of a negative number is as wide as that of a positive one.
  EXPECT_TRUE(judge(figure(-10.0, kAtMost, {10, true}), -9.0).ok);
  EXPECT_FALSE(judge(figure(-10.0, kAtMost, {10, true}), -8.9).ok);
}

TEST(GateCheck, tells_integers_apart_that_a_double_does_not) {
  const GateFigure large = figure(std::int64_t{9007199254740993}, GateCompare::kEqual);
  EXPECT_FALSE(judge(large, std::int64_t{9007199254740992}).ok);
  EXPECT_TRUE(judge(large, std::int64_t{9007199254740993}).ok);
}

TEST(GateCheck, compares_texts) {
  const GateFigure digest = figure(std::string("ab"), GateCompare::kEqual);
  EXPECT_TRUE(judge(digest, std::string("ab")).ok);
  EXPECT_FALSE(judge(digest, std::string("ac")).ok);
  EXPECT_FALSE(judge(digest, 5.0).ok);
  EXPECT_FALSE(judge(figure(5.0, GateCompare::kAtMost), std::string("5")).ok);
}

TEST(GateCheck, says_what_was_expected_and_what_there_is) {
  const GateFigure cycles = figure(758.0, GateCompare::kAtMost, {2, true});
  const GateVerdict worse = judge(cycles, std::int64_t{790});
  EXPECT_EQ(worse.expected, "at most 773.16 (758 + 2 %)");
  EXPECT_EQ(worse.got, "790 (+4.22 %)");
  const GateVerdict none = judge(cycles, Cell());
  EXPECT_FALSE(none.ok);
  EXPECT_THAT(none.got, HasSubstr("none: this run does not have the figure"));
  EXPECT_EQ(judge(figure(0.0, GateCompare::kWithin, {1, false}), 2.0).expected,
            "from -1 to 1 (0 +- 1)");
  EXPECT_EQ(judge(figure(0.0, GateCompare::kWithin, {1, false}), 2.0).got, "2");
  EXPECT_EQ(judge(figure(std::string("a"), GateCompare::kEqual), std::string("b")).expected,
            "\"a\"");
}

RunResult small_result() {
  RunResult r;
  r.problem = "p";
  r.chunk = 16;
  r.cycles_per_chunk = 12.5;
  r.accuracy.y_rel_error_max = 0.25;
  r.output_digest = "d1";
  return r;
}

TEST(GateUpdate, takes_the_usual_figures_that_there_are) {
  const std::string bare = one_run(std::string(kPlain) + R"("set": [])");
  Gate gate = parse_gate(bare, "g.json", GateUse::kUpdate);
  std::vector<Fault> faults;
  take_today(gate.runs[0], small_result(), faults);
  EXPECT_TRUE(faults.empty());
  const std::string text = to_text(gate);
  EXPECT_THAT(text, HasSubstr("\"value\": 12.5, \"compare\": \"at_most\", \"tolerance\": \"1 %\""));
  EXPECT_THAT(text, HasSubstr(R"("key": "output_digest", "value": "d1", "compare": "equal"})"));
  EXPECT_THAT(text, Not(HasSubstr("energy")));  // no cost tables
  EXPECT_EQ(to_text(parse_gate(text, "g.json", GateUse::kCheck)), text);
}

TEST(GateUpdate, refuses_figures_that_cannot_be_values) {
  Gate gate = parse_gate(one_figure(R"({"key": "energy_per_chunk_pj.nominal"},
                                       {"key": "output_digest", "compare": "at_most"})"),
                         "g.json", GateUse::kUpdate);
  std::vector<Fault> faults;
  take_today(gate.runs[0], small_result(), faults);
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_THAT(faults[0].what, HasSubstr("energy_per_chunk_pj.nominal is none"));
  EXPECT_EQ(faults[0].key, "/runs/0/figures/0");
  EXPECT_THAT(faults[1].what, HasSubstr("output_digest is a text"));
  EXPECT_EQ(faults[1].key, "/runs/0/figures/1/compare");
}

TEST(GateReport, junit_has_a_case_a_figure_and_is_xml) {
  GateRun run;
  run.name = "<a> & \"b\"\x1b\xEF\xBF\xBE";
  run.figures = {figure(1.0, GateCompare::kAtMost), figure(1.0, GateCompare::kEqual)};
  const std::string xml =
      gate_junit({judge_failed(run, "it hangs"), {&run, {{true, 1.0, "", ""}, {}}}});
  EXPECT_THAT(xml, HasSubstr("tests=\"4\" failures=\"3\""));
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"&lt;a&gt; &amp; &quot;b&quot;\\x1b\xEF\xBF\xBD\" "
                             "tests=\"2\" failures=\"2\""));
  EXPECT_THAT(xml, HasSubstr("name=\"version at_most\"/>"));
  EXPECT_THAT(xml, HasSubstr("expected at most 1, got none: the run failed: it hangs\"/>"));
}

}  // namespace
}  // namespace tricycle
