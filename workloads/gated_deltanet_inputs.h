// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "workloads/problem.h"

namespace tricycle {

/// The chunk matrix of the gated delta rule: A[i,j] = beta_i (k_i . k_j) exp(G_i - G_j) for i > j,
/// G the cumulative sum of g inside the chunk; computed in double with sums in ascending order,
/// rounded to binary32, held as double. `keys` is C x width row-major (L2-normalised), `beta` and
/// `g` have C entries.
std::vector<double> chunk_matrix(std::span<const double> keys, std::span<const double> beta,
                                 std::span<const double> g);
/// The same of the dot products k_i . k_j (C x C, row-major), in whatever arithmetic they were
/// made.
std::vector<double> chunk_matrix_of_gram(std::span<const double> gram, std::span<const double> beta,
                                         std::span<const double> g);

/// All whole chunks of tensors captured from a trained model ("layerL.k" [tokens, key heads,
/// width], "layerL.beta" and "layerL.g" [tokens, value heads]), layer by layer, value head by value
/// head (value heads share key heads in order).  Throws InputError.
std::vector<ChunkMatrix> captured_chunks(const std::string& path, std::int64_t chunk);

}  // namespace tricycle
