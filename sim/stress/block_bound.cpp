// SPDX-License-Identifier: Apache-2.0
#include "sim/stress/block_bound.h"

#include <string_view>
#include <vector>

#include "workloads/inversion/block_nested.h"
#include "workloads/inversion/block_parameter.h"
#include "workloads/matrix_formats.h"

namespace tricycle {

namespace {

using Eigen::Index;

/// Beyond this a stored result could leave the range of a narrow float.
constexpr double kStoredMost = 16;

/// m where `keep(i, j)` holds, zeros elsewhere.
template <typename Keep>
BoundMatrix kept(BoundMatrix m, const Keep& keep) {
  for (Index i = 0; i < m.rows(); ++i)
    for (Index j = 0; j < m.cols(); ++j)
      if (!keep(i, j)) m(i, j) = 0;
  return m;
}

BoundMatrix diagonal_blocks(const BoundMatrix& m, Index block) {
  return kept(m, [=](Index i, Index j) { return i / block == j / block; });
}

BoundMatrix absolute(const BoundMatrix& m) { return m.cwiseAbs(); }

BoundMatrix unit_lower_inverse(const BoundMatrix& m) {
  return m.triangularView<Eigen::UnitLower>().solve(BoundMatrix::Identity(m.rows(), m.cols()));
}

/// Joins blocks until one is left, and carries the bound along.
class JoinedBound {
 public:
  JoinedBound(const BoundInput& in, const BoundRounding& rounding)
      : in_(in),
        rounding_(rounding),
        one_(BoundMatrix::Identity(in.a.rows(), in.a.cols())),
        exact_(in.exact + one_) {}

  /// Of blocks of 1, and of 2 where these are -A.
  void begin_exact() { bound_ = BoundMatrix::Zero(size(), size()); }
  void begin(BoundMatrix bound) { bound_ = std::move(bound); }

  /// The series in diagonal blocks by Horner's rule: Y <- N + N Y.
  void begin_series(Index block) {
    const BoundMatrix n = -diagonal_blocks(in_.a, block), n_size = absolute(n);
    BoundMatrix y = n;
    begin_exact();
    for (Index s = 2; s < block; ++s) {
      const BoundMatrix terms = n_size * (one_ + absolute(y) + bound_);
      y = n + n * y;
      const BoundMatrix carried = n_size * bound_ + rounding_.gamma * terms +
                                  rounding_.storage * absolute(y) + lost_in(block);
      bound_ = carried / (1 - rounding_.storage);
    }
  }

  /// M = L X, then Y <- X M: of two blocks each.
  void merge(Index block) {
    begin_level(block, 2);
    const BoundMatrix z = l_ * x_;
    const BoundMatrix of_m = stored_error(absolute(z), absolute(l_) * absolute(x_));
    note(absolute(z) + of_m);
    end_level(absolute(x_) * of_m, absolute(x_) * (absolute(z) + of_m));
  }

  /// M = X L, then Y <- (I + M) (I + M^2) X, the larger power first: of up to four blocks each.
  void join(Index block, Index count) {
    begin_level(block, count);
    const BoundMatrix z = x_ * l_, z_size = absolute(z), x_size = absolute(x_);
    const BoundMatrix of_m = stored_error(z_size, x_size * absolute(l_));
    const BoundMatrix m = z_size + of_m;
    note(m);
    const BoundMatrix inverse = unit_lower_inverse(one_ - z), w = absolute(inverse);
    // |(I - M')^-1| <= w (I - E_M w)^-1, M' = z + E_M.
    const BoundMatrix rest = unit_lower_inverse(one_ - of_m * w);
    BoundMatrix error = w * rest * of_m * absolute(inverse * x_);
    BoundMatrix sums = absolute(x_ - one_) + m * x_size;
    if (count > 2) sums = add_square(z, of_m, error);
    end_level(error, sums);
  }

  /// None where a stored result may have been too large.
  std::optional<BoundMatrix> result() const {
    if (!(most_ <= kStoredMost)) return std::nullopt;
    return bound_;
  }

 private:
  Index size() const { return in_.a.rows(); }
  void note(const BoundMatrix& stored) { most_ = std::max(most_, stored.maxCoeff()); }
  BoundMatrix lost_in(Index block) const {
    return rounding_.lost * diagonal_blocks(below(), block);
  }
  BoundMatrix below() const {
    return BoundMatrix::Ones(size(), size()).triangularView<Eigen::StrictlyLower>();
  }
  BoundMatrix between(const BoundMatrix& m) const {
    return kept(m, [b = block_, wide = block_ * count_](Index i, Index j) {
      return i > j && i / b != j / b && i / wide == j / wide;
    });
  }
  /// Of a stored sum whose exact value is `value` and whose terms are `terms` in all.
  BoundMatrix stored_error(const BoundMatrix& value, const BoundMatrix& terms) const {
    return between(rounding_.storage * value + (1 + rounding_.storage) * rounding_.gamma * terms +
                   rounding_.lost * below());
  }

