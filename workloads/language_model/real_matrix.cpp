// SPDX-License-Identifier: Apache-2.0
#include "workloads/language_model/real_matrix.h"

#include <algorithm>

#include "models/numerics/mac.h"

namespace tricycle {

RealMatrix product(const RealMatrix& a, const RealMatrix& b) {
  RealMatrix out(a.rows, b.cols);
  const MacSpec binary64{.operands = Format::kFp64, .accumulator = Accumulator::kFp64};
  multiply_accumulate(binary64, MatrixRef<const double>{a.values.data(), a.rows, a.cols, a.cols},
                      MatrixRef<const double>{b.values.data(), b.rows, b.cols, b.cols},
                      MatrixRef<double>{out.values.data(), out.rows, out.cols, out.cols});
  return out;
}

RealMatrix transposed(const RealMatrix& a) {
  RealMatrix out(a.cols, a.rows);
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t j = 0; j < a.cols; ++j) out.at(j, i) = a.at(i, j);
  return out;
}

RealMatrix block(const RealMatrix& a, std::int64_t row, std::int64_t rows, std::int64_t first,
                 std::int64_t count) {
  RealMatrix out(rows, count);
  for (std::int64_t i = 0; i < std::min(rows, a.rows - row); ++i) {
    const auto from =
        a.row(row + i).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
    std::copy(from.begin(), from.end(), out.row(i).begin());
  }
  return out;
}

void add(RealMatrix& m, const RealMatrix& other, double sign) {
  for (std::size_t i = 0; i < m.values.size(); ++i) m.values[i] += sign * other.values[i];
}

}  // namespace tricycle
