// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/excess.h"

#include <algorithm>
#include <cstdlib>

#include "models/semantics/region_view.h"

namespace tricycle {

namespace {

bool any(const Excess& excess) {
  return std::any_of(excess.begin(), excess.end(), [](std::int64_t e) { return e != 0; });
}

template <typename T>
std::int64_t largest_magnitude(MatrixRef<const T> m) {
  std::int64_t largest = 0;
  for (std::int64_t i = 0; i < m.rows; ++i)
    for (std::int64_t j = 0; j < m.cols; ++j)
      largest = std::max(largest, std::abs(std::int64_t{m.row(i)[j]}));
  return largest;
}

/// An upper bound on the magnitude of every sum.  It takes the row of `a` with the largest sum of
/// magnitudes, as if all of them met the largest magnitude of b.  The largest of `before` is added.
std::int64_t bound_of_sums(MatrixRef<const std::int16_t> a, MatrixRef<const std::int16_t> b,
                           MatrixRef<const std::int64_t> before) {
  std::int64_t row = 0;
  for (std::int64_t i = 0; i < a.rows; ++i) {
    std::int64_t sum = 0;
    for (std::int64_t k = 0; k < a.cols; ++k) sum += std::abs(std::int64_t{a.row(i)[k]});
    row = std::max(row, sum);
  }
  return row * largest_magnitude(b) + largest_magnitude(before);
}

}  // namespace

Excess excess_of_product(const MacSpec& spec, MatrixRef<const std::int16_t> a,
                         MatrixRef<const std::int16_t> b, MatrixRef<const std::int64_t> before,
                         MatrixRef<const std::int64_t> held) {
  const std::int64_t bound = bound_of_sums(a, b, before);
  if (clip_accumulator(bound, spec.accumulator, AccumulatorOverflow::kSaturate) == bound) return {};
  Excess excess(static_cast<std::size_t>(held.rows * held.cols));
  for (std::int64_t i = 0; i < held.rows; ++i) {
    std::int64_t* out = excess.data() + i * held.cols;
    std::copy_n(before.row(i), held.cols, out);
    for (std::int64_t k = 0; k < a.cols; ++k) {
      const std::int32_t left = a.row(i)[k];
      const std::int16_t* right = b.row(k);
      for (std::int64_t j = 0; j < held.cols; ++j) out[j] += left * right[j];
    }
    for (std::int64_t j = 0; j < held.cols; ++j) out[j] -= held.row(i)[j];
  }
  return any(excess) ? excess : Excess{};
}

Excess excess_of_matmul(const ValueInputs& in, const Matmul& op, const MacSpec& spec,
                        MatrixRef<const std::int16_t> a, MatrixRef<const std::int16_t> b,
                        const Elements<std::int64_t>& sum) {
  Elements<std::int64_t> before(sum.size(), 0);
  if (op.accumulate) {
    before = copy_of(view<std::int64_t>(in.program, in.state, in.dst));
    const Excess excess = excess_of(in.program, in.state, in.dst);
    for (std::size_t i = 0; i < excess.size(); ++i) before[i] += excess[i];
  }
  const Region& r = in.dst;
  return excess_of_product(spec, a, b,
                           MatrixRef<const std::int64_t>{before.data(), r.rows, r.cols, r.cols},
                           MatrixRef<const std::int64_t>{sum.data(), r.rows, r.cols, r.cols});
}

Excess excess_of(const Program& program, const MachineState& state, const Region& r) {
  const auto found = state.excess.find(r.buffer);
  if (found == state.excess.end()) return {};
  const std::int64_t stride = program.buffer(r).cols;
  Excess out;
  for (std::int64_t i = 0; i < r.rows; ++i) {
    const auto row = found->second.begin() + (r.row + i) * stride + r.col;
    out.insert(out.end(), row, row + r.cols);
  }
  return any(out) ? out : Excess{};
}

void commit_excess(const PendingWrite& write, const Program& program, MachineState& state) {
  const Region& r = write.region;
  const Buffer& buffer = program.buffer(r);
  if (write.excess.empty() && !state.excess.contains(r.buffer)) return;
  Excess& target = state.excess[r.buffer];
  target.resize(static_cast<std::size_t>(buffer.rows) * static_cast<std::size_t>(buffer.cols));
  for (std::int64_t i = 0; i < r.rows; ++i) {
    const auto row = target.begin() + (r.row + i) * buffer.cols + r.col;
    if (write.excess.empty())
      std::fill_n(row, r.cols, 0);
    else
      std::copy_n(write.excess.begin() + i * r.cols, r.cols, row);
  }
}

}  // namespace tricycle
