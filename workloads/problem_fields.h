// SPDX-License-Identifier: Apache-2.0
//
// The table of a problem's keys, like models/config_fields.h.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "models/config_fields.h"
#include "workloads/problem.h"
#include "workloads/tensor.h"

namespace tricycle {

inline constexpr std::array<std::string_view, 3> kDecayNames{"strong", "weak", "none"};
inline constexpr std::array<std::string_view, 3> kKeyNames{"independent", "collinear", "captured"};
inline constexpr std::array<std::string_view, 2> kActivationNames{"none", "silu"};
inline constexpr std::array<std::string_view, 2> kLayerRules{"gdn", "kda"};  // whose stages exist
inline constexpr std::array<std::string_view, 2> kPhaseNames{"prefill", "decode"};
inline constexpr std::array<std::string_view, std::size(kWeightFormats)> kWeightFormatNames{
    kWeightFormats[0].name, kWeightFormats[1].name, kWeightFormats[2].name, kWeightFormats[3].name};

template <>
struct EnumNames<GatesIn> {
  static constexpr std::pair<std::string_view, GatesIn> kValues[] = {
      {"matrix", GatesIn::kMatrix},
      {"inverse", GatesIn::kDifference},
      {"inverse_factors", GatesIn::kFactors}};
};

/// A problem, and the names of the ensembles and delta rules it may use.
struct ProblemFields {
  Problem& problem;
  std::span<const std::string_view> ensembles, rules;
};

template <typename Visitor>
void visit_gates(Visitor& v, GatesIn& gates) {
  v.choice("gates_in", gates, false,
           "where the gates are applied: in the matrix that is inverted, or to the inverse of one "
           "without, as e^(G_i - G_j) or as the factors e^G_i and e^-G_j");
}

template <typename Visitor>
void visit_tokens(Visitor& v, TokenProblem& t, std::span<const std::string_view> rules) {
  const auto real = [&](std::string_view key, double& value, double least, double most,
                        std::string_view meaning) {
    v.number(Field{key, Quantity::kCount, least, most, false, meaning}, value);
  };
  v.word("rule", t.rule, false, rules, "the delta rule whose matrix is inverted");
  v.word("keys", t.keys, false, kKeyNames,
         "independent, collinear (all share a direction), or captured from a model");
  v.path("keys_file", t.keys_file, false, "safetensors with layerL.k, for captured keys");
  real("spread", t.spread, 0, 1e6, "collinear: size of a key's own part beside the shared one");
  real("norm", t.norm, 0, 1e6,
       "collinear: |A|_2 of every matrix, by its spread; 0: as spread says");
  real("correlation", t.correlation, 0, 0.999999, "of a key's own part with the token's before");
  v.number(Field{"vocabulary", Quantity::kCount, 0, 4096, false,
                 "different keys of a chunk, in random order; 0: every token has its own"},
           t.vocabulary);
  v.word("activation", t.activation, false, kActivationNames, "of keys, before their length is 1");
  real("shift", t.shift, -1e3, 1e3, "added before the activation");
  real("beta", t.beta, 1e-6, 2, "median of beta");
  real("beta_spread", t.beta_spread, 0, 1e3, "standard deviation of the logit of beta");
  real("beta_limit", t.beta_limit, 1, 2, "beta is below it; 2 allows negative eigenvalues");
  real("gate_low", t.gate_low, -1e3, 0, "the least log gate g; uniform up to gate_high");
  real("gate_high", t.gate_high, -1e3, 0, "the largest log gate g");
  v.number(Field{"householders", Quantity::kCount, 1, 16, false,
                 "rows of a token's transition (Gated DeltaProduct); the first alone has a gate"},
           t.householders);
  real("feedback", t.feedback, 1e-6, 1, "comba: the part of what is read that is erased");
  v.path("gates_file", t.gates_file, false,
         "safetensors with real beta and g [tokens, heads], in place of drawn ones");
}

template <typename Visitor>
void visit_layer(Visitor& v, LayerProblem& l) {
  const auto count = [&](std::string_view key, std::int64_t& value, double least, double most,
                         bool required, std::string_view meaning) {
    v.number(Field{key, Quantity::kCount, least, most, required, meaning}, value);
  };
  count("hidden", l.hidden, 1, 65536, true, "width of the residual stream");
  count("layers", l.layers, 1, 1024, false, "of the model; cycles are of one of them");
  count("intermediate", l.intermediate, 0, 262144, false, "of the MLP; 0: a mixture of experts");
  count("key_heads", l.key_heads, 1, 1024, true, "heads of q and k");
  count("value_heads", l.value_heads, 1, 1024, true, "heads of v, a multiple of key_heads");
  count("head_dim", l.head_dim, 8, 1024, false, "of keys and of values");
  count("conv_kernel", l.conv_kernel, 1, 64, false, "taps of the causal convolution");
  v.word("rule", l.rule, false, kLayerRules, "the delta rule: gdn, or kda with a gate a channel");
  v.number(Field{"gate_bound", Quantity::kCount, -1e3, 0, false,
                 "kda: lower bound of a token's log gate; 0: none, gates by softplus"},
           l.gate_bound);
  count("gate_rank", l.gate_rank, 0, 65536, false, "kda: rank of the gates' projection; 0: full");
  count("output_gate_rank", l.output_gate_rank, 0, 65536, false,
        "kda: rank of the output gate's projection; 0: full");
  count("experts", l.experts, 0, 65536, false, "of the mixture; 0: an MLP");
  count("top_k", l.top_k, 0, 1024, false, "experts a token goes to");
  count("expert_width", l.expert_width, 0, 262144, false, "of an expert");
  count("shared_expert_width", l.shared_expert_width, 0, 262144, false,
        "of the expert every token goes to; 0: none");
  count("tokens", l.tokens, 1, 1048576, true, "prefill: of a sequence; decode: sequences");
  v.word("phase", l.phase, false, kPhaseNames, "prefill in chunks, or decode, a token a sequence");
  v.word("weight_format", l.weight_format, false, kWeightFormatNames,
         "of the projections; int4 and int8 by int16 activations, the others by their own");
}

/// Calls the visitor as visit_fields() of HwConfig does, and also: v.path(key, string&, required,
/// meaning), v.word(key, string&, required, valid names, meaning), and v.alternative(key, enum&,
/// enumerator, callable) for maps of which a section has exactly one.
template <typename Visitor>
void visit_fields(Visitor& v, ProblemFields c) {
  Problem& p = c.problem;
  v.text("name", p.name, true, "short name, as in reports");
  v.text("description", p.description, false, "one sentence: what the problem stands for");
  v.number(
      Field{"chunk", Quantity::kCount, 8, 256, true, "tokens of a chunk, C: the order of every A"},
      p.chunk);
  v.alternative("layer", p.kind, ProblemKind::kLayer, [&] { visit_layer(v, p.layer); });
  v.alternative("input", p.kind, ProblemKind::kInversions, [&] {
    v.alternative("captured", p.input, InputKind::kCaptured, [&] {
      v.path("file", p.file, true,
             "safetensors with k, beta, g captured from a model, relative to this file");
      visit_gates(v, p.gates_in);
    });
    v.alternative("synthetic", p.input, InputKind::kSynthetic, [&] {
      v.word("ensemble", p.ensemble, true, c.ensembles, "how the matrices are drawn");
      v.word("decay", p.decay, false, kDecayNames, "forgetting between tokens");
      v.number(Field{"matrices", Quantity::kCount, 1, 1e6, true, "how many"}, p.matrices);
      v.number(Field{"seed", Quantity::kCount, 0, 9007199254740991, false, "of the random numbers"},
               p.seed);
    });
    v.alternative("tokens", p.input, InputKind::kTokens, [&] {
      visit_tokens(v, p.tokens, c.rules);
      visit_gates(v, p.gates_in);
      v.number(Field{"matrices", Quantity::kCount, 1, 1e6, true, "how many"}, p.matrices);
      v.number(Field{"seed", Quantity::kCount, 0, 9007199254740991, false, "of the random numbers"},
               p.seed);
    });
    v.alternative("matrices", p.input, InputKind::kMatrices, [&] {
      v.path("file", p.file, true,
             "safetensors or NumPy's .npy whose tensors [.., C, C] are A, relative to this file");
      v.number(Field{"fraction_bits", Quantity::kCount, 0, kMostFractionBitsOfCodes, false,
                     "of integer tensors without any in the file's header: a code c stands for c x "
                     "2^-fraction_bits"},
               p.fraction_bits);
    });
  });
}

}  // namespace tricycle
