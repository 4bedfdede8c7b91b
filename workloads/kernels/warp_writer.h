// SPDX-License-Identifier: Apache-2.0
//
// Writes what one warp executes: tiles of 16 x 16 in registers, two mma.m16n8k16 a product.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/simt/warp_program.h"

namespace tricycle {

/// Where a value comes from: places of instructions, -1 for a constant.
using WarpValue = std::int32_t;
inline constexpr WarpValue kConstant = -1;

/// A tile of 16 bits: four registers a lane.
struct WarpTile {
  std::array<WarpValue, 4> registers{kConstant, kConstant, kConstant, kConstant};
};
/// Its sums in fp32: eight registers a lane, the first four of the left half of the columns.
struct WarpSums {
  std::array<WarpValue, 8> registers{kConstant, kConstant, kConstant, kConstant,
                                     kConstant, kConstant, kConstant, kConstant};
};

class WarpWriter {
 public:
  WarpValue emit(WarpOp op, std::vector<WarpValue> inputs = {}, double times = 1);
  /// `count` integer instructions, each with the one before.
  WarpValue chain(WarpOp op, int count, WarpValue first = kConstant);

  WarpTile load_tile();
  void store_tile(const WarpTile& tile);
  WarpSums widen(const WarpTile& tile);
  WarpSums add(const WarpSums& a, const WarpSums& b);
  WarpTile narrow(const WarpSums& sums);
  /// sums + left right
  WarpSums product(const WarpSums& sums, const WarpTile& left, const WarpTile& right);
  WarpTile mask(const WarpTile& tile);
  /// Entries of `now` where a mask says so, of `old` elsewhere.
  WarpTile merge(const WarpTile& old, const WarpTile& now);
  /// As the right operand of a product.
  WarpTile transpose(const WarpTile& tile);

  WarpCode take() { return std::move(code_); }
  std::size_t size() const { return code_.size(); }

 private:
  WarpCode code_;
};

}  // namespace tricycle
