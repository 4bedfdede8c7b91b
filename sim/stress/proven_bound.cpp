// SPDX-License-Identifier: Apache-2.0
#include "sim/stress/proven_bound.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <variant>

namespace tricycle {

namespace {

using BoundMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

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
  if (!unit || !result.accuracy.finite || !is_row_by_row(of.lowered().program)) return std::nullopt;
  const auto size = of.chunk();
  const auto absolute = [&](const std::vector<double>& values) -> BoundMatrix {
    return Eigen::Map<const BoundMatrix>(values.data(), size, size).cwiseAbs();
  };
  const Oracle oracle(matrix);
  const BoundMatrix identity = BoundMatrix::Identity(size, size);
  const BoundMatrix a = absolute(matrix.a), found = absolute(result.y),
                    right = absolute(oracle.y());
  if (found.maxCoeff() > kFarFromOverflow || a.maxCoeff() > kFarFromOverflow) return std::nullopt;
  const BoundMatrix below = BoundMatrix::Ones(size, size).triangularView<Eigen::StrictlyLower>();
  const double roundings = (static_cast<double>(size) + 1) * unit->sums;
  const double gamma = roundings / (1 - roundings);
  const BoundMatrix of_input = unit->storage * a + unit->tiny * below;
  const BoundMatrix stored = (1 + unit->storage) * a + unit->tiny * below;
  // Products of binary32 and bf16 may underflow binary32.
  const double lost = 2 * unit->tiny + static_cast<double>(size) * 0x1p-149;
  const BoundMatrix residual =
      (of_input + gamma * stored) * (identity + found) + unit->storage * found + lost * below;
  // The bound itself and the exact inverse are computed in binary64.
  constexpr double kOfBinary64 = 1 + 1e-9;
  return ((identity + right) * residual).norm() / right.norm() * kOfBinary64;
}

}  // namespace tricycle
