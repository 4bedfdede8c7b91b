// SPDX-License-Identifier: Apache-2.0
//
// The gated delta rule of one value head (Gated DeltaNet, arXiv 2412.06464), in double precision
// but for the inverse:  S_t = e^{g_t} S_{t-1} (I - beta_t k_t k_t^T) + beta_t k_t v_t^T,  o_t =
// S_t^T q_t.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "workloads/language_model/real_matrix.h"

namespace tricycle {

/// Y = (I + A)^-1 - I of a strictly lower triangular A (row-major, chunk x chunk, binary32 values),
/// in whatever arithmetic.  Called from several threads at once.
using ChunkInverse =
    std::function<std::vector<double>(const std::vector<double>& a, std::int64_t chunk)>;

/// Inputs of one head: q (scaled), k (L2-normalised) [tokens x dk], v [tokens x dv], beta and g of
/// every token.
struct DeltaInputs {
  RealMatrix q, k, v;
  std::vector<double> beta, g;
};

/// Outputs o [tokens x dv] chunk by chunk, the form that inverts: T = (I + A)^-1, U = T (beta V),
/// W = T (beta e^G K), V' = U - W S, O = (e^G Q) S + (Q K^T o Gamma) V',
/// S <- e^{G_last} S + K^T (e^{G_last - G} V').  A short last chunk is padded with beta = g = 0.
RealMatrix delta_rule_chunked(const DeltaInputs& in, std::int64_t chunk,
                              const ChunkInverse& inverse);

/// The same token by token, without an inverse: the definition.
RealMatrix delta_rule_recurrent(const DeltaInputs& in);

}  // namespace tricycle
