// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "sim/config/describe.h"
#include "sim/config/load_problem.h"
#include "tests/unit/config_fixture.h"
#include "workloads/ensembles.h"

namespace tricycle {
namespace {

TEST_F(Config, a_file_that_cannot_be_read_says_why) {
  EXPECT_EQ(faults(), Lines{"hw.yaml: expected a YAML file, found no such file"});
  fs::create_directory("hw.yaml");
  EXPECT_EQ(faults(), Lines{"hw.yaml: expected a YAML file, got a directory"});
  EXPECT_EQ(faults_of([] { load_hw_config("/dev/null"); }),
            Lines{"/dev/null: expected a YAML file, got a special file"});
}

TEST_F(Config, a_text_that_is_no_map_is_a_fault) {
  EXPECT_EQ(faults_of_text(""), Lines{"hw.yaml:1:1: expected a map of keys, got an empty file"});
  EXPECT_EQ(faults_of_text("# nothing\n"),
            Lines{"hw.yaml:1:1: expected a map of keys, got an empty file"});
  EXPECT_EQ(faults_of_text("- a\n"), Lines{"hw.yaml:1:1: expected a map of keys, got a list"});
  EXPECT_EQ(faults_of_text("just text\n"),
            Lines{"hw.yaml:1:1: expected a map of keys, got a text"});
}

TEST_F(Config, broken_yaml_is_a_fault_with_its_place) {
  EXPECT_EQ(faults_of_text("name: x\nsystolic_array: {rows: 8, "),
            Lines{"hw.yaml:2:1: expected YAML: end of map flow not found"});
  EXPECT_EQ(faults_of_text("name: x\ndma:\n  request: \"64 B"),
            Lines{"hw.yaml:3:17: expected YAML: illegal EOF in scalar"});
  EXPECT_EQ(faults_of_text("name: x\ndma: 3\n  request: 64 B\n"),
            Lines{"hw.yaml:3:10: expected YAML: illegal map value"});
  EXPECT_EQ(faults_of_text("name: x\n\trows: 8\n"),
            Lines{"hw.yaml:2:1: expected spaces as indentation, got a tab"});
  EXPECT_EQ(faults_of_text("name: x\n---\nname: y\n"),
            Lines{"hw.yaml:2:1: expected one document, got more text behind it"});
  EXPECT_EQ(faults_of_text(std::string("name: x\nab\0c: 1\n", 16)),
            Lines{"hw.yaml:2:3: expected UTF-8 text, got byte 0x00"});
  EXPECT_EQ(faults_of_text("name: \xFF\n"),
            Lines{"hw.yaml:1:7: expected UTF-8 text, got byte 0xFF"});
  const Lines deep = faults_of_text("x: " + std::string(100000, '['));
  ASSERT_EQ(deep.size(), 1U);
  EXPECT_NE(deep[0].find("expected YAML: at most 500 maps and lists inside each other"),
            std::string::npos)
      << deep[0];
}

TEST_F(Config, anchors_aliases_merges_and_tags_are_faults) {
  EXPECT_EQ(
      faults_of_text("name: &a x\ndescription: *a\n"),
      (Lines{
          "hw.yaml:1:7: name: anchors are not supported (write the value, or use base: other.yaml)",
          "hw.yaml:2:14: description: aliases are not supported (write the value, or use base: "
          "other.yaml)"}));
  EXPECT_EQ(faults_of_text("dma: {<<: {request: 64}}\n"),
            Lines{"hw.yaml:1:7: dma.<<: merges are not supported (use base: other.yaml)"});
  EXPECT_EQ(faults_of_text("name: !!str x\n").size(), 1U);
}

TEST_F(Config, an_accumulator_that_does_not_fit_its_format_is_a_fault) {
  EXPECT_EQ(faults_after("accumulator: int32", "accumulator: fp32"),
            Lines{"hw.yaml:9:23: formats.int8.accumulator: expected int32, int48 or int64 for int8 "
                  "operands, got \"fp32\""});
  EXPECT_EQ(faults_after("accumulator: fp32", "accumulator: fp64"),
            Lines{"hw.yaml:8:23: formats.fp16.accumulator: expected fp32 or fp16 for fp16 "
                  "operands, got \"fp64\""});
  write_machine();
  EXPECT_EQ(
      faults({"formats.fp64.accumulator=fp32"}),
      Lines{"--set formats.fp64.accumulator=fp32: expected fp64 for fp64 operands, got \"fp32\""});
}

TEST_F(Config, arithmetic_that_a_format_cannot_have_is_a_fault) {
  write_machine();
  EXPECT_EQ(faults({"formats.fp16.overflow=wrap"}),
            Lines{"--set formats.fp16.overflow=wrap: expected to_infinity or saturate, got "
                  "\"wrap\""});
  EXPECT_EQ(
      faults({"formats.int8.order=tree"}),
      Lines{"--set formats.int8.order=tree: expected sequential, tile or aligned for int8 operands "
            "(their sums are exact), got \"tree\""});
  EXPECT_EQ(faults({"formats.fp16.fan_in=4"}),
            Lines{"--set formats.fp16.fan_in=4: expected 0 for fp16 operands (only the orders tree "
                  "and aligned have steps), got \"4\""});
  EXPECT_EQ(faults({"formats.fp16.rounding=half_up"}),
            Lines{"--set formats.fp16.rounding=half_up: expected nearest_even, toward_zero or "
                  "stochastic for fp16 operands (half_up is of fixed point), got \"half_up\""});
  EXPECT_EQ(faults({"formats.fp16.accumulator=fp16", "formats.fp16.rounding=stochastic"}),
            Lines{"--set formats.fp16.rounding=stochastic: expected nearest_even for fp16 operands "
                  "(sums in fp16 are rounded already), got \"stochastic\""});
  EXPECT_EQ(faults({"formats.int8.multiply_add=fused"}),
            Lines{"--set formats.int8.multiply_add=fused: expected separate for int8 operands "
                  "(their products are exact: fused is the same), got \"fused\""});
  EXPECT_EQ(faults({"formats.fp16.multiply_add=fused"}).size(), 1U);
  // The default may be written out, as config.resolved.yaml does.
  EXPECT_EQ(faults({"formats.fp16.overflow=to_infinity", "formats.int8.multiply_add=separate"}),
            Lines{});
  EXPECT_EQ(faults({"formats.fp32.accumulator=fp32", "formats.fp32.multiply_add=fused"}), Lines{});
}

TEST_F(Config, keys_that_contradict_each_other_are_faults) {
  EXPECT_EQ(faults_after("interleave: 64", "interleave: 16"),
            Lines{"hw.yaml:21:51: scratchpad.interleave: expected at least scratchpad.width (32 "
                  "B), got 16 B"});
  EXPECT_EQ(
      faults_after("  fp16: {accumulator: fp32}\n  int8: {accumulator: int32}", "  fp16: none"),
      Lines{"hw.yaml:7:1: formats: expected at least one format with a map of keys"});
}

TEST_F(Config, the_dump_of_a_machine_reads_back_as_the_same_machine) {
  write_machine("clock: 1 GHz",
                "clock: 1.3700000000000003 GHz\ndescription: \"quote \\\" \\\\ and: # colon\"");
  const HwConfig hw = load_hw_config(
      "hw.yaml", {"scratchpad.size=65537", "formats.fp16.passes=3", "sequencer.launch=7"});
  const std::string text = dump_hw_config(hw);
  write("dump.yaml", text);
  const HwConfig again = load_hw_config("dump.yaml");
  EXPECT_EQ(dump_hw_config(again), text);
  EXPECT_EQ(again.clock_ghz, 1.3700000000000003);
  EXPECT_EQ(again.description, "quote \" \\ and: # colon");
  EXPECT_EQ(again.scratchpad.size_bytes, 65537);
  EXPECT_EQ(again.support(Format::kFp16).passes, 3);
  EXPECT_EQ(again.sequencer.launch_cycles, 7);
  EXPECT_FALSE(again.support(Format::kFp64).present);
}

/// A synthetic problem of whichever ensemble comes first.
std::string problem() {
  return "name: p\nchunk: 64\ninput:\n  synthetic: {ensemble: " +
         std::string(ensemble_names().front()) + ", matrices: 4}\n";
}

TEST_F(Config, a_problem_loads_and_takes_overrides) {
  write("p.yaml", problem());
  const Problem p =
      load_problem("p.yaml", {"chunk=32", "input.synthetic.seed=9", "input.synthetic.decay=none"});
  EXPECT_EQ(p.chunk, 32);
  EXPECT_EQ(p.input, InputKind::kSynthetic);
  EXPECT_EQ(p.ensemble, ensemble_names().front());
  EXPECT_EQ(p.decay, "none");
  EXPECT_EQ(p.matrices, 4);
  EXPECT_EQ(p.seed, 9);
}

TEST_F(Config, a_problem_names_exactly_one_input) {
  write("p.yaml", "name: p\nchunk: 64\ninput: {}\n");
  EXPECT_EQ(faults_of([] { load_problem("p.yaml"); }),
            Lines{"p.yaml:3:1: input: expected one of captured, synthetic, tokens or matrices"});
  write("p.yaml", problem());
  write("a.safetensors", "x");
  EXPECT_EQ(faults_of([] { load_problem("p.yaml", {"input.matrices.file=a.safetensors"}); }),
            Lines{"--set problem.input.matrices.file=a.safetensors: problem.input.matrices: "
                  "expected only one of captured, synthetic, tokens or matrices"});
}

TEST_F(Config, a_problem_of_tokens_reads_back_from_its_dump) {
  write("gates.safetensors", "x");
  const std::string text =
      "name: p\nchunk: 16\ninput:\n  tokens: {gates_file: gates.safetensors, matrices: 2}\n";
  write("p.yaml", text);
  const Problem p = load_problem("p.yaml");
  write("dump.yaml", dump_problem(p));
  EXPECT_EQ(load_problem("dump.yaml").tokens.gates_file, p.tokens.gates_file);
  EXPECT_EQ(p.files(), Lines{"gates.safetensors"});
}

TEST_F(Config, keys_of_tokens_that_would_say_nothing_are_faults) {
  write("p.yaml", "name: p\nchunk: 16\ninput:\n  tokens: {spread: 1, beta: 1.5, matrices: 2}\n");
  EXPECT_EQ(
      faults_of([] { load_problem("p.yaml"); }),
      (Lines{"p.yaml:4:20: input.tokens.spread: expected only with collinear keys; leave it out",
             "p.yaml:4:29: input.tokens.beta: expected at most beta_limit, 1, got 1.5"}));
  write("p.yaml", "name: p\nchunk: 16\ninput:\n  tokens: {keys: captured, matrices: 2}\n");
  EXPECT_EQ(faults_of([] { load_problem("p.yaml"); }).size(), 1U);
}

TEST_F(Config, an_unknown_ensemble_lists_the_valid_ones) {
  write("p.yaml", "name: p\nchunk: 7\ninput: {synthetic: {ensemble: bogus, matrices: 4}}\n");
  const Lines lines = faults_of([] { load_problem("p.yaml"); });
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], "p.yaml:2:8: chunk: expected integer in [8, 256], got \"7\"");
  EXPECT_TRUE(lines[1].starts_with("p.yaml:3:31: input.synthetic.ensemble: expected ")) << lines[1];
  EXPECT_TRUE(lines[1].ends_with(", got \"bogus\"")) << lines[1];
}

