// SPDX-License-Identifier: Apache-2.0
#include "workloads/language_model/chunk_arithmetic.h"

#include <fmt/format.h>

#include "models/error.h"
#include "models/isa/program.h"
#include "models/numerics/convert.h"
#include "models/numerics/mac.h"

namespace tricycle {

namespace {

std::vector<float> rounded(Format format, const RealMatrix& m) {
  std::vector<float> out(m.values.size());
  round_to_storage(format, m.values.data(), out.data(), static_cast<std::int64_t>(out.size()));
  return out;
}

RealMatrix product_of_floats(const MacSpec& spec, const RealMatrix& a, const RealMatrix& b) {
  const std::vector<float> left = rounded(spec.operands, a), right = rounded(spec.operands, b);
  RealMatrix out(a.rows, b.cols);
  std::vector<float> sums(out.values.size(), 0.0F);
  multiply_accumulate(spec, MatrixRef<const float>{left.data(), a.rows, a.cols, a.cols},
                      MatrixRef<const float>{right.data(), b.rows, b.cols, b.cols},
                      MatrixRef<float>{sums.data(), out.rows, out.cols, out.cols});
  out.values.assign(sums.begin(), sums.end());
  return out;
}

RealMatrix product_of_doubles(const MacSpec& spec, const RealMatrix& a, const RealMatrix& b) {
  RealMatrix out(a.rows, b.cols);
  multiply_accumulate(spec, MatrixRef<const double>{a.values.data(), a.rows, a.cols, a.cols},
                      MatrixRef<const double>{b.values.data(), b.rows, b.cols, b.cols},
                      MatrixRef<double>{out.values.data(), out.rows, out.cols, out.cols});
  return out;
}

}  // namespace

ChunkArithmetic machine_arithmetic(const HwConfig& hw, Format format) {
  check_format(hw, format);
  if (!info(format).is_float())
    throw InputError(
        fmt::format("--arithmetic chunk: {} has no binary points for keys, values and state; use a "
                    "float format, or --arithmetic inverse",
                    name(format)));
  const MacSpec spec = hw.mac_spec(format);
  if (format == Format::kFp64)
    return {
        [spec](const RealMatrix& a, const RealMatrix& b) { return product_of_doubles(spec, a, b); },
        [](RealMatrix&) {}};
  return {
      [spec](const RealMatrix& a, const RealMatrix& b) { return product_of_floats(spec, a, b); },
      [](RealMatrix& m) {
        for (double& value : m.values) value = static_cast<double>(static_cast<float>(value));
      }};
}

}  // namespace tricycle
