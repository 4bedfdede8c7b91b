// SPDX-License-Identifier: Apache-2.0
//
// neumann_masked as it is written down: dense products, every operand and result in the scratchpad.
#include <algorithm>
#include <vector>

#include "workloads/kernels/warp_parts.h"

namespace tricycle {

namespace {

/// The rows and columns of tiles that a warp computes in a dense product.
struct DensePart {
  int rows = 0, columns = 0;
};
DensePart dense_part(const WarpBlock& block) {
  const int tiles = block.strips() * block.strips() / block.size();
  if (block.size() >= block.strips()) {
    const int columns = std::min(block.strips(), tiles);
    return {tiles / columns, columns};
  }
  return {block.strips() / block.size(), block.strips()};
}

/// One product as it is written down: operands from the scratchpad, `terms` loaded with it, the
/// result stored.  `start`: its linear terms, kept in registers when they are loaded here.
struct DenseProduct {
  int terms = 0;
  bool masked = false;
  bool keeps = false;
};
void write_dense_product(WarpWriter& w, int strips, DensePart part, const DenseProduct& p,
                         std::vector<WarpSums>& kept) {
  std::vector<WarpTile> left;
  for (int at = 0; at < part.rows * part.columns; ++at) {
    // Few columns are done one by one, and read their left operands again.
    if (at % part.columns == 0 || strips <= 2) {
      left.clear();
      for (int k = 0; k < strips; ++k) left.push_back(w.load_tile());
    }
    WarpSums sums = kept[static_cast<std::size_t>(at)];
    for (int t = 0; t < p.terms; ++t) {
      const WarpSums term = w.widen(w.load_tile());
      sums = t == 0 ? term : w.add(sums, term);
    }
    std::vector<WarpTile> right;
    for (int k = 0; k < strips; ++k) right.push_back(w.load_tile());
    for (std::size_t k = 0; k < right.size(); ++k) sums = w.product(sums, left[k], right[k]);
    WarpTile result = w.narrow(sums);
    if (p.masked) result = w.mask(result);
    if (p.keeps) kept[static_cast<std::size_t>(at)] = w.widen(result);
    w.store_tile(result);
  }
}

}  // namespace

/// A o M_N and -A o M_1, entry by entry.
void write_masked_copies(WarpBlock& block, int copies) {
  const int entries = block.kernel().chunk * block.kernel().chunk / block.size() / kWarpLanes;
  for (int w = 0; w < block.size(); ++w)
    for (int done = 0; done < entries; done += 8) {
      WarpWriter& writer = block.warp(w);
      const WarpValue loaded = writer.emit(WarpOp::kLoadWide);
      for (int i = 0; i < 8; ++i) {
        // Row and column of the entry, its distance, its place.
        const WarpValue address = writer.chain(WarpOp::kInteger, copies > 1 ? 6 : 1);
        if (copies > 1) writer.chain(WarpOp::kLogic, 13, address);
        for (int copy = 0; copy < copies; ++copy)
          writer.emit(WarpOp::kStore, {address, writer.emit(WarpOp::kLogic, {loaded})});
      }
    }
}

void write_dense(WarpBlock& block) {
  const WarpKernel& k = block.kernel();
  block.barrier();
  write_masked_copies(block, 2);
  const DensePart part = dense_part(block);
  std::vector<std::vector<WarpSums>> kept(
      static_cast<std::size_t>(block.size()),
      std::vector<WarpSums>(static_cast<std::size_t>(part.rows * part.columns)));
  const auto phase = [&](const std::vector<DenseProduct>& products) {
    block.barrier();
    for (int w = 0; w < block.size(); ++w)
      for (const DenseProduct& p : products)
        write_dense_product(block.warp(w), block.strips(), part, p,
                            kept[static_cast<std::size_t>(w)]);
  };
  for (int n = 1; n < k.order; ++n) phase({{.terms = 1, .masked = true}});
  phase({{.terms = 2, .keeps = true}});
  if (!k.doubling) {
    for (int step = 1; step < k.steps; ++step) phase({{}});
    return;
  }
  phase({{.keeps = true}});
  for (int known = 2; known < k.steps; known *= 2) {
    phase({{}});               // E E
    phase({{.keeps = true}});  // Y E
  }
}

}  // namespace tricycle
