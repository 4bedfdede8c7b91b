// SPDX-License-Identifier: Apache-2.0
#include "workloads/gated_deltanet/rounding_mode.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "models/error.h"

namespace tricycle {

namespace {

constexpr Format kD = Format::kFp64, kS = Format::kFp32, kH = Format::kFp16, kB = Format::kBf16;

// vector, input, factors, a, inverse, scaled, fresh, state, scores, output
constexpr std::array<RoundingMode, 7> kModes{{
    {"fp64", "reference, for tests", kD, kD, kD, kD, kD, kD, kD, kD, kD, kD, false, false},
    {"fp32", "Hugging Face transformers, torch_chunk_gated_delta_rule", kS, kS, kS, kS, kS, kS, kS,
     kS, kS, kS, false, false},
    {"fla_bf16", "flash-linear-attention, chunk_fwd.py and the kernels it calls, bf16 model", kS,
     kB, kS, kS, kB, kB, kB, kB, kB, kB, false, true},
    {"megagdn_fp16", "huawei-csl/megagdn-pto", kS, kH, kS, kH, kH, kH, kH, kH, kH, kH, true, false},
    {"llamacpp_fp16", "llama.cpp pull request 29199 (HMX)", kS, kH, kS, kH, kH, kH, kH, kH, kH, kH,
     false, false},
    {"flashkda_bf16", "MoonshotAI/FlashKDA tests/torch_ref.py; made for form delta and c16", kS, kB,
     kB, kH, kB, kB, kB, kB, kB, kB, false, false},
    {"flashqla_bf16", "QwenLM/FlashQLA kkt_solve.py, fused_fwd.py; made for form delta", kS, kB, kB,
     kS, kB, kB, kB, kB, kB, kB, false, true, true},
}};

}  // namespace

std::span<const RoundingMode> rounding_modes() { return kModes; }

const RoundingMode& find_rounding_mode(std::string_view name) {
  std::vector<std::string_view> names;
  for (const RoundingMode& mode : kModes) {
    if (mode.name == name) return mode;
    names.push_back(mode.name);
  }
  throw InputError(
      fmt::format("--mode {}: unknown mode; expected one of {}", name, fmt::join(names, ", ")));
}

}  // namespace tricycle
