// SPDX-License-Identifier: Apache-2.0
#include "sim/validate/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "models/error.h"
#include "sim/host/shipped_files.h"

namespace tricycle {

namespace {

struct GroupInfo {
  std::string_view name, title, unit, meaning;
  // The rows of the figures in the folder (none: the group has no figures of its own); or, of
  // groups that take files, those of files.
  std::vector<ValidationRow> (*rows)(const std::string& folder);
  std::vector<ValidationRow> (*rows_of_files)(const std::vector<std::string>& files) = nullptr;
};

constexpr std::string_view kInversions = "h200_inversions";

/// The shipped products of a tensor core: all files of them but the whole inversions.
std::vector<ValidationRow> shipped_tensor_core_rows(const std::string& /*folder*/) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(shipped("workloads/data/silicon")))
    if (entry.path().extension() == ".safetensors" && entry.path().stem() != kInversions)
      files.push_back(entry.path().string());
  std::ranges::sort(files);
  return tensor_core_rows(files);
}

/// Rows of the shipped table of measured kernels.
template <std::vector<ValidationRow> (*kRows)(const std::vector<std::string>& files)>
std::vector<ValidationRow> of_shipped_kernels(const std::string& /*folder*/) {
  return kRows({shipped("workloads/data/silicon/h200_kernels.csv")});
}

std::vector<ValidationRow> shipped_inversion_bits_rows(const std::string& /*folder*/) {
  return inversion_bits_rows(
      {shipped(fmt::format("workloads/data/silicon/{}.safetensors", kInversions))});
}

std::vector<ValidationRow> shipped_value_rows(const std::string& folder) {
  return value_rows({folder + "/inverse_values.csv"});
}

