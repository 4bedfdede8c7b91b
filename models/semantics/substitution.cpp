// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/substitution.h"

#include "models/semantics/excess.h"
#include "models/semantics/region_view.h"

namespace tricycle {

namespace {

/// The vector unit adds in k order whatever the array does.
MacSpec vector_spec(const HwConfig& hw, Format format) {
  MacSpec spec = hw.mac_spec(format);
  spec.order = SumOrder::kSequential;
  return spec;
}

/// The terms side by side, or the row of A.
template <typename T>
Elements<T> linear_row(const Program& program, const Instruction& in, const MachineState& state) {
  if (in.terms.empty()) return copy_of(view<T>(program, state, in.a));
  Elements<T> row;
  for (const Region& term : in.terms) {
    const MatrixRef<const T> part = view<T>(program, state, term);
    row.insert(row.end(), part.data, part.data + part.cols);
  }
  return row;
}

}  // namespace

template <typename T>
PendingWrite compute_row_step(const Program& program, const HwConfig& hw, const Instruction& in,
                              const MachineState& state, SumForm form) {
  using Sum = SumOf<T>;
  const Format format = program.buffer(in.dst).format;
  const FormatSupport& support = hw.support(format);
  const int fraction = program.buffer(in.dst).fraction_bits;
  const StorageRule rule = hw.storage_rule(format);
  const Elements<T> row = linear_row<T>(program, in, state);
  Elements<Sum> sum(static_cast<std::size_t>(in.dst.cols), Sum{0});
  if constexpr (std::is_same_v<T, std::int16_t>)
    for (std::size_t j = 0; j < row.size(); ++j)
      sum[j] =
          clip_accumulator(std::int64_t{row[j]} << fraction, support.accumulator, support.overflow);
  const Elements<Sum> linear = sum;
  if (in.b.rows > 0)
    add_products(form, vector_spec(hw, format), view<T>(program, state, in.a),
                 view<T>(program, state, in.b),
                 MatrixRef<Sum>{sum.data(), 1, in.b.cols, in.dst.cols});
  PendingWrite out{in.dst, {}, 0};
  Excess excess;
  if constexpr (std::is_same_v<T, std::int16_t>)
    if (in.b.rows > 0)
      excess = excess_of_product(vector_spec(hw, format), view<T>(program, state, in.a),
                                 view<T>(program, state, in.b),
                                 MatrixRef<const Sum>{linear.data(), 1, in.b.cols, in.dst.cols},
                                 MatrixRef<const Sum>{sum.data(), 1, in.b.cols, in.dst.cols});
  Elements<T> stored(sum.size(), T{0});
  for (std::size_t j = 0; j < row.size(); ++j) {
    if constexpr (std::is_same_v<T, std::int16_t>) {
      const std::int64_t held = clip_accumulator(-sum[j], support.accumulator, support.overflow);
      out.wrapped_count += held != -sum[j] - (j < excess.size() ? excess[j] : 0);
      const FixedResult q =
          store(rule, in.dst.row, in.dst.col + static_cast<std::int64_t>(j), held, fraction);
      stored[j] = static_cast<std::int16_t>(q.value);
      out.saturated_count += q.saturated;
    } else {
      stored[j] = -add_partial(hw.mac_spec(format), row[j], sum[j]);
    }
  }
  if constexpr (!std::is_same_v<T, std::int16_t>) store(rule, in.dst, stored);
  out.values = std::move(stored);
  return out;
}

template <typename T>
PendingWrite compute_column_step(const Program& program, const HwConfig& hw, const Instruction& in,
                                 const MachineState& state) {
  const Buffer& target = program.buffer(in.dst);
  const MacSpec spec = hw.mac_spec(target.format);
  const StorageRule rule = hw.storage_rule(target.format);
  const MatrixRef<const T> column = view<T>(program, state, in.a);
  const T* known = view<T>(program, state, in.b).data;
  PendingWrite out{in.dst, {}, 0};
  Elements<T> sum = copy_of(view<T>(program, state, in.dst));
  T* y = sum.data();
  for (std::int64_t i = 0; i < in.dst.rows; ++i)
    for (std::int64_t j = 0; j < in.dst.cols; ++j, ++y) {
      const T a = *column.row(i);
      if constexpr (std::is_same_v<T, std::int16_t>) {
        const int fraction = program.buffer(in.a).fraction_bits;
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

#define TRICYCLE_INSTANTIATE(T)                                                                  \
  template PendingWrite compute_row_step<T>(const Program&, const HwConfig&, const Instruction&, \
                                            const MachineState&, SumForm);                       \
  template PendingWrite compute_column_step<T>(const Program&, const HwConfig&,                  \
                                               const Instruction&, const MachineState&);
TRICYCLE_INSTANTIATE(double)
TRICYCLE_INSTANTIATE(float)
TRICYCLE_INSTANTIATE(std::int16_t)
#undef TRICYCLE_INSTANTIATE

}  // namespace tricycle
