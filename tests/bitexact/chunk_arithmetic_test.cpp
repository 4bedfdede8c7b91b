// SPDX-License-Identifier: Apache-2.0
//
// The delta rule of a chunk with all its products in a machine's arithmetic.
#include "workloads/language_model/chunk_arithmetic.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <random>

#include "models/error.h"
#include "workloads/language_model/chunk_inverses.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

RealMatrix normal_matrix(std::int64_t rows, std::int64_t cols, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  RealMatrix m(rows, cols);
  for (double& v : m.values) v = normal(random);
  return m;
}

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
RowMajor eigen(const RealMatrix& m) {
  return Eigen::Map<const RowMajor>(m.values.data(), m.rows, m.cols);
}

TEST(ChunkArithmetic, a_product_is_off_by_the_rounding_of_its_operands) {
  const RealMatrix a = normal_matrix(48, 96, 1), b = normal_matrix(96, 40, 2);
  const RowMajor exact = eigen(a) * eigen(b);
  struct Case {
    Format format;
    double unit;  // half an ulp of 1: 2^-(mantissa bits + 1)
  };
  for (const Case& c : {Case{Format::kFp16, 0x1p-11}, Case{Format::kBf16, 0x1p-8},
                        Case{Format::kFp32, 0x1p-24}, Case{Format::kFp64, 0x1p-53}}) {
    const RowMajor made = eigen(machine_arithmetic(reference_machine(), c.format).product(a, b));
    // Two roundings of independent sign an entry of the sum; of their relative error, uniform in
    // the interval, the root mean square is near unit / 2.  fp32 and fp64 add the rounding of sums.
    const double error = (made - exact).norm() / exact.norm();
    EXPECT_LT(error, 10 * c.unit) << name(c.format);
    // Eigen's own sums are binary64.
    if (c.format != Format::kFp64) {
      EXPECT_GT(error, c.unit / 10) << name(c.format);
    }
  }
}

TEST(ChunkArithmetic, operands_are_rounded_once_and_sums_are_binary32) {
  const ChunkArithmetic fp16 = machine_arithmetic(reference_machine(), Format::kFp16);
  RealMatrix a(1, 2), b(2, 1);
  a.at(0, 0) = 1 + 0x1p-12;  // 1 in fp16
  a.at(0, 1) = 0x1p-24;      // the smallest subnormal of fp16
  b.at(0, 0) = 3;
  b.at(1, 0) = 0.5;
  EXPECT_EQ(fp16.product(a, b).at(0, 0), 3);  // 3 + 2^-25 is 3 in binary32
  b.at(0, 0) = 0x1p-3;
  EXPECT_EQ(fp16.product(a, b).at(0, 0), 0x1p-3 + 0x1p-25);
  RealMatrix kept(1, 1);
  kept.at(0, 0) = 1 + 0x1p-30;
  fp16.keep(kept);
  EXPECT_EQ(kept.at(0, 0), 1);
}

DeltaInputs head() {
  DeltaInputs in{
      normal_matrix(75, 16, 3), normal_matrix(75, 16, 4), normal_matrix(75, 8, 5), {}, {}};
  for (std::int64_t t = 0; t < 75; ++t) {
    double length = 0;
    for (const double v : in.k.row(t)) length += v * v;
    for (double& v : in.k.row(t)) v /= std::sqrt(length);
    in.beta.push_back(0.25 + 0.5 * static_cast<double>(t % 2));
    in.g.push_back(-0.05);
  }
  return in;
}

double error_of(Format format) {
  const DeltaInputs in = head();
  const RowMajor exact = eigen(delta_rule_recurrent(in));
  const RealMatrix made = delta_rule_chunked(
      in, {32, exact_inverse(), machine_arithmetic(reference_machine(), format)});
  return (eigen(made) - exact).norm() / exact.norm();
}

/// Against the definition, token by token in double precision.
TEST(ChunkArithmetic, the_delta_rule_is_as_accurate_as_the_format_of_its_products) {
  EXPECT_LT(error_of(Format::kFp64), 1e-6);  // A is binary32
  EXPECT_LT(error_of(Format::kFp32), 1e-6);
  EXPECT_LT(error_of(Format::kFp16), 2e-3);
  EXPECT_GT(error_of(Format::kFp16), 1e-5);
  EXPECT_LT(error_of(Format::kBf16), 2e-2);
  EXPECT_GT(error_of(Format::kBf16), 4 * error_of(Format::kFp16));
}

TEST(ChunkArithmetic, sequential_binary64_sums_of_a_machine_are_those_without_a_machine) {
  const DeltaInputs in = head();
  const ChunkArithmetic fp64 = machine_arithmetic(reference_machine(), Format::kFp64);
  EXPECT_EQ(delta_rule_chunked(in, {32, exact_inverse(), fp64}).values,
            delta_rule_chunked(in, {32, exact_inverse()}).values);
}

TEST(ChunkArithmetic, fixed_point_is_refused_with_what_to_do) {
  try {
    machine_arithmetic(reference_machine(), Format::kInt8);
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("use a float format"), std::string::npos);
  }
}

}  // namespace
}  // namespace tricycle
