// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/semantics/substitution.h"

namespace tricycle {

template <typename T>
PendingWrite compute(const Solve& op, const ValueInputs& in) {
  const Region& dst = in.dst;
  const MatrixRef<const T> a = view<T>(in.program, in.state, op.a);
  Elements<T> solution(static_cast<std::size_t>(dst.elements()), T{0});
  PendingWrite out{dst, {}, 0};
  for (std::int32_t i = 0; i < dst.rows; ++i) {
    Elements<T> linear;
    for (const Region& term : op.linear) {
      const T* row = view<T>(in.program, in.state, term).row(i);
      linear.insert(linear.end(), row, row + term.cols);
    }
    // The part of L above row i has zeros from column i on.
    if (op.inverse) linear.insert(linear.end(), a.row(i), a.row(i) + i);
    const MatrixRef<const T> known{solution.data(), i, static_cast<std::int64_t>(linear.size()),
                                   dst.cols};
    const Region row{dst.buffer, dst.row + i, dst.col, 1, dst.cols};
    const PendingWrite write =
        substituted_row<T>(in, row, linear, {a.row(i), 1, i, a.stride}, known);
    const auto& values = std::get<Elements<T>>(write.values);
    std::copy(values.begin(), values.end(), solution.begin() + std::int64_t{i} * dst.cols);
    out.saturated_count += write.saturated_count;
    out.wrapped_count += write.wrapped_count;
  }
  out.values = std::move(solution);
  return out;
}

TRICYCLE_COMPUTE(Solve);

}  // namespace tricycle
