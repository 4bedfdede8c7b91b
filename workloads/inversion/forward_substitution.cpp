// SPDX-License-Identifier: Apache-2.0
//
// Row by row on the vector unit: y_i = -(a_i + sum_{j<i} a_ij y_j).  This is the sequential
// baseline: C - 1 dependent steps, exact, one rounding per row.  No matrix product.
#include "workloads/algorithm.h"
#include "workloads/emitter.h"

namespace tricycle {

namespace {

void emit_forward_substitution(Emitter& e, const AlgorithmParameters&) {
  const Matrix a = e.rounded_to(e.formats().result, e.input());
  const Matrix y = e.result_matrix("Y", Band{1, e.chunk()});
  for (int row = 0; row < e.chunk(); ++row) e.row_step(a, y, e.all(), row);
  e.store_output(y);
}

}  // namespace

Algorithm forward_substitution() {
  return {.name = "forward_substitution",
          .summary = "row by row on the vector unit: the sequential baseline, exact",
          .source =
              "Hugging Face transformers and flash-linear-attention, torch_chunk_gated_delta_rule",
          .parameters = kept_as_parameters({kInputAs, kResultAs}),
          .lower = emit_forward_substitution,
          .compared_by_default = true};
}

}  // namespace tricycle
