// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace tricycle {

/// The items of a run, until cores take them.  Slots of the same number take from the same
/// sequence, whichever core asks first: of blocks of `cores` items slot 0 has the first, slot 1 the
/// second, .., the last slot's being followed by slot 0's next.  So items spread over cores before
/// slots, a core that is held up leaves its share to the others, and one core alone has slot s take
/// items s, s + slots, s + 2 slots, ..
class ItemPool {
 public:
  ItemPool(std::int64_t items, std::int64_t cores, std::int64_t slots_per_core)
      : items_(items), cores_(cores), next_(static_cast<std::size_t>(slots_per_core)) {
    for (std::size_t s = 0; s < next_.size(); ++s) next_[s] = static_cast<std::int64_t>(s) * cores;
  }
  std::int64_t items() const { return items_; }
  bool empty(std::size_t slot) const { return next_[slot] >= items_; }
  /// The slot's next item, if there is any.
  std::optional<std::int64_t> take(std::size_t slot) {
    if (empty(slot)) return std::nullopt;
    const std::int64_t item = next_[slot]++;
    // Behind the last item of a block lie those of the other slots.
    if (next_[slot] % cores_ == 0)
      next_[slot] += cores_ * (static_cast<std::int64_t>(next_.size()) - 1);
    return item;
  }

 private:
  std::int64_t items_, cores_;
  std::vector<std::int64_t> next_;  // of every slot number
};

}  // namespace tricycle
