// SPDX-License-Identifier: Apache-2.0
#include "workloads/gated_deltanet/layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/error.h"
#include "workloads/gated_deltanet/elementwise_stages.h"
#include "workloads/gemm.h"

namespace tricycle {

namespace {

// Rows and columns of the blocks of elementwise stages: enough beats to hide start-ups, small
// enough for several blocks in flight.
constexpr int kBlockRows = 64, kBlockCols = 2048;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

const WeightFormat& weight_format(const LayerProblem& layer) {
  for (const WeightFormat& row : kWeightFormats)
    if (row.name == layer.weight_format) return row;
  throw InputError("layer.weight_format: unknown: " + layer.weight_format);
}

class LayerBuilder {
 public:
  LayerBuilder(const HwConfig& hw, const Problem& problem, const LayerChoice& choice)
      : hw_(hw),
        l_(problem.layer),
        choice_(choice),
        weights_(weight_format(problem.layer)),
        storage_bytes_(info(choice.mode->input).file_bytes()),
        vector_bytes_(info(choice.mode->vector).file_bytes()),
        elementwise_{hw, choice.mode->input, choice.mode->vector},
        shape_{static_cast<int>(problem.chunk), static_cast<int>(l_.head_dim),
               static_cast<int>(l_.head_dim),
               choice.share_products ? static_cast<int>(l_.value_heads / l_.key_heads) : 1} {
    if (!l_.is_kda()) return;
    const ChannelGateVariant& gates =
        choice.channel_gates ? *choice.channel_gates : find_channel_gates(kUsualChannelGates);
    check_channel_gates(gates, shape_.chunk, l_.gate_bound, choice.mode->factors);
    shape_.channel_gates = gates.id;
  }

  std::vector<LayerStage> build() {
    norm("norm", false);
    gemm("in_proj_qkv", l_.tokens, 2 * l_.key_dim() + l_.value_dim(), l_.hidden);
    gate_projections();
    token_mixer();
    gemm("out_proj", l_.tokens, l_.hidden, l_.value_dim());
    norm("post_norm", true);
    if (l_.experts > 0)
      mixture();
    else
      mlp("", l_.tokens, l_.intermediate, 1);
    return std::move(stages_);
  }

 private:
  void add(std::string name, std::string work, Program program, std::int64_t items) {
    stages_.push_back({std::move(name), std::move(work), std::move(program), items});
  }

  /// `copies` products of different weights; a single one is cut over the cores, by rows where
  /// there are enough.
  void gemm(const std::string& name, std::int64_t m, std::int64_t n, std::int64_t k,
            std::int64_t copies = 1) {
    const std::int64_t parts = copies == 1 ? hw_.cores : 1;
    const bool by_rows = m >= parts;
    const std::int64_t rows = by_rows ? ceil_div(m, parts) : m,
                       cols = by_rows ? n : ceil_div(n, parts);
    const int bits = weights_.bits < info(weights_.products).bits ? weights_.bits : 0;
    add(name,
        fmt::format("{}{} x {} x {}", copies > 1 ? fmt::format("{} of ", copies) : "", m, n, k),
        lower_gemm(hw_, weights_.products, static_cast<int>(rows), static_cast<int>(cols),
                   static_cast<int>(k), GemmGrain::kPanel, {.packed_bits = bits}),
        copies * parts);
  }

  /// A stage on blocks of a rows x cols matrix; `matrices`: those of mode->vector a block has on
  /// chip, besides three of mode->input.
  template <typename Lower>
  void blocks(const std::string& name, std::int64_t rows, std::int64_t cols, std::int64_t width,
              int matrices, Lower lower) {
    const std::int64_t bytes = width * (3 * storage_bytes_ + matrices * vector_bytes_);
    const int block =
        rows_that_fit(hw_, bytes, static_cast<int>(std::min<std::int64_t>(kBlockRows, rows)));
    add(name, fmt::format("{} x {}", rows, cols), lower(block, static_cast<int>(width)),
        ceil_div(rows, block) * ceil_div(cols, width));
  }

  /// A product of `rank`, or a full one.
  void low_rank(const std::string& name, std::int64_t cols, std::int64_t rank) {
    if (rank == 0) {
      gemm(name, l_.tokens, cols, l_.hidden);
      return;
    }
    gemm(name + "_down", l_.tokens, rank, l_.hidden);
    gemm(name + "_up", l_.tokens, cols, rank);
  }

  void gate_projections() {
    if (l_.is_kda()) {
      low_rank("in_proj_z", l_.value_dim(), l_.output_gate_rank);
      low_rank("in_proj_f", l_.key_dim(), l_.gate_rank);
      gemm("in_proj_b", l_.tokens, l_.value_heads, l_.hidden);
      return;
    }
    gemm("in_proj_z", l_.tokens, l_.value_dim(), l_.hidden);
    gemm("in_proj_ba", l_.tokens, 2 * l_.value_heads, l_.hidden);
  }

