// SPDX-License-Identifier: Apache-2.0
#include "models/closest_name.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace tricycle {

namespace {

constexpr std::size_t kLongestName = 64;  // nothing is close to a text that is no name at all

/// Converts a letter to lower case, and a separator to the one that names use.
unsigned char folded(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned char>(c - 'A' + 'a');
  return static_cast<unsigned char>(c == '-' || c == ' ' ? '_' : c);
}

/// Levenshtein's distance to one text.  The number of steps is the length of the other text.  A
/// step computes a column of the table of distances, held in two words with one bit per row:
/// whether the row is one more (`more`) or one less (`less`) than the row above.  Myers, "A fast
/// bit-vector algorithm for approximate string matching based on dynamic programming", JACM 46(3),
/// 1999, in the form of Hyyrö (2003).
class EditDistance {
 public:
  /// Precondition: text.size() <= 64.
  explicit EditDistance(std::string_view text) : size_(text.size()) {
    for (std::size_t i = 0; i < size_; ++i) places_[folded(text[i])] |= std::uint64_t{1} << i;
  }

  std::size_t to(std::string_view other) const {
    if (size_ == 0) return other.size();
    const std::uint64_t last = std::uint64_t{1} << (size_ - 1);
    std::uint64_t more = ~std::uint64_t{0}, less = 0;
    std::size_t distance = size_;
    for (const char c : other) {
      const std::uint64_t equal = places_[folded(c)];
      const std::uint64_t diagonal = (((equal & more) + more) ^ more) | equal | less;
      std::uint64_t more_across = less | ~(diagonal | more), less_across = more & diagonal;
      distance += (more_across & last) != 0 ? 1 : 0;
      distance -= (less_across & last) != 0 ? 1 : 0;
      more_across = more_across << 1 | 1;
      less_across <<= 1;
      more = less_across | ~(diagonal | more_across);
      less = more_across & diagonal;
    }
    return distance;
  }

 private:
  std::size_t size_;
  std::array<std::uint64_t, 256> places_{};  // of each letter in the text, a bit each
};

}  // namespace

std::string_view closest_name(std::string_view given, std::span<const std::string_view> valid) {
  if (given.size() >= kLongestName) return {};
  const EditDistance distance(given);
  std::string_view best;
  std::size_t best_distance = 1 + std::max<std::size_t>(1, given.size() / 2);
  for (const std::string_view name : valid) {
    if (const std::size_t found = distance.to(name); found < best_distance) {
      best = name;
      best_distance = found;
    }
  }
  return best;
}

}  // namespace tricycle