  void begin_level(Index block, Index count) {
    block_ = block;
    count_ = count;
    x_ = diagonal_blocks(in_.found, block) + one_;
    l_ = -between(in_.a);
  }

  /// The roundings of M^2 and of (I + M^2) X; returns the terms of the last sums.
  BoundMatrix add_square(const BoundMatrix& z, const BoundMatrix& of_m, BoundMatrix& error) {
    const BoundMatrix z_size = absolute(z), m = z_size + of_m, x_size = absolute(x_),
                      y_size = absolute(x_ - one_), square = z * z;
    const BoundMatrix away = z_size * of_m + of_m * z_size + of_m * of_m;
    const BoundMatrix of_square = stored_error(absolute(square) + away, m * m);
    const BoundMatrix power = absolute(square) + away + of_square;
    const BoundMatrix sum = y_size + absolute(square * x_) + (away + of_square) * x_size;
    const BoundMatrix of_sum = stored_error(sum, y_size + power * x_size);
    note(power);
    note(sum + of_sum);
    error += (one_ + m) * (of_square * x_size + of_sum);
    return sum + of_sum + m * (one_ + sum + of_sum);
  }

  /// `error`: by roundings before the last sums, whose terms are `sums`.
  void end_level(const BoundMatrix& error, const BoundMatrix& sums) {
    const BoundMatrix joined = diagonal_blocks(exact_, block_ * count_);
    const BoundMatrix before = diagonal_blocks(in_.a, block_) + one_;
    const BoundMatrix left = absolute(joined * before),
                      right = absolute(unit_lower_inverse(one_ - l_ * x_));
    const BoundMatrix last = between(rounding_.storage * absolute(in_.found) +
                                     rounding_.gamma * sums + rounding_.lost * below());
    bound_ = left * bound_ * right + error + last;
  }

  const BoundInput& in_;
  const BoundRounding& rounding_;
  BoundMatrix one_, exact_, bound_, x_, l_;
  Index block_ = 1, count_ = 2;
  double most_ = 0;
};

bool keeps_one_format(const StressCase& of) {
  const MatrixFormats f = matrix_formats(of.parameters(), of.format(), of.hw());
  for (const Format other : {f.input, f.operands, f.blocks, f.merges, f.masters, f.result})
    if (other != of.format()) return false;
  return of.lowered().linear_terms != LinearTerms::kKept;
}

}  // namespace

BoundMatrix substitution_bound(const BoundInput& in, const BoundRounding& rounding,
                               Eigen::Index block) {
  const Index size = in.a.rows();
  const BoundMatrix one = BoundMatrix::Identity(size, size);
  const BoundMatrix below = BoundMatrix::Ones(size, size).triangularView<Eigen::StrictlyLower>();
  const BoundMatrix a = absolute(diagonal_blocks(in.a, block)),
                    found = absolute(diagonal_blocks(in.found, block)),
                    exact = absolute(diagonal_blocks(in.exact, block));
  const BoundMatrix residual = rounding.gamma * a * (one + found) + rounding.storage * found +
                               rounding.lost * diagonal_blocks(below, block);
  return (one + exact) * residual;
}

std::optional<BoundMatrix> block_bound(const StressCase& of, const BoundInput& in,
                                       const BoundRounding& rounding) {
  const std::string_view name = of.algorithm().name;
  const Index size = in.a.rows();
  JoinedBound joined(in, rounding);
  if (name == "block_doubling" && keeps_one_format(of)) {
    joined.begin_exact();
    for (Index b = 2; b < size; b *= 2) joined.merge(b);
    return joined.result();
  }
  if (name == "blocked_substitution" && keeps_one_format(of)) {
    const Index block = of.parameters().get(kBlock);
    joined.begin(substitution_bound(in, rounding, block));
    for (Index b = block; b < size; b *= 2) joined.merge(b);
    return joined.result();
  }
  if (name != "block_nested" || !keeps_one_format(of)) return std::nullopt;
  Index block = of.parameters().get(kBlock);
  joined.begin_series(block);
  for (const int count : joins_of(static_cast<int>(size), of.parameters())) {
    if (count > 4) return std::nullopt;
    joined.join(block, count);
    block *= count;
  }
  return joined.result();
}

}  // namespace tricycle
