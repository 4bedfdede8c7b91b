// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/quantise.h"

#include <cmath>

#include "models/error.h"
#include "models/numerics/dynamic_scale.h"
#include "models/semantics/region_view.h"

namespace tricycle {

namespace {

/// The element at (i, j), where one element, one row or one column may stand for all.
float at(MatrixRef<const float> m, std::int64_t i, std::int64_t j) {
  return m.row(m.rows == 1 ? 0 : i)[m.cols == 1 ? 0 : j];
}

}  // namespace

template <typename T>
PendingWrite compute(const Scales& op, const ValueInputs& in) {
  Elements<float> scales(static_cast<std::size_t>(in.dst.elements()), 0.0F);
  for (const Region& r : op.sources) {
    const MatrixRef<const float> values = view<float>(in.program, in.state, r);
    const bool keeps_all = op.mask.keeps_all(r);
    for (std::int32_t i = 0; i < r.rows; ++i)
      for (std::int32_t j = 0; j < r.cols; ++j) {
        if (!keeps_all && !op.mask.keeps(r.row + i, r.col + j)) continue;
        const std::int32_t row = op.groups.row_of(r.row + i) - in.dst.row,
                           col = op.groups.col_of(r.col + j) - in.dst.col;
        float& largest =
            scales[static_cast<std::size_t>(row) * static_cast<std::size_t>(in.dst.cols) +
                   static_cast<std::size_t>(col)];
        const float magnitude = std::abs(values.row(i)[j]);
        if (magnitude > largest || std::isnan(magnitude)) largest = magnitude;
      }
  }
  for (float& scale : scales) scale = scale_of(scale, op.groups.largest, op.groups.rounding);
  return {in.dst, std::move(scales), 0};
}

template <typename T>
PendingWrite compute(const Quantise& op, const ValueInputs& in) {
  const MatrixRef<const float> values = view<float>(in.program, in.state, op.a),
                               scales = view<float>(in.program, in.state, op.scales);
  Elements<float> inverses = copy_of(scales);
  for (float& scale : inverses) scale = inverse_scale(scale);
  Elements<std::int16_t> codes(static_cast<std::size_t>(in.dst.elements()), 0);
  const bool keeps_all = op.mask.keeps_all(in.dst);
  std::size_t index = 0;
  for (std::int32_t i = 0; i < op.a.rows; ++i) {
    const float* row = values.row(i);
    const float* inverse =
        inverses.data() +
        std::ptrdiff_t{op.groups.row_of(op.a.row + i) - op.scales.row} * op.scales.cols;
    for (std::int32_t j = 0; j < op.a.cols; ++j, ++index) {
      if (!keeps_all && !op.mask.keeps(op.a.row + i, op.a.col + j)) continue;
      const std::int32_t group = op.groups.col_of(op.a.col + j) - op.scales.col;
      codes[index] = static_cast<std::int16_t>(code_of(row[j], inverse[group], op.groups.largest));
    }
  }
  return {in.dst, std::move(codes), 0};
}

void add_scaled(const Epilogue& op, const ValueInputs& in, Elements<float>& sum) {
  const MatrixRef<const std::int64_t> acc =
      view<std::int64_t>(in.program, in.state, *op.accumulator);
  const MatrixRef<const float> of_rows = view<float>(in.program, in.state, *op.row_scales),
                               of_cols = view<float>(in.program, in.state, *op.col_scales);
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

void add_scaled(const Epilogue&, const ValueInputs&, Elements<double>&) {
  throw InternalError("sums of codes become binary32");
}

TRICYCLE_COMPUTE(Scales);
TRICYCLE_COMPUTE(Quantise);

}  // namespace tricycle
