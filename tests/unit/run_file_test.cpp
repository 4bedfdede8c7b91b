// SPDX-License-Identifier: Apache-2.0
#include "sim/config/run_file.h"

#include "sim/config/describe.h"
#include "tests/unit/config_fixture.h"
#include "workloads/inversion/neumann.h"

namespace tricycle {
namespace {

constexpr const char* kProblem =
    "name: p\nchunk: 16\ninput: {synthetic: {ensemble: iid, matrices: 4}}\n";

class RunFile : public Config {
 protected:
  void SetUp() override {
    Config::SetUp();
    write_machine();
    write("p.yaml", kProblem);
    RunSpec spec;
    spec.hw = load_hw_config("hw.yaml");
    spec.problem.name = "p";
    spec.problem.chunk = 16;
    spec.problem.ensemble = "iid";
    spec.problem.matrices = 4;
    spec.algorithm = "neumann_masked";
    spec.options.set(kSteps, 5);
    spec.format = Format::kInt8;
    text_ = dump_run(spec, {"made by a test"}, "");
    write("run.yaml", text_);
  }
  static Lines run_faults(const Settings& settings = {}) {
    return faults_of([&] { load_run("run.yaml", settings); });
  }
  /// The faults after the first `from` of the file is replaced by `to`.
  Lines faults_with(const std::string& from, const std::string& to) {
    std::string text = text_;
    text.replace(text.find(from), from.size(), to);
    write("run.yaml", text);
    return run_faults();
  }

  std::string text_;
};

TEST_F(RunFile, what_is_dumped_is_loaded_back_with_every_default_in_force) {
  EXPECT_TRUE(
      text_.starts_with("# made by a test\nalgorithm: {name: neumann_masked, order: 3, "
                        "steps: 5, mask_width: 3, mask: first, evaluation: horner}\n"))
      << text_;
  const RunSpec spec = load_run("run.yaml");
  EXPECT_EQ(spec.options.get(kOrder), 3);  // published for 16 tokens
  EXPECT_EQ(spec.options.get(kSteps), 5);
  EXPECT_EQ(spec.format, Format::kInt8);
  EXPECT_EQ(dump_run(spec, {"made by a test"}, ""), text_);
}

TEST_F(RunFile, overrides_reach_machine_problem_and_algorithm) {
  const RunSpec spec =
      load_run("run.yaml", {{"systolic_array.rows=4"}, {"input.synthetic.seed=9"}, {"order=2"}});
  EXPECT_EQ(spec.hw.systolic_array.rows, 4);
  EXPECT_EQ(spec.problem.seed, 9);
  EXPECT_EQ(spec.options.get(kOrder), 2);
}

/// "A, B or program" of the algorithm table.
std::string all_algorithms() {
  std::string text;
  for (const Algorithm& row : algorithms())
    text += (text.empty() ? "" : ", ") + std::string(row.name);
  return text + " or program";
}

TEST_F(RunFile, a_fault_has_the_place_in_the_run_file) {
  // `algorithm: {name: neumann_masked, order: 3, steps: ` has 51 characters.
  EXPECT_EQ(faults_with("steps: 5", "steps: x"),
            Lines{"run.yaml:2:52: algorithm.steps: expected integer, got \"x\""});
  EXPECT_EQ(faults_with("format: int8", "format: int9"),
            Lines{"run.yaml:3:9: format: expected fp64, fp32, tf32, fp16, bf16, float8_e4m3fn, "
                  "float8_e5m2, int16, int8 or int4, got "
                  "\"int9\""});
  EXPECT_EQ(faults_with("fidelity: tile\n", ""),
            Lines{"run.yaml:2:1: fidelity: missing, expected it in a resolved run"});
  EXPECT_EQ(faults_with("fidelity: tile\n", "fidelity: tile\nmachines: 3\n"),
            Lines{"run.yaml:5:1: machines: unknown key (did you mean \"machine\"?)"});
  EXPECT_EQ(faults_with("algorithm: {name: neumann_masked, ", "algorithm: {"),
            Lines{"run.yaml:2:12: algorithm.name: missing, expected " + all_algorithms()});
}

TEST_F(RunFile, a_cut_is_a_key_where_it_is_fixed) {
  const auto with_cut = [&](const std::string& cut) {
    return faults_with("format: int8", "cut: " + cut + "\nformat: int8");
  };
  EXPECT_EQ(text_.find("cut"), std::string::npos);
  EXPECT_EQ(with_cut("{tile: 8}"), Lines{});
  EXPECT_EQ(load_run("run.yaml").cut.tile, 8);
  EXPECT_EQ(load_run("run.yaml").cut.merge_group, std::nullopt);
  EXPECT_EQ(with_cut("{linear_terms: kept}"), Lines{});
  EXPECT_EQ(load_run("run.yaml").cut.linear_terms, LinearTerms::kKept);
  EXPECT_EQ(with_cut("{tile: 0}"),
            Lines{"run.yaml:3:13: tile: expected integer in [1, 256], got \"0\""});
  EXPECT_EQ(
      with_cut("8"),
      Lines{
          "run.yaml:3:6: cut: expected {tile: .., merge_group: .., linear_terms: ..}, got \"8\""});
}

TEST_F(RunFile, inputs_stand_for_a_problem_of_a_program_alone) {
  const std::string problem = text_.substr(text_.find("problem:"));
  EXPECT_EQ(faults_with("problem:", "inputs: {A: {file: p.yaml}}\nitems: 2\nproblem:").size(), 2U);
  EXPECT_EQ(faults_with(problem, ""),
            Lines{"run.yaml:2:1: problem: missing, expected it in a resolved run"});
  EXPECT_EQ(faults_with(problem, "inputs: [A]\n").size(), 2U);
}

TEST_F(RunFile, a_file_is_told_by_its_keys_also_through_its_base) {
  EXPECT_EQ(kind_of("run.yaml"), FileKind::kRun);
  EXPECT_EQ(kind_of("hw.yaml"), FileKind::kMachine);
  EXPECT_EQ(kind_of("p.yaml"), FileKind::kProblem);
  write("derived.yaml", "base: p.yaml\nname: q\n");
  EXPECT_EQ(kind_of("derived.yaml"), FileKind::kProblem);
  write("other.yaml", "name: apple\ncolour: red\n");
  EXPECT_EQ(faults_of([] { kind_of("other.yaml"); }).size(), 1U);
}

}  // namespace
}  // namespace tricycle
