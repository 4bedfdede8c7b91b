// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include "models/semantics/compute.h"
#include "models/semantics/excess.h"
#include "models/semantics/operand.h"
#include "models/semantics/region_view.h"

namespace tricycle {

template <typename T>
PendingWrite compute(const Matmul& op, const ValueInputs& in) {
  using Sum = SumOf<T>;
  Elements<Sum> sum = op.accumulate
                          ? copy_of(view<Sum>(in.program, in.state, in.dst))
                          : Elements<Sum>(static_cast<std::size_t>(in.dst.elements()), Sum{0});
  const auto operand = [&](const Region& r, const Mask& mask, bool transpose, Elements<T>& memory) {
    const bool in_place =
        std::is_floating_point_v<T> == info(in.program.buffer(r).format).is_float();
    if (in_place && mask.keeps_all(r) && !transpose) return view<T>(in.program, in.state, r);
    const std::vector<T> kept = read_operand<T>(in.program, in.state, r, mask);
    const MatrixRef<const T> m{kept.data(), r.rows, r.cols, r.cols};
    memory = transpose ? transposed(m) : Elements<T>(kept.begin(), kept.end());
    return transpose ? MatrixRef<const T>{memory.data(), r.cols, r.rows, r.rows}
                     : MatrixRef<const T>{memory.data(), r.rows, r.cols, r.cols};
  };
  Elements<T> a_memory, b_memory;
  const MatrixRef<const T> a = operand(op.a, op.a_mask, op.transpose_a, a_memory),
                           b = operand(op.b, op.b_mask, op.transpose_b, b_memory);
  const MacSpec spec = in.hw.mac_spec(in.program.buffer(op.a).format);
  add_products(in.form, spec, a, b, dense(sum, in.dst));
  PendingWrite out{in.dst, {}};
  if constexpr (std::is_same_v<T, std::int16_t>)
    out.excess = excess_of_matmul(in, op, spec, a, b, sum);
  out.values = std::move(sum);
  return out;
}

TRICYCLE_COMPUTE(Matmul);

}  // namespace tricycle
