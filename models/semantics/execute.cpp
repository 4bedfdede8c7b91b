// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/execute.h"

#include <algorithm>
#include <type_traits>

#include "models/error.h"
#include "models/numerics/convert.h"
#include "models/numerics/multiply_add.h"

namespace tricycle {

namespace {

/// At least `count` elements that were never written.
template <typename T>
const T* poison(std::size_t count) {
  static thread_local Elements<T> elements;
  if (elements.size() < count) elements.resize(count, kPoison<T>);
  return elements.data();
}

template <typename T>
MatrixRef<const T> view(const Program& program, const MachineState& state, const Region& r) {
  const Buffer& buffer = program.buffer(r);
  const std::int64_t stride = buffer.cols;
  const auto& elements = std::get<Elements<T>>(state.buffers[r.buffer]);
  const T* data = elements.empty() ? poison<T>(static_cast<std::size_t>(buffer.rows * stride))
                                   : elements.data();
  return {data + r.row * stride + r.col, r.rows, r.cols, stride};
}

template <typename T>
MatrixRef<T> dense(Elements<T>& values, const Region& r) {
  return {values.data(), r.rows, r.cols, r.cols};
}

template <typename T>
Elements<T> copy_of(MatrixRef<const T> m) {
  Elements<T> out;
  out.reserve(static_cast<std::size_t>(m.rows * m.cols));
  for (std::int64_t i = 0; i < m.rows; ++i) out.insert(out.end(), m.row(i), m.row(i) + m.cols);
  return out;
}

/// acc += a b in the form asked for.
template <typename T, typename Sum>
void add_products(SumForm form, const MacSpec& spec, MatrixRef<const T> a, MatrixRef<const T> b,
                  MatrixRef<Sum> acc) {
  if (form == SumForm::kFast)
    multiply_accumulate(spec, a, b, acc);
  else
    multiply_accumulate_normative(spec, a, b, acc);
}

template <typename T>
PendingWrite compute_move(const Program& program, const Instruction& in,
                          const MachineState& state) {
  return {in.dst, copy_of(view<T>(program, state, in.a)), 0};
}

template <typename T>
PendingWrite compute_matmul(const Program& program, const HwConfig& hw, const Instruction& in,
                            const MachineState& state, SumForm form) {
  using Sum = SumOf<T>;
  Elements<Sum> sum = in.accumulate
                          ? copy_of(view<Sum>(program, state, in.dst))
                          : Elements<Sum>(static_cast<std::size_t>(in.dst.elements()), Sum{0});
  add_products(form, hw.mac_spec(program.buffer(in.a).format), view<T>(program, state, in.a),
               view<T>(program, state, in.b), dense(sum, in.dst));
  return {in.dst, std::move(sum), 0};
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
    for (std::int32_t j = 0; j < r.cols; ++j)
      if (!in.mask.keeps(r.row + i, r.col + j)) row[j] = in.keep_old ? old.row(i)[j] : T{0};
  }
}

/// One rounding of a block of sums to storage.
void store(Format format, Elements<float>& values) {
  if (format != Format::kFp32)
    round_to_storage(format, values.data(), static_cast<std::int64_t>(values.size()));
}
void store(Format, Elements<double>&) {}

/// Float: ((t0 + t1) + ..) + accumulator in the accumulator's format, then the sign, one rounding,
/// the mask.
template <typename T>
PendingWrite combine_float(const Program& program, const Instruction& in,
                           const MachineState& state) {
  Elements<T> sum;
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
  };
  for (const Region& term : in.terms) add(term);
  if (in.accumulator) add(*in.accumulator);
  if (sum.empty()) sum.assign(static_cast<std::size_t>(in.dst.elements()), T{0});
  if (in.zero_accumulator)
    for (T& v : sum) v += T{0};
  if (in.negate)
    for (T& v : sum) v = -v;
  store(program.buffer(in.dst).format, sum);
  if (in.positive_zero)
    for (T& v : sum) v += T{0};
  apply_mask(program, in, state, sum);
  return {in.dst, std::move(sum), 0};
}

