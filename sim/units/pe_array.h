// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "models/hw_config.h"
#include "models/numerics/multiply_add.h"
#include "models/timing/timing.h"

namespace tricycle {

/// One matmul instruction: acc[m x n] (+)= a[m x k] b[k x n].  The memory behind the views must
/// outlive its run.  `acc` is read and written as the values enter and leave the array.
template <typename T>
struct PeProduct {
  MatrixRef<const T> a, b;
  MatrixRef<SumOf<T>> acc;
  bool accumulate = false;  // false: acc is overwritten
};

/// The systolic array at the level of its processing elements.  Every register of every PE is a
/// variable, and every operand moves one hop per clock.  Values and cycles come out of the same
/// simulation.  It uses none of the formulas of models/timing, and those formulas must give the
/// same cycles.
///
///   ws, is: The stationary operand travels down a load register of each PE.  The PE where a word
///           belongs captures it, into a shadow register (`overlap: preload`) or straight into
///           use.  The moving operand enters skewed from the left.  Sums move down, `pe_latency`
///           clocks per PE, and leave at the bottom.
///   os:     Both operands move, skewed, and sums stay.  A finished sum is captured into an output
///           register; with `overlap: preload` the next product follows it.  It then leaves at
///           once, or is shifted along rows or columns.
///
/// A format can take several passes per product (formats.F.passes).  Each moving operand is then
/// held for that many beats, and the last beat multiplies.
template <typename T>
class PeArray {
 public:
  virtual ~PeArray() = default;
  /// Queues a product.  Precondition: can_accept().
  virtual void submit(const PeProduct<T>& product) = 0;
  /// Whether another product may enter at this clock, because the initiation interval has passed.
  virtual bool can_accept() const = 0;
  /// Advances the array by one clock.
  virtual void clock() = 0;
  /// Number of products since construction whose last sum has been written to `acc`.
  virtual std::int64_t completed() const = 0;
};

/// The same figures as array_timing, but from clocking the array; its operands are zeros.
ArrayTiming clock_array(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n,
                        std::int64_t k);

/// Makes an idle array of the machine for one operand format.  T is double for fp64; float for
/// fp32, fp16, bf16; int16_t for int16, int8.  Precondition: hw.support(format).present.  Throws
/// InputError for what is timed by its formula alone (skewed entry of tiles), and for sums in steps
/// that are not those of a PE.
template <typename T>
std::unique_ptr<PeArray<T>> make_pe_array(const HwConfig& hw, Format format);

}  // namespace tricycle
