// SPDX-License-Identifier: Apache-2.0
//
// Integer sums that leave the range of their accumulator.  The values wrap or are clipped as usual.
// In addition, the simulator records which of them differ from their exact sum.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/numerics/mac.h"
#include "models/semantics/compute.h"

namespace tricycle {

/// before + a b - held for every entry.  `before` and the products are exact; `held` is what the
/// accumulator holds.  Empty where all are zero.  A bound on the sums usually shows that without
/// computing them.
Excess excess_of_product(const MacSpec& spec, MatrixRef<const std::int16_t> a,
                         MatrixRef<const std::int16_t> b, MatrixRef<const std::int64_t> before,
                         MatrixRef<const std::int64_t> held);

/// The same for a matmul instruction.  `sum` is what its accumulators hold after it.
Excess excess_of_matmul(const ValueInputs& in, const Matmul& op, const MacSpec& spec,
                        MatrixRef<const std::int16_t> a, MatrixRef<const std::int16_t> b,
                        const Elements<std::int64_t>& sum);

/// The excess of a region of an accumulator, dense; empty where it has none.
Excess excess_of(const Program& program, const MachineState& state, const Region& region);

/// Records the excess that a write carries for its region.
void commit_excess(const PendingWrite& write, const Program& program, MachineState& state);

/// Sums of a row of entries in an integer accumulator, each together with its exact sum.
class RowSums {
 public:
  RowSums(const FormatSupport& support, std::int32_t cols)
      : support_(support), held_(static_cast<std::size_t>(cols)), exact_(held_.size()) {}

  void clear() {
    std::fill(held_.begin(), held_.end(), 0);
    std::fill(exact_.begin(), exact_.end(), 0);
  }
  /// Adds a row of codes or sums, shifted left.
  template <typename T>
  void add(const T* row, int shift) {
    for (std::size_t j = 0; j < held_.size(); ++j) {
      const std::int64_t term = std::int64_t{row[j]} << shift;
      held_[j] = clip(held_[j] + term);
      exact_[j] += term;
    }
  }
  void add_to(std::int32_t col, std::int64_t term) {
    const auto j = static_cast<std::size_t>(col);
    held_[j] = clip(held_[j] + term);
    exact_[j] += term;
  }
  /// Adds the excess of the sums that were added.
  void add_excess(const std::int64_t* row) {
    for (std::size_t j = 0; j < exact_.size(); ++j) exact_[j] += row[j];
  }
  void negate() {
    for (std::int64_t& sum : held_) sum = clip(-sum);
    for (std::int64_t& sum : exact_) sum = -sum;
  }
  std::int64_t held(std::int32_t col) const { return held_[static_cast<std::size_t>(col)]; }
  /// Whether the held value differs from the exact sum.
  bool has_left(std::int32_t col) const {
    return held_[static_cast<std::size_t>(col)] != exact_[static_cast<std::size_t>(col)];
  }

 private:
  std::int64_t clip(std::int64_t value) const {
    return clip_accumulator(value, support_.accumulator, support_.overflow);
  }
  const FormatSupport& support_;
  std::vector<std::int64_t> held_, exact_;
};

}  // namespace tricycle
