// SPDX-License-Identifier: Apache-2.0
//
// Errors of CUDA kernels on a chip, beside those of the same kernels here: T against substitution
// in double on the same rounded A, of all captured chunks of a size.
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "models/error.h"
#include "models/semantics/execute.h"
#include "sim/config/load_hw.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/groups.h"
#include "sim/validate/kernel_table.h"
#include "sim/validate/published_table.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/kernels/hopper.h"
#include "workloads/oracle.h"

namespace tricycle {

namespace {

/// Digits of the published errors.
constexpr int kDigitsShown = 4;

double as_shown(double value) { return std::stod(fmt::format("{:.{}g}", value, kDigitsShown)); }

/// The kernel that gives the row's bits; empty where it is not lowered.
std::string kernel_of_row(const PublishedTable& table, std::size_t row) {
  std::string name = table.text(row, "algorithm") + "/" + table.text(row, "implementation");
  if (table.text(row, "parameters").find("doubling") != std::string::npos &&
      name.starts_with("neumann_masked/"))
    return "neumann_masked/dense_shared_doubling";
  // Another instruction, other warps, dense or not: the same bits.
  if (name == "forward_substitution/one_warp") name = "forward_substitution/registers";
  for (const std::string_view part : {"_wgmma", "_dense", "_skip"})
    if (const std::size_t at = name.find(part); at != std::string::npos)
      name.erase(at, part.size());
  if (name == "neumann_masked/dense") name += "_shared";
  for (const std::string_view known : hopper_kernel_names())
    if (known == name) return name;
  return "";
}

/// Kernels that are measured and not lowered, and the frames of measurements.
bool is_left_out(const PublishedTable& table, std::size_t row) {
  const std::string name = table.text(row, "algorithm") + "/" + table.text(row, "implementation");
  return name.starts_with("null/") || name == "forward_substitution/shared" ||
         name == "block_horner/once";
}

/// Chunks of the captured model whose entries are those of the format, with their references.
struct RoundedChunks {
  std::vector<ChunkMatrix> chunks;
  std::vector<Oracle> oracles;
};

RoundedChunks rounded_chunks(int chunk, Format format) {
  const std::string captured = shipped("workloads/data/gdn_lm/captured_acts.safetensors");
  RoundedChunks out{captured_chunks(captured, chunk, ChunkEntries::kBinary64).chunks, {}};
  for (ChunkMatrix& matrix : out.chunks) {
    // From double to fp16, in every format; bf16 from there.
    for (double& a : matrix.a) {
      a = decode_float(Format::kFp16, encode_float(Format::kFp16, a));
      a = decode_float(format, encode_float(format, a));
    }
    out.oracles.emplace_back(matrix);
  }
  return out;
}

AccuracySummary errors_of(const std::string& kernel, const HopperKernelOptions& options, int chunk,
                          Format format, const HwConfig& hw, const RoundedChunks& inputs) {
  const Program program = lower_hopper_kernel(kernel, options, chunk, format, hw);
  std::vector<Accuracy> all;
  for (std::size_t i = 0; i < inputs.chunks.size(); ++i) {
    MachineState state = make_state(program);
    write_input(program, program.inputs[0], inputs.chunks[i].a, state);
    interpret(program, hw, state);
    all.push_back(inputs.oracles[i].compare(read_real(program, program.output, state)));
  }
  return summarize(all);
}

}  // namespace

std::vector<ValidationRow> kernel_error_rows(const std::vector<std::string>& files) {
  const HwConfig hw = load_hw_config(shipped("hwconfigs/h200_sm.yaml"));
  std::map<std::string, AccuracySummary> known;
  std::map<std::pair<int, Format>, RoundedChunks> inputs;
  std::vector<ValidationRow> rows;
  for (const std::string& file : files) {
    const PublishedTable table(file);
    for (std::size_t row = 0; row < table.size(); ++row) {
      const std::string kernel = kernel_of_row(table, row);
      if (kernel.empty() && is_left_out(table, row)) continue;
      if (kernel.empty())
        table.refuse(row, "implementation",
                     fmt::format("a kernel ({})", fmt::join(hopper_kernel_names(), ", ")));
      const std::string parameters = table.text(row, "parameters");
      const HopperKernelOptions options{.order = number_after(parameters, 'n'),
                                        .steps = number_after(parameters, 's')};
      const int chunk = table.integer(row, "chunk");
      const Format format = format_of(table, row);
      const std::string key =
          fmt::format("{} {} {} {} {}", kernel, options.order, options.steps, chunk, name(format));
      RoundedChunks& chunks = inputs[{chunk, format}];
      if (chunks.chunks.empty()) chunks = rounded_chunks(chunk, format);
      if (!known.contains(key)) known[key] = errors_of(kernel, options, chunk, format, hw, chunks);
      const auto add = [&](std::string_view what, double published, double ours) {
        rows.push_back(
            {.what = fmt::format("{} {}, chunk {}, {} warps, {}, {}", table.text(row, "algorithm"),
                                 table.text(row, "implementation"), chunk, table.text(row, "warps"),
                                 name(format), what),
             .published = published,
             .ours = as_shown(ours),
             .use = RowUse::kExact,
             .source = "NVIDIA H200, sm_90"});
      };
      add("mean", table.number(row, "rel_error_mean"), known[key].rel_error_mean);
      add("worst", table.number(row, "rel_error_max"), known[key].rel_error_max);
    }
  }
  return rows;
}

}  // namespace tricycle
