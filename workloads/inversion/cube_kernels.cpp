// SPDX-License-Identifier: Apache-2.0
#include "workloads/inversion/cube_kernels.h"

namespace tricycle {

void emit_product_form_kernel(Emitter& e) {
  e.load_whole_input();
  const Matrix minus = e.constant("-I", Constant::kMinusIdentity), m = e.input();
  const Matrix y = e.matrix("Y", Band{0, e.chunk()}), x = e.matrix("X", Band{0, e.chunk()}),
               identity = e.matrix("I", Band{0, 0}), result = e.matrix("T-I", Band{1, e.chunk()});
  const std::uint32_t acc = e.accumulator("acc");
  e.whole_product(m, m, {.into = acc});
  e.read_out(y, acc);
  e.whole_product(m, minus, {.into = acc});
  e.whole_product(minus, minus, {.into = acc, .accumulate = true});
  e.read_out(x, acc);
  e.whole_product(minus, minus, {.into = acc});
  e.read_out(identity, acc);
  for (int s = 1; s < e.chunk(); s *= 2) {
    e.whole_product(x, identity, {.into = acc});
    e.whole_product(x, y, {.into = acc, .accumulate = true});
    if (2 * s >= e.chunk()) break;
    e.read_out(x, acc);
    e.whole_product(y, y, {.into = acc});
    e.read_out(y, acc);
  }
  Mask below;
  below.min_distance = 1;
  e.read_out(result, acc, below);
  e.store_whole_output(result);
}

void emit_kernel_preparation(Emitter& e) {
  e.load_whole_input();
  const Matrix minus = e.input(), identity = e.matrix("I", Band{0, 0}),
               zero = e.matrix("0", Band{0, 0});
  const std::uint32_t acc = e.accumulator("acc");
  e.whole_product(minus, minus, {.into = acc});
  e.read_out(identity, acc);
  e.whole_product(minus, identity, {.into = acc, .accumulate = true});
  e.read_out(zero, acc);
}

}  // namespace tricycle
