// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tricycle {

/// A row-major matrix of doubles, for the arithmetic of a language model around the inverse.
struct RealMatrix {
  RealMatrix() = default;
  RealMatrix(std::int64_t row_count, std::int64_t col_count)
      : rows(row_count),
        cols(col_count),
        values(static_cast<std::size_t>(row_count * col_count), 0.0) {}

  std::int64_t rows = 0, cols = 0;
  std::vector<double> values;

  double& at(std::int64_t i, std::int64_t j) {
    return values[static_cast<std::size_t>(i * cols + j)];
  }
  double at(std::int64_t i, std::int64_t j) const {
    return values[static_cast<std::size_t>(i * cols + j)];
  }
  std::span<double> row(std::int64_t i) {
    return {values.data() + i * cols, static_cast<std::size_t>(cols)};
  }
  std::span<const double> row(std::int64_t i) const {
    return {values.data() + i * cols, static_cast<std::size_t>(cols)};
  }
};

/// The product a b.  Every sum is in binary64 with k ascending: the same bits on every host.
RealMatrix product(const RealMatrix& a, const RealMatrix& b);

RealMatrix transposed(const RealMatrix& a);

/// Columns [first, first + count) of rows [row, row + rows).  Rows below the end of the matrix are
/// zeros.
RealMatrix block(const RealMatrix& a, std::int64_t row, std::int64_t rows, std::int64_t first,
                 std::int64_t count);

/// m += sign other, entry by entry.
void add(RealMatrix& m, const RealMatrix& other, double sign = 1);

}  // namespace tricycle
