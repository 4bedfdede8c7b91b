// SPDX-License-Identifier: Apache-2.0
//
// Sums in accumulators of fp16, fast.  A row of outputs is computed at a time, exact in binary64
// and rounded by the SIMD form of the conversion. k ascends for every output, so the bits are those
// of mac.cpp.
#include "models/numerics/fast_half_mac.h"

#include <algorithm>
#include <vector>

#include "models/numerics/convert.h"

namespace tricycle {

void sum_in_fp16(const MacSpec& spec, MatrixRef<const float> a, MatrixRef<const float> b,
                 MatrixRef<float> acc) {
  const bool tiled = spec.order == SumOrder::kTile;
  const std::int64_t pass =
      std::max<std::int64_t>(tiled ? std::min(spec.tile_k, a.cols) : a.cols, 1);
  const auto width = static_cast<std::size_t>(acc.cols);
  std::vector<double> exact(width);
  std::vector<float> sum(width);
  for (std::int64_t i = 0; i < acc.rows; ++i) {
    float* out = acc.row(i);
    for (std::int64_t first = 0; first < a.cols; first += pass) {
      if (tiled)
        std::fill(sum.begin(), sum.end(), 0.0F);
      else
        std::copy_n(out, width, sum.begin());
      for (std::int64_t k = first; k < std::min(a.cols, first + pass); ++k) {
        const auto x = static_cast<double>(a.row(i)[k]);
        const float* y = b.row(k);
        for (std::size_t j = 0; j < width; ++j)
          exact[j] = static_cast<double>(sum[j]) + x * static_cast<double>(y[j]);
        round_to_storage(Format::kFp16, exact.data(), sum.data(), acc.cols);
      }
      if (tiled) {
        for (std::size_t j = 0; j < width; ++j) sum[j] = out[j] + sum[j];
        round_to_storage(Format::kFp16, sum.data(), acc.cols);
      }
      std::copy_n(sum.begin(), width, out);
    }
  }
}

}  // namespace tricycle
