// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "workloads/problem.h"

namespace tricycle {

/// What the entries of A are rounded to.  Models hand them over in binary32.
enum class ChunkEntries : std::uint8_t { kBinary32, kBinary64 };

/// The chunk matrix of the gated delta rule: A[i,j] = beta_i (k_i . k_j) exp(G_i - G_j) for i > j,
/// where G is the cumulative sum of g inside the chunk.  It is computed in double with sums in
/// ascending order, rounded to binary32 (or not: `entries`), and held as double.  `keys` is C x
/// width, row-major (L2-normalised); `beta` and `g` have C entries.
std::vector<double> chunk_matrix(std::span<const double> keys, std::span<const double> beta,
                                 std::span<const double> g,
                                 ChunkEntries entries = ChunkEntries::kBinary32);
/// The same from the dot products k_i . k_j (C x C, row-major), in whatever arithmetic they were
/// computed.
std::vector<double> chunk_matrix_of_gram(std::span<const double> gram, std::span<const double> beta,
                                         std::span<const double> g,
                                         ChunkEntries entries = ChunkEntries::kBinary32);

struct CapturedChunks {
  std::vector<ChunkMatrix> chunks;
  std::string note;  // what of the file was left out (tokens, tensors), as MatrixFile::note
};

/// All whole chunks of tensors captured from a trained model: "layerL.k" [tokens, key heads,
/// width], "layerL.beta" and "layerL.g" [tokens, value heads], g of Kimi Delta Attention
/// [tokens, value heads, width].  The order is layer by layer, by
/// their numbers, then value head by value head (value heads share key heads in order).  Layers
/// have the model's own numbers, so a model with other layers in between (attention) leaves gaps in
/// the file as well.  `gates_in`: where gates are applied.  Throws InputError: gates of channels
/// that are to be applied to an inverse; a layer with beta or g lacks one of the three tensors;
/// there is no layer 0; no layer has a whole chunk.
CapturedChunks captured_chunks(const std::string& path, std::int64_t chunk,
                               ChunkEntries entries = ChunkEntries::kBinary32,
                               GatesIn gates_in = GatesIn::kMatrix);

}  // namespace tricycle
