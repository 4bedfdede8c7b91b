// SPDX-License-Identifier: Apache-2.0
//
// Published figures about Hexagon: those of its units (v75), and the paper's speed-ups (v79).
#include <fmt/format.h>

#include "models/timing/timing.h"
#include "sim/config/load_hw.h"
#include "sim/engine/lowering.h"
#include "sim/engine/steady_state.h"
#include "sim/host/shipped_files.h"
#include "sim/units/npu.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/block_parameter.h"
#include "workloads/inversion/neumann.h"

namespace tricycle {

namespace {

constexpr int kSize = 64;  // of the published products and of the substitution

/// Which way the operands of a resident product come.
enum class Operands { kInPlace, kPacked };

/// C = A B of 64^3 int8 on operands that are in the scratchpad: the product, its sums rounded to
/// `result`; with kPacked, the operands first copied into the order the array reads by as many
/// instructions as there are vector units.
Program resident_product(const HwConfig& hw, Operands operands) {
  Program p;
  p.format = Format::kInt8;
  const auto add = [&](const char* name, Space space) {
    Buffer b{name, space, p.format, 0, kSize, kSize, p.footprint_bytes(space, hw), false, 0};
    if (space != Space::kAccumulator) b.fraction_bits = info(p.format).default_fraction_bits();
    p.buffers.push_back(b);
    return static_cast<std::uint32_t>(p.buffers.size() - 1);
  };
  const auto whole = [](std::uint32_t buffer) { return Region{buffer, 0, 0, kSize, kSize}; };
  const std::uint32_t a = add("A", Space::kScratchpad), b = add("B", Space::kScratchpad),
                      c = add("C", Space::kScratchpad), sum = add("acc", Space::kAccumulator);
  if (operands == Operands::kPacked) {
    const auto producers = static_cast<std::int32_t>(hw.vector_unit.units);
    for (const std::uint32_t target : {a, b}) {
      const std::uint32_t raw = add(target == a ? "A.raw" : "B.raw", Space::kScratchpad);
      const std::int32_t rows = 2 * kSize / producers;
      for (std::int32_t row = 0; row < kSize; row += rows) {
        const std::int32_t own = std::min(rows, kSize - row);
        p.instructions.push_back(
            {{target, row, 0, own, kSize}, Epilogue{.terms = {{raw, row, 0, own, kSize}}}});
      }
    }
  }
  p.instructions.push_back({whole(sum), Matmul{.a = whole(a), .b = whole(b)}});
  p.instructions.push_back(
      {whole(c),
       Epilogue{.accumulator = whole(sum), .sum_fraction_bits = 2 * p.buffers[a].fraction_bits}});
  p.output = c;
  derive_tokens(p);
  return p;
}

double inversion(const HwConfig& hw, std::string_view algorithm, int chunk) {
  return cycles_alone(lower_published(algorithm, chunk, Format::kInt16, hw), hw);
}

/// The 64^3 product as 64 row steps of a substitution that has 64 rows above: C_i = sum_j A_ij B_j.
double vector_product(const HwConfig& hw) {
  Program p = resident_product(hw, Operands::kInPlace);
  const Instruction row{{2, kSize - 1, 0, 1, kSize},
                        RowStep{.a = {0, kSize - 1, 0, 1, kSize}, .y = {1, 0, 0, kSize, kSize}}};
  return static_cast<double>(kSize *
                             (hw.sequencer.issue_cycles + vector_timing(hw, p, row).busy_cycles));
}

/// Cycles that a chunk of 256 takes among many, in int8.
double solve_256(const HwConfig& hw, std::string_view algorithm, const AlgorithmOptions& options) {
  constexpr int kChunk = 256;
  const Algorithm& row = find_algorithm(algorithm);
  return lower_fastest(row, resolve_parameters(row, kChunk, options), kChunk, Format::kInt8, hw)
      .cycles_per_item;
}

/// Everything as products over substitution in 64-blocks and merges.  As products: the 14 of 256^3
/// that the product form has, zeros included, timed as those of the truncated series of 15 terms
/// (the product form has no fixed point).
double all_products_256(const HwConfig& hw) {
  const AlgorithmOptions series = AlgorithmOptions{}.set(kOrder, 15);
  const AlgorithmOptions blocks = AlgorithmOptions{}.set(kBlock, kSize);
  return solve_256(hw, "neumann_truncated", series) / solve_256(hw, "blocked_substitution", blocks);
}

double hexagon_figure(const HwConfig& hw, const PublishedTable& table, std::size_t row) {
  const std::string& figure = table.text(row, "figure");
  if (figure == "product" || figure == "product_wide")
    return cycles_alone(resident_product(hw, Operands::kInPlace), hw);
  if (figure == "product_steady")
    return steady_cycles_per_item(resident_product(hw, Operands::kInPlace), hw);
  if (figure == "product_fed") return cycles_alone(resident_product(hw, Operands::kPacked), hw);
  if (figure == "vector_product") return vector_product(hw);
  if (figure == "substitution") return inversion(hw, "forward_substitution", kSize);
  if (figure == "all_products_256") return all_products_256(hw);
  table.refuse(row, "figure", "a figure that is modelled");
}

}  // namespace

std::vector<ValidationRow> hexagon_rows(const std::string& folder) {
  const PublishedTable table(folder + "/hexagon_v75_cycles.csv");
  const HwConfig hw = load_hw_config(shipped("hwconfigs/hexagon_v75_like.yaml"));
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i)
    out.push_back({table.text(i, "figure"), table.number(i, "published"),
                   hexagon_figure(hw, table, i), table.use(i), table.text(i, "source")});
  return out;
}

std::vector<ValidationRow> paper_speedup_rows(const std::string& folder) {
  const PublishedTable table(folder + "/paper_speedups.csv");
  const HwConfig hw = load_hw_config(shipped("hwconfigs/hexagon_v79_like.yaml"));
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const int chunk = table.integer(i, "chunk");
    const std::string& algorithm = table.text(i, "algorithm");
    out.push_back({fmt::format("chunk {}, {} over forward_substitution", chunk, algorithm),
                   table.number(i, "published"),
                   inversion(hw, "forward_substitution", chunk) / inversion(hw, algorithm, chunk),
                   table.use(i), table.text(i, "source")});
  }
  return out;
}

}  // namespace tricycle
