// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "models/error.h"
#include "models/semantics/compute.h"
#include "models/semantics/region_view.h"

namespace tricycle {

namespace {

/// |m_ij| on the smallest rectangle around the parts of a matrix; +0 between them.
template <typename T>
class Magnitudes {
 public:
  Magnitudes(const Norm& op, const ValueInputs& in) {
    const Region& first = op.parts.front();
    row_ = first.row;
    col_ = first.col;
    std::int32_t row_end = 0, col_end = 0;
    for (const Region& r : op.parts) {
      row_ = std::min(row_, r.row);
      col_ = std::min(col_, r.col);
      row_end = std::max(row_end, r.row + r.rows);
      col_end = std::max(col_end, r.col + r.cols);
    }
    rows_ = static_cast<std::size_t>(row_end - row_);
    cols_ = static_cast<std::size_t>(col_end - col_);
    values_.assign(rows_ * cols_, T{0});
    for (const Region& r : op.parts) add(in, r);
  }

  T largest_row() const {
    T largest{0};
    for (std::size_t i = 0; i < rows_; ++i) {
      T sum{0};
      for (std::size_t j = 0; j < cols_; ++j) sum += at(i, j);
      largest = greater_or_nan(largest, sum);
    }
    return largest;
  }
  T largest_column() const {
    std::vector<T> sums(cols_, T{0});
    for (std::size_t i = 0; i < rows_; ++i)
      for (std::size_t j = 0; j < cols_; ++j) sums[j] += at(i, j);
    T largest{0};
    for (const T sum : sums) largest = greater_or_nan(largest, sum);
    return largest;
  }
  T frobenius() const {
    T sum{0};
    for (const T value : values_) {
      const T square = value * value;
      sum += square;
    }
    return std::sqrt(sum);
  }

 private:
  T at(std::size_t i, std::size_t j) const { return values_[i * cols_ + j]; }
  static T greater_or_nan(T a, T b) { return std::isnan(a) || a >= b ? a : b; }

  void add(const ValueInputs& in, const Region& r) {
    const Buffer& buffer = in.program.buffer(r);
    const Values& held = in.state.buffers[r.buffer];
    std::visit(
        [&](const auto& elements) {
          using Element = typename std::decay_t<decltype(elements)>::value_type;
          const MatrixRef<const Element> m = view<Element>(in.program, in.state, r);
          for (std::int32_t i = 0; i < r.rows; ++i)
            for (std::int32_t j = 0; j < r.cols; ++j) {
              const auto row = static_cast<std::size_t>(r.row - row_) + static_cast<std::size_t>(i),
                         col = static_cast<std::size_t>(r.col - col_) + static_cast<std::size_t>(j);
              values_[row * cols_ + col] = static_cast<T>(
                  std::abs(std::ldexp(static_cast<double>(m.row(i)[j]), -buffer.fraction_bits)));
            }
        },
        held);
  }

  std::int32_t row_ = 0, col_ = 0;
  std::size_t rows_ = 0, cols_ = 0;
  std::vector<T> values_;
};

template <typename T>
T norm_of(const Norm& op, const ValueInputs& in) {
  const Magnitudes<T> m(op, in);
  switch (op.kind) {
    case NormKind::kRows: return m.largest_row();
    case NormKind::kColumns: return m.largest_column();
    case NormKind::kFrobenius: return m.frobenius();
    case NormKind::kBound: break;
  }
  const T product = m.largest_row() * m.largest_column();
  const T of_sums = std::sqrt(product), of_squares = m.frobenius();
  // Either may overflow where the other does not; a NaN in the matrix is in both.
  return of_sums < of_squares ? of_sums : of_squares;
}

template <typename T>
bool holds(const Exit& op, const ValueInputs& in) {
  if (!op.value) return true;
  const auto value = static_cast<double>(view<T>(in.program, in.state, *op.value).row(0)[0]);
  const bool at_most = value <= op.limit;  // not of a NaN
  return at_most == (op.when == ExitWhen::kAtMost);
}

template <typename T>
PendingWrite one_element(const ValueInputs& in, T value) {
  Elements<T> values{value};
  store(in.hw.storage_rule(in.program.buffer(in.dst).format), in.dst, values);
  return {in.dst, std::move(values), 0};
}

}  // namespace

template <typename T>
PendingWrite compute(const Norm& op, const ValueInputs& in) {
  if constexpr (std::is_same_v<T, std::int16_t>)
    throw InternalError("norms are floats");
  else
    return one_element(in, norm_of<T>(op, in));
}

template <typename T>
PendingWrite compute(const Exit& op, const ValueInputs& in) {
  if constexpr (std::is_same_v<T, std::int16_t>)
    throw InternalError("decisions are floats");
  else
    return one_element(in, static_cast<T>(holds<T>(op, in) ? 1 : 0));
}

TRICYCLE_COMPUTE(Norm);
TRICYCLE_COMPUTE(Exit);

bool is_taken(const Program& program, const MachineState& state, const Instruction& exit) {
  const Region& decision = exit.dst;
  const std::int64_t at = std::int64_t{decision.row} * program.buffer(decision).cols + decision.col;
  return read_real(program, decision.buffer, state)[static_cast<std::size_t>(at)] == 1;
}

}  // namespace tricycle
