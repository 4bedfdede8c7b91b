// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace tricycle {

/// The items of a run that no core has taken yet.  Items are numbered in blocks of `cores` items.
/// Slot 0 takes the first block, slot 1 the second, and so on; after the last slot, slot 0 takes
/// the next block.  Slots with the same number on different cores take items of their blocks in the
/// order in which they ask.
///
/// So items spread over cores before they spread over slots, and a core that is delayed leaves its
/// share to the others.  On a single core, slot s takes items s, s + slots, s + 2 slots, ..
///
/// `in_turn`: where items are of different lengths, whichever slot is free takes the next of all,
/// so that no slot is left with the long ones.
class ItemPool {
 public:
  ItemPool(std::int64_t items, std::int64_t cores, std::int64_t slots_per_core,
           bool in_turn = false)
      : items_(items),
        cores_(cores),
        in_turn_(in_turn),
        next_(static_cast<std::size_t>(slots_per_core)) {
    for (std::size_t s = 0; s < next_.size(); ++s) next_[s] = static_cast<std::int64_t>(s) * cores;
  }
  std::int64_t items() const { return items_; }
  bool empty(std::size_t slot) const { return next_[in_turn_ ? 0 : slot] >= items_; }
  /// The next item for the slot, if there is one.
  std::optional<std::int64_t> take(std::size_t slot) {
    if (empty(slot)) return std::nullopt;
    if (in_turn_) return next_[0]++;
    const std::int64_t item = next_[slot]++;
    // After the last item of a block come the blocks of the other slots.
    if (next_[slot] % cores_ == 0)
      next_[slot] += cores_ * (static_cast<std::int64_t>(next_.size()) - 1);
    return item;
  }

 private:
  std::int64_t items_, cores_;
  bool in_turn_;
  std::vector<std::int64_t> next_;  // by slot number
};

}  // namespace tricycle
