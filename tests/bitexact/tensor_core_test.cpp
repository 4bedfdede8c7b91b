// SPDX-License-Identifier: Apache-2.0
//
// Sums that an NVIDIA H200 returned, bit for bit: one example of every rule of its tensor core
// (workloads/data/silicon/h200_single_sums.csv).  `tricycle validate h200_products` has many more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/engine/product.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"

namespace tricycle {
namespace {

const std::string kMachine = TRICYCLE_SOURCE_DIR "/hwconfigs/h200_sm.yaml";

/// The codes of "7f 81" as a tensor of raw codes, +0 up to `count`.
ProductOperand codes(const std::string& text, std::int64_t count, const std::string& dtype,
                     std::vector<std::int64_t> shape) {
  Tensor t{dtype, std::move(shape), {}};
  const auto bytes = static_cast<std::size_t>(element_bytes(dtype));
  for (std::size_t at = 0; at < text.size(); at += 2 * bytes + 1)
    for (std::size_t byte = bytes; byte-- > 0;)
      t.bytes.push_back(
          static_cast<std::uint8_t>(std::stoul(text.substr(at + 2 * byte, 2), nullptr, 16)));
  t.bytes.resize(static_cast<std::size_t>(count) * bytes);
  return {text, t};
}

struct Instruction {
  Format operands;
  std::string operand_dtype, sum_dtype;
  std::vector<std::string> settings;
};

/// Of "mma.m16n8k32.f32.e4m3": m16n8k32 of 8-bit floats is emulated.
Instruction parse_instruction(const std::string& text) {
  const auto has = [&](const char* part) { return text.find(part) != std::string::npos; };
  Instruction out{Format::kFp16, "U16", "U32", {}};
  if (has(".bf16")) out.operands = Format::kBf16;
  if (has(".tf32")) out = {Format::kTf32, "F32", "U32", {}};
  if (has(".e4m3")) out = {Format::kFloat8E4m3fn, "U8", "U32", {}};
  if (has(".e5m2")) out = {Format::kFloat8E5m2, "U8", "U32", {}};
  if (has(".s8")) out = {Format::kInt8, "I8", "I32", {}};
  const std::string key = "formats." + std::string(name(out.operands)) + ".";
  if (has(".f16.f16") || has("k32.f16")) {
    out.sum_dtype = "U16";
    out.settings.push_back(key + "accumulator=fp16");
  }
  if (has("satfinite")) out.settings.push_back(key + "overflow=saturate");
  if (text.starts_with("mma") && info(out.operands).is_float() && info(out.operands).bits == 8)
    out.settings.push_back(key + "computed_as=fp16");
  return out;
}

TEST(TensorCore, gives_every_single_sum_that_the_chip_gave) {
  const PublishedTable sums(TRICYCLE_SOURCE_DIR "/workloads/data/silicon/h200_single_sums.csv");
  ASSERT_GT(sums.size(), 50U);
  for (std::size_t row = 0; row < sums.size(); ++row) {
    const Instruction in = parse_instruction(sums.text(row, "instruction"));
    const MatrixProduct product{load_hw_config(kMachine, in.settings), in.operands, in.operands};
    const std::int64_t k = product.hw.mac_spec(in.operands).fan_in;
    const ProductOperand a = codes(sums.text(row, "a"), k, in.operand_dtype, {1, k}),
                         b = codes(sums.text(row, "b"), k, in.operand_dtype, {k, 1}),
                         c = codes(sums.text(row, "c"), 1, in.sum_dtype, {1, 1}),
                         d = codes(sums.text(row, "d"), 1, in.sum_dtype, {1, 1});
    const ProductResult result = multiply(product, a, b, c);
    EXPECT_EQ(result.d.bytes, d.tensor.bytes)
        << sums.text(row, "what") << ", " << sums.text(row, "instruction");
  }
}

TEST(TensorCore, sees_one_wrong_bit_in_a_file_of_products) {
  // The rule with one fraction bit less is another: some codes of every file differ.
  const std::string file =
      TRICYCLE_SOURCE_DIR "/workloads/data/silicon/h200_mma_fp16_fp32.safetensors";
  const std::vector<ValidationRow> rows = tensor_core_rows({file});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FALSE(rows[0].is_missed());
  EXPECT_EQ(rows[0].published, 21 * 64 * 8);
}

TEST(TensorCore, repeats_operands_as_numpy_does) {
  const MatrixProduct product{load_hw_config(kMachine), Format::kFp16, Format::kFp16};
  // Two matrices [[1]], [[2]] times one [[1]], and one C for both.
  const ProductOperand a = codes("3c00 4000", 2, "U16", {2, 1, 1}),
                       b = codes("3c00", 1, "U16", {1, 1}), c = codes("3f800000", 1, "U32", {1, 1});
  const ProductResult result = multiply(product, a, b, c);
  EXPECT_EQ(result.d.shape, (std::vector<std::int64_t>{2, 1, 1}));
  EXPECT_EQ(result.d.bytes, codes("40000000 40400000", 2, "U32", {2, 1, 1}).tensor.bytes);
}

TEST(TensorCore, refuses_shapes_and_types_that_do_not_fit) {
  const MatrixProduct product{load_hw_config(kMachine), Format::kFp16, Format::kFp16};
  const ProductOperand a = codes("3c00 4000", 2, "U16", {1, 2});
  const auto fault = [&](const ProductOperand& b) -> std::string {
    try {
      multiply(product, a, b, std::nullopt);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(fault(codes("3c00", 1, "U16", {1, 1})), ::testing::HasSubstr("expected 2 rows"));
  EXPECT_THAT(fault(codes("3c00 3c00", 2, "U16", {2})), ::testing::HasSubstr("expected a matrix"));
  EXPECT_THAT(fault(codes("01 02", 2, "U8", {2, 1})),
              ::testing::HasSubstr("expected a float type, or U16 (the codes of fp16)"));
}

}  // namespace
}  // namespace tricycle
