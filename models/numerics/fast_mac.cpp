// SPDX-License-Identifier: Apache-2.0
//
// The sums of mac.cpp, fast: SIMD over output columns, k ascending for every output, so the bits
// are those of the plain loops. Google Highway compiles this file once per instruction set and
// picks one at run time.
//
// A panel of B (kPanelRows of k, two vectors of columns) is packed where it would not stay in the
// nearest cache; six rows of outputs live in registers while k runs through the panel, and are
// carried in memory to the next panel: the order does not change.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/numerics/fast_mac.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"

HWY_BEFORE_NAMESPACE();
namespace tricycle {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::int64_t kPanelRows = 256;
constexpr std::int64_t kRegisterRows = 6;

/// acc[kRows x 2 vectors] += a[kRows x depth] panel[depth x 2 vectors], one register block.
template <int kRows, bool kFusedAdd, typename T>
HWY_ATTR void register_block(const T* a, std::int64_t a_stride, const T* panel,
                             std::int64_t panel_stride, std::int64_t depth, T* acc,
                             std::int64_t acc_stride, bool from_zero) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  using V = hn::Vec<decltype(d)>;
  V left[kRows], right[kRows];
  for (int r = 0; r < kRows; ++r) {
    left[r] = from_zero ? hn::Zero(d) : hn::LoadU(d, acc + r * acc_stride);
    right[r] = from_zero ? hn::Zero(d) : hn::LoadU(d, acc + r * acc_stride + lanes);
  }
  for (std::int64_t k = 0; k < depth; ++k) {
    const V b0 = hn::LoadU(d, panel + k * panel_stride);
    const V b1 = hn::LoadU(d, panel + k * panel_stride + lanes);
    for (int r = 0; r < kRows; ++r) {
      const V x = hn::Set(d, a[r * a_stride + k]);
      left[r] = kFusedAdd ? hn::MulAdd(x, b0, left[r]) : hn::Add(left[r], hn::Mul(x, b0));
      right[r] = kFusedAdd ? hn::MulAdd(x, b1, right[r]) : hn::Add(right[r], hn::Mul(x, b1));
    }
  }
  for (int r = 0; r < kRows; ++r) {
    T* out = acc + r * acc_stride;
    if (from_zero) {  // a pass of its own: added to what is there
      left[r] = hn::Add(hn::LoadU(d, out), left[r]);
      right[r] = hn::Add(hn::LoadU(d, out + lanes), right[r]);
    }
    hn::StoreU(left[r], d, out);
    hn::StoreU(right[r], d, out + lanes);
  }
}

/// All rows of one panel.
template <bool kFusedAdd, typename T>
HWY_ATTR void panel_rows(MatrixRef<const T> a, std::int64_t first_k, std::int64_t depth,
                         const T* panel, std::int64_t panel_stride, MatrixRef<T> acc,
                         bool from_zero) {
  std::int64_t i = 0;
  for (; i + kRegisterRows <= acc.rows; i += kRegisterRows)
    register_block<kRegisterRows, kFusedAdd>(a.row(i) + first_k, a.stride, panel, panel_stride,
                                             depth, acc.row(i), acc.stride, from_zero);
  for (; i < acc.rows; ++i)
    register_block<1, kFusedAdd>(a.row(i) + first_k, a.stride, panel, panel_stride, depth,
                                 acc.row(i), acc.stride, from_zero);
}

/// Copies rows into a dense, zero-padded panel of `width` columns.
template <typename T>
void pack(const T* source, std::int64_t stride, std::int64_t rows, std::int64_t cols,
          std::int64_t width, T* panel) {
  for (std::int64_t k = 0; k < rows; ++k) {
    std::copy_n(source + k * stride, cols, panel + k * width);
    std::fill(panel + k * width + cols, panel + (k + 1) * width, T{0});
  }
}