TEST_F(Config, more_matrices_than_memory_holds_are_a_fault) {
  write("p.yaml", problem());
  // 2^32 B / (256 x 256 x 8 B) = 8192
  EXPECT_EQ(faults_of([] {
              load_problem("p.yaml", {"chunk=256", "input.synthetic.matrices=8193"});
            }),
            Lines{"--set problem.input.synthetic.matrices=8193: expected at most 8192 matrices of "
                  "256 x 256 (4 GiB), got 8193"});
  EXPECT_EQ(load_problem("p.yaml", {"chunk=256", "input.synthetic.matrices=8192"}).matrices, 8192);
}

TEST_F(Config, a_file_of_a_problem_is_relative_to_the_problem) {
  fs::create_directories("problems/data");
  write("problems/data/a.safetensors", "x");
  write("problems/p.yaml", "name: p\nchunk: 64\ninput: {matrices: {file: data/a.safetensors}}\n");
  const Problem p = load_problem("problems/p.yaml");
  EXPECT_EQ(p.input, InputKind::kMatrices);
  EXPECT_EQ(p.file, "problems/data/a.safetensors");
  write("dump.yaml", dump_problem(p));
  EXPECT_EQ(load_problem("dump.yaml").file, p.file);

  write("problems/p.yaml", "name: p\nchunk: 64\ninput: {captured: {file: nowhere}}\n");
  EXPECT_EQ(faults_of([] { load_problem("problems/p.yaml"); }),
            Lines{"problems/p.yaml:3:26: input.captured.file: expected path of an existing file, "
                  "got \"problems/nowhere\""});
}

