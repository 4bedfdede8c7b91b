// SPDX-License-Identifier: Apache-2.0
//
// Products whose operands become codes with measured scales (formats.F.scaling).
//   one scale for all of k:  codes of a, codes of b;  acc <- codes codes;  the epilogue after it
//                            scales acc
//   blocks of k:             the same block by block;  P <- [P +] acc scaled, k ascending;  the
//                            epilogue adds P as its last term
#include <algorithm>

#include "workloads/emitter.h"

namespace tricycle {

namespace {

bool inside(Extent part, Extent whole) {
  return whole.begin <= part.begin && part.end <= whole.end;
}

bool any_holds(const std::vector<Tile>& tiles, Extent rows, Extent cols) {
  return std::any_of(tiles.begin(), tiles.end(),
                     [&](const Tile& t) { return inside(rows, t.rows) && inside(cols, t.cols); });
}

/// A part of an extent, cut where the tiles of the whole are: codes are there tile by tile.
std::vector<Extent> pieces(Extent whole, Extent part, int edge) {
  std::vector<Extent> out;
  for (const Extent& tile : blocks(whole, edge)) {
    const Extent piece{std::max(tile.begin, part.begin), std::min(tile.end, part.end)};
    if (piece.begin < piece.end) out.push_back(piece);
  }
  return out;
}

}  // namespace

/// The products of codes of one run of k, from zero.
std::vector<TileProduct> Emitter::multiply_codes(const Matrix& a, const Matrix& b,
                                                 const ScaledProduct& p, Extent inner,
                                                 const Product& product) {
  std::vector<TileProduct> products;
  if (p.whole)
    products = {{p.rows, inner, p.cols, false, useful_macs(a.band, b.band, p.rows, inner, p.cols)}};
  else
    products = tile_products(hw().systolic_array.dataflow, tile_, a.band, b.band, p.out, p.rows,
                             pieces(p.inner, inner, tile_), p.cols);
  for (const TileProduct& tile : products)
    push(region(product.accumulator, tile.rows, tile.cols),
         Matmul{.a = region(product.left.codes, tile.rows, tile.inner),
                .b = region(product.right.codes, tile.inner, tile.cols),
                .accumulate = tile.accumulate,
                .useful_macs = tile.useful_macs});
  std::erase_if(products, [](const TileProduct& tile) { return tile.accumulate; });
  return products;
}

/// P <- [P +] acc scaled, on the tiles that the products of a block wrote.
void Emitter::add_block_sums(int block, const std::vector<TileProduct>& products,
                             const ScaledProduct& p, Product& product) {
  std::vector<Tile> made;
  for (const TileProduct& tile : products) made.push_back({tile.rows, tile.cols});
  const int edge = p.whole ? chunk_ : tile_;
  const std::vector<Extent> columns = blocks(p.cols, edge);
  for (const Extent& r : blocks(p.rows, edge))
    for (std::size_t first = 0; first < columns.size();) {
      if (!any_holds(made, r, columns[first])) {
        ++first;
        continue;
      }
      const bool goes_on = any_holds(product.tiles, r, columns[first]);
      std::size_t last = first;
      while (last + 1 < columns.size() && any_holds(made, r, columns[last + 1]) &&
             any_holds(product.tiles, r, columns[last + 1]) == goes_on)
        ++last;
      const Extent c{columns[first].begin, columns[last].end};
      const Region sums = region(*product.block_sums, r, c);
      push(sums, Epilogue{.terms = goes_on ? std::vector{sums} : std::vector<Region>{},
                          .accumulator = region(product.accumulator, r, c),
                          .row_scales = codes_->scales_of_rows(product.left, r, block),
                          .col_scales = codes_->scales_of_cols(product.right, c, block)});
      first = last + 1;
    }
  for (const Tile& tile : made)
    if (!any_holds(product.tiles, tile.rows, tile.cols)) product.tiles.push_back(tile);
}

void Emitter::scaled_product(const Matrix& a, const Matrix& b, const ScaledProduct& p,
                             Product& product) {
  const auto codes = [&](OperandCodes::Side side, const Matrix& m, Extent rows, Extent cols,
                         const Mask& kept) {
    return codes_->make(side, {m.buffer, p.whole ? whole(m).band : m.band, rows, cols, kept});
  };
  product.left = codes(OperandCodes::Side::kLeft, a, p.rows, p.inner, p.a_kept);
  product.right = codes(OperandCodes::Side::kRight, b, p.inner, p.cols, {});
  const int edge = codes_->block();
  if (edge == 0) {
    for (const TileProduct& tile : multiply_codes(a, b, p, p.inner, product))
      product.tiles.push_back({tile.rows, tile.cols});
    return;
  }
  if (!block_sums_) block_sums_ = add_buffer("P.sum", Space::kScratchpad, 0);
  product.block_sums = block_sums_;
  // Blocks begin at multiples of their length in the matrix, wherever the product does.
  for (int block = p.inner.begin / edge; block * edge < p.inner.end; ++block) {
    const Extent inner{std::max(p.inner.begin, block * edge),
                       std::min(p.inner.end, (block + 1) * edge)};
    add_block_sums(block, multiply_codes(a, b, p, inner, product), p, product);
  }
}

/// Gives an epilogue its last addend: the product, on the tiles that the product wrote.
void Emitter::add_scaled_product(const Product& product, Extent rows, Extent cols, Epilogue& op) {
  if (product.block_sums) {
    op.terms.push_back(region(*product.block_sums, rows, cols));
    return;
  }
  op.accumulator = region(product.accumulator, rows, cols);
  op.row_scales = codes_->scales_of_rows(product.left, rows, 0);
  op.col_scales = codes_->scales_of_cols(product.right, cols, 0);
}

}  // namespace tricycle
