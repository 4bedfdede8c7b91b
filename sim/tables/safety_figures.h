// SPDX-License-Identifier: Apache-2.0
//
// What the study of safety measures: of every algorithm in every format the errors on sets of
// tokens, the worst errors that searches find, and the cycles on machines of several classes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/numerics/format.h"
#include "workloads/algorithm.h"

namespace tricycle {

inline constexpr int kSafetyChunk = 64;
/// As `tricycle validate values` calls an inverse broken: a tenth of Y.
inline constexpr double kBeyondUse = 0.1;
inline constexpr Format kSafetyFormats[] = {Format::kFp16, Format::kBf16, Format::kInt16,
                                            Format::kInt8};

struct TokenSet {
  std::string_view title, problem;
};
inline constexpr TokenSet kTokenSets[] = {{"random keys", "iid_c64"},
                                          {"gates of Qwen3.5-0.8B", "qwen3_5_gates_c64"},
                                          {"four tokens repeated", "repeated4_c64"},
                                          {"nearly equal keys", "collinear_c64"},
                                          {"cudnn-frontend 1051", "cudnn_1051_c64"}};

/// Rules whose worst inputs are searched, so many of each algorithm and format.
struct SearchedRule {
  std::string_view name, title;
  bool is_beta2;  // beta up to 2
};
inline constexpr SearchedRule kSearchedRules[] = {{"gdn", "worst found, gdn", false},
                                                  {"kda", "worst found, kda", false},
                                                  {"gdn_beta2", "worst found, gdn_beta2", true}};
inline constexpr std::int64_t kSafetyTableEvaluations = 160;

struct SafetyMachine {
  std::string_view file, what;
};
inline constexpr SafetyMachine kSafetyMachines[] = {
    {"edge_16x16", "a small edge NPU"},
    {"hexagon_like", "a phone's NPU, with a fast vector unit"},
    {"ascend_910b_like", "a training chip whose vector operations start slowly"},
    {"peers/pto_isa_a2a3", "the same chip by the costs of its vendor's simulator"},
    {"tpu_v5e_like", "a large systolic array"},
    {"h200_sm", "a core of a GPU"}};

/// Settings beside the published ones, of floats of 16 bits: A and the diagonal blocks in fp32, and
/// the merges too, as flash-linear-attention and FlashQLA have them.
struct WideSetting {
  std::string_view algorithm;
  std::vector<std::string> set;
};
const std::vector<WideSetting>& wide_settings();

/// One algorithm at one setting in one format.  Infinite: not finite.
struct SafetyRow {
  const Algorithm* algorithm = nullptr;
  AlgorithmOptions options;
  Format format{};
  std::string setting;
  std::vector<double> sets;                   // the worst error of each of kTokenSets
  std::vector<double> found;                  // of each of kSearchedRules
  std::vector<std::optional<double>> cycles;  // of each of kSafetyMachines; none: cannot run

  /// Whether nothing is beyond kBeyondUse, of beta up to 1 or up to 2.
  bool survives(bool is_beta2) const;
};

/// All rows, format by format.  The same on every host.
std::vector<SafetyRow> safety_figures();

}  // namespace tricycle
