// SPDX-License-Identifier: Apache-2.0
//
// Published figures about triangular solves: llama.cpp's on a Hexagon, tt-metal's on a Blackhole.
#include <fmt/format.h>

#include "models/timing/timing.h"
#include "sim/config/load_hw.h"
#include "sim/engine/layer.h"
#include "sim/engine/lowering.h"
#include "sim/host/shipped_files.h"
#include "sim/units/npu.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/neumann.h"
#include "workloads/program_builder.h"

namespace tricycle {

namespace {

/// X = L^-1 B by rows, L [rows x rows] with a unit diagonal, B [rows x columns], in binary32: X_i =
/// B_i - sum_{j < i} L_ij X_j.
Program triangular_solve(const HwConfig& hw, int rows, int columns) {
  ProgramBuilder b(hw, Format::kFp32);
  const Region l_dram = b.add("L.dram", Space::kDram, rows, rows),
               b_dram = b.add("B.dram", Space::kDram, rows, columns),
               x_dram = b.add("X.dram", Space::kDram, rows, columns);
  const Region l = b.add("L", Space::kScratchpad, rows, rows),
               right = b.add("B", Space::kScratchpad, rows, columns),
               x = b.add("X", Space::kScratchpad, rows, columns);
  b.program().inputs = {l_dram.buffer, b_dram.buffer};
  b.program().output = x_dram.buffer;
  b.push(l, Load{l_dram});
  b.push(right, Load{b_dram});
  for (std::int32_t row = 0; row < rows; ++row)
    b.push({x.buffer, row, 0, 1, columns}, RowStep{.a = {l.buffer, row, 0, 1, row},
                                                   .y = {x.buffer, 0, 0, row, columns},
                                                   .linear = {{right.buffer, row, 0, 1, columns}}});
  b.push(x_dram, Store{x});
  return b.finish();
}

/// Cycles of the vector unit for one inversion, without its transfers.
double vector_cycles(const HwConfig& hw, const Program& program) {
  return static_cast<double>(simulate(program, hw, 1, nullptr).units[Unit::kVector].busy);
}

constexpr int kTile = 32;  // tokens of a chunk, rows of a Tensix tile

/// What the fused producer saves where substitution on the SFPU takes the place of the whole series
/// by Horner's rule, 30 products of a tile.  Both load A and store the inverse: that cancels.
double horner_less_substitution_us(const HwConfig& hw) {
  const Algorithm& series = find_algorithm("neumann_truncated");
  const AlgorithmOptions all_terms = AlgorithmOptions{}.set(kOrder, kTile - 1);
  const double horner = cycles_alone(
      lower_fastest(series, resolve_parameters(series, kTile, all_terms), kTile, Format::kTf32, hw)
          .program,
      hw);
  const double substitution =
      cycles_alone(lower_published("forward_substitution", kTile, Format::kTf32, hw), hw);
  return (horner - substitution) / hw.clock_ghz / 1000;
}

double blackhole_figure(const HwConfig& hw, const PublishedTable& table, std::size_t row) {
  const std::string& figure = table.text(row, "figure");
  if (figure == "saved_us") return horner_less_substitution_us(hw);
  if (figure == "triangle_solve")
    return vector_cycles(hw, lower_published("forward_substitution", kTile, Format::kTf32, hw));
  table.refuse(row, "figure", "saved_us or triangle_solve");
}

}  // namespace

std::vector<ValidationRow> solve_tri_rows(const std::string& folder) {
  const PublishedTable table(folder + "/solve_tri_us.csv");
  const HwConfig hw = load_hw_config(shipped("hwconfigs/hexagon_v75_like.yaml"));
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const int rows = table.integer(i, "rows"), columns = table.integer(i, "columns"),
              matrices = table.integer(i, "matrices");
    out.push_back(
        {fmt::format("{} of {} x {}, {} right-hand sides", matrices, rows, rows, columns),
         table.number(i, "published"),
         cycles_of_items(triangular_solve(hw, rows, columns), hw, matrices) / hw.clock_ghz / 1000,
         table.use(i), table.text(i, "source")});
  }
  return out;
}

std::vector<ValidationRow> blackhole_rows(const std::string& folder) {
  const PublishedTable table(folder + "/blackhole.csv");
  const HwConfig hw = load_hw_config(shipped("hwconfigs/blackhole_like.yaml"));
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i)
    out.push_back({fmt::format("{}, {}", table.text(i, "figure"), table.text(i, "unit")),
                   table.number(i, "published"), blackhole_figure(hw, table, i), table.use(i),
                   table.text(i, "source")});
  return out;
}

}  // namespace tricycle
