// SPDX-License-Identifier: Apache-2.0
//
// Products of an inversion's program.  Where the vector unit writes the accumulators, a product
// starts from the linear terms of its epilogue:
//   acc <- L;  acc <- acc + a b;  dst <- round(acc)       instead of
//   acc <- a b;  dst <- round(L + acc)
#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "models/error.h"
#include "workloads/emitter.h"

namespace tricycle {

Emitter::Product Emitter::new_product(std::uint32_t accumulator, const Matrix& a, const Matrix& b) {
  ++builder_.program().matmul_count;
  Product product;
  product.accumulator = accumulator;
  product.operands = product_format();
  product.fraction_bits = buffer(a).fraction_bits + buffer(b).fraction_bits;
  product.serial = last_product_[accumulator] = ++products_;
  return product;
}

/// One instruction of a product: now, or when the terms that its sums start from are known.
void Emitter::multiply(Product& product, const Region& dst, Matmul op) {
  if (starts_from_terms())
    product.waiting.push_back(Instruction{dst, std::move(op)});
  else
    push(dst, std::move(op));
}

/// What the sums of a block start from: the terms that can be non-zero there, or zeros.
Epilogue Emitter::start_of(const std::vector<Matrix>& terms, double diagonal, Extent rows,
                           Extent cols) const {
  Epilogue start;
  for (const Matrix& term : terms)
    if (term.band.touches(rows, cols)) start.terms.push_back(region(term, rows, cols));
  if (diagonal != 0 && Band{0, 0}.touches(rows, cols)) start.diagonal = diagonal;
  start.zero_accumulator = start.terms.empty() && start.diagonal == 0;
  return start;
}

/// Writes the terms into the accumulators, in the blocks in which an epilogue reads them.  Returns
/// whether there are any.
bool Emitter::start_sums(const Region& sums, const std::vector<Matrix>& terms, double diagonal) {
  std::vector<std::pair<Region, Epilogue>> starts;
  bool any = false;
  for (const Extent& rows : blocks({sums.row, sums.row + sums.rows}, tile_))
    for (const Extent& cols : blocks({sums.col, sums.col + sums.cols}, tile_)) {
      starts.emplace_back(region(sums.buffer, rows, cols), start_of(terms, diagonal, rows, cols));
      any = any || !starts.back().second.zero_accumulator;
    }
  if (any)
    for (auto& [dst, start] : starts) push(dst, std::move(start));
  return any;
}

/// Starts the sums of a product from the terms, and then adds the products.
void Emitter::start_from_terms(const Product& product, const std::vector<Matrix>& terms,
                               double diagonal) {
  for (const Instruction& in : product.waiting) {
    Matmul op = *in.as<Matmul>();
    if (!op.accumulate) op.accumulate = start_sums(in.dst, terms, diagonal);
    push(in.dst, std::move(op));
  }
}

void Emitter::check_is_there(const Product& product) const {
  if (last_product_.at(product.accumulator) != product.serial)
    throw std::logic_error("a product is used whose accumulator another one has overwritten");
}

Emitter::Product Emitter::product(const Matrix& left, const Matrix& right, Extent rows,
                                  Extent inner, Extent cols, Band out, const Mask& a_kept) {
  const Matrix a = as_operand(left, rows, inner, false), b = as_operand(right, inner, cols, false);
  Product product = new_product(shared_accumulator(product_format()), a, b);
  product.skips_zeros = true;
  if (codes_) {
    scaled_product(a, b, {rows, inner, cols, out, a_kept}, product);
    return product;
  }
  if (by_products()) {
    product.later = Product::Operands{a, b, rows, inner, cols, out};
    return product;
  }
  for (const TileProduct& p :
       tile_products(hw().systolic_array.dataflow, tile_, a.band, b.band, out, rows, inner, cols)) {
    multiply(product, region(product.accumulator, p.rows, p.cols),
             Matmul{.a = region(a, p.rows, p.inner),
                    .b = region(b, p.inner, p.cols),
                    .accumulate = p.accumulate,
                    .useful_macs = p.useful_macs});
    if (!p.accumulate) product.tiles.push_back({p.rows, p.cols});
  }
  return product;
}

Emitter::Product Emitter::whole_product(const Matrix& left, const Matrix& right,
                                        const WholeProduct& how) {
  const Extent rows = how.rows.value_or(all()), inner = how.inner.value_or(all()),
               cols = how.cols.value_or(all());
  const Matrix a = as_operand(left, rows, inner, true), b = as_operand(right, inner, cols, true);
  Product product = new_product(how.into ? *how.into : shared_accumulator(product_format()), a, b);
  if (codes_) {
    if (how.accumulate)
      throw InputError(
          fmt::format("formats.{}.scaling: codes of different scales cannot be summed in one "
                      "accumulator, which "
                      "this setting of the algorithm does; choose another, or scaling=static",
                      name(format())));
    scaled_product(a, b, {rows, inner, cols, Band{-chunk_, chunk_}, {}, true}, product);
    return product;
  }
  if (by_products() && !how.accumulate && !how.into && !how.goes_on) {
    product.later = Product::Operands{
        a, b, rows, inner, cols, Band{-chunk_, chunk_}, true, how.a_mask, how.b_mask};
    return product;
  }
  const Region dst = region(product.accumulator, rows, cols);
  Matmul op{.a = region(a, rows, inner),
            .b = region(b, inner, cols),
            .a_mask = how.a_mask,
            .b_mask = how.b_mask,
            .accumulate = how.accumulate,
            .useful_macs = useful_macs(a.band, b.band, rows, inner, cols)};
  if (how.accumulate || how.into || how.goes_on)
    push(dst, std::move(op));
  else
    multiply(product, dst, std::move(op));
  product.tiles = {{rows, cols}};
  return product;
}

}  // namespace tricycle
