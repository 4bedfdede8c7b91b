// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/cli.h"

#include <CLI/CLI.hpp>
#include <functional>

#include "models/error.h"
#include "sim/cli/commands.h"
#include "sim/cli/help.h"
#include "sim/cli/parse_fault.h"
#include "sim/cli/subcommand.h"
#include "sim/host/build.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

constexpr const char* kSafeHelp =
    "limit on the relative error of Y on the worst input that a short `tricycle stress` finds";
constexpr const char* kSafeRuleHelp =
    "which inputs --safe may try: a row of `tricycle list rules`; default: gdn";

struct AllOptions {
  RunOptions run;
  CompareOptions compare;
  InvertOptions invert;
  GemmOptions gemm;
  ProductOptions product;
  VectorOptions vector;
  LayerOptions layer;
  PerplexityOptions perplexity;
  TuneOptions tune;
  ValidateOptions validate;
  CalibrateOptions calibrate;
  StressOptions stress;
  TraceDiffOptions trace_diff;
  GateOptions gate;
  TablesOptions tables;
  SweepOptions sweep;
  MergeOptions merge;
  ExportOptions rows;
  ReportOptions report;
  DescribeOptions describe;
  ListOptions list;
  CheckOptions check;
  std::string shell;  // of completion
};

void add_run(CLI::App& app, RunOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(app, "run", "one run: cycles, utilization, stalls, accuracy", o,
                             run_command, chosen);
  add_files(sub, "HW", o.machine, "machine, a YAML file; or config.resolved.yaml of an earlier run")
      ->required();
  add_files(
      sub, "PROBLEM", o.problem,
      "problem, a YAML file; none with a config.resolved.yaml, or with --program and --input");
  sub->add_option("--algorithm", o.algorithm,
                  "row of `tricycle list algorithms`; default: neumann_masked, seldom the best");
  sub->add_option("--format", o.format, "row of `tricycle list formats`; default: fp16");
  sub->add_option("--fidelity", o.fidelity, kFidelityHelp);
  sub->add_option("--out", o.out,
                  "directory for result.json, result.csv, trace.json, config.resolved.yaml")
      ->capture_default_str();
  add_flag(sub, "--json", o.json, "print the result document instead of the summary");
  add_flag(sub, "--timeline", o.timeline,
           "print what units and chunks do, cycle by cycle, until the first are done; as wide "
           "as COLUMNS says");
  sub->add_option("--trace-chunks", o.trace_chunks,
                  "chunks that trace.json shows, the first of the run; bounds its size")
      ->capture_default_str();
  add_flag(sub, "--dump-program", o.dump_program,
           "print the program of one chunk as text and stop: --program takes it");
  sub->add_option("--program", o.program,
                  "a program as text (docs/programs.md) in place of an algorithm");
  sub->add_option(
         "--input", o.inputs,
         "NAME=FILE[:TENSOR], .npy or safetensors: an input of --program where there is no "
         "PROBLEM; its outputs become .npy files of --out")
      ->take_all()
      ->expected(1);
  sub->add_option("--items", o.items,
                  "how many times such a program runs; default: the batch of its inputs");
  sub->add_option(
      "--tile", o.tile,
      "edge of the tiles in which zeros are skipped; default: the best for steady state");
  sub->add_option("--merge-group", o.merge_group,
                  "size of the groups in which small blocks are merged; default: the best");
  sub->add_option("--linear-terms", o.linear_terms, kLinearTermsHelp);
  add_set(sub, o.set);
}

void add_compare(CLI::App& app, CompareOptions& o, std::function<int()>& chosen) {
  CLI::App* sub =
      subcommand(app, "compare", "algorithms x formats x machines on the same inputs, best first",
                 o, compare_command, chosen);
  add_files(sub, "HW", o.files, "machines, then the problem: YAML files")->required();
  add_files(sub, "--problem", o.problem, "the problem, where none stands behind the machines");
  sub->add_option(
      "--algorithms", o.algorithms,
      "comma-separated, or all; default: those `tricycle list algorithms` marks with *");
  sub->add_option("--formats", o.formats, "comma-separated; default: all the machine has");
  sub->add_option("--linear-terms", o.linear_terms, kLinearTermsHelp);
  sub->add_option("--safe", o.safe, kSafeHelp);
  sub->add_option("--safe-rule", o.safe_rule, kSafeRuleHelp);
  sub->add_option("--out", o.out,
                  "directory for compare.csv, compare.json, left_out.csv, report.html")
      ->capture_default_str();
  add_flag(sub, "--json", o.json, "print the results as JSON instead of the table");
  add_set(sub, o.set);
}

