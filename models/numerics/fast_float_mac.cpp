// SPDX-License-Identifier: Apache-2.0
//
// The float sums of mac.cpp, fast: SIMD over output columns. k ascends for every output, so the
// bits are those of the plain loops.  Google Highway compiles this file once per instruction set
// and picks one at run time.
//
// The loops from the outside in, with what each takes at a time:
// 1. kBlockRows rows of A, so that their packed copy stays in the second-level cache;
// 2. kBlockDepth of k, so that a panel of B (two vectors wide) stays in the first-level cache;
// 3. one panel after the other;
// 4. kRegisterRows rows by two vectors of outputs, in registers while k runs through the panel.
// Between two blocks of k the sums are kept in memory, so the order does not change.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/numerics/fast_float_mac.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

#include "models/numerics/aligned_buffer.h"
#include "models/numerics/fast_half_mac.h"
#include "models/numerics/mac.h"
#include "models/numerics/multiply_add.h"

HWY_BEFORE_NAMESPACE();
namespace tricycle {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::int64_t kBlockRows = 512;
constexpr std::int64_t kBlockDepth = 256;
// Two vectors per row, and three registers for the operands: 19 of 32 registers, or 15 of 16.
constexpr int kRegisterRows = HWY_CAP_GE512 ? 8 : 6;
// Rows that are this far apart compete for the same cache lines, so that a dense copy pays off.
constexpr std::int64_t kFarBytes = 1024;

/// acc[kRows x kVectors vectors] += a[kRows x b.rows] b, in registers.  `from_zero`: the products
/// are summed separately before they enter acc.
template <int kRows, int kVectors, bool kFusedAdd, typename T>
HWY_ATTR void register_block(const T* a, std::int64_t a_stride, MatrixRef<const T> b, T* acc,
                             std::int64_t acc_stride, bool from_zero) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  using V = hn::Vec<decltype(d)>;
  // Unrolled on request: as loops, the sums would live in memory.
  V sum[kRows][kVectors];
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) HWY_UNROLL(4)
  for (int v = 0; v < kVectors; ++v)
    sum[r][v] = from_zero ? hn::Zero(d) : hn::LoadU(d, acc + r * acc_stride + v * lanes);
  for (std::int64_t k = 0; k < b.rows; ++k) {
    V y[kVectors];
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) y[v] = hn::LoadU(d, b.row(k) + v * lanes);
    HWY_UNROLL(16)
    for (int r = 0; r < kRows; ++r) {
      const V x = hn::Set(d, a[r * a_stride + k]);
      HWY_UNROLL(4)
      for (int v = 0; v < kVectors; ++v)
        sum[r][v] =
            kFusedAdd ? hn::MulAdd(x, y[v], sum[r][v]) : hn::Add(sum[r][v], hn::Mul(x, y[v]));
    }
  }
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) HWY_UNROLL(4)
  for (int v = 0; v < kVectors; ++v) {
    T* out = acc + r * acc_stride + v * lanes;
    hn::StoreU(from_zero ? hn::Add(hn::LoadU(d, out), sum[r][v]) : sum[r][v], d, out);
  }
}

/// acc += a b for a panel b of kVectors vectors, from row `first` on.  Blocks of kRows rows come
/// first, then smaller blocks for the rest.  `pass`: how many k are summed separately, 0 for none.
template <int kRows, int kVectors, bool kFusedAdd, typename T>
HWY_ATTR void panel_rows(MatrixRef<const T> a, MatrixRef<const T> b, MatrixRef<T> acc,
                         std::int64_t pass, std::int64_t first) {
  std::int64_t i = first;
  for (; i + kRows <= acc.rows; i += kRows)
    for (std::int64_t k = 0; k<b.rows; k += pass> 0 ? pass : b.rows) {
      const std::int64_t depth = pass > 0 ? std::min(pass, b.rows - k) : b.rows;
      register_block<kRows, kVectors, kFusedAdd, T>(a.row(i) + k, a.stride,
                                                    {b.row(k), depth, b.cols, b.stride}, acc.row(i),
                                                    acc.stride, pass > 0);
    }
  constexpr int kFewer = kRows > 4 ? 4 : kRows / 2;
  if constexpr (kFewer > 0)
    if (i < acc.rows) panel_rows<kFewer, kVectors, kFusedAdd, T>(a, b, acc, pass, i);
}

/// A dense copy with `width` columns.  The added columns are zero.
template <typename T>
MatrixRef<const T> pack(MatrixRef<const T> m, std::int64_t width, T* out) {
  for (std::int64_t i = 0; i < m.rows; ++i) {
    std::copy_n(m.row(i), m.cols, out + i * width);
    std::fill(out + i * width + m.cols, out + (i + 1) * width, T{0});
  }
  return {out, m.rows, width, width};
}

