// SPDX-License-Identifier: Apache-2.0
//
// The subcommands: their options, still as the texts given, and the functions that run them.  Each
// function returns the exit status and throws InputError or RunError.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cli/results_folder.h"

namespace tricycle {

struct RunOptions {
  // Empty problem: the machine is a resolved run, or the program has inputs of its own.
  std::string machine, problem;
  std::optional<std::string> algorithm, format;
  std::optional<std::string> fidelity;
  std::optional<std::string> program;  // a file with a program to run instead of an algorithm
  std::vector<std::string> inputs;     // NAME=FILE[:TENSOR], for a program without a problem
  std::optional<std::string> items;    // how often such a program runs
  // How to cut the work; none: the best way.
  std::optional<std::string> tile, merge_group, linear_terms;
  std::string out = kDefaultOut;
  std::vector<std::string> set;
  std::string trace_chunks = "128";  // number of chunks that trace.json shows
  bool json = false, dump_program = false, timeline = false;
};
int run_command(const RunOptions& options);

struct CompareOptions {
  std::vector<std::string> files;      // machines; the last may be the problem
  std::optional<std::string> problem;  // --problem
  std::string out = kDefaultOut;
  std::optional<std::string> algorithms,
      formats;  // comma-separated; absent: Algorithm::compared_by_default, all
  std::optional<std::string> linear_terms;
  std::optional<std::string> safe, safe_rule;
  std::vector<std::string> set;
  bool json = false;
};
int compare_command(const CompareOptions& options);

struct InvertOptions {
  std::string input, output, algorithms, formats;  // the last two comma-separated
  std::optional<std::string> machine, as, errors, fraction_bits;
  bool json = false;
  std::vector<std::string> set;
};
int invert_command(const InvertOptions& options);

struct GemmOptions {
  std::string machine, format, fidelity = "tile", seed = "1";
  std::optional<std::string> m, n, k;  // or the files of the operands
  std::optional<std::string> a, b, out;
  std::optional<std::string> weights;  // none: the same as format
  std::vector<std::string> set;
  bool json = false;
};
int gemm_command(const GemmOptions& options);

struct ProductOptions {
  std::string machine, format, a, b, out;
  std::optional<std::string> c, format_b, accumulator, expect;
  std::vector<std::string> set;
  bool json = false;
};
/// Returns 1 where codes differ from those of --expect.
int product_command(const ProductOptions& options);

struct VectorOptions {
  std::string machine, op, format;
  std::string rows, cols;
  std::vector<std::string> set;
  bool contiguous = false, strided = false, json = false;  // neither of the first two: contiguous
};
int vector_command(const VectorOptions& options);

struct LayerOptions {
  std::string machine, problem;
  std::string algorithms = "neumann_masked";  // comma-separated, beside forward_substitution
  std::string format = "fp16", mode = "fla_bf16", form = "ut", solve_in_flight = "0";
  std::optional<std::string> kkt;
  std::vector<std::string> set;
  bool share_products = false, json = false;
};
int layer_command(const LayerOptions& options);

struct PerplexityOptions {
  std::string model, text;
  std::string algorithms = "neumann_masked", formats = "fp16";  // comma-separated
  std::string chunk = "64", threads = "0";                      // 0: as many as the host has
  std::string arithmetic = "inverse";
  std::optional<std::string> bytes, machine;
  std::vector<std::string> set;
  bool json = false;
};
int perplexity_command(const PerplexityOptions& options);

struct TuneOptions {
  std::vector<std::string> files;  // machines, then the problem
  std::string tolerance, metric = "y_snr_db", cost = "cycles", over = "worst", slack = "1",
                         out = kDefaultOut;
  std::optional<std::string> algorithms, formats, chunks;  // comma-separated
  std::optional<std::string> model, text;                  // metric bits_per_byte
  std::optional<std::string> safe, safe_rule;
  std::string bytes = "4096", threads = "0";  // 0: as many as the host has
  std::vector<std::string> set;
  bool json = false;
};
int tune_command(const TuneOptions& options);

struct ValidateOptions {
  std::vector<std::string> groups;  // none: all
  std::vector<std::string> with{};  // files of the user's own figures
  bool rows = false, json = false, markdown = false, sensitivity = false;
};
int validate_command(const ValidateOptions& options);

struct CalibrateOptions {
  std::string machine;
  std::vector<std::string> with;  // files of measurements (sim/validate/measurements.h)
  std::vector<std::string> free;  // comma-separated KEY or KEY=LOW..HIGH
  std::optional<std::string> out;
  std::string threads = "0";  // 0: as many as the host has
  bool json = false;
};
int calibrate_command(const CalibrateOptions& options);

struct StressOptions {
  std::string machine, algorithms, formats;  // the last two comma-separated
  std::string chunk = "64", rule = "gdn", evaluations = "4000", threshold = "0.1", seed = "1",
              threads = "0", out = kDefaultOut;  // threads 0: as many as the host has
  std::optional<std::string> families, seconds, state, linear_terms;
  std::vector<std::string> set;
  bool json = false;
};
int stress_command(const StressOptions& options);

struct TraceDiffOptions {
  std::string simulated, measured;
  std::vector<std::string> map;  // MEASURED=SIMULATED
  std::string scale = "1";
  std::optional<std::string> time_unit, out;
  bool json = false;
};
int trace_diff_command(const TraceDiffOptions& options);

struct GateOptions {
  std::string baseline;  // runs and what their figures must be (docs/gate.md)
  std::optional<std::string> junit;
  bool update = false, json = false;
};
/// Returns 1 where a figure is not what the baseline says.
int gate_command(const GateOptions& options);

struct TablesOptions {
  std::vector<std::string> names;  // none: all
  std::optional<std::string> out;  // absent: stdout
  bool bare = false;               // the tables alone
};
int tables_command(const TablesOptions& options);

struct SweepOptions {
  std::string grid, out = kDefaultOut;
  /// Default store: in `out`, named after the grid.  Default shard: all points.
  std::optional<std::string> store, shard;
  /// `jobs` 0: as many as the host has.  `timeout` 0, `memory` 0: no limit.
  std::string jobs = "0", timeout = "600", memory = "4096";
  bool resume = false, json = false;
};
int sweep_command(const SweepOptions& options);

struct MergeOptions {
  std::vector<std::string> stores;
  std::string into;
};
int merge_command(const MergeOptions& options);

struct ExportOptions {
  std::string store;
  bool json_lines = false, markdown = false;
};
int export_command(const ExportOptions& options);

struct ReportOptions {
  std::vector<std::string> stores, traces;  // traces: of the runs whose timelines are shown
  std::string out = "report.html";
  std::optional<std::string> title;
  bool json = false;
};
int report_command(const ReportOptions& options);

struct ListOptions {
  std::string what;
  bool json = false;
};
int list_command(const ListOptions& options);
/// The names of the lists that can be printed.
std::vector<std::string_view> listing_names();

struct DescribeOptions {
  std::string what, file;  // file: a machine whose values and sources to describe
  bool schema = false;
  bool summary = false;  // describe what the machine of the file can do
  bool json = false;
};
int describe_command(const DescribeOptions& options);
/// Kinds of files that can be described.
std::vector<std::string_view> described_kinds();

struct CheckOptions {
  std::vector<std::string> files;
  bool json = false;
};
int check_command(const CheckOptions& options);

}  // namespace tricycle