void add_invert(CLI::App& app, InvertOptions& o, std::function<int()>& chosen) {
  CLI::App* sub =
      subcommand(app, "invert", "the bits the hardware would produce for your own matrices", o,
                 invert_command, chosen);
  sub->add_option(
         "IN", o.input,
         "safetensors or .npy file; every tensor [.., C, C] holds strictly lower triangular A")
      ->required();
  sub->add_option("OUT", o.output,
                  "Y = (I + A)^-1 - I under the same names: safetensors, or .npy by its name")
      ->required();
  sub->add_option("--algorithm", o.algorithms, "comma-separated rows of `tricycle list algorithms`")
      ->required();
  sub->add_option("--format", o.formats,
                  "comma-separated rows of `tricycle list formats`; with several algorithms or "
                  "formats OUT's stem is followed by .ALGORITHM.FORMAT")
      ->required();
  add_files(sub, "--hw", o.machine,
            "machine whose arithmetic is used; default: sequential fp32 or wrapping int32 sums");
  sub->add_option("--as", o.as,
                  "float32 or float64: the elements of OUT, real numbers; default: the format's "
                  "own bits");
  sub->add_option("--fraction-bits", o.fraction_bits,
                  "of integers in IN without a header that says so: c stands for c x 2^-N; "
                  "default: whole numbers");
  sub->add_option("--errors", o.errors, "CSV file of the errors of every matrix");
  add_flag(sub, "--json", o.json, "print the results as JSON, with the errors of every matrix");
  add_set(sub, o.set);
}

void add_layer(CLI::App& app, LayerOptions& o, std::function<int()>& chosen) {
  CLI::App* sub = subcommand(
      app, "layer",
      "a Gated DeltaNet or KDA layer stage by stage: cycles, and the inversion's share of them", o,
      layer_command, chosen);
  add_files(sub, "HW", o.machine, "machine, a YAML file")->required();
  add_files(sub, "PROBLEM", o.problem, "layer, a YAML file")->required();
  sub->add_option("--algorithm", o.algorithms,
                  "comma-separated rows of `tricycle list algorithms`, beside forward_substitution")
      ->capture_default_str();
  sub->add_option("--format", o.format, "of the inversion, row of `tricycle list formats`")
      ->capture_default_str();
  sub->add_option("--mode", o.mode,
                  "where the other stages round: fp32, fla_bf16, megagdn_fp16, llamacpp_fp16, "
                  "flashkda_bf16, flashqla_bf16, fp64")
      ->capture_default_str();
  sub->add_option("--form", o.form,
                  "of the delta rule: ut (U = T beta V, W), delta (no U, W) or rhs (no T: U, W by "
                  "substitution of block rows)")
      ->capture_default_str();
  sub->add_option("--kkt", o.kkt,
                  "how a KDA layer's products get the gates of their channels: difference, "
                  "blocks16, blocks16_tc, c16, mid32, offset; default: blocks16");
  sub->add_option("--solve-in-flight", o.solve_in_flight,
                  "chunks the inversion has in flight on a core; 0: sequencer.in_flight")
      ->capture_default_str();
  add_flag(sub, "--share-products", o.share_products,
           "K K^T and Q K^T once a key head, not once a value head");
  add_flag(sub, "--json", o.json, "print the result document");
  add_set(sub, o.set);
}

void add_perplexity(CLI::App& app, PerplexityOptions& o, std::function<int()>& chosen) {
  CLI::App* sub =
      subcommand(app, "perplexity",
                 "the loss of a Gated DeltaNet language model with the hardware's inverse inside",
                 o, perplexity_command, chosen);
  sub->add_option("MODEL", o.model, "directory of config.json and model.safetensors")->required();
  sub->add_option("TEXT", o.text, "file whose bytes are predicted")->required();
  sub->add_option("--algorithm", o.algorithms, "comma-separated rows of `tricycle list algorithms`")
      ->capture_default_str();
  sub->add_option("--format", o.formats, "comma-separated rows of `tricycle list formats`")
      ->capture_default_str();
  sub->add_option("--arithmetic", o.arithmetic,
                  "where the hardware computes: inverse (the rest in binary64), or chunk: all "
                  "matrix products of the delta rule")
      ->capture_default_str();
  sub->add_option("--chunk", o.chunk, "tokens of a chunk")->capture_default_str();
  sub->add_option("--bytes", o.bytes, "bytes to predict, from the second on; default: all");
  sub->add_option("--threads", o.threads, "0: as many as the host has; no figure depends on it")
      ->capture_default_str();
  add_files(sub, "--hw", o.machine,
            "machine whose arithmetic is used; default: sequential fp32 or wrapping int32 sums");
  add_flag(sub, "--json", o.json, "print the result document");
  add_set(sub, o.set);
}

