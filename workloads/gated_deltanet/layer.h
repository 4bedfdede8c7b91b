// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/isa/program.h"
#include "workloads/gated_deltanet/stages.h"
#include "workloads/problem.h"

namespace tricycle {

/// One kernel of a layer: a program, and the number of items it runs for.
struct LayerStage {
  std::string name, work;  // "in_proj_qkv", "2048 x 6144 x 1024"
  Program program;
  std::int64_t items = 0;
};

struct LayerChoice {
  const RoundingMode* mode = nullptr;
  DeltaForm form = DeltaForm::kUt;
  // Chunks that the inversion has in flight on a core; 0: the machine's number.
  std::int64_t solve_in_flight = 0;
  bool share_products = false;  // compute K K^T and Q K^T once per key head, not per value head
  const ChannelGateVariant* channel_gates = nullptr;  // of a KDA layer; none: blocks16
};

/// The name of the stage whose program is a chunk inversion. layer_stages leaves that program
/// empty.
inline constexpr std::string_view kSolveStage = "solve";

/// The kernels of one Gated DeltaNet or KDA layer of a model (in Qwen3.5's order), one after the
/// other: norm, projections, convolution, gates, delta rule by chunks (prefill) or the recurrent
/// step (decode), gated norm, output projection, norm, MLP or mixture of experts.  Products are cut
/// over the cores of the machine.  In a mixture, every active expert gets an even share of the
/// tokens. Storage between kernels is in mode->input, elementwise arithmetic in mode->vector.
/// Products are in the format of the activations; weights are loaded in their own format.  Throws
/// InputError (formats, operations, memory).
std::vector<LayerStage> layer_stages(const HwConfig& hw, const Problem& problem,
                                     const LayerChoice& choice);

}  // namespace tricycle
