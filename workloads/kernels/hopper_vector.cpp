// SPDX-License-Identifier: Apache-2.0
//
// Vector kernels: one thread has one column of Y in registers, fp32, and its steps are fused
// multiply-adds.  A warp's instruction is a row of ours: y_i <- y_i - a_ik y_k.
#include <string>
#include <vector>

#include "workloads/kernels/hopper_parts.h"

namespace tricycle {

namespace {

constexpr int kPanel = 16;        // rows of a panel, and columns of a warp in it
constexpr int kPanelShares = 2;   // lanes that share a sum
constexpr int kShareRun = 4;      // consecutive j of one share: a load of 16 bytes
constexpr int kRegisterSums = 4;  // partial sums of a row

/// An fp32 matrix of zeros.
Matrix zeros(Emitter& e, const std::string& name) {
  const Matrix m = e.matrix_in(Format::kFp32, name, Band{1, e.chunk()});
  e.epilogue(e.whole(m), {}, e.all(), e.all(), {});
  return m;
}

/// -A in fp32.
Matrix negated_input(Emitter& e, const std::string& name) {
  const Matrix m = zeros(e, name);
  e.epilogue(m, {e.input()}, e.all(), e.all(), {.negate = true, .positive_zero = true});
  return m;
}

/// Rows of a block from their sums so far: y_i <- y_i - a_ik y_k, k ascending in the block.
void sweep(Emitter& e, const Matrix& y, Extent block, Extent cols) {
  for (int k = block.begin; k + 1 < block.end; ++k)
    e.axpy(e.input(), y, y, {k + 1, block.end}, k, cols);
}

/// Row i from four sums: j = 0 .. i - 2 goes to sum (i - j) mod 4, the first starts from -A.
void emit_register_row(Emitter& e, const Matrix& y, const std::vector<Matrix>& sums,
                       const Matrix& left, const Matrix& right, int i) {
  const Extent row{i, i + 1}, cols{0, i};
  for (int j = 0; j + 2 <= i; ++j)
    e.axpy(e.input(), y, sums[static_cast<std::size_t>((i - j) % kRegisterSums)], row, j, cols);
  const auto add = [&](const Matrix& dst, const std::vector<Matrix>& terms) {
    e.epilogue(dst, terms, row, cols, {});
  };
  if (i == 1) add(y, {sums[0]});
  if (i == 2) add(y, {sums[0], sums[2]});
  if (i == 3 || i == 4) add(y, {sums[0], sums[3], sums[2]});
  if (i > 4) {
    add(left, {sums[0], sums[1]});
    add(right, {sums[3], sums[2]});
    add(y, {left, right});
  }
  e.axpy(e.input(), y, y, row, i - 1, cols);
}

Matrix emit_registers(Emitter& e) {
  const Matrix y = zeros(e, "Y32"), left = zeros(e, "S01"), right = zeros(e, "S32");
  std::vector<Matrix> sums{negated_input(e, "S0")};
  for (int s = 1; s < kRegisterSums; ++s) sums.push_back(zeros(e, "S" + std::to_string(s)));
  for (int i = 1; i < e.chunk(); ++i) emit_register_row(e, y, sums, left, right, i);
  return y;
}

/// Panels of 16 rows.  The sum over finished rows is split over two lanes, which take runs of four
/// j in turn from the warp's first column on; the triangle of the panel is a column sweep.
Matrix emit_panels(Emitter& e) {
  const Matrix y = negated_input(e, "Y32");
  std::vector<Matrix> shares;
  for (int q = 0; q < kPanelShares; ++q) shares.push_back(zeros(e, "S" + std::to_string(q)));
  const Matrix sum = zeros(e, "S");
  for (const Extent& panel : blocks(e.all(), kPanel)) {
    for (const Extent& warp : blocks({0, panel.begin}, kPanel)) {
      for (int j = warp.begin; j < panel.begin; ++j) {
        const int share = (j - warp.begin) / kShareRun % kPanelShares;
        e.axpy(e.input(), y, shares[static_cast<std::size_t>(share)], panel, j, warp);
      }
      e.epilogue(sum, {shares[0], shares[1]}, panel, warp, {});
      e.epilogue(y, {y, sum}, panel, warp, {});
    }
    sweep(e, y, panel, {0, panel.end});
  }
  return y;
}

/// Row by row.  Group g of the threads takes j = g, g + G, ..; one group adds the sums.
Matrix emit_rows(Emitter& e, int groups) {
  const Matrix start = negated_input(e, "A32"), y = zeros(e, "Y32");
  std::vector<Matrix> terms{start};
  for (int g = 0; g < groups; ++g) terms.push_back(zeros(e, "P" + std::to_string(g)));
  for (int i = 1; i < e.chunk(); ++i) {
    const Extent row{i, i + 1}, cols{0, i};
    for (int j = 0; j < i; ++j)
      e.axpy(e.input(), y, terms[1 + static_cast<std::size_t>(j % groups)], row, j, cols);
    e.epilogue(y, terms, row, cols, {});
  }
  return y;
}

}  // namespace

Matrix emit_swept_blocks(Emitter& e, int block) {
  const Matrix y = negated_input(e, "Y32");
  for (const Extent& b : blocks(e.all(), block)) sweep(e, y, b, b);
  return y;
}

Matrix emit_split_substitution(Emitter& e, RowSplit split, int groups) {
  switch (split) {
    case RowSplit::kRegisters: return emit_registers(e);
    case RowSplit::kPanels: return emit_panels(e);
    case RowSplit::kRows: return emit_rows(e, groups);
  }
  return {};
}

void emit_rounded(Emitter& e, const Matrix& dst, const Matrix& wide) {
  Mask lower;
  lower.min_distance = 1;
  e.epilogue(dst, {wide}, e.all(), e.all(), {.mask = lower});
}

}  // namespace tricycle
