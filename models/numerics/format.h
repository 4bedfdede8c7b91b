// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tricycle {

/// Storage formats of operands and results.  One row of kFormats each; a new format is one
/// enumerator and one row.
enum class Format : std::uint8_t { kFp64, kFp32, kFp16, kBf16, kInt16, kInt8 };
inline constexpr int kFormatCount = 6;

enum class FormatKind : std::uint8_t { kFloat, kFixedPoint };

/// One row of the format table.  Floats: sign'exponent'mantissa; fixed point: two's complement,
/// Q0.(bits-1) unless a buffer says otherwise.
struct FormatInfo {
  Format id;
  std::string_view name;  // as in YAML, CSV and the documentation
  FormatKind kind;
  int bits;
  int exponent_bits;                   // 0 for fixed point
  int mantissa_bits;                   // stored fraction bits; fixed point: bits - 1
  std::string_view safetensors_dtype;  // element type of tensors stored in this format
  std::string_view summary;

  constexpr bool is_float() const { return kind == FormatKind::kFloat; }
  constexpr int bytes() const { return bits / 8; }
  constexpr int exponent_bias() const { return (1 << (exponent_bits - 1)) - 1; }
  /// Fixed point: default number of fraction bits, all but the sign.
  constexpr int default_fraction_bits() const { return bits - 1; }
};

inline constexpr std::array<FormatInfo, kFormatCount> kFormats{{
    {Format::kFp64, "fp64", FormatKind::kFloat, 64, 11, 52, "F64",
     "IEEE 754 binary64; the host's double, for ablations"},
    {Format::kFp32, "fp32", FormatKind::kFloat, 32, 8, 23, "F32", "IEEE 754 binary32"},
    {Format::kFp16, "fp16", FormatKind::kFloat, 16, 5, 10, "F16",
     "IEEE 754 binary16, subnormals kept"},
    {Format::kBf16, "bf16", FormatKind::kFloat, 16, 8, 7, "BF16", "upper half of binary32"},
    {Format::kInt16, "int16", FormatKind::kFixedPoint, 16, 0, 15, "I16",
     "two's complement, static Q0.15"},
    {Format::kInt8, "int8", FormatKind::kFixedPoint, 8, 0, 7, "I8",
     "two's complement, static Q0.7"},
}};

constexpr const FormatInfo& info(Format format) {
  return kFormats[static_cast<std::size_t>(format)];
}
constexpr std::string_view name(Format format) { return info(format).name; }

constexpr std::optional<Format> find_format(std::string_view name) {
  for (const FormatInfo& row : kFormats)
    if (row.name == name) return row.id;
  return std::nullopt;
}

/// "fp64, fp32, ...": for messages that list what is valid.
std::string format_names();

/// Formats of the accumulator a multiply-accumulate adds into.
enum class Accumulator : std::uint8_t { kFp64, kFp32, kInt32, kInt48, kInt64 };

/// What an integer accumulator does when a sum leaves its range.
enum class AccumulatorOverflow : std::uint8_t { kWrap, kSaturate };

/// Order in which the products of one output are added; see mac.h.
enum class SumOrder : std::uint8_t { kSequential, kTile };

/// fused: one rounding of product and sum; separate: the product is rounded to the accumulator's
/// format first.
enum class MultiplyAdd : std::uint8_t { kFused, kSeparate };

constexpr int accumulator_bytes(Accumulator accumulator) {
  switch (accumulator) {
    case Accumulator::kFp32:
    case Accumulator::kInt32: return 4;
    case Accumulator::kInt48: return 6;
    case Accumulator::kFp64:
    case Accumulator::kInt64: return 8;
  }
  return 0;
}

}  // namespace tricycle