constexpr GroupInfo kGroups[] = {
    {"peaks", "Peak rates", "tera-operations a second",
     "Rows x columns x depth / passes x clock x 2 of a machine, beside its share of the published "
     "peak (a preset models one core, or one array of several).",
     peak_rows},
    {"scalesim", "SCALE-Sim v3", "cycles",
     "A product on one array, nothing overlapped (`overlap: none`); the count less one, as "
     "SCALE-Sim reports it.",
     scale_sim_rows},
    {"onnxim", "ONNXim, active cycles of its array", "cycles",
     "A product on a weight-stationary array that preloads behind the stream (`overlap: preload`).",
     onnxim_rows},
    {"onnxim_total", "ONNXim, all cycles", "cycles",
     "`tricycle gemm` on `onnxim_ws` with an array of that size: loads, preload, product, stores. "
     "The configuration ONNXim ran with was not recorded: the rate of the path to memory (512 B a "
     "cycle) is inferred from these rows. In doubt beside it: 1 or 2 cycles of how its requests "
     "meet in hashed channels; and that stores leave as soon as their sums are there, where ONNXim "
     "issues them one a cycle behind all products of a tile (16 x 16 and 8 x 8, 256 x 256 x 256).",
     onnxim_total_rows},
    {"rtl", "RTL of open designs, one tile", "cycles",
     "From the first operand to the last sum, inclusive; designs whose outputs are bit-exact.",
     rtl_rows},
    {"rtl_interval", "RTL of open designs, tiles back to back", "cycles",
     "From the first operand of the first tile of a stream to the first operand of a later one.",
     rtl_interval_rows},
    {"vector", "Vector operations of Ascend", "cycles",
     "One operation on a run of 1, 4 and 16 registers of 256 B, or on as many rows of registers: "
     "slope x registers + row x rows + fixed, beside `tricycle vector`, which rounds up to whole "
     "cycles.",
     vector_rows},
    {"dma", "DMA by transfer size", "GB/s",
     "One load alone: its bytes over its time, launch aside.", dma_rows},
    {"handover", "From the matrix unit to a vector unit", "microseconds",
     "64 x 64 sums of 32 bit over `topology.accumulator_to_vector`: its latency and its rate.",
     handover_rows},
    {"ascend_kernels", "Huawei's inversion kernels in pto-isa's pipeline model", "cycles",
     "One fp16 matrix on one cube core, nothing by a vector core, on `pto_isa_a2a3`, which has the "
     "rates of that model: `mixed_recursive` and `newton_schulz` with linear terms as products and "
     "what a launch prepares, "
     "and the product form with one place for an operand on each side of the cube.",
     ascend_kernel_rows},
    {"ascend_device", "Huawei's inversion kernel on a 910B4", "microseconds",
     "A matrix and core, of many, on `ascend_910b4_like`, one matrix after the other as the kernel "
     "goes.",
     ascend_device_rows},
    {"ascend_ratios", "Huawei's inversion kernels, ratios", "ratio",
     "Share of the time that leaving the inverse in its accumulator saves; share of the time the "
     "cube is busy; time of substitution in blocks of 16 and merges, in fp32, over the kernel's.",
     ascend_ratio_rows},
    {"hexagon", "Units of a Hexagon v75", "cycles",
     "A 64^3 int8 product on operands in VTCM (on the matrix unit: alone, steady, with its "
     "operands "
     "packed first; on one vector unit as multiply-adds of rows), and forward substitution of one "
     "int16 chunk with its transfers; and a ratio: a chunk of 256 by products alone (14 of 256^3, "
     "zeros included) over substitution in 64-blocks and merges.",
     hexagon_rows},
    {"paper", "Speed-ups of arXiv 2606.06034", "times",
     "Latency of one int16 chunk by forward substitution over that of the paper's method, on the "
     "machine like a Hexagon v79, whose two free constants are fitted to the rows marked so. The "
     "baseline is naive, here as there: row by row, one chunk at a time. Over the best "
     "substitution "
     "of the same machine see docs/study.md.",
     paper_speedup_rows},
    {"layer", "Layers of arXiv 2606.06034", "percent of a layer's cycles",
     "`tricycle layer` on the machine like a Hexagon v79: the share of the int16 inversion before "
     "(forward substitution) and after (the paper's method), and the layer's cycles that saves. "
     "The "
     "paper names neither model nor tokens: W4A16 layers of two of its models, prefill of 2048; "
     "the "
     "inversion one chunk at a time, as its speed-ups are modelled, and four. One at a time was "
     "chosen after both had been seen; four is what the machine's file says.",
     layer_share_rows},
    {"delta_stages", "Stages of the chunked delta rule on Ascend 910B2, 910B4 and 950DT",
     "milliseconds",
     "Each stage a kernel on the cores of the machine like a 910B3 or a 950DT; the inversion by "
     "the mixed "
     "recursive kernel (megagdn-pto), or by substitution in blocks of 32 rows and merges "
     "(tilelang).",
     delta_stage_rows},
    {"solve_share", "The inversion among the stages of the delta rule", "percent",
     "Of the same figures, the part of the five stages that the inversion takes.",
     solve_share_rows},
    {"kda_kkt", "The stage kkt with gates of every channel", "ratio",
     "Cycles of the stage that makes A in Kimi Delta Attention over those with one gate a token, "
     "many chunks of 64 on the machine like a 910B3; K in fp16, the gated factors in fp32 "
     "(assumed).",
     channel_gate_rows},
    {"gdn_chips", "The gated delta rule between GPUs", "ratio",
     "Times of flash-linear-attention's five stages, 8192 tokens in chunks of 64, on one "
     "multiprocessor with its share of chunks, heads and memory: `h200_sm` with the cores, clock, "
     "rate of the tensor cores and bandwidth of an H20 (148 TFLOPS, 4 TB/s) and of a GB200 (2250 "
     "TFLOPS, 8 TB/s). Only ratios: the cycles of "
     "this model are no predictions of CUDA kernels.",
     gdn_chip_rows},
    {"solve_tri", "Triangular solves of llama.cpp on a Hexagon", "microseconds",
     "All matrices of a call, in fp32 by rows on the vector units of the machine like a Hexagon "
     "v75, as many matrices at once as it takes, loaded by DMA. The part is not named; neither is "
     "how many threads took part. The diagonal is 1 here, in the kernel a division.",
     solve_tri_rows},
    {"blackhole", "The inverse of a chunk of 32 on a Blackhole", "as the row says",
     "On one core of the machine like a Blackhole, in tf32 with sums in fp32: what substitution on "
     "the SFPU saves over the whole series by Horner's rule, one chunk alone (the published figure "
     "is the difference of two producers that do more than invert); and the cycles of the SFPU "
     "beside the instructions of tt-metal's triangle solve.",
     blackhole_rows},
    {"cost", "Energy and area", "pJ, um2 or mm2, as the row says",
     "Nominal figures of the cost tables and what the formulas of docs/cost.md make of them, "
     "beside "
     "published ones; bounds are of whole chips and floorplans.",
     cost_rows},
    {"h200_products", "Products of a tensor core, bit for bit", "codes",
     "Codes of D = A B + C that an NVIDIA H200 returned, and how many of them `tricycle product "
     "h200_sm` gives: a tensor a row, of instructions, chains of them, and library calls.",
     shipped_tensor_core_rows, tensor_core_rows},
    {"h200_bits", "Whole inversions of CUDA kernels, bit for bit", "codes",
     "Codes of Y = (I + A)^-1 - I that kernels stored on an NVIDIA H200, and how many of them the "
     "same kernel gives, lowered for `h200_sm` and simulated: a tensor a row, of 12 chunks, 4 of "
     "them hard.",
     shipped_inversion_bits_rows, inversion_bits_rows},
    {"h200_errors", "Errors of CUDA kernels", "relative error of T",
     "Of the chunks captured from `gdn_lm`, A rounded to the format, against substitution in "
     "double "
     "on the same A: mean and worst as measured on an NVIDIA H200, in the four digits that are "
     "published, beside the same kernels here. Not lowered and left out: `shared`, `once` and "
     "`null`.",
     of_shipped_kernels<kernel_error_rows>, kernel_error_rows},
    {"h200_paths", "What a dependent product waits", "cycles",
     "Chains of 16 x 16 x 16 products on one multiprocessor of an NVIDIA H200, by the path of the "
     "result that the next one needs, beside the same chains of warps on `h200_sm`.",
     kernel_path_rows},
    {"h200_issue", "Instructions side by side", "cycles a group and scheduler",
     "Four warps a scheduler repeat a matrix instruction and others that do not wait for it. A "
     "product takes its scheduler's issue while it reads operands, so what stands beside it adds "
     "up. Rows of one kind alone are what the machine's file says.",
     kernel_issue_rows},
    {"h200", "Cycles of CUDA kernels", "cycles",
     "One chunk alone, and a chunk of many with the best number of blocks resident, as measured on "
     "one multiprocessor of an NVIDIA H200, beside the same kernels' warps on `h200_sm`. Of a row, "
     "only what the compiler made of the kernel is read: registers, scratchpad, size of the code, "
     "instructions; no time. Left out: `fetch_bound` rows and kernels without a body.",
     of_shipped_kernels<kernel_cycle_rows>, kernel_cycle_rows},
    {"h200_frame", "Cycles of kernels without a body", "cycles",
     "The frame of the measurement: the clock, the loop, the closing barrier. Its two constants, "
     "22 "
     "instructions a warp and 30 cycles between two chunks, come from these rows.",
     of_shipped_kernels<kernel_frame_rows>, kernel_frame_rows},
    {"h200_order", "Order of the algorithms", "pairs",
     "Of every two algorithms, each by its best kernel, whether the same is faster here and on the "
     "chip.",
     of_shipped_kernels<kernel_order_rows>, kernel_order_rows},
    {"h200_blocks", "Resident blocks of CUDA kernels", "blocks",
     "How many blocks are resident on one multiprocessor: registers, scratchpad, warps and blocks "
     "bound them.",
     of_shipped_kernels<kernel_block_rows>, kernel_block_rows},
    {"values", "Inverses that shipped wrong, and what replaced them", "verdicts, errors of Y",
     "Of a set of matrices that one broke or the other stood, a verdict: broken where an entry of "
     "Y "
     "= (I + A)^-1 - I is not finite, or where the error of a Y against substitution in double is "
     "above a tenth of it. Errors: the largest of the set, |Y' - Y| / |Y|.",
     shipped_value_rows, value_rows},
    {"own", "Your own measurements", "as the row says",
     "Of the files of --with: a row per measurement, in its own unit.", nullptr, own_rows},
};