/// acc += a b for a panel of at most two vectors of columns.
template <bool kFusedAdd, typename T>
HWY_ATTR void sum_panel(MatrixRef<const T> a, MatrixRef<const T> b, MatrixRef<T> acc,
                        std::int64_t pass) {
  static thread_local AlignedBuffer<T> panel_buffer, edge_buffer;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  const std::int64_t width = acc.cols > lanes ? 2 * lanes : lanes;
  // Outputs that do not fill a vector are summed in a padded copy.
  const bool narrow = acc.cols < width;
  MatrixRef<T> out = acc;
  if (narrow) {
    T* edge = edge_buffer.room_for(acc.rows * width);
    pack<T>({acc.data, acc.rows, acc.cols, acc.stride}, width, edge);
    out = {edge, acc.rows, width, width};
  }
  // Several blocks of rows read the panel, so an aligned dense copy pays off.
  if (narrow || acc.rows > 2 * kRegisterRows)
    b = pack(b, width, panel_buffer.room_for(b.rows * width));
  if (width > lanes)
    panel_rows<kRegisterRows, 2, kFusedAdd, T>(a, b, out, pass, 0);
  else
    panel_rows<kRegisterRows, 1, kFusedAdd, T>(a, b, out, pass, 0);
  if (narrow)
    for (std::int64_t i = 0; i < acc.rows; ++i) std::copy_n(out.row(i), acc.cols, acc.row(i));
}

template <bool kFusedAdd, typename T>
HWY_ATTR void sum_floats(const MacSpec& spec, MatrixRef<const T> a, MatrixRef<const T> b,
                         MatrixRef<T> acc) {
  static thread_local AlignedBuffer<T> rows_buffer;
  const auto width = 2 * static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  const std::int64_t pass = spec.order == SumOrder::kTile ? std::min(spec.tile_k, a.cols) : 0;
  // A block of k holds whole passes.
  const std::int64_t step =
      pass > 0 ? std::max<std::int64_t>(1, kBlockDepth / pass) * pass : kBlockDepth;
  const bool far =
      a.stride * static_cast<std::int64_t>(sizeof(T)) > kFarBytes && acc.cols > 2 * width;
  for (std::int64_t i = 0; i < acc.rows; i += kBlockRows) {
    const std::int64_t rows = std::min(kBlockRows, acc.rows - i);
    for (std::int64_t k = 0; k < a.cols; k += step) {
      const std::int64_t depth = std::min(step, a.cols - k);
      MatrixRef<const T> left{a.row(i) + k, rows, depth, a.stride};
      // One vector more than `depth` also keeps the rows of the copy apart in the cache.
      if (far)
        left = pack(left, depth + width / 2, rows_buffer.room_for(rows * (depth + width / 2)));
      for (std::int64_t j = 0; j < acc.cols; j += width) {
        const std::int64_t cols = std::min(width, acc.cols - j);
        sum_panel<kFusedAdd, T>(left, {b.row(k) + j, depth, cols, b.stride},
                                {acc.row(i) + j, rows, cols, acc.stride}, pass);
      }
    }
  }
}

// Without a fused multiply-add in hardware, Highway rounds twice.  Then only sums whose products
// are exact anyway may use it.
constexpr bool kHasFusedMultiplyAdd = HWY_NATIVE_FMA != 0;

bool sum_float32(const MacSpec& spec, MatrixRef<const float> a, MatrixRef<const float> b,
                 MatrixRef<float> acc) {
  const bool fused = rounds_once(spec);
  if (!fused || (!kHasFusedMultiplyAdd && products_fit(spec)))
    sum_floats<false, float>(spec, a, b, acc);
  else if (kHasFusedMultiplyAdd)
    sum_floats<true, float>(spec, a, b, acc);
  else
    return false;
  return true;
}

bool sum_float64(const MacSpec& spec, MatrixRef<const double> a, MatrixRef<const double> b,
                 MatrixRef<double> acc) {
  if (spec.multiply_add == MultiplyAdd::kFused) {
    if (!kHasFusedMultiplyAdd) return false;
    sum_floats<true, double>(spec, a, b, acc);
  } else {
    sum_floats<false, double>(spec, a, b, acc);
  }
  return true;
}

}  // namespace HWY_NAMESPACE
}  // namespace tricycle
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tricycle {

HWY_EXPORT(sum_float32);
HWY_EXPORT(sum_float64);

void multiply_accumulate(const MacSpec& spec, MatrixRef<const float> a, MatrixRef<const float> b,
                         MatrixRef<float> acc) {
  if (sums_in_steps(spec.order))
    multiply_accumulate_normative(spec, a, b, acc);
  else if (spec.accumulator == Accumulator::kFp16)
    sum_in_fp16(spec, a, b, acc);
  else if (!HWY_DYNAMIC_DISPATCH(sum_float32)(spec, a, b, acc))
    multiply_accumulate_normative(spec, a, b, acc);
}

void multiply_accumulate(const MacSpec& spec, MatrixRef<const double> a, MatrixRef<const double> b,
                         MatrixRef<double> acc) {
  if (sums_in_steps(spec.order) || !HWY_DYNAMIC_DISPATCH(sum_float64)(spec, a, b, acc))
    multiply_accumulate_normative(spec, a, b, acc);
}

}  // namespace tricycle
#endif  // HWY_ONCE
