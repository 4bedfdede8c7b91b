// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/compute.h"
#include "models/semantics/region_view.h"

namespace tricycle {

namespace {

/// Values that enter the machine have their subnormals flushed, where the machine flushes them.
/// Values that are stored were flushed before.
template <typename T>
PendingWrite move(const Region& from, const ValueInputs& in) {
  Elements<T> values = copy_of(view<T>(in.program, in.state, from));
  if constexpr (std::is_floating_point_v<T>)
    flush_subnormals(in.hw.storage_rule(in.program.buffer(in.dst).format), values.data(),
                     in.dst.elements());
  return {in.dst, std::move(values), 0};
}

}  // namespace

template <typename T>
PendingWrite compute(const Load& op, const ValueInputs& in) {
  return move<T>(op.from, in);
}
template <typename T>
PendingWrite compute(const Store& op, const ValueInputs& in) {
  return move<T>(op.from, in);
}

TRICYCLE_COMPUTE(Load);
TRICYCLE_COMPUTE(Store);

}  // namespace tricycle
