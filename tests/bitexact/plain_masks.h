// SPDX-License-Identifier: Apache-2.0
//
// Which entries of a matrix are kept, in plain loops, and how often a matrix doubles.
#pragma once

#include "tests/bitexact/plain_arithmetic.h"

namespace tricycle::testing {

inline Keep distance(int min, int max = 1 << 20) {
  return [=](int i, int j) { return i - j >= min && i - j <= max; };
}
inline Keep block_distance(int b, int min, int max = 1 << 20) {
  return [=](int i, int j) { return i / b - j / b >= min && i / b - j / b <= max; };
}
inline Keep both(const Keep& x, const Keep& y) {
  return [=](int i, int j) { return x(i, j) && y(i, j); };
}
inline const Keep kLower = distance(1);

/// Where `keep` the old, elsewhere +0.
inline Plain kept(Plain m, const Keep& keep) {
  for (int i = 0; i < m.size; ++i)
    for (int j = 0; j < m.size; ++j)
      if (!keep(i, j)) m.at(i, j) = 0;
  return m;
}
inline void overwrite(Plain& m, const Plain& with, const Keep& where) {
  for (int i = 0; i < m.size; ++i)
    for (int j = 0; j < m.size; ++j)
      if (where(i, j)) m.at(i, j) = with.at(i, j);
}

inline int ceil_log2(int n) {
  int log = 0;
  while ((1 << log) < n) ++log;
  return log;
}

}  // namespace tricycle::testing
