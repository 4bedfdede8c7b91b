// SPDX-License-Identifier: Apache-2.0
//
// Values of elementary operations and of products with transposed operands.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <random>

#include "models/error.h"
#include "models/semantics/execute.h"
#include "tests/unit/mpfr_float.h"
#include "workloads/gated_deltanet/stage_builder.h"
#include "workloads/reference_machine.h"
#include "workloads/vector_operation.h"

namespace tricycle {
namespace {

using Reals = std::vector<double>;

std::vector<double> random_values(std::size_t count, double low, double high, int seed) {
  std::mt19937_64 engine(static_cast<std::uint64_t>(seed));
  std::vector<double> out(count);
  for (double& v : out)
    v = static_cast<double>(
        static_cast<float>(low + (high - low) * static_cast<double>(engine() >> 11) * 0x1p-53));
  return out;
}

struct Operand {
  std::int32_t rows, cols;
  Reals values;
};

/// Runs what `emit(builder, a, b, out)` makes of two operands.
template <typename Emit>
Reals run(Format format, Format result_format, const Operand& a, const Operand& b,
          std::int32_t rows, std::int32_t cols, Emit emit) {
  const HwConfig hw = reference_machine();
  StageBuilder builder(hw, format, format);
  const Region x = builder.input("a", format, a.rows, a.cols);
  const Region y = builder.input("b", format, b.rows, b.cols);
  const Region a_in = builder.loaded(x), b_in = builder.loaded(y);
  const Region out = builder.scratch("out", result_format, rows, cols);
  emit(builder, a_in, b_in, out);
  builder.store(builder.output("result", result_format, rows, cols), out);
  const Program p = builder.finish();
  MachineState state = make_state(p);
  write_input(p, x.buffer, a.values, state);
  write_input(p, y.buffer, b.values, state);
  interpret(p, hw, state);
  return read_real(p, p.output, state);
}

const auto apply = [](VectorOp op) {
  return [op](StageBuilder& b, const Region& x, const Region& y, const Region& out) {
    if (info(op).sources > 1)
      b.apply(op, out, x, y);
    else
      b.apply(op, out, x);
  };
};

TEST(Elementwise, exp_is_mpfr_s_rounded_to_binary32) {
  const auto count = std::int32_t{4096};
  const Operand x{1, count, random_values(count, -30, 5, 1)};
  const Reals got = run(Format::kFp32, Format::kFp32, x, x, 1, count, apply(VectorOp::kExp));
  mpfr_t value;
  mpfr_init2(value, 24);
  for (std::size_t i = 0; i < got.size(); ++i) {
    mpfr_set_d(value, x.values[i], MPFR_RNDN);
    mpfr_exp(value, value, MPFR_RNDN);
    EXPECT_EQ(got[i], mpfr_get_d(value, MPFR_RNDN)) << x.values[i];
  }
  mpfr_clear(value);
}

TEST(Elementwise, arithmetic_is_binary32_and_is_rounded_once_to_storage) {
  const auto count = std::int32_t{2048};
  const Operand a{1, count, random_values(count, -8, 8, 2)},
      b{1, count, random_values(count, 1, 8, 3)};
  const Reals sum = run(Format::kFp32, Format::kFp32, a, b, 1, count, apply(VectorOp::kAdd));
  const Reals product =
      run(Format::kFp32, Format::kBf16, a, b, 1, count, apply(VectorOp::kMultiply));
  for (std::size_t i = 0; i < sum.size(); ++i) {
    double in_single = 0;
    {
      testing::MpfrFloat mpfr(Format::kFp32);
      EXPECT_EQ(sum[i], mpfr.sum(a.values[i], b.values[i]));
      in_single = mpfr.product(a.values[i], b.values[i]);
    }
    testing::MpfrFloat mpfr(Format::kBf16);
    EXPECT_EQ(product[i], mpfr.rounded(in_single));
  }
}

TEST(Elementwise, every_operation_does_what_its_name_says) {
  const Operand a{1, 4, {4, -2, 0.25, 3}}, b{1, 4, {2, 5, -1, 3}};
  const auto of = [&](VectorOp op) {
    return run(Format::kFp32, Format::kFp32, a, b, 1, 4, apply(op));
  };
  EXPECT_EQ(of(VectorOp::kAdd), (Reals{6, 3, -0.75, 6}));
  EXPECT_EQ(of(VectorOp::kMultiply), (Reals{8, -10, -0.25, 9}));
  EXPECT_EQ(of(VectorOp::kMax), (Reals{4, 5, 0.25, 3}));
  EXPECT_EQ(of(VectorOp::kDivide), (Reals{2, -0.4F, -0.25, 1}));
  EXPECT_EQ(of(VectorOp::kReciprocal), (Reals{0.25, -0.5, 4, 1.0F / 3.0F}));
  EXPECT_EQ(of(VectorOp::kCopy), a.values);
  EXPECT_EQ(of(VectorOp::kCast), a.values);
  EXPECT_EQ(of(VectorOp::kSelect), a.values);  // no mask: all of a is kept
  const auto with = [&](auto emit) { return run(Format::kFp32, Format::kFp32, a, b, 1, 4, emit); };
  const auto scalar = [&](VectorOp op, double s) {
    return with([op, s](StageBuilder& builder, const Region& x, const Region&, const Region& out) {
      builder.apply_scalar(op, out, x, s);
    });
  };
  EXPECT_EQ(scalar(VectorOp::kAddScalar, 1), (Reals{5, -1, 1.25, 4}));
  EXPECT_EQ(scalar(VectorOp::kMultiplyScalar, -2), (Reals{-8, 4, -0.5, -6}));
  EXPECT_EQ(scalar(VectorOp::kMaxScalar, 0), (Reals{4, 0, 0.25, 3}));
  EXPECT_EQ(with([](StageBuilder& builder, const Region& x, const Region& y, const Region& out) {
              builder.subtract(out, x, y);
            }),
            (Reals{2, -7, 1.25, 0}));
  EXPECT_EQ(with([](StageBuilder& builder, const Region& x, const Region&, const Region& out) {
              builder.at_most(out, x, 0);
            }),
            (Reals{0, -2, 0, 0}));
  const Operand squares{1, 3, {4, 0.25, 9}};
  EXPECT_EQ(run(Format::kFp32, Format::kFp32, squares, b, 1, 3, apply(VectorOp::kRsqrt)),
            (Reals{0.5, 2, 1.0F / 3.0F}));
}

TEST(Elementwise, one_row_or_column_stands_for_all) {
  const Operand column{2, 1, {10, 20}}, row{1, 3, {1, 2, 3}}, full{2, 3, {1, 2, 3, 4, 5, 6}};
  EXPECT_EQ(run(Format::kFp32, Format::kFp32, column, row, 2, 3, apply(VectorOp::kAdd)),
            (Reals{11, 12, 13, 21, 22, 23}));
  EXPECT_EQ(run(Format::kFp32, Format::kFp32, full, column, 2, 3, apply(VectorOp::kMultiply)),
            (Reals{10, 20, 30, 80, 100, 120}));
  EXPECT_EQ(run(Format::kFp32, Format::kFp32, row, row, 3, 1, apply(VectorOp::kCopy)), row.values);
}

TEST(Elementwise, reductions_go_along_rows_in_ascending_order) {
  // 2^24 + 1 + 1 in binary32: each 1 is lost on its own.
  const Operand a{2, 3, {0x1p24, 1, 1, 1, 1, 0x1p24}};
  EXPECT_EQ(run(Format::kFp32, Format::kFp32, a, a, 2, 1, apply(VectorOp::kRowSum)),
            (Reals{0x1p24, 0x1p24 + 2}));
  EXPECT_EQ(run(Format::kFp32, Format::kFp32, a, a, 2, 1, apply(VectorOp::kRowMax)),
            (Reals{0x1p24, 0x1p24}));
}

TEST(Elementwise, fixed_point_has_no_values_and_says_so) {
  const HwConfig hw = reference_machine();
  const Program p = lower_vector_operation(hw, {VectorOp::kAdd, Format::kInt16, 1, 4});
  MachineState state = make_state(p);
  EXPECT_THROW(interpret(p, hw, state), RunError);
}

TEST(Elementwise, operands_of_other_shapes_are_refused) {
  const Operand a{2, 2, {1, 2, 3, 4}}, b{3, 1, {1, 2, 3}};
  EXPECT_THROW(run(Format::kFp32, Format::kFp32, a, b, 2, 2, apply(VectorOp::kAdd)), RunError);
}

TEST(TransposedProducts, are_the_products_of_the_transposed_matrices) {
  const std::int32_t m = 5, n = 7, k = 6;
  const auto matrix = [](std::int32_t rows, std::int32_t cols, int seed) {
    return Operand{rows, cols, random_values(static_cast<std::size_t>(rows * cols), -1, 1, seed)};
  };
  using Dense = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto eigen = [](const Operand& o) {
    return Eigen::Map<const Dense>(o.values.data(), o.rows, o.cols);
  };
  for (const bool ta : {false, true})
    for (const bool tb : {false, true}) {
      const Operand a = ta ? matrix(k, m, 4) : matrix(m, k, 4),
                    b = tb ? matrix(n, k, 5) : matrix(k, n, 5);
      const Reals got =
          run(Format::kFp64, Format::kFp64, a, b, m, n,
              [&](StageBuilder& builder, const Region& x, const Region& y, const Region& out) {
                builder.epilogue(out, {},
                                 builder.product(x, y, {.transpose_a = ta, .transpose_b = tb}));
              });
      const Dense left = ta ? Dense(eigen(a).transpose()) : Dense(eigen(a));
      const Dense right = tb ? Dense(eigen(b).transpose()) : Dense(eigen(b));
      const Dense expected = left * right;
      for (std::int32_t i = 0; i < m; ++i)
        for (std::int32_t j = 0; j < n; ++j)
          EXPECT_NEAR(got[static_cast<std::size_t>(i * n + j)], expected(i, j), 1e-14);
    }
}

}  // namespace
}  // namespace tricycle
