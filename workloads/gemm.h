// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// What is loaded, multiplied and stored at a time: panels as large as the memories hold, or strips
/// of them as wide as the array, so that products begin when the first operands are there.
enum class GemmGrain : std::uint8_t { kPanel, kStrip };

/// The elements of B where they are not A's.
struct GemmWeights {
  /// Fixed point of no more bits than A's significand, multiplied as it is.  The machine need not
  /// have it as a format of its own: sums and results are of A's format.
  std::optional<Format> format = std::nullopt;
  /// .. or the format of A, of this many bits in DRAM alone, which the DMA unpacks (0: all).
  int packed_bits = 0;
};

/// The validated program of C[m x n] = A[m x k] B[k x n]: inputs[0] is A, inputs[1] is B, the
/// output is C rounded to the operands' format.  Panels that do not fit the memories are streamed
/// through two buffers each, loads one step ahead.  Bits do not depend on the grain.  Throws
/// InputError when even the smallest panels do not fit, or the machine does not have a format.
Program lower_gemm(const HwConfig& hw, Format format, int m, int n, int k,
                   GemmGrain grain = GemmGrain::kPanel, const GemmWeights& weights = {});

}  // namespace tricycle
