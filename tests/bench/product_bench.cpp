// SPDX-License-Identifier: Apache-2.0
//
// The bit-exact products beside Eigen's sgemm and a plain int8 loop: compare the GMAC/s of one run.
#include <benchmark/benchmark.h>

#include <vector>

#include "models/numerics/mac.h"
#include "tests/bench/eigen_reference.h"

namespace tricycle {
namespace {

void count_macs(benchmark::State& state) {
  const double size = static_cast<double>(state.range(0));
  state.counters["GMAC/s"] =
      benchmark::Counter(size * size * size * static_cast<double>(state.iterations()) * 1e-9,
                         benchmark::Counter::kIsRate);
}

template <typename T>
std::vector<T> operand(std::int64_t size) {
  std::vector<T> values(static_cast<std::size_t>(size * size));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<T>(static_cast<int>(i * 37 % 127) - 63);
  return values;
}

void eigen_sgemm(benchmark::State& state) {
  const std::int64_t n = state.range(0);
  const auto a = operand<float>(n), b = operand<float>(n);
  auto c = operand<float>(n);
  for (auto _ : state) {
    bench::eigen_product(a.data(), b.data(), c.data(), n);
    benchmark::DoNotOptimize(c.data());
  }
  count_macs(state);
}

void exact_float(benchmark::State& state, Format format,
                 MultiplyAdd multiply_add = MultiplyAdd::kSeparate) {
  const std::int64_t n = state.range(0);
  auto a = operand<float>(n), b = operand<float>(n);
  std::vector<float> c(a.size());
  const MacSpec spec{.operands = format, .multiply_add = multiply_add};
  for (auto _ : state) {
    std::fill(c.begin(), c.end(), 0.0F);
    multiply_accumulate(spec, {a.data(), n, n, n}, {b.data(), n, n, n},
                        MatrixRef<float>{c.data(), n, n, n});
    benchmark::DoNotOptimize(c.data());
  }
  count_macs(state);
}

void plain_int8(benchmark::State& state) {
  const std::int64_t n = state.range(0);
  const auto a = operand<std::int8_t>(n), b = operand<std::int8_t>(n);
  std::vector<std::int32_t> c(a.size());
  for (auto _ : state) {
    bench::plain_int8_product(a.data(), b.data(), c.data(), n);
    benchmark::DoNotOptimize(c.data());
  }
  count_macs(state);
}

void exact_int8(benchmark::State& state) {
  const std::int64_t n = state.range(0);
  auto a = operand<std::int16_t>(n), b = operand<std::int16_t>(n);
  std::vector<std::int64_t> c(a.size());
  const MacSpec spec{.operands = Format::kInt8, .accumulator = Accumulator::kInt32};
  for (auto _ : state) {
    std::fill(c.begin(), c.end(), 0);
    multiply_accumulate(spec, {a.data(), n, n, n}, {b.data(), n, n, n},
                        MatrixRef<std::int64_t>{c.data(), n, n, n});
    benchmark::DoNotOptimize(c.data());
  }
  count_macs(state);
}

BENCHMARK(eigen_sgemm)->Arg(64)->Arg(128)->Arg(1024);
BENCHMARK_CAPTURE(exact_float, fp16, Format::kFp16)->Arg(64)->Arg(128)->Arg(1024);
BENCHMARK_CAPTURE(exact_float, bf16, Format::kBf16)->Arg(64)->Arg(128)->Arg(1024);
BENCHMARK_CAPTURE(exact_float, fp32_fused, Format::kFp32, MultiplyAdd::kFused)
    ->Arg(64)
    ->Arg(128)
    ->Arg(1024);
BENCHMARK_CAPTURE(exact_float, fp32_separate, Format::kFp32)->Arg(64)->Arg(128)->Arg(1024);
BENCHMARK(plain_int8)->Arg(64)->Arg(128)->Arg(1024);
BENCHMARK(exact_int8)->Arg(64)->Arg(128)->Arg(1024);

}  // namespace
}  // namespace tricycle
