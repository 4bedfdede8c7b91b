// SPDX-License-Identifier: Apache-2.0
//
// The integer sums of mac.cpp, fast, where the accumulator wraps.  Sums modulo a power of two may
// be grouped in any way, so one instruction multiplies and adds two k.  Google Highway compiles
// this file once per instruction set and picks one at run time.
//
// The blocking is as in fast_float_mac.cpp, with a pair of k = (even, odd) in place of one k.  Both
// operands are packed: A with rows of an even length, B with rows k and k + 1 interleaved.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/numerics/fast_integer_mac.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "models/numerics/aligned_buffer.h"
#include "models/numerics/convert.h"
#include "models/numerics/mac.h"

HWY_BEFORE_NAMESPACE();
namespace tricycle {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR
// One lane cannot hold a pair: use the plain loops.
void sum_integers(const MacSpec& spec, MatrixRef<const std::int16_t> a,
                  MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc) {
  multiply_accumulate_normative(spec, a, b, acc);
}
#else

constexpr std::int64_t kBlockRows = 512;
// Sums of one block of k are exact in 32 bits for int8: 512 products of at most 2^14.
constexpr std::int64_t kBlockDepth = 512;
constexpr int kRegisterRows = HWY_CAP_GE512 ? 8 : 4;

using Sums = hn::ScalableTag<std::int32_t>;
using Pairs = hn::Repartition<std::int16_t, Sums>;
using Wide = hn::Repartition<std::int64_t, Sums>;

std::int64_t sum_lanes() { return static_cast<std::int64_t>(hn::Lanes(Sums())); }

/// How many leading bits of an int64_t are copies of the accumulator's sign.
int bits_above(Accumulator accumulator) { return 64 - 8 * accumulator_bytes(accumulator); }

/// out[one vector of sums] += sums, wrapped into the accumulator.
HWY_ATTR HWY_INLINE void add_sums(hn::Vec<Sums> sums, int above, std::int64_t* out) {
  const Wide d;
  const hn::Half<Sums> half;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto low = hn::Add(hn::LoadU(d, out), hn::PromoteTo(d, hn::LowerHalf(half, sums)));
  const auto high = hn::Add(hn::LoadU(d, out + lanes), hn::PromoteTo(d, hn::UpperHalf(half, sums)));
  hn::StoreU(hn::ShiftRightSame(hn::ShiftLeftSame(low, above), above), d, out);
  hn::StoreU(hn::ShiftRightSame(hn::ShiftLeftSame(high, above), above), d, out + lanes);
}

/// acc[kRows x acc.cols] += a b, acc.cols at most kVectors vectors; a: kRows packed rows of
/// 2 * `pairs`.
template <int kRows, int kVectors>
HWY_ATTR void register_block(const std::int16_t* a, const std::int16_t* panel, std::int64_t pairs,
                             MatrixRef<std::int64_t> acc, Accumulator accumulator) {
  const Sums d32;
  const Pairs d16;
  const std::int64_t lanes = sum_lanes();
  // Where the hardware has no sum of pairs, Highway splits it over two vectors.
  hn::Vec<Sums> sum[kRows][kVectors], rest[kRows][kVectors];
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) HWY_UNROLL(4)
  for (int v = 0; v < kVectors; ++v) sum[r][v] = rest[r][v] = hn::Zero(d32);
  for (std::int64_t k = 0; k < pairs; ++k) {
    hn::Vec<Pairs> y[kVectors];
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) y[v] = hn::Load(d16, panel + 2 * lanes * (k * kVectors + v));
    HWY_UNROLL(16)
    for (int r = 0; r < kRows; ++r) {
      std::int32_t pair;
      std::memcpy(&pair, a + 2 * (r * pairs + k), sizeof(pair));
      const auto x = hn::BitCast(d16, hn::Set(d32, pair));
      HWY_UNROLL(4)
      for (int v = 0; v < kVectors; ++v)
        sum[r][v] = hn::ReorderWidenMulAccumulate(d32, x, y[v], sum[r][v], rest[r][v]);
    }
  }
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) HWY_UNROLL(4)
  for (int v = 0; v < kVectors; ++v) {
    const auto total = hn::RearrangeToOddPlusEven(sum[r][v], rest[r][v]);
    std::int64_t* out = acc.row(r) + v * lanes;
    const std::int64_t cols = acc.cols - v * lanes;
    if (cols >= lanes) {
      add_sums(total, bits_above(accumulator), out);
      continue;
    }
    HWY_ALIGN std::int32_t sums[hn::MaxLanes(d32)];
    hn::Store(total, d32, sums);
    for (std::int64_t j = 0; j < cols; ++j)
      out[j] = clip_accumulator(out[j] + sums[j], accumulator, AccumulatorOverflow::kWrap);
  }
}

