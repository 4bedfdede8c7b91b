// SPDX-License-Identifier: Apache-2.0
#include "models/simt/simt_config.h"

namespace tricycle {

double SimtConfig::fetch_cycles(double bytes) const {
  constexpr double kKib = 1024;
  if (bytes <= kFetchedKib.front() * kKib) return fetch.front();
  for (std::size_t i = 1; i < kFetchedKib.size(); ++i) {
    const double low = kFetchedKib[i - 1] * kKib, high = kFetchedKib[i] * kKib;
    if (bytes <= high)
      return fetch[i - 1] + (fetch[i] - fetch[i - 1]) * (bytes - low) / (high - low);
  }
  return fetch.back();
}

}  // namespace tricycle
