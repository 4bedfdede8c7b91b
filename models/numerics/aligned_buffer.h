// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>

namespace tricycle {

/// Uninitialised memory for packed operands, aligned for every vector width.  It only grows: a
/// thread that keeps one pays for an allocation once, not for every small product.
template <typename T>
class AlignedBuffer {
 public:
  /// Room for `count` elements.  Its old content is lost when it has to grow.
  T* room_for(std::int64_t count) {
    if (count > held_) {
      data_ = hwy::AllocateAligned<T>(static_cast<std::size_t>(count));
      held_ = count;
    }
    return data_.get();
  }

 private:
  hwy::AlignedFreeUniquePtr<T[]> data_;
  std::int64_t held_ = 0;
};

}  // namespace tricycle
