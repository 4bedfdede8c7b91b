// SPDX-License-Identifier: Apache-2.0
//
// Random numbers without state: Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random
// numbers: as easy as 1, 2, 3" (SC 2011).  A number follows from its key and counter alone, so
// rounding with it does not depend on any order.
#pragma once

#include <array>
#include <cstdint>

namespace tricycle {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

/// Ten rounds of the generator: 128 random bits.
constexpr PhiloxCounter philox(PhiloxCounter c, PhiloxKey key) {
  // Multipliers and Weyl constants of the paper (golden ratio, sqrt(3) - 1).
  constexpr std::uint64_t kMultiply[2] = {0xD2511F53, 0xCD9E8D57};
  constexpr std::uint32_t kWeyl[2] = {0x9E3779B9, 0xBB67AE85};
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = kMultiply[0] * c[0], second = kMultiply[1] * c[2];
    c = {static_cast<std::uint32_t>(second >> 32) ^ c[1] ^ key[0],
         static_cast<std::uint32_t>(second),
         static_cast<std::uint32_t>(first >> 32) ^ c[3] ^ key[1],
         static_cast<std::uint32_t>(first)};
    key = {key[0] + kWeyl[0], key[1] + kWeyl[1]};
  }
  return c;
}

/// 64 random bits for an element of a matrix and for `value`, the bits of the value rounded there.
constexpr std::uint64_t random_bits(std::uint64_t seed, std::int64_t row, std::int64_t col,
                                    std::uint64_t value) {
  const PhiloxCounter out =
      philox({static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value >> 32),
              static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(col)},
             {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
  return std::uint64_t{out[1]} << 32 | out[0];
}

}  // namespace tricycle
