// SPDX-License-Identifier: Apache-2.0
//
// A core whose units are fed by threads: warps of lanes go through their instructions in order, and
// schedulers issue for whichever warp can go on (Lindholm et al., "NVIDIA Tesla", IEEE Micro 28(2),
// 2008).  While one warp waits, others work: Volkov, "Understanding Latency Hiding on GPUs", 2016.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tricycle {

/// Instructions of a warp; all its lanes do the same.  A tile is 16 x 16 of 16 bits: four registers
/// of 32 bits a lane.
enum class WarpOp : std::uint8_t {
  kProduct,      ///< matrix instruction of one warp: 16 x 8 sums of 16 products each
  kMultiplyAdd,  ///< fp32, as kAdd
  kAdd,
  kWiden,      ///< 16 bits to fp32
  kNarrow,     ///< two fp32 to two of 16 bits
  kLogic,      ///< bits, comparisons, selections
  kInteger,    ///< sums of integers: addresses, counters
  kShuffle,    ///< a value from another lane
  kTranspose,  ///< 8 x 8 of 16 bits, between lanes
  kLoad,       ///< from the scratchpad, 32 bits a lane
  kLoadWide,   ///< 128 bits a lane
  kBroadcast,  ///< 128 bits, the same for all lanes
  kLoadTile,
  kStore,
  kStoreWide,
  kStoreTile,
  kGroupProduct,  ///< 64 x 64 sums of 16 products by all warps of a block, from the scratchpad
  kGroupProductRegisters,  ///< the same, left operands in registers
  kBranch,                 ///< a turn of a loop; nothing moves over it
  kWarpSync,               ///< the lanes of a warp
  kBarrier,                ///< all warps of a block
};
inline constexpr std::size_t kWarpOpCount = 21;

/// What an instruction holds in its scheduler ..
enum class WarpPipe : std::uint8_t { kNone, kMultiplyAdd, kConvert, kLogic, kMemory };
inline constexpr std::size_t kWarpPipeCount = 5;
/// .. and of what all schedulers of a core share.
enum class WarpUnit : std::uint8_t { kNone, kScratchpad, kShuffle, kGroupProduct };

struct WarpOpInfo {
  WarpOp op;
  std::string_view name;  // in a machine's file
  WarpPipe pipe;
  WarpUnit unit;
};
inline constexpr std::array<WarpOpInfo, kWarpOpCount> kWarpOps{{
    {WarpOp::kProduct, "product", WarpPipe::kNone, WarpUnit::kNone},
    {WarpOp::kMultiplyAdd, "multiply_add", WarpPipe::kMultiplyAdd, WarpUnit::kNone},
    {WarpOp::kAdd, "add", WarpPipe::kMultiplyAdd, WarpUnit::kNone},
    {WarpOp::kWiden, "widen", WarpPipe::kConvert, WarpUnit::kNone},
    {WarpOp::kNarrow, "narrow", WarpPipe::kLogic, WarpUnit::kNone},
    {WarpOp::kLogic, "logic", WarpPipe::kLogic, WarpUnit::kNone},
    {WarpOp::kInteger, "integer", WarpPipe::kNone, WarpUnit::kNone},
    {WarpOp::kShuffle, "shuffle", WarpPipe::kMemory, WarpUnit::kShuffle},
    {WarpOp::kTranspose, "transpose", WarpPipe::kMemory, WarpUnit::kShuffle},
    {WarpOp::kLoad, "load", WarpPipe::kMemory, WarpUnit::kScratchpad},
    {WarpOp::kLoadWide, "load_wide", WarpPipe::kMemory, WarpUnit::kScratchpad},
    {WarpOp::kBroadcast, "broadcast", WarpPipe::kMemory, WarpUnit::kScratchpad},
    {WarpOp::kLoadTile, "load_tile", WarpPipe::kMemory, WarpUnit::kScratchpad},
    {WarpOp::kStore, "store", WarpPipe::kMemory, WarpUnit::kScratchpad},
    {WarpOp::kStoreWide, "store_wide", WarpPipe::kMemory, WarpUnit::kScratchpad},
    {WarpOp::kStoreTile, "store_tile", WarpPipe::kMemory, WarpUnit::kScratchpad},
    {WarpOp::kGroupProduct, "group_product", WarpPipe::kNone, WarpUnit::kGroupProduct},
    {WarpOp::kGroupProductRegisters, "group_product_registers", WarpPipe::kNone,
     WarpUnit::kGroupProduct},
    {WarpOp::kBranch, "branch", WarpPipe::kNone, WarpUnit::kNone},
    {WarpOp::kWarpSync, "warp_sync", WarpPipe::kNone, WarpUnit::kNone},
    {WarpOp::kBarrier, "barrier", WarpPipe::kNone, WarpUnit::kNone},
}};
static_assert([] {
  for (std::size_t i = 0; i < kWarpOpCount; ++i)
    if (kWarpOps[i].op != static_cast<WarpOp>(i)) return false;
  return true;
}());

constexpr const WarpOpInfo& info(WarpOp op) { return kWarpOps[static_cast<std::size_t>(op)]; }
constexpr bool is_store(WarpOp op) {
  return op == WarpOp::kStore || op == WarpOp::kStoreWide || op == WarpOp::kStoreTile;
}

/// Times of an instruction, in cycles of the machine's clock.
struct WarpOperation {
  // Of its scheduler's issue: one cycle at once, more of them in the gaps that other warps leave (a
  // product reads its operands); the warp itself waits for all.
  double issue = 1;
  double interval = 1;    // its pipe takes no other
  double unit = 0;        // its unit takes no other
  double latency = 1;     // until an instruction that needs the result; stores: until a sync
  double scratchpad = 0;  // products of a group: the scratchpad's, for their operands
};

/// Straight code of these sizes, in KiB, is fetched at a rate of its own.
inline constexpr std::array<int, 5> kFetchedKib{16, 32, 64, 128, 256};

/// The key `simt` of a machine.
struct SimtConfig {
  bool present = false;
  std::int64_t schedulers = 1;
  std::int64_t lanes = 32;                       // of a warp
  std::int64_t max_warps = 64, max_blocks = 32;  // resident on a core
  std::int64_t registers = 0;                    // of 32 bits, of a core
  std::int64_t register_unit = 256;              // a warp has a multiple of them
  std::int64_t block_bytes = 0;                  // scratchpad that every block takes beside its own
  std::int64_t block_unit_bytes = 128;           // a block has a multiple of them
  double barrier_per_warp = 0;    // added to a barrier's latency, a warp of the block
  double window = 0.5;            // instructions that one moves ahead of, a register
  std::int64_t fetch_ahead = 32;  // instructions fetched before they are issued
  std::array<double, kFetchedKib.size()> fetch{1, 1, 1, 1, 1};  // cycles an instruction, by size
  std::array<WarpOperation, kWarpOpCount> operations{};

  const WarpOperation& of(WarpOp op) const { return operations[static_cast<std::size_t>(op)]; }
  /// Cycles between two instructions of a warp that fetching `bytes` of straight code allows;
  /// between two sizes on the line through them.
  double fetch_cycles(double bytes) const;
};

}  // namespace tricycle
