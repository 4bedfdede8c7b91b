// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/product.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <type_traits>

#include "models/error.h"
#include "models/isa/program.h"
#include "models/numerics/multiply_add.h"
#include "sim/engine/product_operands.h"
#include "sim/host/host_memory.h"
#include "workloads/in_parallel.h"

namespace tricycle {

namespace {

/// Rows of D that one thread takes at a time.
constexpr std::int64_t kRowsAtOnce = 64;

/// The shape of D and where its matrices are in A, B and C.
struct Batch {
  std::vector<std::int64_t> leading;  // of D
  std::int64_t m, n, k, count;

  /// Number of the matrix of an operand with these leading extents that belongs to D's `index`th.
  std::int64_t matrix(const std::vector<std::int64_t>& extents, std::int64_t index) const {
    std::int64_t at = 0, stride = 1;
    for (std::size_t i = 0; i < leading.size(); ++i) {
      const std::size_t from_last = leading.size() - 1 - i;
      const std::int64_t digit = index % leading[from_last];
      index /= leading[from_last];
      if (i >= extents.size()) continue;
      const std::int64_t extent = extents[extents.size() - 1 - i];
      if (extent > 1) at += digit * stride;
      stride *= extent;
    }
    return at;
  }
};

std::vector<std::int64_t> leading_extents(const ProductOperand& x) {
  if (x.tensor.shape.size() < 2)
    throw InputError(fmt::format("{}: expected a matrix or [.., rows, columns], got [{}]", x.name,
                                 fmt::join(x.tensor.shape, ", ")));
  return {x.tensor.shape.begin(), x.tensor.shape.end() - 2};
}

std::int64_t rows_of(const ProductOperand& x) { return x.tensor.shape[x.tensor.shape.size() - 2]; }
std::int64_t cols_of(const ProductOperand& x) { return x.tensor.shape.back(); }

/// Extends `all` by one operand's leading extents, as NumPy broadcasts.
void broadcast(std::vector<std::int64_t>& all, const ProductOperand& x) {
  const std::vector<std::int64_t> extents = leading_extents(x);
  if (extents.size() > all.size()) all.insert(all.begin(), extents.size() - all.size(), 1);
  for (std::size_t i = 0; i < extents.size(); ++i) {
    std::int64_t& extent = all[all.size() - extents.size() + i];
    if (extent == 1) extent = extents[i];
    if (extents[i] != 1 && extents[i] != extent)
      throw InputError(fmt::format(
          "{}: leading extents [{}] do not fit those before, [{}]; expected equal ones, or 1",
          x.name, fmt::join(extents, ", "), fmt::join(all, ", ")));
  }
}

Batch batch_of(const ProductOperand& a, const ProductOperand& b,
               const std::optional<ProductOperand>& c) {
  Batch batch{};
  broadcast(batch.leading, a);
  broadcast(batch.leading, b);
  batch.m = rows_of(a);
  batch.k = cols_of(a);
  batch.n = cols_of(b);
  if (rows_of(b) != batch.k)
    throw InputError(fmt::format("{}: expected {} rows, as many as {} has columns, got {}", b.name,
                                 batch.k, a.name, rows_of(b)));
  if (c) {
    broadcast(batch.leading, *c);
    if (rows_of(*c) != batch.m || cols_of(*c) != batch.n)
      throw InputError(fmt::format("{}: expected [.., {}, {}], got [{}]", c->name, batch.m, batch.n,
                                   fmt::join(c->tensor.shape, ", ")));
  }
  constexpr double kMostMatrices = 1LL << 40;
  double matrices = 1;
  batch.count = 1;
  for (const std::int64_t extent : batch.leading) {
    matrices *= static_cast<double>(extent);
    if (matrices > kMostMatrices)
      throw InputError(fmt::format("product: the leading extents [{}] make too many matrices",
                                   fmt::join(batch.leading, ", ")));
    batch.count *= extent;
  }
  return batch;
}

/// Throws InputError before anything is allocated that this host does not hold.
void check_memory(const Batch& batch, const ProductOperand& a, const ProductOperand& b) {
  constexpr double kHeld = 8, kStored = 8;  // bytes of an element as a value, and as a code
  const double results = static_cast<double>(batch.count) * static_cast<double>(batch.m) *
                         static_cast<double>(batch.n);
  check_host_memory(fmt::format("product: the values of {} x {} x {}, {} times", batch.m, batch.n,
                                batch.k, batch.count),
                    static_cast<double>(a.tensor.elements() + b.tensor.elements()) * kHeld +
                        results * (kHeld + kStored),
                    "split the batch into several files");
}

/// All matrices of D, row by row.
template <typename T>
std::vector<std::uint8_t> multiply_all(const MatrixProduct& p, const Batch& batch,
                                       const ProductOperand& a, const ProductOperand& b,
                                       const std::optional<ProductOperand>& c,
                                       std::int64_t& rounded) {
  MacSpec spec = p.hw.mac_spec(p.format);
  if (p.format_b != p.format && info(p.format_b).is_float() && spec.operands == p.format)
    spec.right = p.format_b;
  const std::vector<T> left = operand_values<T>(p, p.format, a, rounded);
  const std::vector<T> right = operand_values<T>(p, p.format_b, b, rounded);
  using Sum = SumOf<T>;
  const auto start = c ? sum_values<T>(p, *c, rounded) : std::vector<Sum>();
  const std::vector<std::int64_t> a_extents = leading_extents(a), b_extents = leading_extents(b),
                                  c_extents = c ? leading_extents(*c) : b_extents;
  const std::int64_t blocks = (batch.m + kRowsAtOnce - 1) / kRowsAtOnce;
  const std::int64_t bytes = element_bytes(p.sums_dtype());
  std::vector<std::uint8_t> out(static_cast<std::size_t>(batch.count * batch.m * batch.n * bytes));
  const int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  in_parallel(static_cast<std::size_t>(batch.count * blocks), threads, [&](std::size_t item) {
    const std::int64_t matrix = static_cast<std::int64_t>(item) / blocks;
    const std::int64_t row = static_cast<std::int64_t>(item) % blocks * kRowsAtOnce;
    const std::int64_t rows = std::min(kRowsAtOnce, batch.m - row);
    const T* a_at = left.data() + (batch.matrix(a_extents, matrix) * batch.m + row) * batch.k;
    const T* b_at = right.data() + batch.matrix(b_extents, matrix) * batch.k * batch.n;
    std::vector<Sum> sum(static_cast<std::size_t>(rows * batch.n), Sum{0});
    if (c)
      std::copy_n(start.data() + (batch.matrix(c_extents, matrix) * batch.m + row) * batch.n,
                  sum.size(), sum.data());
    multiply_accumulate(spec, MatrixRef<const T>{a_at, rows, batch.k, batch.k},
                        MatrixRef<const T>{b_at, batch.k, batch.n, batch.n},
                        MatrixRef<Sum>{sum.data(), rows, batch.n, batch.n});
    write_codes(p, std::span<const Sum>(sum),
                out.data() + (matrix * batch.m + row) * batch.n * bytes);
  });
  return out;
}

}  // namespace

Format MatrixProduct::sums() const { return format_of(hw.support(format).accumulator); }

std::string_view MatrixProduct::sums_dtype() const {
  if (info(format).is_float()) return info(sums()).safetensors_dtype;
  return hw.support(format).accumulator == Accumulator::kInt32 ? "I32" : "I64";
}

void check_product_formats(const MatrixProduct& p) {
  check_format(p.hw, p.format);
  if (!multiply_exactly(p.format, p.format_b) && !multiply_together(p.format, p.format_b))
    throw InputError(fmt::format(
        "--format-b {}: its elements do not multiply those of {} as they are; expected {}{}",
        name(p.format_b), name(p.format), name(p.format),
        products_are_exact(p.format)
            ? ", another float of at most 11 significant bits, or a shorter integer"
            : ""));
  const bool half = p.hw.support(p.format).accumulator == Accumulator::kFp16 ||
                    p.hw.support(p.format).computed_as != ComputedAs::kOwn;
  if (half && info(p.format_b).is_float() && !is_within_fp16(p.format_b))
    throw InputError(fmt::format(
        "--format-b {}: accumulators of fp16, and operands computed as fp16, take fp16 and 8-bit "
        "floats only",
        name(p.format_b)));
}

ProductResult multiply(const MatrixProduct& p, const ProductOperand& a, const ProductOperand& b,
                       const std::optional<ProductOperand>& c) {
  const Batch batch = batch_of(a, b, c);
  check_memory(batch, a, b);
  ProductResult r;
  r.products = batch.count;
  r.m = batch.m;
  r.n = batch.n;
  r.k = batch.k;
  r.d.dtype = p.sums_dtype();
  r.d.shape = batch.leading;
  r.d.shape.insert(r.d.shape.end(), {batch.m, batch.n});
  if (p.format == Format::kFp64)
    r.d.bytes = multiply_all<double>(p, batch, a, b, c, r.rounded_elements);
  else if (info(p.format).is_float())
    r.d.bytes = multiply_all<float>(p, batch, a, b, c, r.rounded_elements);
  else
    r.d.bytes = multiply_all<std::int16_t>(p, batch, a, b, c, r.rounded_elements);
  return r;
}

CodeDifferences compare_codes(const ProductOperand& got, const ProductOperand& expected) {
  if (got.tensor.dtype != expected.tensor.dtype || got.tensor.shape != expected.tensor.shape)
    throw InputError(fmt::format("{}: expected {} [{}], as {}, got {} [{}]", expected.name,
                                 got.tensor.dtype, fmt::join(got.tensor.shape, ", "), got.name,
                                 expected.tensor.dtype, fmt::join(expected.tensor.shape, ", ")));
  CodeDifferences out{.elements = got.tensor.elements()};
  const std::int64_t bytes = element_bytes(got.tensor.dtype);
  const bool doubles = got.tensor.dtype == info(Format::kFp64).safetensors_dtype;
  for (std::int64_t i = 0; i < out.elements; ++i) {
    const std::uint64_t x = little_endian(got.tensor.bytes.data() + i * bytes, bytes),
                        y = little_endian(expected.tensor.bytes.data() + i * bytes, bytes);
    if (x == y) continue;
    if (doubles && std::isnan(decode_float(Format::kFp64, x)) &&
        std::isnan(decode_float(Format::kFp64, y)))
      continue;
    if (out.first.size() < CodeDifferences::kMostShown) out.first.push_back(i);
    ++out.count;
  }
  return out;
}

}  // namespace tricycle
