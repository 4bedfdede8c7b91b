// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "models/semantics/compute.h"
#include "models/semantics/excess.h"
#include "models/semantics/quantise.h"
#include "models/semantics/region_view.h"

namespace tricycle {

namespace {

/// The columns [first, last) of a region's row that the mask keeps: Mask::keeps() for a whole row.
std::pair<std::ptrdiff_t, std::ptrdiff_t> kept_columns(const Mask& mask, const Region& r,
                                                       std::int32_t row) {
  const std::int64_t i = r.row + row;
  std::int64_t first = i - mask.max_distance, last = i - mask.min_distance + 1;
  if (mask.pair_block > 0) {
    const std::int64_t block = i / mask.pair_block;  // the second of its pair keeps the first's
    first = std::max(first, (block - 1) * mask.pair_block);
    last = std::min(last, block % 2 == 1 ? block * mask.pair_block : first);
  }
  if (mask.block > 0) {
    const std::int64_t block = i / mask.block;
    first = std::max(first, (block - mask.max_blocks) * mask.block);
    last = mask.keeps_block_row(static_cast<std::int32_t>(block))
               ? std::min(last, (block - mask.min_blocks + 1) * mask.block)
               : first;
  }
  first = std::clamp<std::int64_t>(first - r.col, 0, r.cols);
  return {first, std::clamp<std::int64_t>(last - r.col, first, r.cols)};
}

/// Sets masked-out entries to +0, or to what the destination held.
template <typename T>
void apply_mask(const Epilogue& op, const ValueInputs& in, Elements<T>& values) {
  const Region& r = in.dst;
  if (op.mask.keeps_all(r)) return;
  const MatrixRef<const T> old =
      op.keep_old ? view<T>(in.program, in.state, r) : MatrixRef<const T>{};
  for (std::int32_t i = 0; i < r.rows; ++i) {
    T* row = values.data() + static_cast<std::ptrdiff_t>(i) * r.cols;
    const auto discard = [&](std::ptrdiff_t first, std::ptrdiff_t last) {
      if (op.keep_old)
        std::copy(old.row(i) + first, old.row(i) + last, row + first);
      else
        std::fill(row + first, row + last, T{0});
    };
    const auto [first, last] = kept_columns(op.mask, r, i);
    discard(0, first);
    discard(last, r.cols);
  }
}

/// Calls f(index of a dense block of the region's elements) for every entry of the buffer's
/// diagonal.
template <typename F>
void for_each_diagonal(const Region& r, F&& f) {
  const std::int32_t end = std::min(r.row + r.rows, r.col + r.cols);
  for (std::int32_t d = std::max(r.row, r.col); d < end; ++d)
    f(static_cast<std::size_t>(d - r.row) * static_cast<std::size_t>(r.cols) +
      static_cast<std::size_t>(d - r.col));
}

/// The sums of two addends as the accumulator holds them (add_partial, of a block).
template <typename T>
void round_to_accumulator(const MacSpec& spec, Elements<T>& sums) {
  if constexpr (std::is_same_v<T, float>)
    if (spec.accumulator == Accumulator::kFp16)
      round_to_storage(Format::kFp16, sums.data(), static_cast<std::int64_t>(sums.size()));
}

/// The place of an instruction's results in their matrix.
Region place_of(const Epilogue& op, const Region& dst) {
  Region place = dst;
  place.row += op.place_row;
  place.col += op.place_col;
  return place;
}

template <typename T>
PendingWrite epilogue_float(const Epilogue& op, const ValueInputs& in) {
  Elements<T> sum;
  const MacSpec spec = in.hw.mac_spec(in.program.buffer(in.dst).format);
  const auto add = [&](const Region& r) {
    const MatrixRef<const T> term = view<T>(in.program, in.state, r);
    if (sum.empty()) {
      sum = copy_of(term);
      return;
    }
    T* out = sum.data();
    for (std::int64_t i = 0; i < term.rows; ++i, out += term.cols) {
      const T* row = term.row(i);
      for (std::int64_t j = 0; j < term.cols; ++j) out[j] += row[j];
    }
    round_to_accumulator(spec, sum);
  };
  const auto add_diagonal = [&] {
    if (op.diagonal == 0) return;
    if (sum.empty()) sum.assign(static_cast<std::size_t>(in.dst.elements()), T{0});
    for_each_diagonal(in.dst, [&](std::size_t at) { sum[at] += static_cast<T>(op.diagonal); });
  };
  if (op.terms.empty()) add_diagonal();
  for (std::size_t t = 0; t < op.terms.size(); ++t) {
    add(op.terms[t]);
    if (t == 0) add_diagonal();
  }
  if (op.accumulator &&
      std::holds_alternative<Elements<T>>(in.state.buffers[op.accumulator->buffer]))
    add(*op.accumulator);
  else if (op.accumulator)
    add_scaled(op, in, sum);
  if (sum.empty()) sum.assign(static_cast<std::size_t>(in.dst.elements()), T{0});
  if (op.zero_accumulator)
    for (T& v : sum) v += T{0};
  if (op.negate)
    for (T& v : sum) v = -v;
  if (in.program.buffer(in.dst).space == Space::kAccumulator) {
    round_to_accumulator(spec, sum);
    return {in.dst, std::move(sum), 0};
  }
  store(in.hw.storage_rule(in.program.buffer(in.dst).format), place_of(op, in.dst), sum);
  if (op.positive_zero)
    for (T& v : sum) v += T{0};
  apply_mask(op, in, sum);
  return {in.dst, std::move(sum), 0};
}

PendingWrite epilogue_fixed(const Epilogue& op, const ValueInputs& in) {
  const Buffer& target = in.program.buffer(in.dst);
  const FormatSupport& support = in.hw.support(target.format);
  int fraction = op.sum_fraction_bits;
  for (const Region& term : op.terms)
    fraction = std::max(fraction, in.program.buffer(term).fraction_bits);
  RowSums sum(support, in.dst.cols);
  const Excess excess =
      op.accumulator ? excess_of(in.program, in.state, *op.accumulator) : Excess{};
  Elements<std::int16_t> stored(static_cast<std::size_t>(in.dst.elements()));
  std::int64_t saturated = 0, wrapped = 0;
  const StorageRule rule = in.hw.storage_rule(target.format);
  const int shift = fraction - target.fraction_bits;
  const bool keeps_all = op.mask.keeps_all(in.dst);
  const Region place = place_of(op, in.dst);
  for (std::int32_t i = 0; i < in.dst.rows; ++i) {
    sum.clear();
    for (const Region& term : op.terms)
      sum.add(view<std::int16_t>(in.program, in.state, term).row(i),
              fraction - in.program.buffer(term).fraction_bits);
    if (op.accumulator)
      sum.add(view<std::int64_t>(in.program, in.state, *op.accumulator).row(i), 0);
    if (!excess.empty()) sum.add_excess(excess.data() + std::int64_t{i} * in.dst.cols);
    const std::int32_t diagonal = in.dst.row + i - in.dst.col;
    if (op.diagonal != 0 && diagonal >= 0 && diagonal < in.dst.cols)
      sum.add_to(diagonal, std::llrint(std::ldexp(op.diagonal, fraction)));
    if (op.negate) sum.negate();
    std::int16_t* out = stored.data() + std::int64_t{i} * in.dst.cols;
    for (std::int32_t j = 0; j < in.dst.cols; ++j) {
      if (!keeps_all && !op.mask.keeps(in.dst.row + i, in.dst.col + j)) continue;
      const FixedResult q = store(rule, place.row + i, place.col + j, sum.held(j), shift);
      out[j] = static_cast<std::int16_t>(q.value);
      saturated += q.saturated;
      wrapped += sum.has_left(j);
    }
  }
  apply_mask(op, in, stored);
  return {in.dst, std::move(stored), saturated, wrapped};
}

}  // namespace

template <typename T>
PendingWrite compute(const Epilogue& op, const ValueInputs& in) {
  if constexpr (std::is_same_v<T, std::int16_t>)
    return epilogue_fixed(op, in);
  else
    return epilogue_float<T>(op, in);
}

template <typename T>
PendingWrite compute(const ReadOut& op, const ValueInputs& in) {
  return compute<T>(Epilogue{.accumulator = op.accumulator,
                             .sum_fraction_bits = op.sum_fraction_bits,
                             .mask = op.mask},
                    in);
}

TRICYCLE_COMPUTE(Epilogue);
TRICYCLE_COMPUTE(ReadOut);

}  // namespace tricycle
