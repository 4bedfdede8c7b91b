// SPDX-License-Identifier: Apache-2.0
//
// Newton-Schulz iteration on the diagonal b-blocks with a wide master, then merges by distance, as
// vLLM's kernel (gdn_chunk_cutedsl/kernel_kkt_inv_uw.py) inverts a chunk of 64 in bf16:
//   in every diagonal block, with M = -(I + A):
//     X <- I - A;  Xf <- X;  `rounds` times:  P <- X M;  Xf <- 2 Xf + P X;  X <- Xf
//   for the blocks (i, j) at distance i - j = 1, 2, ..:
//     distance 1:  S <- -(X_ii A_ij);                             X_ij <- S X_jj
//     beyond:      S <- A_ij X_jj + .. + A_i,i-1 X_i-1,j;         X_ij <- -(X_ii S)
// Xf is kept in the format of `masters`: that of the sums, unless it is said otherwise.  All other
// matrices are of the run.  Where `result` is another format, Y is rounded to it from Xf and from
// the sums of the merges; the kernel does so before it multiplies with beta.
//
// Three rounds complete a block of 16 in exact arithmetic; vLLM's users got wrong answers with
// three (vLLM issue 53864), and none with four: a round beyond corrects what was rounded before.
//
// Products: 2 per round and block, 2 per merged block.  They are whole (Emitter::whole_product).
// Roundings: every P, Xf (none in the format of the sums), X, S and X_ij.
#include "workloads/inversion/ns_blocks.h"

#include <algorithm>
#include <vector>

#include "workloads/algorithm.h"
#include "workloads/emitter.h"
#include "workloads/inversion/block_merge.h"
#include "workloads/inversion/block_parameter.h"

namespace tricycle {

namespace {

constexpr int kMostRounds = 64;

struct NewtonBlocks {
  explicit NewtonBlocks(Emitter& e)
      : a(e.rounded_to(e.stored_format(), e.input())),
        x(e.matrix("X", lower(e))),
        minus(e.matrix("-T", lower(e))),
        p(e.matrix("P", lower(e))),
        master(e.formats().masters == e.stored_format()
                   ? x
                   : e.matrix_in(e.formats().masters, "Xf", lower(e))) {
    if (e.formats().result != e.stored_format()) result = e.result_matrix("Y", lower(e));
  }
  static Band lower(const Emitter& e) { return {0, e.chunk()}; }
  bool has_master() const { return master.buffer != x.buffer; }

  Matrix a, x, minus, p, master;
  std::optional<Matrix> result;  // where it is rounded from wider matrices than x
};

void emit_newton_block(Emitter& e, const NewtonBlocks& m, Extent block, int rounds) {
  const Mask lower = Mask{.min_distance = 0};
  const auto write = [&](const Matrix& dst, const std::vector<Matrix>& terms,
                         Emitter::EpilogueOptions how) {
    how.mask = lower;
    e.epilogue(e.whole(dst), terms, block, block, how);
  };
  const auto product = [&](const Matrix& left, const Matrix& right) {
    return e.whole_product(left, right, {.rows = block, .inner = block, .cols = block});
  };
  write(m.x, {m.a}, {.negate = true, .diagonal = -1});
  write(m.minus, {m.a}, {.negate = true, .diagonal = 1});
  if (m.has_master()) write(m.master, {m.x}, {});
  for (int round = 0; round < rounds; ++round) {
    write(m.p, {}, {.product = product(m.x, m.minus)});
    write(m.master, {m.master, m.master}, {.product = product(m.p, m.x)});
    if (m.has_master()) write(m.x, {m.master}, {});
  }
  if (m.result) e.epilogue(*m.result, {m.master}, block, block, {.mask = lower, .diagonal = -1});
}

/// The block of X in these rows and columns, of which X has the blocks nearer to the diagonal.
void emit_distant_block(Emitter& e, const NewtonBlocks& m, Extent rows, Extent cols) {
  const bool is_next = cols.end == rows.begin;
  const Extent between{cols.begin, rows.begin};
  const Matrix sum = e.whole(m.p);
  if (is_next)
    e.epilogue(sum, {}, rows, cols,
               {.product = e.whole_product(m.x, m.a, {.rows = rows, .inner = rows, .cols = cols}),
                .negate = true});
  else
    e.epilogue(
        sum, {}, rows, cols,
        {.product = e.whole_product(m.a, m.x, {.rows = rows, .inner = between, .cols = cols})});
  const Emitter::EpilogueOptions merged{
      .product = is_next ? e.whole_product(m.p, m.x, {.rows = rows, .inner = cols, .cols = cols})
                         : e.whole_product(m.x, m.p, {.rows = rows, .inner = rows, .cols = cols}),
      .negate = !is_next};
  if (m.result) e.epilogue(e.whole(*m.result), {}, rows, cols, merged);
  e.epilogue(e.whole(m.x), {}, rows, cols, merged);
}

void emit_ns_blocks(Emitter& e, const AlgorithmParameters& p) {
  const NewtonBlocks m(e);
  const std::vector<Extent> all = blocks(e.all(), p.get(kBlock));
  if (m.result) emit_zeros_between_blocks(e, *m.result, p.get(kBlock));
  for (const Extent& block : all) emit_newton_block(e, m, block, p.get(kRounds));
  for (std::size_t d = 1; d < all.size(); ++d)
    for (std::size_t i = d; i < all.size(); ++i) emit_distant_block(e, m, all[i], all[i - d]);
  if (m.result) {
    e.store_output(*m.result);
    return;
  }
  const Matrix y = e.matrix("Y", NewtonBlocks::lower(e));
  emit_zeros_between_blocks(e, y, p.get(kBlock));
  for (const Extent& block : all)
    e.epilogue(y, {m.x}, block, {0, block.end}, {.mask = Mask{.min_distance = 0}, .diagonal = -1});
  e.store_output(y);
}

Parameter rounds_parameter() {
  return {.key = kRounds.name,
          .symbol = kRounds.name,
          .values = "integer in [1, 64]; default 4",
          .meaning = "Newton-Schulz iterations of each diagonal block",
          .usual = [](int, const ParameterValues&) { return 4; },
          .range =
              [](int, const ParameterValues&) {
                return ParameterRange{1, kMostRounds};
              },
          .candidates =
              [](int, const ParameterValues&) {
                return std::vector<int>{3, 4, 5};
              }};
}

}  // namespace

Algorithm ns_blocks() {
  Parameter masters = kept_as_parameter(kMastersAs);
  masters.usual = [](int, const ParameterValues&) { return static_cast<int>(KeptAs::kSums); };
  masters.candidates = [](int, const ParameterValues&) {
    return std::vector<int>{static_cast<int>(KeptAs::kSums)};
  };
  masters.unsaid = [](const ParameterValues& values) {
    return values.get(kMastersAs) == KeptAs::kSums;
  };
  return {.name = "ns_blocks",
          .summary = "Newton-Schulz on diagonal 16-blocks with a wide master, then merges",
          .source = "vLLM gdn_chunk_cutedsl kernel_kkt_inv_uw.py",
          .parameters =
              kept_as_parameters({kInputAs, kOperandsAs, kResultAs},
                                 {block_parameter(16), rounds_parameter(), std::move(masters)}),
          .lower = emit_ns_blocks,
          .floats_only = true};
}

}  // namespace tricycle
