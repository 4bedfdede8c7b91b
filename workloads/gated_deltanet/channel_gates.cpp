// SPDX-License-Identifier: Apache-2.0
#include "workloads/gated_deltanet/channel_gates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/error.h"
#include "models/numerics/convert.h"

namespace tricycle {

namespace {

constexpr int kGateBlock = 16;

double no_reach(int /*chunk*/) { return 0; }
double whole_chunk(int chunk) { return chunk; }
double half_chunk(int chunk) { return chunk / 2.0; }
double half_block(int chunk) { return std::min(chunk, kGateBlock) / 2.0; }

constexpr std::array<ChannelGateVariant, 6> kVariants{{
    {ChannelGates::kDifference, "difference", "differences row by row on the vector unit",
     "huawei-csl/megagdn-pto kkt_kda.cpp", 0, no_reach},
    {ChannelGates::kBlocks16, "blocks16",
     "products of blocks of 16, anchored at the first row of each block row; the diagonal by "
     "difference",
     "flash-linear-attention fla/ops/kda", 0, no_reach},
    {ChannelGates::kBlocks16Tc, "blocks16_tc",
     "the same, the diagonal blocks as products anchored at their middle row",
     "flash-linear-attention fla/ops/kda, safe_gate", 0, half_block},
    {ChannelGates::kC16, "c16", "one product, anchored before the first token; chunks up to 16",
     "MoonshotAI/FlashKDA", 16, whole_chunk},
    {ChannelGates::kMid32, "mid32", "one product, anchored at G_last / 2; chunks up to 32",
     "tenstorrent/tt-metal prepare_chunk_recurrence", 32, half_chunk},
    {ChannelGates::kOffset, "offset",
     "one product of k e^{G - b} and k e^{b - G}, b the largest G of a token, the latter's "
     "exponent "
     "at most 80",
     "huawei-csl/megagdn-pto 26", 0, no_reach},
}};

}  // namespace

std::span<const ChannelGateVariant> channel_gate_variants() { return kVariants; }

const ChannelGateVariant& find_channel_gates(std::string_view name) {
  std::vector<std::string_view> names;
  for (const ChannelGateVariant& v : kVariants) {
    if (v.name == name) return v;
    names.push_back(v.name);
  }
  throw InputError(
      fmt::format("--kkt {}: unknown variant; expected one of {}", name, fmt::join(names, ", ")));
}

double largest_exponent(Format format) {
  return std::log(decode_float(format, info(format).overflow_code() - 1));
}

void check_channel_gates(const ChannelGateVariant& v, int chunk, double gate_bound,
                         Format factors) {
  if (v.most_chunk > 0 && chunk > v.most_chunk)
    throw InputError(
        fmt::format("--kkt {}: expected a chunk of at most {}, got {}; choose blocks16", v.name,
                    v.most_chunk, chunk));
  const double reach = v.reach(chunk), most = largest_exponent(factors);
  if (reach == 0) return;
  if (gate_bound == 0)
    throw InputError(fmt::format(
        "--kkt {}: expected a layer with a lower bound of its log gates "
        "(layer.gate_bound); without one e^(G - a) overflows; choose blocks16 or offset",
        v.name));
  if (const double largest = -gate_bound * reach; largest > most)
    throw InputError(fmt::format(
        "--kkt {}: log gates down to {} give exponents up to {:.1f} over {} tokens, {} ends at "
        "{:.1f}; choose a smaller chunk, or blocks16",
        v.name, gate_bound, largest, reach, name(factors), most));
}

}  // namespace tricycle
