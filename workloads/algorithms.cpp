// SPDX-License-Identifier: Apache-2.0
//
// The algorithm table.  A new algorithm is one file in inversion/, a line for it in CMakeLists.txt,
// and a line here.
#include <fmt/format.h>

#include "models/closest_name.h"
#include "models/error.h"
#include "workloads/algorithm.h"
#include "workloads/emitter.h"
#include "workloads/tiling.h"

// clang-format off
#define TRICYCLE_ALGORITHMS(ROW)   \
  ROW(forward_substitution)        \
  ROW(neumann_masked)              \
  ROW(neumann_masked_blockwise)    \
  ROW(block_doubling)              \
  ROW(masked_newton)               \
  ROW(block_horner)                \
  ROW(column_sweep)                \
  ROW(matrix_column_sweep)         \
  ROW(blocked_substitution)        \
  ROW(block_elimination)           \
  ROW(neumann_product)             \
  ROW(neumann_truncated)           \
  ROW(newton_schulz)               \
  ROW(diagonal_split)              \
  ROW(mixed_recursive)             \
  ROW(solve_unit)                  \
  ROW(block_nested)                \
  ROW(block_ps4)                   \
  ROW(ns_blocks)                   \
  ROW(tt_doubling)                 \
  ROW(tt_horner)                   \
  ROW(auto_products)
// clang-format on

namespace tricycle {

#define ROW(function) Algorithm function();
TRICYCLE_ALGORITHMS(ROW)
#undef ROW

const std::vector<Algorithm>& algorithms() {
#define ROW(function) function(),
  static const std::vector<Algorithm> table{TRICYCLE_ALGORITHMS(ROW)};
#undef ROW
  return table;
}

const Algorithm& find_algorithm(std::string_view name, std::string_view option) {
  return named_row(algorithms(), name, option, "algorithm");
}

Program lower(const Algorithm& algorithm, const AlgorithmParameters& parameters, int chunk,
              Format format, const HwConfig& hw, const Cut& cut) {
  check_format(hw, format);
  if (!algorithm.takes(hw.stored_format(format)))
    throw InputError(fmt::format(
        "{}: {}: what it stores has no bound, so that no fixed point holds it; choose a float "
        "format, or formats.{}.scaling=per_row_column",
        algorithm.name, name(format), name(format)));
  if (algorithm.needs) check_unit(hw, *algorithm.needs);
  Emitter emitter(hw, format, chunk, cut, matrix_formats(parameters, format, hw));
  algorithm.lower(emitter, parameters);
  return emitter.finish();
}

}  // namespace tricycle
