// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tricycle {

/// Storage formats of operands and results.  Each has one row in kFormats: a new format is one
/// enumerator and one row.
enum class Format : std::uint8_t {
  kFp64,
  kFp32,
  kTf32,
  kFp16,
  kBf16,
  kFloat8E4m3fn,
  kFloat8E5m2,
  kInt16,
  kInt8,
  kInt4
};
inline constexpr int kFormatCount = 10;

enum class FormatKind : std::uint8_t { kFloat, kFixedPoint };

/// What the largest exponent field of a float stands for.
enum class Specials : std::uint8_t {
  kIeee,    // infinities (fraction 0) and NaN
  kNanOnly  // numbers as in any other field; only the largest code is NaN (OCP FP8 E4M3)
};

/// What happens to a finite value beyond the largest finite one of the target format. kToInfinity:
/// it becomes an infinity, or NaN where the format has no infinity. kSaturate: it becomes the
/// largest finite value; so does an infinity where the format has none (OCP 8-bit floating point,
/// 2023).
enum class FloatOverflow : std::uint8_t { kToInfinity, kSaturate };

/// The code of a NaN that arithmetic makes. kQuiet: 7e00 in fp16. kOnes: 7fff.  Where a format has
/// one NaN only, it is both.
enum class NanCode : std::uint8_t { kQuiet, kOnes };

/// One row of the format table.  Floats: sign'exponent'mantissa; fixed point: two's complement,
/// Q0.(bits-1) unless a buffer says otherwise.
struct FormatInfo {
  Format id;
  std::string_view name;  // as in YAML, CSV and the documentation
  FormatKind kind;
  int bits;                // bits of a code
  int stored_bits;         // bits of an element in memory; the code fills the upper ones
  int exponent_bits;       // 0 for fixed point
  int mantissa_bits;       // stored fraction bits; fixed point: bits - 1
  Specials specials;       // floats
  FloatOverflow overflow;  // floats: the default, which a machine can override
  std::string_view safetensors_dtype;  // element type of tensors stored in this format
  std::string_view summary;

  constexpr bool is_float() const { return kind == FormatKind::kFloat; }
  /// Bytes of `count` contiguous elements.  Two 4-bit elements share a byte.
  constexpr std::int64_t bytes_of(std::int64_t count) const {
    return (count * stored_bits + 7) / 8;
  }
  /// Bytes of an element in a tensor file, where no element is shorter than a byte.
  constexpr int file_bytes() const { return static_cast<int>(bytes_of(1)); }
  constexpr int exponent_bias() const { return (1 << (exponent_bits - 1)) - 1; }
  constexpr bool has_infinity() const { return specials == Specials::kIeee; }
  /// Floats: the first code after the finite ones.  It is an infinity or the NaN.
  constexpr std::uint64_t overflow_code() const {
    const std::uint64_t last_field = (std::uint64_t{1} << exponent_bits) - 1;
    return has_infinity() ? last_field << mantissa_bits : ((last_field + 1) << mantissa_bits) - 1;
  }
  /// Floats: the only NaN that is used: positive, quiet, without payload.
  constexpr std::uint64_t nan_code() const {
    return has_infinity() ? overflow_code() | std::uint64_t{1} << (mantissa_bits - 1)
                          : overflow_code();
  }
  constexpr std::uint64_t nan_code(NanCode code) const {
    return code == NanCode::kOnes ? (std::uint64_t{1} << (bits - 1)) - 1 : nan_code();
  }
  /// Fixed point: default number of fraction bits, all but the sign.
  constexpr int default_fraction_bits() const { return bits - 1; }
};

inline constexpr std::array<FormatInfo, kFormatCount> kFormats{{
    {Format::kFp64, "fp64", FormatKind::kFloat, 64, 64, 11, 52, Specials::kIeee,
     FloatOverflow::kToInfinity, "F64", "IEEE 754 binary64; the host's double, for ablations"},
    {Format::kFp32, "fp32", FormatKind::kFloat, 32, 32, 8, 23, Specials::kIeee,
     FloatOverflow::kToInfinity, "F32", "IEEE 754 binary32"},
    {Format::kTf32, "tf32", FormatKind::kFloat, 19, 32, 8, 10, Specials::kIeee,
     FloatOverflow::kToInfinity, "F32", "binary32 whose lower 13 bits are zero, in 32 bits"},
    {Format::kFp16, "fp16", FormatKind::kFloat, 16, 16, 5, 10, Specials::kIeee,
     FloatOverflow::kToInfinity, "F16", "IEEE 754 binary16"},
    {Format::kBf16, "bf16", FormatKind::kFloat, 16, 16, 8, 7, Specials::kIeee,
     FloatOverflow::kToInfinity, "BF16", "upper half of binary32"},
    {Format::kFloat8E4m3fn, "float8_e4m3fn", FormatKind::kFloat, 8, 8, 4, 3, Specials::kNanOnly,
     FloatOverflow::kSaturate, "F8_E4M3", "OCP FP8 E4M3: no infinity, largest 448"},
    {Format::kFloat8E5m2, "float8_e5m2", FormatKind::kFloat, 8, 8, 5, 2, Specials::kIeee,
     FloatOverflow::kToInfinity, "F8_E5M2", "OCP FP8 E5M2: upper half of binary16"},
    {Format::kInt16, "int16", FormatKind::kFixedPoint, 16, 16, 0, 15, Specials::kIeee,
     FloatOverflow::kSaturate, "I16", "two's complement, static Q0.15"},
    {Format::kInt8, "int8", FormatKind::kFixedPoint, 8, 8, 0, 7, Specials::kIeee,
     FloatOverflow::kSaturate, "I8", "two's complement, static Q0.7"},
    {Format::kInt4, "int4", FormatKind::kFixedPoint, 4, 4, 0, 3, Specials::kIeee,
     FloatOverflow::kSaturate, "I8", "two's complement, static Q0.3, two in a byte"},
}};