void add_tune(CLI::App& app, TuneOptions& o, std::function<int()>& chosen) {
  CLI::App* sub =
      subcommand(app, "tune", "the cheapest algorithm, setting and format within a tolerance", o,
                 tune_command, chosen);
  add_files(sub, "HW", o.files, "machines, then the problem: YAML files")->required();
  sub->add_option("--tolerance", o.tolerance,
                  "in the metric's unit; or forward_substitution: what that reaches in the format")
      ->required();
  sub->add_option(
         "--metric", o.metric,
         "y_snr_db (at least), y_rel_error (at most): of Y = T - I; snr_db, rel_error: of T, "
         "as papers report; bits_per_byte (at most so many more than with the exact "
         "inverse, in a language model)")
      ->capture_default_str();
  sub->add_option("--cost", o.cost, "what is to be small: cycles, or energy (nominal)")
      ->capture_default_str();
  sub->add_option("--over", o.over, "worst chunk or mean of all")->capture_default_str();
  sub->add_option("--slack", o.slack,
                  "dB below forward_substitution that count as equal; with that tolerance alone")
      ->capture_default_str();
  sub->add_option("--algorithms", o.algorithms, "comma-separated; default: all");
  sub->add_option("--formats", o.formats, "comma-separated; default: all the machine has");
  sub->add_option("--chunks", o.chunks,
                  "chunk sizes to compare, comma-separated; default: the problem's");
  sub->add_option("--safe", o.safe, kSafeHelp);
  sub->add_option("--safe-rule", o.safe_rule, kSafeRuleHelp);
  sub->add_option("--model", o.model, "directory of the language model; default: the shipped one");
  sub->add_option("--text", o.text, "file the model predicts; default: acts.txt of the model");
  sub->add_option("--bytes", o.bytes, "bytes to predict")->capture_default_str();
  sub->add_option("--threads", o.threads, "0: as many as the host has; no figure depends on it")
      ->capture_default_str();
  sub->add_option("--out", o.out, "directory for tune.json and tune.csv")->capture_default_str();
  add_flag(sub, "--json", o.json, "print the result document");
  add_set(sub, o.set);
}

}  // namespace

int cli(int argc, char** argv) {
  CLI::App app{"Tricycle: bit-exact, cycle-approximate simulation of triangular inversion on NPUs",
               "tricycle"};
  app.set_version_flag("--version", std::string("tricycle ") + kVersion);
  app.add_flag_callback(
      "--build", [] { throw CLI::CallForVersion(build_id(), 0); },
      "SHA-256 of the sources the program was built of, and exit");
  app.require_subcommand(1);
  AllOptions options;
  std::function<int()> chosen;
  add_run(app, options.run, chosen);
  add_compare(app, options.compare, chosen);
  add_invert(app, options.invert, chosen);
  add_gemm(app, options.gemm, chosen);
  add_product(app, options.product, chosen);
  add_vector(app, options.vector, chosen);
  add_layer(app, options.layer, chosen);
  add_perplexity(app, options.perplexity, chosen);
  add_tune(app, options.tune, chosen);
  add_validate(app, options.validate, chosen);
  add_calibrate(app, options.calibrate, chosen);
  add_stress(app, options.stress, chosen);
  add_trace_diff(app, options.trace_diff, chosen);
  add_gate(app, options.gate, chosen);
  add_tables(app, options.tables, chosen);
  add_sweep(app, options.sweep, chosen);
  add_stores(app, options.merge, options.rows, chosen);
  add_report(app, options.report, chosen);
  add_list(app, options.list, chosen);
  add_describe(app, options.describe, chosen);
  add_check(app, options.check, chosen);
  add_shell(app, options.shell, chosen);
  complete_help(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help and --version arrive here as well, with exit code 0.
    if (error.get_exit_code() == 0) return app.exit(error);
    throw InputError(parse_fault(app, error, {argv + 1, argv + argc}));
  }
  return chosen();
}

}  // namespace tricycle
