// SPDX-License-Identifier: Apache-2.0
#include "workloads/kernels/hopper.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>

#include "models/error.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/neumann.h"
#include "workloads/kernels/hopper_parts.h"

namespace tricycle {

namespace {

using Lower = void (*)(Emitter& e, const HopperKernelOptions& o);

Matrix lower_matrix(Emitter& e, const char* name) { return e.matrix(name, Band{1, e.chunk()}); }

/// N and S of neumann_masked: those measured at chunks of 16, 32 and from 64 on.
AlgorithmParameters band_parameters(int chunk, const HopperKernelOptions& o) {
  const int order = o.order != 0 ? o.order : chunk == 32 ? 4 : 3;
  const int steps = o.steps != 0 ? o.steps : chunk == 16 ? 4 : chunk == 32 ? 3 : 8;
  return ParameterValues{}
      .set(kOrder, order)
      .set(kSteps, steps)
      .set(kMaskWidth, order)
      .set(kMask, MaskPlacement::kFirst)
      .set(kEvaluation, Evaluation::kHorner);
}

void lower_band(Emitter& e, const HopperKernelOptions& o, Evaluation evaluation) {
  AlgorithmParameters p = band_parameters(e.chunk(), o);
  p.set(kEvaluation, evaluation);
  const NeumannMatrices m = make_neumann_matrices(e, p);
  emit_neumann_masked(e, m, e.all(), p);
  e.store_output(m.iterate);
}

void lower_blockwise(Emitter& e, const HopperKernelOptions&) {
  const AlgorithmParameters p = band_parameters(kHopperTile, {});
  const NeumannMatrices n = make_neumann_matrices(e, p);
  const Matrix y = lower_matrix(e, "Y"), m = lower_matrix(e, "M");
  for (const Extent& tile : blocks(e.all(), kHopperTile)) {
    emit_neumann_masked(e, n, tile, p);
    e.epilogue({y.buffer, Band{1, kHopperTile}}, {{n.iterate.buffer, Band{1, kHopperTile}}}, tile,
               tile, {});
  }
  emit_left_merges(e, y, m, kHopperTile);
  e.store_output(y);
}

Mask distances(int first, int last) {
  Mask mask;
  mask.min_distance = first;
  mask.max_distance = last;
  return mask;
}

/// masked_newton from a band start of N = 3.  A step leaves the tiles alone in which E is zero.
void lower_newton(Emitter& e, const HopperKernelOptions&) {
  constexpr int kOrderOfStart = 3;
  const Matrix a = e.input(), residual = lower_matrix(e, "E");
  Matrix y = emit_neumann_start(e, e.matrix("Aw", Band{1, kOrderOfStart}), lower_matrix(e, "Y"),
                                kOrderOfStart);
  for (int w = kOrderOfStart + 1; w < e.chunk(); w *= 2) {
    const int last = std::min(2 * w, e.chunk()) - 1;
    const Matrix wrong{residual.buffer, Band{w, last}};
    e.epilogue(wrong, {y, a}, e.all(), e.all(),
               {.product = e.product(a, y, e.all(), e.all(), e.all(), wrong.band),
                .negate = true,
                .mask = distances(w, last)});
    e.epilogue({y.buffer, wrong.band}, {y, wrong}, e.all(), e.all(),
               {.product = e.product(y, wrong, e.all(), e.all(), e.all(), wrong.band),
                .mask = distances(1, last)});
    y.band = Band{1, last};
  }
  e.store_output(y);
}

/// newton_schulz from I - A: masked_newton's two products without its masks.
void lower_newton_schulz(Emitter& e, const HopperKernelOptions&) {
  const Matrix a = e.input(), y = lower_matrix(e, "Y"), residual = lower_matrix(e, "E");
  const Mask below = distances(1, e.chunk());
  e.epilogue(y, {a}, e.all(), e.all(), {.negate = true, .mask = below});
  for (int exact = 2; exact < e.chunk(); exact *= 2) {
    e.epilogue(residual, {y, a}, e.all(), e.all(),
               {.product = e.product(a, y, e.all(), e.all(), e.all(), residual.band),
                .negate = true,
                .mask = below});
    e.epilogue(
        y, {y, residual}, e.all(), e.all(),
        {.product = e.product(y, residual, e.all(), e.all(), e.all(), y.band), .mask = below});
  }
  e.store_output(y);
}

/// X = -A, Q = A; then Q = Q Q, X = (X + Q) + X Q on a diagonal block.  Zero tiles are left out, so
/// that a NaN spreads no further than in the kernel.
void emit_squarings(Emitter& e, const Matrix& x, const Matrix& powers, Extent block) {
  const Mask below = distances(1, e.chunk());
  Matrix q = powers;
  e.epilogue(x, {e.input()}, block, block, {.negate = true, .mask = below});
  e.epilogue(q, {e.input()}, block, block, {.mask = below});
  for (int power = 2; power < block.size(); power *= 2) {
    const Matrix square{q.buffer, Band{power, e.chunk()}};
    e.epilogue(square, {}, block, block,
               {.product = e.product(q, q, block, block, block, square.band), .mask = below});
    q = square;
    e.epilogue({x.buffer, q.band}, {x, q}, block, block,
               {.product = e.product(x, q, block, block, block, q.band), .mask = below});
  }
}

void lower_squarings(Emitter& e, const HopperKernelOptions&) {
  const Matrix x = lower_matrix(e, "X");
  emit_squarings(e, x, lower_matrix(e, "Q"), e.all());
  e.store_output(x);
}

/// mixed_recursive: diagonal tiles by squarings, then merges.
void lower_mixed(Emitter& e, const HopperKernelOptions&) {
  const Matrix y = lower_matrix(e, "Y"), m = lower_matrix(e, "M");
  for (const Extent& tile : blocks(e.all(), kHopperTile)) emit_squarings(e, y, m, tile);
  emit_left_merges(e, y, m, kHopperTile);
  e.store_output(y);
}

/// block_horner: tiles by doubling; E_ij = -(A_ij + A_ij Y_jj); Y_ij = E_ij + Y_i,j+1 E_j+1,j + ..
void lower_horner(Emitter& e, const HopperKernelOptions&) {
  const Matrix a = e.input(), y = lower_matrix(e, "Y"), residual = lower_matrix(e, "E");
  emit_doubled_tiles(e, y, residual);
  const std::vector<Extent> tiles = blocks(e.all(), kHopperTile);
  const Matrix diagonal{y.buffer, Band{1, kHopperTile - 1}};
  for (std::size_t j = 0; j < tiles.size(); ++j)
    for (std::size_t i = j + 1; i < tiles.size(); ++i)
      e.epilogue(residual, {a}, tiles[i], tiles[j],
                 {.product = e.product(a, diagonal, tiles[i], tiles[j], tiles[j], residual.band),
                  .negate = true});
  for (std::size_t d = 1; d < tiles.size(); ++d)
    for (std::size_t j = 0; j + d < tiles.size(); ++j) {
      const Extent between{tiles[j + 1].begin, tiles[j + d].end};
      e.epilogue(y, {residual}, tiles[j + d], tiles[j],
                 {.product = e.product(y, residual, tiles[j + d], between, tiles[j], y.band)});
    }
  e.store_output(y);
}

void lower_doubling(Emitter& e, const HopperKernelOptions&) {
  const Matrix y = lower_matrix(e, "Y"), m = lower_matrix(e, "M");
  emit_doubled_tiles(e, y, m);
  emit_left_merges(e, y, m, kHopperTile);
  e.store_output(y);
}

/// Diagonal tiles by substitution in fp32, rounded; then merges on the tensor cores.
void lower_blocked(Emitter& e, void (*merge)(Emitter& e, const Matrix& y, const Matrix& m)) {
  const Matrix y = lower_matrix(e, "Y"), m = lower_matrix(e, "M");
  const Matrix wide = emit_swept_blocks(e, kHopperTile);
  for (const Extent& tile : blocks(e.all(), kHopperTile)) {
    Mask lower;
    lower.min_distance = 1;
    e.epilogue(y, {wide}, tile, tile, {.mask = lower});
  }
  merge(e, y, m);
  e.store_output(y);
}

void lower_vector(Emitter& e, const std::function<Matrix()>& emit_wide) {
  const Matrix y = lower_matrix(e, "Y");
  emit_rounded(e, y, emit_wide());
  e.store_output(y);
}

void lower_split(Emitter& e, RowSplit split, int groups) {
  lower_vector(e, [&] { return emit_split_substitution(e, split, groups); });
}

constexpr int kLanesOfGroup = 32;  // "rows": W warps hold C columns, G = 32 W / C

struct Kernel {
  std::string_view name;
  Lower lower;
};
constexpr Kernel kKernels[] = {
    {"block_doubling/tiles", lower_doubling},
    {"block_doubling/recursive", lower_doubling},
    {"blocked_substitution/recursive",
     [](Emitter& e, const HopperKernelOptions&) {
       lower_blocked(e, [](Emitter& f, const Matrix& y, const Matrix& m) {
         emit_left_merges(f, y, m, kHopperTile);
       });
     }},
    {"blocked_substitution/wavefront",
     [](Emitter& e, const HopperKernelOptions&) { lower_blocked(e, emit_wavefront); }},
    {"block_horner/recompute", lower_horner},
    {"column_sweep/registers",
     [](Emitter& e, const HopperKernelOptions&) {
       lower_vector(e, [&] { return emit_swept_blocks(e, e.chunk()); });
     }},
    {"forward_substitution/registers",
     [](Emitter& e, const HopperKernelOptions&) { lower_split(e, RowSplit::kRegisters, 0); }},
    {"forward_substitution/panels",
     [](Emitter& e, const HopperKernelOptions&) { lower_split(e, RowSplit::kPanels, 0); }},
    {"forward_substitution/block16",
     [](Emitter& e, const HopperKernelOptions&) {
       lower_vector(e, [&] { return emit_swept_blocks(e, e.chunk()); });
     }},
    {"forward_substitution/rows",
     [](Emitter& e, const HopperKernelOptions& o) {
       const int groups = o.groups != 0 ? o.groups : std::max(1, 4 * kLanesOfGroup / e.chunk());
       lower_split(e, RowSplit::kRows, groups);
     }},
    {"masked_newton/strips", lower_newton},
    {"mixed_recursive/recursive", lower_mixed},
    {"neumann_masked/tile",
     [](Emitter& e, const HopperKernelOptions& o) { lower_band(e, o, Evaluation::kHorner); }},
    {"neumann_masked/registers",
     [](Emitter& e, const HopperKernelOptions& o) { lower_band(e, o, Evaluation::kHorner); }},
    {"neumann_masked/dense_shared",
     [](Emitter& e, const HopperKernelOptions& o) { lower_band(e, o, Evaluation::kHorner); }},
    {"neumann_masked/dense_shared_doubling",
     [](Emitter& e, const HopperKernelOptions& o) { lower_band(e, o, Evaluation::kDoubling); }},
    {"neumann_masked_blockwise/recursive", lower_blockwise},
    {"neumann_product/tile", lower_squarings},
    {"neumann_product/strips", lower_squarings},
    {"newton_schulz/strips", lower_newton_schulz},
};

}  // namespace

std::vector<std::string_view> hopper_kernel_names() {
  std::vector<std::string_view> names;
  for (const Kernel& kernel : kKernels) names.push_back(kernel.name);
  return names;
}

Program lower_hopper_kernel(std::string_view name, const HopperKernelOptions& options, int chunk,
                            Format format, const HwConfig& hw) {
  check_format(hw, format);
  check_format(hw, Format::kFp32);
  if (chunk < kHopperTile || !std::has_single_bit(static_cast<unsigned>(chunk)))
    throw InputError(fmt::format(
        "{}: expected a chunk of 16, 32, 64 or another power of two, got {}", name, chunk));
  for (const Kernel& kernel : kKernels)
    if (kernel.name == name) {
      Emitter e(hw, format, chunk, kHopperTile);
      kernel.lower(e, options);
      return e.finish();
    }
  throw InputError(fmt::format("{}: no such kernel; expected one of {}", name,
                               fmt::join(hopper_kernel_names(), ", ")));
}

}  // namespace tricycle