template <bool kFusedAdd, typename T>
HWY_ATTR void sum_floats(const MacSpec& spec, MatrixRef<const T> a, MatrixRef<const T> b,
                         MatrixRef<T> acc) {
  const auto width = 2 * static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  const bool tiled = spec.order == SumOrder::kTile;
  const std::int64_t step = tiled ? spec.tile_k : kPanelRows;
  static thread_local std::vector<T> panel, edge;
  panel.resize(static_cast<std::size_t>(std::min(step, a.cols) * width));
  edge.resize(static_cast<std::size_t>(acc.rows * width));
  for (std::int64_t j = 0; j < acc.cols; j += width) {
    const std::int64_t cols = std::min(width, acc.cols - j);
    // Outputs narrower than two vectors are summed in a padded copy.
    const bool narrow = cols < width;
    const MatrixRef<T> out = narrow ? MatrixRef<T>{edge.data(), acc.rows, width, width}
                                    : MatrixRef<T>{acc.data + j, acc.rows, width, acc.stride};
    if (narrow) pack<T>(acc.data + j, acc.stride, acc.rows, cols, width, edge.data());
    const bool packed = narrow || (acc.rows > 64 && b.stride > 256);
    for (std::int64_t k = 0; k < a.cols; k += step) {
      const std::int64_t depth = std::min(step, a.cols - k);
      if (packed) pack(b.row(k) + j, b.stride, depth, cols, width, panel.data());
      panel_rows<kFusedAdd, T>(a, k, depth, packed ? panel.data() : b.row(k) + j,
                               packed ? width : b.stride, out, tiled);
    }
    if (narrow)
      for (std::int64_t i = 0; i < acc.rows; ++i) std::copy_n(out.row(i), cols, acc.row(i) + j);
  }
}

#if HWY_TARGET == HWY_SCALAR
// One lane holds no pair: the plain loops.
void sum_integers(const MacSpec& spec, MatrixRef<const std::int16_t> a,
                  MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc) {
  multiply_accumulate_normative(spec, a, b, acc);
}
#else
/// acc[kRows x 2 vectors of int32] += pairs: one instruction multiplies two k and adds both
/// products, modulo 2^32.
template <int kRows>
HWY_ATTR void integer_block(const std::int32_t* pairs_a, std::int64_t a_stride,
                            const std::int16_t* panel, std::int64_t pairs, std::int64_t width,
                            MatrixRef<std::int64_t> acc, std::int64_t row, std::int64_t cols) {
  const hn::ScalableTag<std::int32_t> d32;
  const hn::Repartition<std::int16_t, decltype(d32)> d16;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d32));
  using V = hn::Vec<decltype(d32)>;
  V low[kRows][2], high[kRows][2];
  for (int r = 0; r < kRows; ++r)
    for (int h = 0; h < 2; ++h) low[r][h] = high[r][h] = hn::Zero(d32);
  for (std::int64_t k = 0; k < pairs; ++k) {
    const auto b0 = hn::LoadU(d16, panel + 2 * k * width);
    const auto b1 = hn::LoadU(d16, panel + 2 * k * width + 2 * lanes);
    for (int r = 0; r < kRows; ++r) {
      const auto x = hn::BitCast(d16, hn::Set(d32, pairs_a[r * a_stride + k]));
      low[r][0] = hn::ReorderWidenMulAccumulate(d32, x, b0, low[r][0], high[r][0]);
      low[r][1] = hn::ReorderWidenMulAccumulate(d32, x, b1, low[r][1], high[r][1]);
    }
  }
  HWY_ALIGN std::int32_t sums[2 * hn::MaxLanes(d32)];
  for (int r = 0; r < kRows; ++r) {
    for (int h = 0; h < 2; ++h)
      hn::StoreU(hn::RearrangeToOddPlusEven(low[r][h], high[r][h]), d32, sums + h * lanes);
    std::int64_t* out = acc.row(row + r);
    for (std::int64_t j = 0; j < cols; ++j) out[j] += sums[j];
  }
}

/// Interleaves rows k and k + 1 of B so that a pair stands where one int32 lane multiplies it; odd
/// ends meet zeros.
void pack_pairs(MatrixRef<const std::int16_t> b, std::int64_t j, std::int64_t cols,
                std::int64_t width, std::int16_t* panel) {
  for (std::int64_t k = 0; k < b.rows; k += 2) {
    std::int16_t* out = panel + k * width;
    const std::int16_t *even = b.row(k) + j, *odd = k + 1 < b.rows ? b.row(k + 1) + j : nullptr;
    for (std::int64_t x = 0; x < cols; ++x) {
      out[2 * x] = even[x];
      out[2 * x + 1] = odd != nullptr ? odd[x] : std::int16_t{0};
    }
    std::fill(out + 2 * cols, out + 2 * width, std::int16_t{0});
  }
}

