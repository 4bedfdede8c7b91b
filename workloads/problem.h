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
  kMatrices,   // a safetensors or .npy file whose tensors [.., C, C] are A
};

/// A layer of a model, and the tokens that run through it.
struct LayerProblem {
  std::int64_t hidden = 0;        // width of the residual stream
  std::int64_t layers = 1;        // layers of the model; a report is about one Gated DeltaNet layer
  std::int64_t intermediate = 0;  // width of the MLP; 0: mixture of experts
  std::int64_t key_heads = 0, value_heads = 0;
  std::int64_t head_dim = 128;  // width of keys and of values
  std::int64_t conv_kernel = 4;
  std::int64_t experts = 0, top_k = 0, expert_width = 0, shared_expert_width = 0;
  // Prefill: tokens of one sequence.  Decode: number of sequences, with one token each.
  std::int64_t tokens = 0;
  std::string phase = "prefill";  // "decode": the recurrent step
  std::string weight_format = "int4";

  std::int64_t key_dim() const { return key_heads * head_dim; }
  std::int64_t value_dim() const { return value_heads * head_dim; }
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
  std::int64_t matrices = 0;       // synthetic: number of matrices
  std::int64_t seed = 0;           // synthetic
};

/// One input of an inversion: C x C, row-major, strictly lower triangular.  Matrices from a file of
/// matrices have exactly its numbers; others are rounded to binary32.
struct ChunkMatrix {
  std::string label;  // "layer0.head1.t64": which chunk of which head
  std::int64_t chunk = 0;
  std::vector<double> a;
};

}  // namespace tricycle