TEST_F(Config, every_machine_of_the_project_loads_and_its_dump_reads_back) {
#ifndef TRICYCLE_SOURCE_DIR
  GTEST_SKIP() << "built without TRICYCLE_SOURCE_DIR";
#else
  int machines = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(TRICYCLE_SOURCE_DIR "/hwconfigs")) {
    if (file.path().extension() != ".yaml") continue;
    ++machines;
    const HwConfig hw = load_hw_config(file.path().string());
    EXPECT_EQ(hw.name, file.path().stem().string());
    // One chunk of 128 in the widest sums the machine has: 128 x 128 x 8 B with fp64, else x 4 B.
    int widest = 0;
    for (const FormatSupport& format : hw.formats)
      if (format.present) widest = std::max(widest, accumulator_bytes(format.accumulator));
    EXPECT_GE(hw.accumulator_bytes, 128 * 128 * widest) << hw.name;
    write("dump.yaml", dump_hw_config(hw));
    EXPECT_EQ(dump_hw_config(load_hw_config("dump.yaml")), dump_hw_config(hw));
  }
  EXPECT_GE(machines, 13);
#endif
}

TEST_F(Config, the_schemas_describe_every_key_and_refuse_others) {
  const nlohmann::json hw = nlohmann::json::parse(hw_json_schema());
  EXPECT_EQ(hw["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(hw["additionalProperties"], false);
  const nlohmann::json& array = hw["properties"]["systolic_array"];
  EXPECT_EQ(array["additionalProperties"], false);
  EXPECT_EQ(array["properties"]["rows"]["maximum"], 1024);
  EXPECT_EQ(array["properties"]["dataflow"]["enum"], (Lines{"ws", "is", "os"}));
  EXPECT_EQ(hw["properties"]["clock"]["type"], "string");
  EXPECT_EQ(hw["then"]["properties"]["systolic_array"]["required"],
            (Lines{"rows", "cols", "dataflow"}));
  const nlohmann::json problem = nlohmann::json::parse(problem_json_schema());
  EXPECT_EQ(problem["properties"]["chunk"]["minimum"], 8);
  // A layer or inputs; inputs of one of three kinds.
  EXPECT_EQ(problem["then"]["oneOf"].size(), 2U);
  EXPECT_EQ(problem["then"]["properties"]["input"]["oneOf"].size(), 4U);
}

TEST_F(Config, the_descriptions_have_a_line_for_every_kind_of_key) {
  const std::string hw = describe_hw();
  for (const char* text : {"systolic_array:", "rows", "[1, 1024]", "ws | is | os", "number, GHz",
                           "required", "fp64 | fp32"})
    EXPECT_NE(hw.find(text), std::string::npos) << text;
  EXPECT_NE(describe_problem().find("captured:"), std::string::npos);
}

}  // namespace
}  // namespace tricycle