/// Fixed point: terms are aligned to the accumulator's fraction bits, added in its width, then the
/// sign, one requantisation (half up, saturating), the mask.  Only entries the mask keeps can count
/// as saturated.
PendingWrite combine_fixed(const Program& program, const HwConfig& hw, const Instruction& in,
                           const MachineState& state) {
  const Buffer& target = program.buffer(in.dst);
  const FormatSupport& support = hw.support(target.format);
  int fraction = in.accumulator ? in.accumulator_fraction_bits : 0;
  for (const Region& term : in.terms)
    fraction = std::max(fraction, program.buffer(term).fraction_bits);
  const auto clip = [&](std::int64_t value) {
    return clip_accumulator(value, support.accumulator, support.overflow);
  };
  Elements<std::int64_t> sum(static_cast<std::size_t>(in.dst.cols));
  const auto add = [&](const auto* row, int shift) {
    for (std::int64_t& s : sum) s = clip(s + (std::int64_t{*row++} << shift));
  };
  Elements<std::int16_t> stored(static_cast<std::size_t>(in.dst.elements()));
  std::int64_t saturated = 0;
  const int shift = fraction - target.fraction_bits, bits = info(target.format).bits;
  const bool keeps_all = in.mask.keeps_all(in.dst);
  for (std::int32_t i = 0; i < in.dst.rows; ++i) {
    std::fill(sum.begin(), sum.end(), 0);
    for (const Region& term : in.terms)
      add(view<std::int16_t>(program, state, term).row(i),
          fraction - program.buffer(term).fraction_bits);
    if (in.accumulator) add(view<std::int64_t>(program, state, *in.accumulator).row(i), 0);
    if (in.negate)
      for (std::int64_t& s : sum) s = clip(-s);
    std::int16_t* out = stored.data() + std::int64_t{i} * in.dst.cols;
    for (std::int32_t j = 0; j < in.dst.cols; ++j) {
      if (!keeps_all && !in.mask.keeps(in.dst.row + i, in.dst.col + j)) continue;
      const FixedResult q = requantize(sum[static_cast<std::size_t>(j)], shift, bits);
      out[j] = static_cast<std::int16_t>(q.value);
      saturated += q.saturated;
    }
  }
  apply_mask(program, in, state, stored);
  return {in.dst, std::move(stored), saturated};
}

/// The vector unit adds in k order whatever the array does.
MacSpec vector_spec(const HwConfig& hw, Format format) {
  MacSpec spec = hw.mac_spec(format);
  spec.order = SumOrder::kSequential;
  return spec;
}

/// y_i = -(a_i + sum_{j<i} a_ij y_j): the row of A is a[0, 0:i], and a_i the same row over all
/// columns.
template <typename T>
PendingWrite compute_row_step(const Program& program, const HwConfig& hw, const Instruction& in,
                              const MachineState& state, SumForm form) {
  using Sum = SumOf<T>;
  const Format format = program.buffer(in.dst).format;
  const T* row = view<T>(program, state, in.a).data;
  Elements<Sum> sum(static_cast<std::size_t>(in.dst.cols), Sum{0});
  // Fixed point sums start at the linear term: it matters where they saturate.
  if constexpr (std::is_same_v<T, std::int16_t>)
    for (std::int32_t j = 0; j < in.a.cols; ++j)
      sum[static_cast<std::size_t>(j)] =
          clip_accumulator(std::int64_t{row[j]} << program.buffer(in.dst).fraction_bits,
                           hw.support(format).accumulator, hw.support(format).overflow);
  if (in.b.rows > 0)
    add_products(form, vector_spec(hw, format), view<T>(program, state, in.a),
                 view<T>(program, state, in.b),
                 MatrixRef<Sum>{sum.data(), 1, in.b.cols, in.dst.cols});
  PendingWrite out{in.dst, {}, 0};
  Elements<T> stored(sum.size(), T{0});
  for (std::int32_t j = 0; j < in.a.cols; ++j) {
    const auto at = static_cast<std::size_t>(j);
    if constexpr (std::is_same_v<T, std::int16_t>) {
      const FormatSupport& s = hw.support(format);
      const int f = program.buffer(in.dst).fraction_bits;
      const FixedResult q =
          requantize(clip_accumulator(-sum[at], s.accumulator, s.overflow), f, info(format).bits);
      stored[at] = static_cast<std::int16_t>(q.value);
      out.saturated_count += q.saturated;
    } else {
      stored[at] = -(row[j] + sum[at]);
    }
  }
  if constexpr (!std::is_same_v<T, std::int16_t>) store(format, stored);
  out.values = std::move(stored);
  return out;
}

template <typename T>
PendingWrite compute_as(const Program& program, const HwConfig& hw, const Instruction& in,
                        const MachineState& state, SumForm form) {
  switch (in.opcode) {
    case Opcode::kLoad:
    case Opcode::kStore: return compute_move<T>(program, in, state);
    case Opcode::kMatmul: return compute_matmul<T>(program, hw, in, state, form);
    case Opcode::kCombine:
      if constexpr (std::is_same_v<T, std::int16_t>)
        return combine_fixed(program, hw, in, state);
      else
        return combine_float<T>(program, in, state);
    case Opcode::kRowStep: return compute_row_step<T>(program, hw, in, state, form);
    case Opcode::kElementary:
      throw RunError("internal: an elementary operation is timed only, it has no values");
  }
  return {};
}

}  // namespace

template <typename T>
std::vector<T> read_region(const Program& program, const MachineState& state, const Region& r) {
  std::vector<T> out;
  const MatrixRef<const T> m = view<T>(program, state, r);
  for (std::int64_t i = 0; i < m.rows; ++i) out.insert(out.end(), m.row(i), m.row(i) + m.cols);
  return out;
}
template std::vector<double> read_region(const Program&, const MachineState&, const Region&);
template std::vector<float> read_region(const Program&, const MachineState&, const Region&);
template std::vector<std::int16_t> read_region(const Program&, const MachineState&, const Region&);

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
