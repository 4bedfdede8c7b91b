// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/help.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "sim/cli/option_values.h"

namespace tricycle {

namespace {

struct Example {
  std::string_view command, line, does;
};

/// They run as they stand in the project's folder: tests/e2e/documented_commands.py.
constexpr Example kExamples[] = {
    {"run", "run edge_16x16 iid_c16 --algorithm block_doubling", "one run; files in out/"},
    {"run",
     "run edge_16x16 iid_c16 --format int8 "
     "--set systolic_array.rows=8 --set algorithm.mask_width=4 --timeline",
     "with an array of 8 rows and another mask, cycle by cycle"},
    {"run", "run out/config.resolved.yaml --out again", "the same results again"},
    {"compare", "compare edge_16x16 iid_c16", "four algorithms in every format of the machine"},
    {"compare",
     "compare edge_16x16 gemmini_like "
     "iid_c16 "
     "--algorithms block_doubling,blocked_substitution --formats int8",
     "two machines, two algorithms, one format"},
    {"invert",
     "invert tests/golden/numpy/batch.npy inverse.npy --algorithm block_doubling --format fp16",
     "Y = (I + A)^-1 - I of every matrix"},
    {"invert",
     "invert tests/golden/numpy/batch.npy inverse.safetensors "
     "--algorithm block_doubling --format int8 --hw edge_16x16",
     "in the arithmetic of a machine"},
    {"gemm", "gemm edge_16x16 --m 64 --n 64 --k 64 --format fp16", ""},
    {"product",
     "product h200_sm --a tests/golden/numpy/batch.npy --b tests/golden/numpy/batch.npy "
     "--format fp16 --out product.npy",
     "the bits of every A A of a file, as a tensor core adds"},
    {"vector", "vector edge_16x16 --op add --rows 64 --cols 64 --format fp16", ""},
    {"layer",
     "layer hexagon_like qwen3_5_0_8b "
     "--algorithm block_doubling,neumann_masked --set problem.layer.tokens=256",
     "a layer of 256 tokens, the inversion by two algorithms, beside forward substitution"},
    {"perplexity",
     "perplexity workloads/data/gdn_lm workloads/data/gdn_lm/acts.txt "
     "--algorithm block_doubling --format fp16,int8 --bytes 256",
     ""},
    {"tune",
     "tune edge_16x16 iid_c16 "
     "--tolerance forward_substitution --formats fp16",
     "the fastest that is as accurate as forward substitution"},
    {"tune",
     "tune edge_16x16 iid_c16 --tolerance 1e-2 "
     "--metric rel_error --cost energy --formats fp16,int8",
     "the least energy within an error of 1 %"},
    {"stress",
     "stress edge_16x16 --algorithm neumann_product,block_doubling --format fp16 --chunk 16",
     "an inverse that breaks, and one that holds"},
    {"stress",
     "stress edge_16x16 --algorithm neumann_masked --format fp16,bf16 --chunk 16 "
     "--rule deltanet --state trials --evaluations 500",
     "without gates, in two formats; it goes on where it was stopped"},
    {"validate", "validate peaks", "one group of figures"},
    {"validate", "validate peaks vector --rows", "every figure of two groups"},
    {"calibrate",
     "calibrate edge_16x16 --with workloads/data/measured/edge_rows_c16.csv --free dram.latency",
     "one constant, its error, and how well the rows determine it"},
    {"calibrate",
     "calibrate edge_16x16 --with workloads/data/measured/edge_rows_c16.csv "
     "--free dram.latency,dma.startup=1..64 --out fitted.yaml",
     "two, one within a range; and the machine"},
    {"trace-diff",
     "trace-diff out/trace.json workloads/data/measured/edge_trace.csv "
     "--map CUBE=matrix0 --map VECTOR=vector0 --map MTE2=dma0 --out both.json",
     "a profiler's CSV beside a run, both in one file for Perfetto"},
    {"gate", "gate workloads/gates/example.json", "status 1 where a figure is worse"},
    {"gate", "gate workloads/gates/example.json --junit gate.xml", "and a file for the CI"},
    {"tables", "tables ablation", "print one table"},
    {"sweep", "sweep quick", "store: out/quick.sqlite"},
    {"sweep", "sweep quick --resume", "go on where it stopped"},
    {"sweep", "sweep quick --shard 1/2", "one of two machines' halves"},
    {"sweep", "sweep quick --shard 2/2", ""},
    {"merge", "merge out/quick.1_of_2.sqlite out/quick.2_of_2.sqlite --into whole.sqlite", ""},
    {"export", "export out/quick.sqlite", "CSV, one row a point"},
    {"report", "report out/quick.sqlite --out report.html", "open report.html in a browser"},
    {"list", "list algorithms", ""},
    {"describe", "describe hw", "every key a machine can have"},
    {"describe", "describe hw edge_16x16", "what this machine says, and from where"},
    {"check", "check edge_16x16 iid_c16", ""},
    {"man", "man", "a page for `man -l -`"},
    {"completion", "completion bash", "to be sourced, or put where the shell looks for it"},
};

constexpr const char* kWhereToBegin =
    "`tricycle COMMAND --help` shows a command's options, with examples. To begin:\n"
    "  tricycle list machines\n"
    "  tricycle list problems\n"
    "  tricycle compare hexagon_like gdn_lm_c64\n";

std::string value_name(const CLI::App& command, const CLI::Option& option) {
  if (option.get_positional()) return " ";  // its own name says what it is
  return value_of(command, option).placeholder;
}

}  // namespace

std::string examples_text(std::string_view command) {
  std::string text;
  for (const Example& example : kExamples) {
    if (example.command != command) continue;
    if (text.empty()) text = "Examples, from the project's folder:\n";
    if (!example.does.empty()) text += fmt::format("  # {}\n", example.does);
    text += fmt::format("  tricycle {}\n", example.line);
  }
  return text;
}

void complete_help(CLI::App& app) {
  app.footer(kWhereToBegin);
  for (CLI::App* sub : app.get_subcommands(nullptr)) {
    sub->footer(examples_text(sub->get_name()));
    for (CLI::Option* option : sub->get_options())
      if (option->get_expected_max() > 0) option->type_name(value_name(*sub, *option));
  }
}

}  // namespace tricycle
