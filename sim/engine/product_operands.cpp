// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/product_operands.h"

#include <fmt/format.h>

#include <type_traits>

#include "models/error.h"

namespace tricycle {

namespace {

std::uint64_t code_at(const Tensor& t, std::int64_t i) {
  const std::int64_t bytes = element_bytes(t.dtype);
  return little_endian(t.bytes.data() + i * bytes, bytes);
}

/// The two's complement number in the lower `bits`.
std::int64_t signed_number(std::uint64_t code, std::int64_t bits) {
  return static_cast<std::int64_t>(code << (64 - bits)) >> (64 - bits);
}

/// The float format whose elements a tensor holds.  Unsigned integers of as many bits are raw codes
/// of `format`.  Throws InputError.
Format float_elements(const ProductOperand& x, Format format) {
  const FormatInfo& f = info(format);
  const std::string& dtype = x.tensor.dtype;
  const Format word = format == Format::kTf32 ? Format::kFp32 : format;  // tf32 comes in fp32 words
  if (dtype == f.safetensors_dtype || dtype == fmt::format("U{}", f.stored_bits)) return word;
  for (const FormatInfo& row : kFormats)
    if (row.is_float() && row.safetensors_dtype == dtype && row.id != Format::kTf32) return row.id;
  throw InputError(fmt::format(
      "{}: expected a float type, or U{} (the codes of {}), got {}; name the format the file has",
      x.name, f.stored_bits, f.name, dtype));
}

/// A code's element in `format`: the same code, or rounded, or cut.
class FloatReader {
 public:
  FloatReader(const MatrixProduct& product, Format format, const ProductOperand& x)
      : from_(float_elements(x, format)), to_(format) {
    const FormatSupport& support = product.hw.support(format);
    cuts_ =
        to_ == Format::kTf32 && from_ == Format::kFp32 && support.operand_bits == OperandBits::kCut;
  }
  double value(std::uint64_t code, std::int64_t& rounded) const {
    if (cuts_) {
      const std::uint64_t lower = (std::uint64_t{1} << kCutBits) - 1;
      rounded += (code & lower) != 0;
      return decode_float(Format::kFp32, code & ~lower);
    }
    const double exact = decode_float(from_, code);
    if (from_ == to_) return exact;
    const double held = decode_float(to_, encode_float(to_, exact));
    rounded += held != exact && exact == exact;
    return held;
  }

 private:
  static constexpr int kCutBits = 13;  // binary32 has 23 fraction bits, tf32 10
  Format from_, to_;
  bool cuts_ = false;
};

/// Integers of at most `bits` bits.  Throws InputError.
std::int64_t checked_integer(const ProductOperand& x, std::int64_t i, std::int64_t bits,
                             std::string_view of) {
  const std::int64_t value = signed_number(code_at(x.tensor, i), 8 * element_bytes(x.tensor.dtype));
  if (signed_number(static_cast<std::uint64_t>(value), bits) != value)
    throw InputError(
        fmt::format("{}: element {} is {}, beyond the {} bits of {}", x.name, i, value, bits, of));
  return value;
}

void expect_integers(const ProductOperand& x, std::string_view of) {
  if (x.tensor.dtype[0] != 'I')
    throw InputError(fmt::format("{}: expected integers (I8, I16 or I32), the codes of {}, got {}",
                                 x.name, of, x.tensor.dtype));
}

}  // namespace

template <typename T>
std::vector<T> operand_values(const MatrixProduct& product, Format format, const ProductOperand& x,
                              std::int64_t& rounded) {
  const std::int64_t count = x.tensor.elements();
  std::vector<T> out(static_cast<std::size_t>(count));
  if (!info(format).is_float()) {
    expect_integers(x, name(format));
    for (std::int64_t i = 0; i < count; ++i)
      out[static_cast<std::size_t>(i)] =
          static_cast<T>(checked_integer(x, i, info(format).bits, name(format)));
    return out;
  }
  if constexpr (std::is_floating_point_v<T>) {
    const FloatReader reader(product, format, x);
    for (std::int64_t i = 0; i < count; ++i)
      out[static_cast<std::size_t>(i)] =
          static_cast<T>(reader.value(code_at(x.tensor, i), rounded));
    flush_subnormals(product.hw.storage_rule(format), out.data(), count);
  }
  return out;
}

template <typename T>
std::vector<SumOf<T>> sum_values(const MatrixProduct& product, const ProductOperand& c,
                                 std::int64_t& rounded) {
  const std::int64_t count = c.tensor.elements();
  std::vector<SumOf<T>> out(static_cast<std::size_t>(count));
  if constexpr (std::is_floating_point_v<T>) {
    const FloatReader reader(product, product.sums(), c);
    for (std::int64_t i = 0; i < count; ++i)
      out[static_cast<std::size_t>(i)] =
          static_cast<T>(reader.value(code_at(c.tensor, i), rounded));
  } else {
    expect_integers(c, "the accumulators");
    const Accumulator sums = product.hw.support(product.format).accumulator;
    const std::int64_t bits = 8 * std::int64_t{accumulator_bytes(sums)};
    for (std::int64_t i = 0; i < count; ++i)
      out[static_cast<std::size_t>(i)] = checked_integer(c, i, bits, "the accumulators");
  }
  return out;
}

template <typename Sum>
void write_codes(const MatrixProduct& product, std::span<const Sum> sums, std::uint8_t* out) {
  const std::int64_t bytes = element_bytes(product.sums_dtype());
  const StorageRule rule{.format = product.sums(), .nan = product.hw.support(product.format).nan};
  for (const Sum sum : sums) {
    std::uint64_t code = 0;
    if constexpr (std::is_floating_point_v<Sum>)
      code = encode_float(rule, static_cast<double>(sum));
    else
      code = static_cast<std::uint64_t>(sum);
    for (std::int64_t byte = 0; byte < bytes; ++byte)
      *out++ = static_cast<std::uint8_t>(code >> (8 * byte));
  }
}

template std::vector<float> operand_values<float>(const MatrixProduct&, Format,
                                                  const ProductOperand&, std::int64_t&);
template std::vector<double> operand_values<double>(const MatrixProduct&, Format,
                                                    const ProductOperand&, std::int64_t&);
template std::vector<std::int16_t> operand_values<std::int16_t>(const MatrixProduct&, Format,
                                                                const ProductOperand&,
                                                                std::int64_t&);
template std::vector<float> sum_values<float>(const MatrixProduct&, const ProductOperand&,
                                              std::int64_t&);
template std::vector<double> sum_values<double>(const MatrixProduct&, const ProductOperand&,
                                                std::int64_t&);
template std::vector<std::int64_t> sum_values<std::int16_t>(const MatrixProduct&,
                                                            const ProductOperand&, std::int64_t&);
template void write_codes<float>(const MatrixProduct&, std::span<const float>, std::uint8_t*);
template void write_codes<double>(const MatrixProduct&, std::span<const double>, std::uint8_t*);
template void write_codes<std::int64_t>(const MatrixProduct&, std::span<const std::int64_t>,
                                        std::uint8_t*);

}  // namespace tricycle
