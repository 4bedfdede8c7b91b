// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/execute.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "models/error.h"
#include "models/numerics/convert.h"
#include "models/numerics/multiply_add.h"
#include "models/semantics/elementary.h"
#include "models/semantics/excess.h"
#include "models/semantics/operand.h"
#include "models/semantics/quantise.h"
#include "models/semantics/region_view.h"
#include "models/semantics/substitution.h"

namespace tricycle {

namespace {

/// What enters the machine has its subnormals flushed where the machine flushes them; what is
/// stored has been already.
template <typename T>
PendingWrite compute_move(const Program& program, const HwConfig& hw, const Instruction& in,
                          const MachineState& state) {
  Elements<T> values = copy_of(view<T>(program, state, in.a));
  if constexpr (std::is_floating_point_v<T>)
    flush_subnormals(hw.storage_rule(program.buffer(in.dst).format), values.data(),
                     in.dst.elements());
  return {in.dst, std::move(values), 0};
}

template <typename T>
PendingWrite compute_matmul(const Program& program, const HwConfig& hw, const Instruction& in,
                            const MachineState& state, SumForm form) {
  using Sum = SumOf<T>;
  Elements<Sum> sum = in.accumulate
                          ? copy_of(view<Sum>(program, state, in.dst))
                          : Elements<Sum>(static_cast<std::size_t>(in.dst.elements()), Sum{0});
  const auto operand = [&](const Region& r, const Mask& mask, bool transpose, Elements<T>& memory) {
    const bool in_place = std::is_floating_point_v<T> == info(program.buffer(r).format).is_float();
    if (in_place && mask.keeps_all(r) && !transpose) return view<T>(program, state, r);
    const std::vector<T> kept = read_operand<T>(program, state, r, mask);
    const MatrixRef<const T> m{kept.data(), r.rows, r.cols, r.cols};
    memory = transpose ? transposed(m) : Elements<T>(kept.begin(), kept.end());
    return transpose ? MatrixRef<const T>{memory.data(), r.cols, r.rows, r.rows}
                     : MatrixRef<const T>{memory.data(), r.rows, r.cols, r.cols};
  };
  Elements<T> a_memory, b_memory;
  const MatrixRef<const T> a = operand(in.a, in.a_mask, in.transpose_a, a_memory),
                           b = operand(in.b, in.b_mask, in.transpose_b, b_memory);
  const MacSpec spec = hw.mac_spec(program.buffer(in.a).format);
  add_products(form, spec, a, b, dense(sum, in.dst));
  PendingWrite out{in.dst, {}};
  if constexpr (std::is_same_v<T, std::int16_t>)
    out.excess = excess_of_matmul(program, in, state, spec, a, b, sum);
  out.values = std::move(sum);
  return out;
}

/// The columns [first, last) of a region's row that the mask keeps: Mask::keeps() of a whole row.
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

/// Masked-out entries are +0, or what the destination held.
template <typename T>
void apply_mask(const Program& program, const Instruction& in, const MachineState& state,
                Elements<T>& values) {
  const Region& r = in.dst;
  if (in.mask.keeps_all(r)) return;
  const MatrixRef<const T> old = in.keep_old ? view<T>(program, state, r) : MatrixRef<const T>{};
  for (std::int32_t i = 0; i < r.rows; ++i) {
    T* row = values.data() + static_cast<std::ptrdiff_t>(i) * r.cols;
    const auto discard = [&](std::ptrdiff_t first, std::ptrdiff_t last) {
      if (in.keep_old)
        std::copy(old.row(i) + first, old.row(i) + last, row + first);
      else
        std::fill(row + first, row + last, T{0});
    };
    const auto [first, last] = kept_columns(in.mask, r, i);
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

/// Where an instruction's results stand in their matrix.
Region place_of(const Instruction& in) {
  Region place = in.dst;
  place.row += in.place_row;
  place.col += in.place_col;
  return place;
}

/// Float: ((t0 + t1) + ..) + accumulator in the accumulator's format, then the sign, one rounding,
/// the mask.  The constant of the diagonal is added to t0 there and to nothing elsewhere.
template <typename T>
PendingWrite combine_float(const Program& program, const HwConfig& hw, const Instruction& in,
                           const MachineState& state) {
  Elements<T> sum;
  const MacSpec spec = hw.mac_spec(program.buffer(in.dst).format);
  const auto add = [&](const Region& r) {
    const MatrixRef<const T> term = view<T>(program, state, r);
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
    if (in.diagonal == 0) return;
    if (sum.empty()) sum.assign(static_cast<std::size_t>(in.dst.elements()), T{0});
    for_each_diagonal(in.dst, [&](std::size_t at) { sum[at] += static_cast<T>(in.diagonal); });
  };
  if (in.terms.empty()) add_diagonal();
  for (std::size_t t = 0; t < in.terms.size(); ++t) {
    add(in.terms[t]);
    if (t == 0) add_diagonal();
  }
  if (in.accumulator && std::holds_alternative<Elements<T>>(state.buffers[in.accumulator->buffer]))
    add(*in.accumulator);
  else if (in.accumulator)
    add_scaled(program, in, state, sum);
  if (sum.empty()) sum.assign(static_cast<std::size_t>(in.dst.elements()), T{0});
  if (in.zero_accumulator)
    for (T& v : sum) v += T{0};
  if (in.negate)
    for (T& v : sum) v = -v;
  store(hw.storage_rule(program.buffer(in.dst).format), place_of(in), sum);
  if (in.positive_zero)
    for (T& v : sum) v += T{0};
  apply_mask(program, in, state, sum);
  return {in.dst, std::move(sum), 0};
}

/// Fixed point: terms are aligned to the fraction bits of the sum, which are the same wherever it
/// is cut and whatever is known to be zero there, added in the accumulator's width, then the sign,
/// one requantisation (half up, saturating), the mask.  Only entries the mask keeps can count as
/// saturated.
PendingWrite combine_fixed(const Program& program, const HwConfig& hw, const Instruction& in,
                           const MachineState& state) {
  const Buffer& target = program.buffer(in.dst);
  const FormatSupport& support = hw.support(target.format);
  int fraction = in.accumulator_fraction_bits;
  for (const Region& term : in.terms)
    fraction = std::max(fraction, program.buffer(term).fraction_bits);
  RowSums sum(support, in.dst.cols);
  const Excess excess = in.accumulator ? excess_of(program, state, *in.accumulator) : Excess{};
  Elements<std::int16_t> stored(static_cast<std::size_t>(in.dst.elements()));
  std::int64_t saturated = 0, wrapped = 0;
  const StorageRule rule = hw.storage_rule(target.format);
  const int shift = fraction - target.fraction_bits;
  const bool keeps_all = in.mask.keeps_all(in.dst);
  const Region place = place_of(in);
  for (std::int32_t i = 0; i < in.dst.rows; ++i) {
    sum.clear();
    for (const Region& term : in.terms)
      sum.add(view<std::int16_t>(program, state, term).row(i),
              fraction - program.buffer(term).fraction_bits);
    if (in.accumulator) sum.add(view<std::int64_t>(program, state, *in.accumulator).row(i), 0);
    if (!excess.empty()) sum.add_excess(excess.data() + std::int64_t{i} * in.dst.cols);
    const std::int32_t diagonal = in.dst.row + i - in.dst.col;
    if (in.diagonal != 0 && diagonal >= 0 && diagonal < in.dst.cols)
      sum.add_to(diagonal, std::llrint(std::ldexp(in.diagonal, fraction)));
    if (in.negate) sum.negate();
    std::int16_t* out = stored.data() + std::int64_t{i} * in.dst.cols;
    for (std::int32_t j = 0; j < in.dst.cols; ++j) {
      if (!keeps_all && !in.mask.keeps(in.dst.row + i, in.dst.col + j)) continue;
      const FixedResult q = store(rule, place.row + i, place.col + j, sum.held(j), shift);
      out[j] = static_cast<std::int16_t>(q.value);
      saturated += q.saturated;
      wrapped += sum.has_left(j);
    }
  }
  apply_mask(program, in, state, stored);
  return {in.dst, std::move(stored), saturated, wrapped};
}

template <typename T>
PendingWrite compute_as(const Program& program, const HwConfig& hw, const Instruction& in,
                        const MachineState& state, SumForm form) {
  switch (in.opcode) {
    case Opcode::kLoad:
    case Opcode::kStore: return compute_move<T>(program, hw, in, state);
    case Opcode::kMatmul: return compute_matmul<T>(program, hw, in, state, form);
    case Opcode::kCombine:
    case Opcode::kReadOut:  // the sum of no terms and the accumulator
      if constexpr (std::is_same_v<T, std::int16_t>)
        return combine_fixed(program, hw, in, state);
      else
        return combine_float<T>(program, hw, in, state);
    case Opcode::kRowStep: return compute_row_step<T>(program, hw, in, state, form);
    case Opcode::kColumnStep: return compute_column_step<T>(program, hw, in, state);
    case Opcode::kScales: return compute_scales(program, in, state);
    case Opcode::kQuantise: return compute_quantise(program, in, state);
    case Opcode::kElementary:
      if constexpr (std::is_same_v<T, std::int16_t>) {
        throw RunError("internal: elementary operations have no values in fixed point");
      } else {
        const MatrixRef<const T> a = view<T>(program, state, in.a);
        const bool two = info(in.operation).sources > 1;
        Elements<T> values =
            elementary_values(in, a, two ? view<T>(program, state, in.b) : MatrixRef<const T>{});
        store(hw.storage_rule(program.buffer(in.dst).format), in.dst, values);
        return {in.dst, std::move(values), 0};
      }
  }
  return {};
}

}  // namespace

template <typename T>
std::vector<T> read_region(const Program& program, const MachineState& state, const Region& r,
                           const Mask& mask) {
  std::vector<T> out;
  const MatrixRef<const T> m = view<T>(program, state, r);
  for (std::int64_t i = 0; i < m.rows; ++i) out.insert(out.end(), m.row(i), m.row(i) + m.cols);
  if (mask.keeps_all(r)) return out;
  for (std::int32_t i = 0; i < r.rows; ++i)
    for (std::int32_t j = 0; j < r.cols; ++j)
      if (!mask.keeps(r.row + i, r.col + j))
        out[static_cast<std::size_t>(i) * static_cast<std::size_t>(r.cols) +
            static_cast<std::size_t>(j)] = T{0};
  return out;
}
template std::vector<double> read_region(const Program&, const MachineState&, const Region&,
                                         const Mask&);
template std::vector<float> read_region(const Program&, const MachineState&, const Region&,
                                        const Mask&);
template std::vector<std::int16_t> read_region(const Program&, const MachineState&, const Region&,
                                               const Mask&);

PendingWrite compute(const Program& program, const HwConfig& hw, const Instruction& in,
                     const MachineState& state, SumForm form) {
  const Format format = program.buffer(in.dst).format;
  if (format == Format::kFp64) return compute_as<double>(program, hw, in, state, form);
  if (info(format).is_float()) return compute_as<float>(program, hw, in, state, form);
  return compute_as<std::int16_t>(program, hw, in, state, form);
}

void interpret(const Program& program, const HwConfig& hw, MachineState& state, SumForm form) {
  for (const Instruction& in : program.instructions)
    commit(compute(program, hw, in, state, form), program, state);
}

}  // namespace tricycle
