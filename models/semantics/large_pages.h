// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace tricycle {

/// Allocator that asks for large pages where an allocation fills at least one.  A matrix of a big
/// product is written about once.  The faults of its thousand small pages would then cost more than
/// the arithmetic.  Where the system gives no large pages, memory is as usual.
template <typename T>
struct LargePages {
  using value_type = T;
  static constexpr std::size_t kPageBytes = std::size_t{2} << 20;

  LargePages() = default;
  template <typename U>
  LargePages(const LargePages<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (bytes < kPageBytes) return std::allocator<T>().allocate(count);
    void* memory = nullptr;
    if (posix_memalign(&memory, kPageBytes, bytes) != 0) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    // Whole pages only: the remainder does not take a large page of its own.  This is advice, so an
    // error is ignored.
    static_cast<void>(madvise(memory, bytes / kPageBytes * kPageBytes, MADV_HUGEPAGE));
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    if (count * sizeof(T) < kPageBytes)
      std::allocator<T>().deallocate(memory, count);
    else
      std::free(memory);
  }
  friend bool operator==(const LargePages&, const LargePages&) { return true; }
};

}  // namespace tricycle