/// "h200_products": the groups that take a user's files.
std::string with_files() {
  std::vector<std::string_view> names;
  for (const GroupInfo& group : kGroups)
    if (group.rows_of_files != nullptr) names.push_back(group.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::vector<std::string_view> validation_group_names() {
  std::vector<std::string_view> names;
  for (const GroupInfo& group : kGroups) names.push_back(group.name);
  return names;
}

std::size_t shipped_group_count() {
  return static_cast<std::size_t>(
      std::ranges::count_if(kGroups, [](const GroupInfo& group) { return group.rows != nullptr; }));
}

std::vector<ValidationGroup> validate_groups(
    const std::vector<std::string>& names, const std::vector<std::string>& files,
    const std::function<void(std::string_view group)>& begin) {
  const auto is_named = [&](const GroupInfo& group) {
    return std::ranges::find(names, group.name) != names.end();
  };
  const std::vector<std::string_view> known = validation_group_names();
  std::vector<std::string> faults;
  for (const std::string& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      faults.push_back(
          fmt::format("validate {}: expected one of {}", name, fmt::join(known, ", ")));
  if (!files.empty() && names.empty())
    faults.push_back("validate --with: name the group that takes the files (" + with_files() + ")");
  for (const GroupInfo& group : kGroups)
    if (!files.empty() && is_named(group) && group.rows_of_files == nullptr)
      faults.push_back(fmt::format("validate {} --with: its figures are shipped; of the groups {}",
                                   group.name, with_files() + " takes files"));
  for (const GroupInfo& group : kGroups)
    if (group.rows == nullptr && files.empty() && is_named(group))
      faults.push_back(fmt::format("validate {}: it has no figures; add --with FILE", group.name));
  throw_if_any(std::move(faults));

  const std::string folder = shipped("workloads/data/peers");
  std::vector<ValidationGroup> out;
  for (const GroupInfo& group : kGroups) {
    if (names.empty() ? group.rows == nullptr : !is_named(group)) continue;
    if (begin) begin(group.name);
    out.push_back({group.name, group.title, group.unit, group.meaning,
                   files.empty() ? group.rows(folder) : group.rows_of_files(files)});
    if (out.back().rows.empty())
      throw InputError(fmt::format("validate {} --with {}: no row of theirs is one of this group",
                                   group.name, fmt::join(files, " ")));
  }
  return out;
}

}  // namespace tricycle