constexpr const FormatInfo& info(Format format) {
  return kFormats[static_cast<std::size_t>(format)];
}
constexpr std::string_view name(Format format) { return info(format).name; }

/// Floats: whether the product of two elements has no more significant bits than binary32.
constexpr bool products_are_exact(Format format) {
  return info(format).is_float() && 2 * (info(format).mantissa_bits + 1) <= 24;
}
/// Floats: whether products are exact and also neither underflow nor overflow in binary32.
constexpr bool products_fit_binary32(Format format) {
  const FormatInfo& f = info(format);
  return products_are_exact(format) && 2 * (1 - f.exponent_bias() - f.mantissa_bits) >= -149;
}

constexpr std::optional<Format> find_format(std::string_view name) {
  for (const FormatInfo& row : kFormats)
    if (row.name == name) return row.id;
  return std::nullopt;
}

/// Whether results are rounded when they are stored, because sums are kept in a wider format.
constexpr bool rounds_when_stored(Format format) { return info(format).mantissa_bits < 23; }

/// Floats: whether every element is also one of fp16.  Accumulators of fp16 may then hold their
/// sums.
constexpr bool is_within_fp16(Format format) {
  return info(format).is_float() && info(format).exponent_bits <= 5;
}

/// "fp64, fp32, ...": for messages that list the valid names.
std::string format_names();

/// Formats of the accumulator a multiply-accumulate adds into.
enum class Accumulator : std::uint8_t { kFp64, kFp32, kFp16, kInt32, kInt48, kInt64 };

/// What an integer accumulator does when a sum leaves its range.
enum class AccumulatorOverflow : std::uint8_t { kWrap, kSaturate };

/// Order in which the products of one output are added; see mac.h.
enum class SumOrder : std::uint8_t { kSequential, kTile, kTree, kAligned };

/// How operands of 8 bits are multiplied. kOwn: as their format's own keys say.  The others:
/// converted to fp16 and multiplied by the steps of that format, as compilers do where the
/// instruction is missing: the k of an instruction with k mod 4 in {0, 1} in one step, the others
/// in the next. kFp16: from +0, then added to the sum so far by an ordinary addition. kFp16Chain:
/// from the sum.
enum class ComputedAs : std::uint8_t { kOwn, kFp16, kFp16Chain };

/// How elements with more bits than the format become operands: rounded to it, or their lower bits
/// ignored.
enum class OperandBits : std::uint8_t { kRound, kCut };

/// How a product is added. fused: one rounding of product and sum. separate: the product is first
/// rounded to the accumulator's format.
enum class MultiplyAdd : std::uint8_t { kFused, kSeparate };

/// Where the scales of an integer format's codes come from (models/numerics/dynamic_scale.h).
/// kStatic: from the fraction bits.  The others measure scales for every product. kPerTensor: one
/// per operand. kPerRowColumn: one per row of the left operand and per column of the right one.
/// kPerBlock: one per row or column and block of consecutive k.
enum class Scaling : std::uint8_t { kStatic, kPerTensor, kPerRowColumn, kPerBlock };

/// How a measured scale is rounded: to binary32 (kExact), or from there up to a power of two.
enum class ScaleRounding : std::uint8_t { kExact, kPowerOfTwo };

constexpr int accumulator_bytes(Accumulator accumulator) {
  switch (accumulator) {
    case Accumulator::kFp16: return 2;
    case Accumulator::kFp32:
    case Accumulator::kInt32: return 4;
    case Accumulator::kInt48: return 6;
    case Accumulator::kFp64:
    case Accumulator::kInt64: return 8;
  }
  return 0;
}

}  // namespace tricycle
