// SPDX-License-Identifier: Apache-2.0
//
// The algorithm table.  A new algorithm is one file in inversion/, its line in CMakeLists.txt, and
// its line here.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

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
  ROW(solve_unit)
// clang-format on

namespace tricycle {

#define ROW(function) Algorithm function();
TRICYCLE_ALGORITHMS(ROW)
#undef ROW

namespace {

std::string joined(const std::vector<std::string_view>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

const std::vector<Algorithm>& algorithms() {
#define ROW(function) function(),
  static const std::vector<Algorithm> table{TRICYCLE_ALGORITHMS(ROW)};
#undef ROW
  return table;
}

const Algorithm& find_algorithm(std::string_view name, std::string_view option) {
  std::vector<std::string_view> names;
  for (const Algorithm& row : algorithms()) {
    if (row.name == name) return row;
    names.push_back(row.name);
  }
  const std::string_view closest = closest_name(name, names);
  throw InputError(fmt::format("{} {}: unknown algorithm{}", option, name,
                               closest.empty() ? "; expected one of " + joined(names)
                                               : fmt::format(" (did you mean \"{}\"?)", closest)));
}

AlgorithmParameters resolve_parameters(const Algorithm& algorithm, int chunk,
                                       const AlgorithmOptions& options) {
  for (std::string_view key : given_options(options))
    if (std::find(algorithm.parameters.begin(), algorithm.parameters.end(), key) ==
        algorithm.parameters.end())
      throw InputError(
          fmt::format("algorithm.{}: {} has no such parameter; it takes {}", key, algorithm.name,
                      algorithm.parameters.empty() ? "none" : joined(algorithm.parameters)));
  if (chunk < 2 || chunk > 256)
    throw InputError(fmt::format("{}: chunk sizes from 2 to 256 can be inverted, got {}",
                                 algorithm.name, chunk));
  return algorithm.resolve(chunk, options);
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
  Emitter emitter(hw, format, chunk, cut.tile ? *cut.tile : cheapest_tile(hw, format, chunk),
                  cut.merge_group);
  algorithm.lower(emitter, parameters);
  return emitter.finish();
}

int resolve_block(int chunk, const AlgorithmOptions& options, int usual) {
  const auto half = static_cast<unsigned>(std::max(2, chunk / 2));
  const int block = options.block.value_or(std::min(usual, static_cast<int>(std::bit_floor(half))));
  if (block < 2 || block > chunk || !std::has_single_bit(static_cast<unsigned>(block)))
    throw InputError(
        fmt::format("algorithm.block: expected a power of two in [2, {}], got {}", chunk, block));
  return block;
}

std::pair<int, int> published_order_and_steps(int chunk) {
  // Tiny blocks need no more than N = C - 1 exact diagonals.
  if (chunk < 4) return {chunk - 1, 1};
  if (chunk <= 16) return {3, 4};
  if (chunk <= 32) return {4, 3};
  if (chunk <= 64) return {3, 8};
  return {3, chunk / 8};
}

}  // namespace tricycle
