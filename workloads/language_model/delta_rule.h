// SPDX-License-Identifier: Apache-2.0
//
// The gated delta rule of one value head (Gated DeltaNet, arXiv 2412.06464):
//   S_t = (I - beta_t k_t k_t^T) e^{g_t} S_{t-1} + beta_t k_t v_t^T,  o_t = S_t^T q_t,
// S [dk x dv].  With channel gates (Kimi Delta Attention) e^{g_t} is a diagonal matrix.
// It is computed in double precision, except for the inverse and, on request, the products of the
// chunk.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "workloads/language_model/real_matrix.h"

namespace tricycle {

/// Computes Y = (I + A)^-1 - I of a strictly lower triangular A (row-major, chunk x chunk, binary32
/// values), in any arithmetic.  It is called from several threads at once.
using ChunkInverse =
    std::function<std::vector<double>(const std::vector<double>& a, std::int64_t chunk)>;

/// The arithmetic of a chunk around the inverse: double precision, or a machine's.  It is called
/// from several threads at once.
struct ChunkArithmetic {
  /// The product a b.  A machine's: both operands are rounded to the storage format and summed in
  /// its accumulator; the sums are not rounded further.
  std::function<RealMatrix(const RealMatrix& a, const RealMatrix& b)> product;
  /// Rounds what is kept in memory between products: V', O and the state S.  A machine's: to
  /// binary32.
  std::function<void(RealMatrix& values)> keep;
};
/// Double precision throughout, sums with k ascending.
ChunkArithmetic binary64_arithmetic();

/// How chunks are computed: the tokens of one, its inverse, and the products around the inverse.
struct ChunkPipeline {
  std::int64_t chunk;
  ChunkInverse inverse;
  ChunkArithmetic arithmetic = binary64_arithmetic();
};

/// The inputs of one head: q (scaled), k (L2-normalised) [tokens x dk], v [tokens x dv], and beta
/// and g of every token.  Channel gates: g is [tokens x dk], row-major.
struct DeltaInputs {
  RealMatrix q, k, v;
  std::vector<double> beta, g;

  /// Gates of a token: 1, or dk.
  std::int64_t gate_width() const {
    return beta.empty() ? 1 : static_cast<std::int64_t>(g.size() / beta.size());
  }
};

/// Outputs o [tokens x dv], computed chunk by chunk in the form that inverts: T = (I + A)^-1, U = T
/// (beta V), W = T (beta e^G K), V' = U - W S, O = (e^G Q) S + (Q K^T o Gamma) V', S <- e^{G_last}
/// S + K^T (e^{G_last - G} V').  A short last chunk is padded with beta = g = 0.  Precondition: one
/// gate a token.
///
/// All seven products, and the Gram matrix K K^T inside A, use the pipeline's arithmetic.  Factors
/// (beta, e^G, Gamma), sums of matrices and the exponentials are binary64.  So every operand and
/// every kept matrix is rounded once. docs/numerics.md lists the rounding points.
RealMatrix delta_rule_chunked(const DeltaInputs& in, const ChunkPipeline& pipeline);

/// The same, token by token and without an inverse: the definition.  Also of channel gates.
RealMatrix delta_rule_recurrent(const DeltaInputs& in);

}  // namespace tricycle