  void gates() {
    if (!l_.is_kda()) {
      blocks("gates", l_.tokens, l_.value_heads, l_.value_heads, 6,
             [&](int rows, int cols) { return lower_gates(elementwise_, rows, cols); });
      return;
    }
    blocks("gates", l_.tokens, l_.key_dim(), std::min<std::int64_t>(l_.key_dim(), kBlockCols), 2,
           [&](int rows, int cols) {
             return lower_channel_gates(elementwise_, rows, cols, l_.gate_bound);
           });
    blocks("beta", l_.tokens, l_.value_heads, l_.value_heads, 2,
           [&](int rows, int cols) { return lower_beta(elementwise_, rows, cols); });
  }

  void norm(const std::string& name, bool residual) {
    blocks(name, l_.tokens, l_.hidden, l_.hidden, 3, [&](int rows, int width) {
      return lower_rms_norm(elementwise_, rows, width, residual);
    });
  }

  void token_mixer() {
    const bool decodes = l_.phase == "decode";
    const std::int64_t conv = 2 * l_.key_dim() + l_.value_dim();
    const int taps = static_cast<int>(l_.conv_kernel);
    const std::int64_t width = std::min<std::int64_t>(conv, kBlockCols);
    if (decodes)  // every sequence has a history of its own
      add("conv", fmt::format("{} x {}", l_.tokens, conv),
          lower_convolution(elementwise_, 1, static_cast<int>(width), taps),
          l_.tokens * ceil_div(conv, width));
    else
      blocks("conv", l_.tokens, conv, width, 3,
             [&](int rows, int cols) { return lower_convolution(elementwise_, rows, cols, taps); });
    blocks("qk_norm", l_.tokens * 2 * l_.key_heads, l_.head_dim, l_.head_dim, 1,
           [&](int rows, int cols) { return lower_l2_norm(elementwise_, rows, cols); });
    gates();
    if (decodes)
      add("recurrent", fmt::format("{} heads", l_.value_heads),
          lower_recurrent_step(hw_, shape_, *choice_.mode), l_.value_heads * l_.tokens);
    else
      delta_rule();
    blocks("gated_norm", l_.tokens * l_.value_heads, l_.head_dim, l_.head_dim, 4,
           [&](int rows, int cols) { return lower_gated_norm(elementwise_, rows, cols); });
  }

  void delta_rule() {
    const std::int64_t chunks = ceil_div(l_.tokens, shape_.chunk);
    const std::int64_t heads = l_.value_heads, groups = heads / shape_.group;
    const RoundingMode& mode = *choice_.mode;
    const auto of = [&](std::int64_t count) {
      return fmt::format("{} x {} chunks", count, chunks);
    };
    add("kkt", of(groups), lower_kkt(hw_, shape_, mode), groups * chunks);
    const int size = solve_size(shape_.chunk, choice_.form);
    const std::int64_t blocks = shape_.chunk / size;
    add(std::string(kSolveStage),
        blocks > 1 ? fmt::format("{}, {} of {}", of(heads), blocks, size) : of(heads), {},
        heads * chunks * blocks);
    if (choice_.form == DeltaForm::kUt)
      add("wy", of(heads), lower_wy(hw_, shape_, mode), heads * chunks);
    if (choice_.form == DeltaForm::kRightHandSides)
      add("rhs", of(heads), lower_right_hand_sides(hw_, shape_, mode), heads * chunks);
    add("h", fmt::format("{} heads", heads),
        lower_state(hw_, shape_, mode, choice_.form, static_cast<int>(chunks)), heads);
    add("o", of(groups), lower_output(hw_, shape_, mode), groups * chunks);
  }

  void mlp(const std::string& prefix, std::int64_t rows, std::int64_t width, std::int64_t copies) {
    gemm(prefix + "gate_up", rows, 2 * width, l_.hidden, copies);
    blocks(prefix + "swiglu", rows * copies, width, std::min<std::int64_t>(width, kBlockCols), 2,
           [&](int block, int cols) { return lower_swiglu(elementwise_, block, cols); });
    gemm(prefix + "down", rows, l_.hidden, width, copies);
  }

  void mixture() {
    gemm("router", l_.tokens, l_.experts, l_.hidden);
    const std::int64_t routed = l_.tokens * l_.top_k, active = std::min(l_.experts, routed);
    mlp("experts_", ceil_div(routed, active), l_.expert_width, active);
    if (l_.shared_expert_width > 0) mlp("shared_", l_.tokens, l_.shared_expert_width, 1);
    const int addends = static_cast<int>(l_.top_k) + (l_.shared_expert_width > 0 ? 1 : 0);
    blocks(
        "mixture", l_.tokens, l_.hidden, std::min<std::int64_t>(l_.hidden, kBlockCols), 2,
        [&](int rows, int cols) { return lower_weighted_sum(elementwise_, rows, cols, addends); });
  }

  const HwConfig& hw_;
  const LayerProblem& l_;
  const LayerChoice& choice_;
  const WeightFormat& weights_;
  std::int64_t storage_bytes_, vector_bytes_;
  ElementwiseStage elementwise_;
  DeltaShape shape_;
  std::vector<LayerStage> stages_;
};

}  // namespace

std::vector<LayerStage> layer_stages(const HwConfig& hw, const Problem& problem,
                                     const LayerChoice& choice) {
  return LayerBuilder(hw, problem, choice).build();
}

}  // namespace tricycle
