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
  kMatrices,   // a safetensors file whose every 2-D tensor is an A
};

/// A chunk-inversion problem as its YAML file states it (workloads/problems/*.yaml).
struct Problem {
  std::string name;
  std::string description;
  std::int64_t chunk = 0;  // tokens, C
  InputKind input = InputKind::kSynthetic;
  std::string
      file;  // captured, matrices: path, relative to the problem file; resolved by the loader
  std::string ensemble;        // synthetic: name of a row of the ensemble table
  std::string decay = "weak";  // synthetic: strong, weak, none
  std::int64_t matrices = 0;   // synthetic: how many
  std::int64_t seed = 0;       // synthetic
};

/// One inversion input: C x C, row-major, strictly lower triangular, rounded to binary32 (held as
/// double).
struct ChunkMatrix {
  std::string label;  // "layer0.head1.t64": which chunk of which head
  std::int64_t chunk = 0;
  std::vector<double> a;
};

}  // namespace tricycle