/// All rows from `first` on times one panel: blocks of kRows, then smaller blocks for the rest.
template <int kRows, int kVectors>
HWY_ATTR void panel_rows(const std::int16_t* a, const std::int16_t* panel, std::int64_t pairs,
                         MatrixRef<std::int64_t> acc, Accumulator accumulator, std::int64_t first) {
  std::int64_t i = first;
  for (; i + kRows <= acc.rows; i += kRows)
    register_block<kRows, kVectors>(a + 2 * i * pairs, panel, pairs,
                                    {acc.row(i), kRows, acc.cols, acc.stride}, accumulator);
  if constexpr (kRows > 1)
    if (i < acc.rows) panel_rows<kRows / 2, kVectors>(a, panel, pairs, acc, accumulator, i);
}

/// Dense rows of an even length.
void pack_rows(MatrixRef<const std::int16_t> a, std::int64_t pairs, std::int16_t* out) {
  for (std::int64_t i = 0; i < a.rows; ++i) {
    std::copy_n(a.row(i), a.cols, out + 2 * i * pairs);
    if (a.cols < 2 * pairs) out[2 * i * pairs + a.cols] = 0;
  }
}

/// Interleaves rows k and k + 1 of B, so that each pair lies where one lane multiplies it.  Odd
/// ends and missing columns are filled with zeros.
HWY_ATTR void pack_pairs(MatrixRef<const std::int16_t> b, std::int64_t width, std::int16_t* out) {
  // `width` outputs take as many int16: half a vector of them for each vector of sums.
  const hn::Half<Pairs> d;
  const std::int64_t lanes = sum_lanes();
  for (std::int64_t k = 0; k < b.rows; k += 2, out += 2 * width) {
    const bool paired = k + 1 < b.rows;
    const std::int16_t *even = b.row(k), *odd = paired ? b.row(k + 1) : even;
    std::int64_t j = 0;
    for (; j + lanes <= b.cols; j += lanes)
      hn::StoreInterleaved2(hn::LoadU(d, even + j), paired ? hn::LoadU(d, odd + j) : hn::Zero(d), d,
                            out + 2 * j);
    for (; j < b.cols; ++j) {
      out[2 * j] = even[j];
      out[2 * j + 1] = paired ? odd[j] : std::int16_t{0};
    }
    std::fill(out + 2 * j, out + 2 * width, std::int16_t{0});
  }
}

HWY_ATTR void sum_integers(const MacSpec& spec, MatrixRef<const std::int16_t> a,
                           MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc) {
  static thread_local AlignedBuffer<std::int16_t> rows_buffer, panel_buffer;
  const std::int64_t lanes = sum_lanes();
  for (std::int64_t i = 0; i < acc.rows; i += kBlockRows) {
    const std::int64_t rows = std::min(kBlockRows, acc.rows - i);
    for (std::int64_t k = 0; k < a.cols; k += kBlockDepth) {
      const std::int64_t depth = std::min(kBlockDepth, a.cols - k), pairs = (depth + 1) / 2;
      std::int16_t* left = rows_buffer.room_for(2 * rows * pairs);
      pack_rows({a.row(i) + k, rows, depth, a.stride}, pairs, left);
      for (std::int64_t j = 0; j < acc.cols; j += 2 * lanes) {
        const std::int64_t cols = std::min(2 * lanes, acc.cols - j);
        const std::int64_t width = cols > lanes ? 2 * lanes : lanes;
        std::int16_t* panel = panel_buffer.room_for(2 * pairs * width);
        pack_pairs({b.row(k) + j, depth, cols, b.stride}, width, panel);
        const MatrixRef<std::int64_t> out{acc.row(i) + j, rows, cols, acc.stride};
        if (width > lanes)
          panel_rows<kRegisterRows, 2>(left, panel, pairs, out, spec.accumulator, 0);
        else
          panel_rows<kRegisterRows, 1>(left, panel, pairs, out, spec.accumulator, 0);
      }
    }
  }
}
#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace tricycle
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tricycle {

HWY_EXPORT(sum_integers);

void multiply_accumulate(const MacSpec& spec, MatrixRef<const std::int16_t> a,
                         MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc) {
  // Sums modulo 2^32 in int32 give the right bits in two cases: where the accumulator itself wraps
  // at 32 bits, and where the sums of a block of k are exact (int8, int4).  Saturating sums may not
  // be grouped.
  const bool exact = info(spec.operands).bits <= 8 || spec.accumulator == Accumulator::kInt32;
  if (exact && spec.overflow == AccumulatorOverflow::kWrap)
    HWY_DYNAMIC_DISPATCH(sum_integers)(spec, a, b, acc);
  else
    multiply_accumulate_normative(spec, a, b, acc);
}

}  // namespace tricycle
#endif  // HWY_ONCE
