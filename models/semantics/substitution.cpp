// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/substitution.h"

#include "models/semantics/excess.h"

namespace tricycle {

namespace {

/// The terms side by side, or the row of A.
template <typename T>
Elements<T> linear_row(const RowStep& op, const ValueInputs& in) {
  if (op.linear.empty()) return copy_of(view<T>(in.program, in.state, op.a));
  Elements<T> row;
  for (const Region& term : op.linear) {
    const MatrixRef<const T> part = view<T>(in.program, in.state, term);
    row.insert(row.end(), part.data, part.data + part.cols);
  }
  return row;
}

}  // namespace

template <typename T>
PendingWrite substituted_row(const ValueInputs& in, const Region& dst, const Elements<T>& row,
                             MatrixRef<const T> a, MatrixRef<const T> y) {
  using Sum = SumOf<T>;
  const Format format = in.program.buffer(dst).format;
  const FormatSupport& support = in.hw.support(format);
  const int fraction = in.program.buffer(dst).fraction_bits;
  const StorageRule rule = in.hw.storage_rule(format);
  const MacSpec spec = substitution_spec(in.hw, format);
  Elements<Sum> sum(static_cast<std::size_t>(dst.cols), Sum{0});
  if constexpr (std::is_same_v<T, std::int16_t>)
    for (std::size_t j = 0; j < row.size(); ++j)
      sum[j] =
          clip_accumulator(std::int64_t{row[j]} << fraction, support.accumulator, support.overflow);
  const Elements<Sum> linear = sum;
  if (y.rows > 0)
    add_products(in.form, spec, a, y, MatrixRef<Sum>{sum.data(), 1, y.cols, dst.cols});
  PendingWrite out{dst, {}, 0};
  Excess excess;
  if constexpr (std::is_same_v<T, std::int16_t>)
    if (y.rows > 0)
      excess =
          excess_of_product(spec, a, y, MatrixRef<const Sum>{linear.data(), 1, y.cols, dst.cols},
                            MatrixRef<const Sum>{sum.data(), 1, y.cols, dst.cols});
  Elements<T> stored(sum.size(), T{0});
  for (std::size_t j = 0; j < row.size(); ++j) {
    if constexpr (std::is_same_v<T, std::int16_t>) {
      const std::int64_t held = clip_accumulator(-sum[j], support.accumulator, support.overflow);
      out.wrapped_count += held != -sum[j] - (j < excess.size() ? excess[j] : 0);
      const FixedResult q =
          store(rule, dst.row, dst.col + static_cast<std::int64_t>(j), held, fraction);
      stored[j] = static_cast<std::int16_t>(q.value);
      out.saturated_count += q.saturated;
    } else {
      stored[j] = -add_partial(in.hw.mac_spec(format), row[j], sum[j]);
    }
  }
  if constexpr (!std::is_same_v<T, std::int16_t>) store(rule, dst, stored);
  out.values = std::move(stored);
  return out;
}
template PendingWrite substituted_row(const ValueInputs&, const Region&, const Elements<double>&,
                                      MatrixRef<const double>, MatrixRef<const double>);
template PendingWrite substituted_row(const ValueInputs&, const Region&, const Elements<float>&,
                                      MatrixRef<const float>, MatrixRef<const float>);
template PendingWrite substituted_row(const ValueInputs&, const Region&,
                                      const Elements<std::int16_t>&, MatrixRef<const std::int16_t>,
                                      MatrixRef<const std::int16_t>);

template <typename T>
PendingWrite compute(const RowStep& op, const ValueInputs& in) {
  return substituted_row<T>(in, in.dst, linear_row<T>(op, in), view<T>(in.program, in.state, op.a),
                            view<T>(in.program, in.state, op.y));
}

template <typename T>
PendingWrite compute(const ColumnStep& op, const ValueInputs& in) {
  const Buffer& target = in.program.buffer(in.dst);
  const MacSpec spec = in.hw.mac_spec(target.format);
  const StorageRule rule = in.hw.storage_rule(target.format);
  const MatrixRef<const T> column = view<T>(in.program, in.state, op.a);
  const T* known = view<T>(in.program, in.state, op.y).data;
  PendingWrite out{in.dst, {}, 0};
  Elements<T> sum = copy_of(view<T>(in.program, in.state, in.dst));
  T* y = sum.data();
  for (std::int64_t i = 0; i < in.dst.rows; ++i)
    for (std::int64_t j = 0; j < in.dst.cols; ++j, ++y) {
      const T a = *column.row(i);
      if constexpr (std::is_same_v<T, std::int16_t>) {
        const int fraction = in.program.buffer(op.a).fraction_bits;
        const std::int64_t wide = (std::int64_t{*y} << fraction) - std::int64_t{a} * known[j];
        const std::int64_t held = clip_accumulator(wide, spec.accumulator, spec.overflow);
        out.wrapped_count += held != wide;
        const FixedResult q = store(rule, in.dst.row + i, in.dst.col + j, held, fraction);
        *y = static_cast<std::int16_t>(q.value);
        out.saturated_count += q.saturated;
      } else {
        *y = multiply_add<T>(spec, -a, known[j], *y);
      }
    }
  if constexpr (!std::is_same_v<T, std::int16_t>) store(rule, in.dst, sum);
  out.values = std::move(sum);
  return out;
}

TRICYCLE_COMPUTE(RowStep);
TRICYCLE_COMPUTE(ColumnStep);

}  // namespace tricycle