HWY_ATTR void sum_integers(const MacSpec& spec, MatrixRef<const std::int16_t> a,
                           MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc) {
  const auto width = 2 * static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<std::int32_t>()));
  const std::int64_t pairs = (a.cols + 1) / 2;
  static thread_local std::vector<std::int32_t> pairs_a;
  static thread_local std::vector<std::int16_t> panel;
  pairs_a.resize(static_cast<std::size_t>(a.rows * pairs));
  panel.resize(static_cast<std::size_t>(2 * pairs * width));
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t k = 0; k < pairs; ++k) {
      const auto even = static_cast<std::uint16_t>(a.row(i)[2 * k]);
      const auto odd =
          static_cast<std::uint16_t>(2 * k + 1 < a.cols ? a.row(i)[2 * k + 1] : std::int16_t{0});
      pairs_a[static_cast<std::size_t>(i * pairs + k)] =
          static_cast<std::int32_t>(std::uint32_t{even} | std::uint32_t{odd} << 16);
    }
  for (std::int64_t j = 0; j < acc.cols; j += width) {
    const std::int64_t cols = std::min(width, acc.cols - j);
    pack_pairs(b, j, cols, width, panel.data());
    const MatrixRef<std::int64_t> out{acc.data + j, acc.rows, cols, acc.stride};
    std::int64_t i = 0;
    for (; i + 4 <= acc.rows; i += 4)
      integer_block<4>(&pairs_a[static_cast<std::size_t>(i * pairs)], pairs, panel.data(), pairs,
                       width, out, i, cols);
    for (; i < acc.rows; ++i)
      integer_block<1>(&pairs_a[static_cast<std::size_t>(i * pairs)], pairs, panel.data(), pairs,
                       width, out, i, cols);
  }
  for (std::int64_t i = 0; i < acc.rows; ++i)
    for (std::int64_t j = 0; j < acc.cols; ++j)
      acc.row(i)[j] = clip_accumulator(acc.row(i)[j], spec.accumulator, spec.overflow);
}
#endif  // HWY_TARGET == HWY_SCALAR

// Without a fused multiply-add in hardware Highway rounds twice; then only sums whose products are
// exact anyway may take it.
constexpr bool kHasFusedMultiplyAdd = HWY_NATIVE_FMA != 0;

bool sum_float32(const MacSpec& spec, MatrixRef<const float> a, MatrixRef<const float> b,
                 MatrixRef<float> acc) {
  const bool fused = spec.multiply_add == MultiplyAdd::kFused || info(spec.operands).bits == 16;
  if (!fused || (!kHasFusedMultiplyAdd && spec.operands == Format::kFp16))
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
HWY_EXPORT(sum_integers);

void multiply_accumulate(const MacSpec& spec, MatrixRef<const float> a, MatrixRef<const float> b,
                         MatrixRef<float> acc) {
  if (a.cols == 0) return;
  if (!HWY_DYNAMIC_DISPATCH(sum_float32)(spec, a, b, acc))
    multiply_accumulate_normative(spec, a, b, acc);
}

void multiply_accumulate(const MacSpec& spec, MatrixRef<const double> a, MatrixRef<const double> b,
                         MatrixRef<double> acc) {
  if (a.cols == 0) return;
  if (!HWY_DYNAMIC_DISPATCH(sum_float64)(spec, a, b, acc))
    multiply_accumulate_normative(spec, a, b, acc);
}

void multiply_accumulate(const MacSpec& spec, MatrixRef<const std::int16_t> a,
                         MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc) {
  if (a.cols == 0) return;
  // int32 sums modulo 2^32 are the bits where the accumulator itself wraps at 32 bits, or where
  // they cannot overflow: 2^14 a product of int8.  Wrapping sums may be added in any grouping;
  // saturating ones may not.
  const bool exact_in_int32 = spec.operands == Format::kInt8 && a.cols < (std::int64_t{1} << 16);
  const bool wraps = spec.overflow == AccumulatorOverflow::kWrap;
  if (wraps && (spec.accumulator == Accumulator::kInt32 || exact_in_int32))
    HWY_DYNAMIC_DISPATCH(sum_integers)(spec, a, b, acc);
  else
    multiply_accumulate_normative(spec, a, b, acc);
}

}  // namespace tricycle
#endif  // HWY_ONCE
