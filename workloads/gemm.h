// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// The unit that is loaded, multiplied and stored at a time. kPanel: panels as large as the
/// memories hold. kStrip: strips of panels as wide as the array, so that products begin as soon as
/// the first operands have arrived.
enum class GemmGrain : std::uint8_t { kPanel, kStrip };

/// The format of the elements of B, where it differs from that of A.
struct GemmWeights {
  /// Fixed point with no more bits than A's significand, multiplied as it is.  The machine need not
  /// have it as a format of its own: sums and results are in A's format.
  std::optional<Format> format = std::nullopt;
  /// The format of A with this many bits per element, in DRAM only; the DMA unpacks them (0: all
  /// bits).
  int packed_bits = 0;
};

/// Lowers C[m x n] = A[m x k] B[k x n] to a validated program. inputs[0] is A, inputs[1] is B; the
/// output is C rounded to the format of the operands.  Panels that do not fit the memories are
/// streamed through two buffers each, with loads one step ahead.  Bits do not depend on the grain.
/// Throws InputError when even the smallest panels do not fit, or the machine does not have a
/// format.
Program lower_gemm(const HwConfig& hw, Format format, int m, int n, int k,
                   GemmGrain grain = GemmGrain::kPanel, const GemmWeights& weights = {});

}  // namespace tricycle
