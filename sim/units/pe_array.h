// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "models/hw_config.h"
#include "models/numerics/multiply_add.h"
#include "models/timing/timing.h"

namespace tricycle {

/// acc[m x n] (+)= a[m x k] b[k x n]: one matmul instruction.  The memories behind the views
/// outlive its run; `acc` is read and written as the values enter and leave the array.
template <typename T>
struct PeProduct {
  MatrixRef<const T> a, b;
  MatrixRef<SumOf<T>> acc;
  bool accumulate = false;  // false: acc is overwritten
};

/// The systolic array at the level of its processing elements: every register of every PE is a
/// variable, every operand moves one hop a clock, values and cycles come out of the same walk.  It
/// knows nothing of the formulas of models/timing, which must equal it.
///
///   ws, is: operands in place travel down a load register of each PE and are captured where they
///           belong into a shadow register (`overlap: preload`) or straight into use; the moving
///           operand enters skewed from the left; sums move down, `pe_latency` clocks a PE, and
///           leave at the bottom.
///   os:     both operands move, skewed; sums stay; a finished sum is captured into an output
///           register (`overlap: preload`: the next product starts behind it) and leaves at once or
///           shifted along rows or columns.
///
/// A format that takes several passes a product (formats.F.passes) holds each moving operand for
/// that many beats and multiplies at the last.
template <typename T>
class PeArray {
 public:
  virtual ~PeArray() = default;
  /// Queues a product.  Precondition: can_accept().
  virtual void submit(const PeProduct<T>& product) = 0;
  /// Whether another product may enter at this clock: the initiation interval has passed.
  virtual bool can_accept() const = 0;
  /// One clock.
  virtual void clock() = 0;
  /// Products whose last sum has been written to `acc`, since construction.
  virtual std::int64_t completed() const = 0;
};

/// The same figures as array_timing, clocked: the array works on zeros.
ArrayTiming clock_array(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n,
                        std::int64_t k);

/// An idle array of the machine for one operand format.  T: double for fp64; float for fp32, fp16,
/// bf16; int16_t for int16, int8.  Precondition: hw.support(format).present.  Throws InputError for
/// what is timed by its formula alone (skewed entry of tiles), and for sums in steps that are not
/// those of a PE.
template <typename T>
std::unique_ptr<PeArray<T>> make_pe_array(const HwConfig& hw, Format format);

}  // namespace tricycle
