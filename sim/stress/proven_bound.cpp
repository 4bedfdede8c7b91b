// SPDX-License-Identifier: Apache-2.0
#include "sim/stress/proven_bound.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "sim/stress/block_bound.h"

namespace tricycle {

namespace {

/// Whether nothing but rows of a substitution is computed.
bool is_row_by_row(const Program& program) {
  return std::ranges::all_of(program.instructions, [](const Instruction& in) {
    return in.unit() == Unit::kDma || std::holds_alternative<RowStep>(in.operation);
  });
}

/// Unit roundoffs of storage and of sums, and the largest error of what underflows.
struct Roundoffs {
  double storage, sums, tiny;
};

std::optional<Roundoffs> roundoffs(const HwConfig& hw, Format format) {
  const FormatInfo& f = info(format);
  const StorageRule rule = hw.storage_rule(format);
  const bool is_nearest =
      rule.rounding == Rounding::kNearestEven || rule.rounding == Rounding::kHalfUp;
  const FormatSupport& support = hw.support(format);
  if (!f.is_float() || !is_nearest || support.computed_as != ComputedAs::kOwn ||
      support.order == SumOrder::kAligned)
    return std::nullopt;
  constexpr int kBinary32Digits = 24, kBinary64Digits = 53;
  int digits = 0;
  if (support.accumulator == Accumulator::kFp32) digits = kBinary32Digits;
  if (support.accumulator == Accumulator::kFp64) digits = kBinary64Digits;
  if (digits == 0) return std::nullopt;
  const int least_exponent = 1 - f.exponent_bias();
  const bool flushes = rule.subnormals == Subnormals::kFlush;
  return Roundoffs{std::ldexp(1.0, -f.mantissa_bits - 1), std::ldexp(1.0, -digits),
                   std::ldexp(1.0, least_exponent - (flushes ? 0 : f.mantissa_bits))};
}

/// Below this no sum or result leaves the range of any float format.
constexpr double kFarFromOverflow = 16;

}  // namespace

std::optional<double> proven_bound(const StressCase& of, const ChunkMatrix& matrix,
                                   const Inverted& result) {
  const std::optional<Roundoffs> unit = roundoffs(of.hw(), of.format());
  if (!unit || !result.accuracy.finite || matrix.gates.any()) return std::nullopt;
  const auto size = of.chunk();
  const auto shaped = [&](const std::vector<double>& values) -> BoundMatrix {
    return Eigen::Map<const BoundMatrix>(values.data(), size, size);
  };
  const Oracle right(matrix), of_stored({"", size, result.a});
  const BoundInput in{shaped(result.a), shaped(of_stored.y()), shaped(result.y)};
  if (in.found.cwiseAbs().maxCoeff() > kFarFromOverflow ||
      in.a.cwiseAbs().maxCoeff() > kFarFromOverflow)
    return std::nullopt;
  // Products of a sum, a linear term or two, and a diagonal.
  const double roundings = (static_cast<double>(size) + 4) * unit->sums;
  // Products of binary32 and bf16 may underflow binary32.
  const double lost = 2 * unit->tiny + static_cast<double>(size) * 0x1p-149;
  const BoundRounding rounding{unit->storage, roundings / (1 - roundings), lost};
  const std::optional<BoundMatrix> bound =
      is_row_by_row(of.lowered().program) ? std::optional(substitution_bound(in, rounding, size))
                                          : block_bound(of, in, rounding);
  if (!bound) return std::nullopt;
  const BoundMatrix exact = shaped(right.y());
  // The bound itself and the exact inverses are computed in binary64.
  constexpr double kOfBinary64 = 1 + 1e-9;
  return (bound->norm() + (in.exact - exact).norm()) / exact.norm() * kOfBinary64;
}

}  // namespace tricycle
