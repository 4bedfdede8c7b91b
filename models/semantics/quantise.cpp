// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/quantise.h"

#include <cmath>

#include "models/error.h"
#include "models/numerics/dynamic_scale.h"
#include "models/semantics/region_view.h"

namespace tricycle {

namespace {

/// The element that stands at (i, j), one element or a row or column standing for all.
float at(MatrixRef<const float> m, std::int64_t i, std::int64_t j) {
  return m.row(m.rows == 1 ? 0 : i)[m.cols == 1 ? 0 : j];
}

}  // namespace

PendingWrite compute_scales(const Program& program, const Instruction& in,
                            const MachineState& state) {
  Elements<float> scales(static_cast<std::size_t>(in.dst.elements()), 0.0F);
  for (const Region& r : in.terms) {
    const MatrixRef<const float> values = view<float>(program, state, r);
    const bool keeps_all = in.mask.keeps_all(r);
    for (std::int32_t i = 0; i < r.rows; ++i)
      for (std::int32_t j = 0; j < r.cols; ++j) {
        if (!keeps_all && !in.mask.keeps(r.row + i, r.col + j)) continue;
        const std::int32_t row = in.groups.row_of(r.row + i) - in.dst.row,
                           col = in.groups.col_of(r.col + j) - in.dst.col;
        float& largest =
            scales[static_cast<std::size_t>(row) * static_cast<std::size_t>(in.dst.cols) +
                   static_cast<std::size_t>(col)];
        const float magnitude = std::abs(values.row(i)[j]);
        if (magnitude > largest || std::isnan(magnitude)) largest = magnitude;
      }
  }
  for (float& scale : scales) scale = scale_of(scale, in.groups.largest, in.groups.rounding);
  return {in.dst, std::move(scales), 0};
}

PendingWrite compute_quantise(const Program& program, const Instruction& in,
                              const MachineState& state) {
  const MatrixRef<const float> values = view<float>(program, state, in.a),
                               scales = view<float>(program, state, in.b);
  Elements<float> inverses = copy_of(scales);
  for (float& scale : inverses) scale = inverse_scale(scale);
  Elements<std::int16_t> codes(static_cast<std::size_t>(in.dst.elements()), 0);
  const bool keeps_all = in.mask.keeps_all(in.dst);
  std::size_t index = 0;
  for (std::int32_t i = 0; i < in.a.rows; ++i) {
    const float* row = values.row(i);
    const float* inverse =
        inverses.data() + std::ptrdiff_t{in.groups.row_of(in.a.row + i) - in.b.row} * in.b.cols;
    for (std::int32_t j = 0; j < in.a.cols; ++j, ++index) {
      if (!keeps_all && !in.mask.keeps(in.a.row + i, in.a.col + j)) continue;
      const std::int32_t group = in.groups.col_of(in.a.col + j) - in.b.col;
      codes[index] = static_cast<std::int16_t>(code_of(row[j], inverse[group], in.groups.largest));
    }
  }
  return {in.dst, std::move(codes), 0};
}

void add_scaled(const Program& program, const Instruction& in, const MachineState& state,
                Elements<float>& sum) {
  const MatrixRef<const std::int64_t> acc = view<std::int64_t>(program, state, *in.accumulator);
  const MatrixRef<const float> of_rows = view<float>(program, state, in.a),
                               of_cols = view<float>(program, state, in.b);
  const bool fresh = sum.empty();
  if (fresh) sum.assign(static_cast<std::size_t>(in.dst.elements()), 0.0F);
  float* out = sum.data();
  for (std::int64_t i = 0; i < acc.rows; ++i)
    for (std::int64_t j = 0; j < acc.cols; ++j, ++out) {
      const float of_row = static_cast<float>(acc.row(i)[j]) * at(of_rows, i, 0);
      const float product = of_row * at(of_cols, 0, j);
      *out += 0.0F + product;
    }
}

void add_scaled(const Program&, const Instruction&, const MachineState&, Elements<double>&) {
  throw RunError("internal: sums of codes become binary32");
}

}  // namespace tricycle
