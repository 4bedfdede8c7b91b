// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tricycle {

/// A figure about which published sources disagree: the least value, the one this project takes,
/// the most.  All are >= 0 and low <= nominal <= high; the same holds for sums and products of such
/// figures.  A sum takes the low (or high) end of all its parts at once: an outer bound, not a
/// confidence interval.
struct Spread {
  double low = 0, nominal = 0, high = 0;

  bool is_ordered() const { return low <= nominal && nominal <= high; }
  friend bool operator==(const Spread&, const Spread&) = default;
};

constexpr Spread operator+(const Spread& a, const Spread& b) {
  return {a.low + b.low, a.nominal + b.nominal, a.high + b.high};
}
constexpr Spread operator*(const Spread& a, const Spread& b) {
  return {a.low * b.low, a.nominal * b.nominal, a.high * b.high};
}
constexpr Spread operator*(const Spread& a, double factor) {
  return {a.low * factor, a.nominal * factor, a.high * factor};
}
constexpr Spread& operator+=(Spread& a, const Spread& b) { return a = a + b; }

/// Applies f to each of the three values; f must not decrease.
template <typename F>
Spread mapped(const Spread& a, F f) {
  return {f(a.low), f(a.nominal), f(a.high)};
}

}  // namespace tricycle
