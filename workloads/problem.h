// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/numerics/format.h"

namespace tricycle {

/// Where the matrices A of a chunk-inversion problem come from.
enum class InputKind : std::uint8_t {
  kCaptured,   // k, beta, g captured from a trained Gated DeltaNet model, per layer and value head
  kSynthetic,  // a seeded ensemble by name (ensembles.h)
  kTokens,     // keys, betas and gates of given kinds, drawn or real (tokens/token_chunks.h)
  kMatrices,   // a safetensors or .npy file whose tensors [.., C, C] are A
};

/// What the tokens of a chunk are like of which a delta rule makes its matrix A.  Keys have width
/// 128 and length 1.
struct TokenProblem {
  std::string rule = "gdn";  // name of a row of delta_rules() (tokens/delta_rules.h)

  // Keys: normalised f(common + own + shift), where `own` is normal.
  std::string keys = "independent";  // or collinear: all share a direction; or captured
  double spread = 0;                 // collinear: size of `own` beside that of `common`
  double norm = 0;                   // collinear: |A|_2, which sets the spread; 0: as it is
  double correlation = 0;            // of `own` with that of the token before
  std::int64_t vocabulary = 0;       // number of different keys; 0: every token has its own
  std::string activation = "none";   // f: none, silu
  double shift = 0;
  std::string keys_file{};  // captured: safetensors with layerL.k

  // beta = beta_limit x sigmoid(logit(beta / beta_limit) + beta_spread x normal)
  double beta = 0.5, beta_spread = 0, beta_limit = 1;
  // Log gates, uniform in [gate_low, gate_high]; of every channel where the rule has such gates.
  double gate_low = 0, gate_high = 0;
  /// Rows that make one token's transition (Gated DeltaProduct): only the first of them has a gate.
  std::int64_t householders = 1;
  double feedback = 1;  // c of a rule that reads before its decay (Comba)
  /// Real beta and g [tokens, heads] of a safetensors file, in place of drawn ones.
  std::string gates_file{};
};

/// Where the gates of a chunk are applied.  A = D A_u D^-1 with D = diag(e^G), so (I + A)^-1 =
/// D (I + A_u)^-1 D^-1: a kernel may invert A_u, which has no gates, and apply them to the inverse.
/// kDifference: y_ij e^(G_i - G_j), whose factors are at most 1.  kFactors: (y_ij e^-G_j) e^G_i,
/// whose factors leave the range of binary32 where G < -88.7.
enum class GatesIn : std::uint8_t { kMatrix, kDifference, kFactors };

/// A layer of a model, and the tokens that run through it.
struct LayerProblem {
  std::int64_t hidden = 0;        // width of the residual stream
  std::int64_t layers = 1;        // layers of the model; a report is about one Gated DeltaNet layer
  std::int64_t intermediate = 0;  // width of the MLP; 0: mixture of experts
  std::int64_t key_heads = 0, value_heads = 0;
  std::int64_t head_dim = 128;  // width of keys and of values
  std::int64_t conv_kernel = 4;
  std::string rule = "gdn";  // a row of delta_rules()
  // KDA: a lower bound of a token's log gate, g = bound sigmoid(..) (0: none, softplus), and the
  // ranks of the projections of gates and of the output's gate (0: full).
  double gate_bound = 0;
  std::int64_t gate_rank = 0, output_gate_rank = 0;
  std::int64_t experts = 0, top_k = 0, expert_width = 0, shared_expert_width = 0;
  // Prefill: tokens of one sequence.  Decode: number of sequences, with one token each.
  std::int64_t tokens = 0;
  std::string phase = "prefill";  // "decode": the recurrent step
  std::string weight_format = "int4";

  std::int64_t key_dim() const { return key_heads * head_dim; }
  std::int64_t value_dim() const { return value_heads * head_dim; }
  bool is_kda() const { return rule == "kda"; }
};

/// One row: a format of projection weights, and the products they take part in.
struct WeightFormat {
  std::string_view name;
  Format products;  // format of the activations
  int bits;         // bits of one weight
};
inline constexpr WeightFormat kWeightFormats[] = {{"int4", Format::kInt16, 4},
                                                  {"int8", Format::kInt16, 8},
                                                  {"fp16", Format::kFp16, 16},
                                                  {"bf16", Format::kBf16, 16}};

enum class ProblemKind : std::uint8_t { kInversions, kLayer };

/// A problem as its YAML file states it (workloads/problems/*.yaml): matrices to invert, or a
/// layer.
struct Problem {
  std::string name;
  std::string description;
  std::int64_t chunk = 0;  // tokens, C
  ProblemKind kind = ProblemKind::kInversions;
  LayerProblem layer;  // for kLayer; the members below are for kInversions
  InputKind input = InputKind::kSynthetic;
  // For captured and matrices: a path relative to the problem file; the loader resolves it.
  std::string file;
  std::string ensemble;            // synthetic: name of a row of the ensemble table
  std::string decay = "weak";      // synthetic: strong, weak, none
  std::int64_t fraction_bits = 0;  // matrices: fraction bits of integer tensors; 0: whole numbers
  GatesIn gates_in = GatesIn::kMatrix;  // captured, tokens
  TokenProblem tokens;                  // for kTokens
  std::int64_t matrices = 0;            // synthetic, tokens: number of matrices
  std::int64_t seed = 0;                // synthetic, tokens

  bool is_drawn() const { return input == InputKind::kSynthetic || input == InputKind::kTokens; }
  /// The files of tensors that the matrices depend on.
  std::vector<std::string> files() const;
};

/// Calls f with a reference to each name of a file of tensors; empty ones are not used.
template <typename P, typename F>
void for_each_file(P& problem, F&& f) {
  f(problem.file);
  f(problem.tokens.keys_file);
  f(problem.tokens.gates_file);
}

inline std::vector<std::string> Problem::files() const {
  std::vector<std::string> names;
  for_each_file(*this, [&](const std::string& name) {
    if (!name.empty()) names.push_back(name);
  });
  return names;
}

/// Gates that the matrix lacks, since they are applied to its inverse: G_0, ..; none in kMatrix.
struct LateGates {
  GatesIn in = GatesIn::kMatrix;
  std::vector<double> sums{};

  bool any() const { return in != GatesIn::kMatrix; }
};

/// One input of an inversion: C x C, row-major, strictly lower triangular.  Matrices from a file of
/// matrices have exactly its numbers; others are rounded to binary32.
struct ChunkMatrix {
  std::string label;  // "layer0.head1.t64": which chunk of which head
  std::int64_t chunk = 0;
  std::vector<double> a;
  LateGates gates{};
};

}  // namespace tricycle
