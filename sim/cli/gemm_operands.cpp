// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/gemm_operands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "models/error.h"
#include "models/printable.h"
#include "workloads/tensor_file.h"

namespace tricycle {

GemmOperand read_gemm_operand(std::string_view option, const std::string& text, Format format,
                              const HwConfig& hw) {
  const std::string name = printable(fmt::format("{} {}", option, text));
  Tensor tensor = read_tensor(parse_tensor_name(text), name, NpyTypes::kReal);
  if (tensor.shape.size() != 2 || tensor.elements() == 0)
    throw InputError(fmt::format("{}: expected one matrix [rows, columns], got [{}]", name,
                                 fmt::join(tensor.shape, ", ")));
  const FormatInfo& f = info(format);
  if (!f.is_float() && tensor.is_integer() && !tensor.fraction_bits)
    tensor.fraction_bits = hw.stored_fraction_bits(format);
  GemmOperand out{tensor.shape[0], tensor.shape[1], to_doubles(tensor, name)};
  const auto bad = std::ranges::find_if(out.values, [](double v) { return !std::isfinite(v); });
  if (!f.is_float() && bad != out.values.end())
    throw InputError(fmt::format("{}: element {} is {}; {} holds finite numbers only", name,
                                 bad - out.values.begin(), *bad, f.name));
  const double most = std::ldexp(1.0, f.bits - 1),
               unit = std::ldexp(1.0, -hw.stored_fraction_bits(format));
  const auto beyond = std::ranges::find_if(out.values, [&](double v) {
    return std::nearbyint(v / unit) >= most || std::nearbyint(v / unit) < -most;
  });
  if (!f.is_float() && beyond != out.values.end())
    throw InputError(fmt::format("{}: element {} is {}, beyond {}", name,
                                 beyond - out.values.begin(), *beyond, f.name));
  return out;
}

GemmOperand random_gemm_operand(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  GemmOperand out{
      rows, cols,
      std::vector<double>(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols))};
  for (double& v : out.values)
    v = static_cast<double>(static_cast<std::int64_t>(engine() >> 56) - 128) / 128;
  return out;
}

}  // namespace tricycle
