// SPDX-License-Identifier: Apache-2.0
//
// Whole matrices of stored numbers in plain loops: the arithmetic the inversions are specified in,
// written down a second time without tiles, bands, instructions or the library's sums.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/format.h"

namespace tricycle::testing {

/// C x C values of a storage format, or sums of them; fixed point: integers with these fraction
/// bits.
struct Plain {
  int size = 0, fraction = 0;
  std::vector<double> values =
      std::vector<double>(static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
  double& at(int i, int j) { return values[static_cast<std::size_t>(i * size + j)]; }
  double at(int i, int j) const { return values[static_cast<std::size_t>(i * size + j)]; }
};

using Keep = std::function<bool(int i, int j)>;

class PlainArithmetic {
 public:
  explicit PlainArithmetic(Format format) : format_(format), info_(info(format)) {}
  /// Matrices in the format, products as `product` makes them; `shares_scales`: what is multiplied
  /// at once changes it.
  using Product = std::function<Plain(const Plain& a, const Plain& b)>;
  PlainArithmetic(Format format, Product product, bool shares_scales)
      : format_(format),
        info_(info(format)),
        product_(std::move(product)),
        shares_scales_(shares_scales) {}

  /// Matrices in the format, products of operands rounded to another.
  static PlainArithmetic of_operands(Format stored, Format operands) {
    const PlainArithmetic narrow(operands);
    const auto rounded = [narrow](const Plain& m) { return narrow.load(m.size, m.values); };
    PlainArithmetic ar(
        stored,
        [=](const Plain& a, const Plain& b) { return narrow.product(rounded(a), rounded(b)); },
        false);
    ar.operand_ = rounded;
    return ar;
  }

  Format format() const { return format_; }
  /// As products take it.
  Plain operand(const Plain& m) const { return operand_ ? operand_(m) : m; }
  bool measures_scales() const { return product_ != nullptr; }
  bool shares_scales() const { return shares_scales_; }

  bool is_float() const { return info_.is_float(); }
  int fraction() const { return is_float() ? 0 : info_.default_fraction_bits(); }
  /// Of the iterate with headroom: Q2.13, Q1.6.
  int iterate_fraction() const { return format_ == Format::kInt16 ? 13 : fraction() - 1; }
  Plain zeros(int size) const { return {size, fraction()}; }

  /// Of the format, +0 elsewhere.
  Plain load(int size, std::span<const double> values) const {
    Plain m = zeros(size);
    for (std::size_t i = 0; i < m.values.size(); ++i)
      m.values[i] = is_float() ? decode_float(format_, encode_float(format_, values[i]))
                               : saturate(std::rint(std::ldexp(values[i], fraction())));
    return m;
  }

  /// acc + a b: one multiply-add of the reference machine.
  double multiply_add(double a, double b, double acc) const {
    if (!is_float()) return wrap(acc + a * b);
    if (format_ == Format::kFp64) return acc + a * b;
    const auto x = static_cast<float>(a), y = static_cast<float>(b), z = static_cast<float>(acc);
    if (info_.bits == 16) return std::fmaf(x, y, z);
    const float rounded = x * y;
    return z + rounded;
  }
  double add(double a, double b) const {
    if (!is_float()) return wrap(a + b);
    if (format_ == Format::kFp64) return a + b;
    return static_cast<float>(a) + static_cast<float>(b);
  }

  /// start + a b, k ascending.
  Plain product(const Plain& a, const Plain& b, const Plain* start = nullptr) const {
    if (product_) return product_(a, b);
    Plain sum = start != nullptr ? *start : Plain{a.size, a.fraction + b.fraction};
    for (int i = 0; i < a.size; ++i)
      for (int j = 0; j < a.size; ++j)
        for (int k = 0; k < a.size; ++k)
          sum.at(i, j) = multiply_add(a.at(i, k), b.at(k, j), sum.at(i, j));
    return sum;
  }

  /// The value with `from` fraction bits (0 for floats), rounded to storage.
  double round(double value, int from, int to) const {
    if (format_ == Format::kFp64) return value;
    if (is_float()) return decode_float(format_, encode_float(format_, value));
    const double scale = std::ldexp(1.0, from - to);
    return saturate(from == to ? value : std::floor(value / scale + 0.5));
  }

  /// round(+-((t0 + t1 + ..) + product)) where `keep`, +0 elsewhere; fixed point with `to` fraction
  /// bits.
  Plain store(const std::vector<const Plain*>& terms, const std::optional<Plain>& sum, bool negate,
              const Keep& keep, std::optional<int> to = std::nullopt) const {
    const Plain& shape = terms.empty() ? *sum : *terms.front();
    Plain out{shape.size, to.value_or(fraction())};
    int from = sum ? sum->fraction : 0;
    for (const Plain* term : terms) from = std::max(from, term->fraction);
    for (int i = 0; i < out.size; ++i)
      for (int j = 0; j < out.size; ++j) {
        if (!keep(i, j)) continue;
        std::optional<double> total;
        const auto include = [&](double value) { total = total ? add(*total, value) : value; };
        for (const Plain* term : terms) include(std::ldexp(term->at(i, j), from - term->fraction));
        if (sum) include(sum->at(i, j));
        out.at(i, j) = round(negate ? -*total : *total, from, out.fraction);
      }
    return out;
  }

  /// The stored bits, little-endian.
  std::vector<std::uint8_t> bits(const Plain& m) const {
    std::vector<std::uint8_t> out;
    for (double v : m.values) {
      const std::uint64_t bits = is_float()
                                     ? encode_float(format_, v) << (info_.stored_bits - info_.bits)
                                     : static_cast<std::uint64_t>(std::llrint(v));
      for (int byte = 0; byte < info_.file_bytes(); ++byte)
        out.push_back(static_cast<std::uint8_t>(bits >> (8 * byte)));
    }
    return out;
  }

 private:
  double saturate(double v) const {
    const double high = std::ldexp(1.0, info_.bits - 1);
    return std::min(std::max(v, -high), high - 1);
  }
  /// Into the 32 bits of the reference machine's accumulators.
  static double wrap(double v) {
    return static_cast<double>(
        static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::int64_t>(v))));
  }

  Format format_;
  FormatInfo info_;
  Product product_;
  std::function<Plain(const Plain& m)> operand_;
  bool shares_scales_ = false;
};

}  // namespace tricycle::testing
