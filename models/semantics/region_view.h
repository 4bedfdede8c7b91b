// SPDX-License-Identifier: Apache-2.0
//
// Views of regions of a program's buffers as matrices, on which the values of instructions are
// computed.
#pragma once

#include "models/numerics/convert.h"
#include "models/numerics/multiply_add.h"
#include "models/numerics/random_bits.h"
#include "models/semantics/execute.h"

namespace tricycle {

/// At least `count` elements with the value of memory that was never written.
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

/// acc += a b in the requested form.
template <typename T, typename Sum>
void add_products(SumForm form, const MacSpec& spec, MatrixRef<const T> a, MatrixRef<const T> b,
                  MatrixRef<Sum> acc) {
  if (form == SumForm::kFast)
    multiply_accumulate(spec, a, b, acc);
  else
    multiply_accumulate_normative(spec, a, b, acc);
}

/// Rounds a block of sums to storage, once.
inline void store(const StorageRule& rule, const Region& r, Elements<float>& values) {
  round_to_storage(rule, {r.row, r.col, r.rows, r.cols}, values.data());
}
inline void store(const StorageRule& rule, const Region& r, Elements<double>& values) {
  flush_subnormals(rule, values.data(), r.elements());
}

/// A key that distinguishes sums rounded at the same place.  It combines the whole units of storage
/// in a sum with the fraction below them, from its top bit down.  Sums of one value have one key,
/// whatever fraction bits they are kept in.  Precondition: 0 < shift < 64.
inline std::uint64_t key_of_sum(std::int64_t sum, int shift) {
  return static_cast<std::uint64_t>(sum >> shift) ^
         (static_cast<std::uint64_t>(sum) << (64 - shift));
}

/// Requantises the sum of an element to storage, once.  A sum without a fraction is not rounded.
inline FixedResult store(const StorageRule& rule, std::int64_t row, std::int64_t col,
                         std::int64_t sum, int shift) {
  const int bits = info(rule.format).bits;
  if (rule.rounding == Rounding::kHalfUp) return requantize(sum, shift, bits);
  const std::uint64_t random = rule.rounding == Rounding::kStochastic && shift > 0
                                   ? random_bits(rule.seed, row, col, key_of_sum(sum, shift))
                                   : 0;
  return requantize(sum, shift, bits, rule.rounding, random);
}

}  // namespace tricycle
