// SPDX-License-Identifier: Apache-2.0
//
// The tile-level instruction set: the narrow waist between lowering (workloads/) and execution
// (semantics, timing, sim).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "models/numerics/format.h"
#include "models/vector_op.h"

namespace tricycle {

/// kReadOut: what moves sums from the accumulators straight to the scratchpad, where a machine has
/// such a path (topology.accumulator_to_scratchpad; Ascend's FIX pipe).
enum class Unit : std::uint8_t { kMatrix, kVector, kDma, kReadOut };
inline constexpr int kUnitCount = 4;
inline constexpr std::string_view kUnitNames[kUnitCount] = {"matrix", "vector", "dma", "read_out"};

enum class Opcode : std::uint8_t {
  kLoad,     // dma:    dst (scratchpad) <- a (dram)
  kStore,    // dma:    dst (dram) <- a (scratchpad)
  kMatmul,   // matrix: dst (accumulator) <- [dst +] a b; of a and b, entries that a_mask and b_mask
             // discard count as +0
  kCombine,  // vector: dst <- keep(mask, round(+-((diagonal I + terms[0] + terms[1] + ..) +
             // accumulator)));  no terms: +0
  kRowStep,  // vector: dst row i <- -(l + sum_j a_ij y_j), j ascending: a = row of A, b = rows of Y
             // already known, l = terms side by side (none: a); +0 behind the end of l
  kElementary,  // vector: dst <- round(operation(a[, b])); a column where it reduces rows; an
                // operand of one row, or of one column, stands for all rows or columns of the
                // result
  kColumnStep,  // vector: dst <- round(dst - a b), every row an axpy: a = column of A, b = row of Y
                // that is known
  kReadOut,  // read_out: dst (scratchpad) <- keep(mask, round(accumulator)): one rounding, nothing
             // added; the accumulator keeps its sums
  kScales,   // vector: dst <- scales of the codes of terms (rectangles of one matrix), as `scaling`
             // says; entries that the mask discards count as +0
  kQuantise,  // vector: dst <- keep(mask, codes of a with the scales b)
};
inline constexpr int kOpcodeCount = 10;

/// One row of the opcode table.
struct OpcodeInfo {
  Opcode id;
  std::string_view name;
  Unit unit;
};
inline constexpr OpcodeInfo kOpcodes[kOpcodeCount] = {
    {Opcode::kLoad, "load", Unit::kDma},
    {Opcode::kStore, "store", Unit::kDma},
    {Opcode::kMatmul, "matmul", Unit::kMatrix},
    {Opcode::kCombine, "combine", Unit::kVector},
    {Opcode::kRowStep, "row_step", Unit::kVector},
    {Opcode::kElementary, "elementary", Unit::kVector},
    {Opcode::kColumnStep, "column_step", Unit::kVector},
    {Opcode::kReadOut, "read_out", Unit::kReadOut},
    {Opcode::kScales, "scales", Unit::kVector},
    {Opcode::kQuantise, "quantise", Unit::kVector},
};
constexpr const OpcodeInfo& info(Opcode opcode) { return kOpcodes[static_cast<int>(opcode)]; }

/// A rectangle of a buffer of the program; rows and columns are those of the buffer.
struct Region {
  std::uint32_t buffer = 0;
  std::int32_t row = 0, col = 0, rows = 0, cols = 0;

  std::int64_t elements() const { return static_cast<std::int64_t>(rows) * cols; }
  bool overlaps(const Region& other) const {
    return buffer == other.buffer && row < other.row + other.rows && other.row < row + rows &&
           col < other.col + other.cols && other.col < col + cols;
  }
  bool contains(const Region& other) const {
    return buffer == other.buffer && row <= other.row && other.row + other.rows <= row + rows &&
           col <= other.col && other.col + other.cols <= col + cols;
  }
  friend bool operator==(const Region&, const Region&) = default;
};

/// Which entries (i, j) of a result are kept, all others become +0: min_distance <= i - j <=
/// max_distance; if block = b > 0, min_blocks <= i / b - j / b <= max_blocks in whole numbers, and
/// only block rows i / b that are even or odd where `blocks` says so; if pair_block = b > 0, only
/// the lower-left b x b block of every 2b x 2b block on the diagonal.  i and j are rows and columns
/// of the buffer.
struct Mask {
  enum class Blocks : std::uint8_t { kAll, kEven, kOdd };
  static constexpr std::int32_t kNoMin = std::numeric_limits<std::int32_t>::min();
  static constexpr std::int32_t kNoMax = std::numeric_limits<std::int32_t>::max();
  std::int32_t min_distance = kNoMin, max_distance = kNoMax;
  std::int32_t pair_block = 0;
  std::int32_t block = 0, min_blocks = kNoMin, max_blocks = kNoMax;
  Blocks blocks = Blocks::kAll;

  bool keeps(std::int32_t i, std::int32_t j) const {
    const std::int32_t d = i - j;
    if (d < min_distance || d > max_distance) return false;
    if (block != 0) {
      const std::int32_t apart = i / block - j / block;
      if (apart < min_blocks || apart > max_blocks || !keeps_block_row(i / block)) return false;
    }
    return pair_block == 0 ||
           (i / (2 * pair_block) == j / (2 * pair_block) && i / pair_block == j / pair_block + 1);
  }
  /// True if no entry of the region is discarded.
  bool keeps_all(const Region& r) const {
    const std::int32_t bottom = r.row + r.rows - 1, right = r.col + r.cols - 1;
    return pair_block == 0 && r.row - right >= min_distance && bottom - r.col <= max_distance &&
           (block == 0 || (r.row / block - right / block >= min_blocks &&
                           bottom / block - r.col / block <= max_blocks &&
                           (blocks == Blocks::kAll ||
                            (r.row / block == bottom / block && keeps_block_row(r.row / block)))));
  }
  /// Whether `blocks` keeps this row of blocks.
  bool keeps_block_row(std::int32_t row) const {
    return blocks == Blocks::kAll || (row % 2 == 0) == (blocks == Blocks::kEven);
  }
  friend bool operator==(const Mask&, const Mask&) = default;
};

/// Which entries of an operand share a measured scale (models/numerics/dynamic_scale.h): a row, a
/// column, all; of a row or column, if block = b > 0, the entries of every b consecutive k, the
/// block of index k being k / b.  Scales of rows stand in a matrix of a column a block, of columns
/// in one of a row a block, of all in one element.
struct ScaleGroups {
  enum class Axis : std::uint8_t { kRow, kColumn, kAll };
  Axis axis = Axis::kRow;
  std::int32_t block = 0;
  std::int32_t largest = 0;  // code
  ScaleRounding rounding = ScaleRounding::kExact;

  /// Where the scale of entry (i, j) of the operand stands.
  std::int32_t row_of(std::int32_t i) const {
    return axis == Axis::kRow ? i : axis == Axis::kColumn && block > 0 ? i / block : 0;
  }
  std::int32_t col_of(std::int32_t j) const {
    return axis == Axis::kColumn ? j : axis == Axis::kRow && block > 0 ? j / block : 0;
  }
  friend bool operator==(const ScaleGroups&, const ScaleGroups&) = default;
};

struct Instruction {
  Opcode opcode = Opcode::kLoad;
  Region dst, a, b;           // as the opcode says; combine of an accumulator of codes: its scales,
                              // of the rows (a) and of the columns (b), or of all
  std::vector<Region> terms;  // combine: linear terms, added in this order; row_step; scales
  std::optional<Region>
      accumulator;  // combine: the product that is added last; read_out: the source
  bool zero_accumulator =
      false;                // combine: add +0 where the product is known to be zero (-0 + 0 is +0)
  bool accumulate = false;  // matmul: add to dst instead of starting from +0
  int accumulator_fraction_bits =
      0;  // combine, read_out, fixed point: fraction bits of the products
  std::int32_t place_row = 0,
               place_col = 0;  // combine: where dst's buffer begins in the matrix its results are
                               // part of: what is rounded at random depends on their place there
  double diagonal = 0;         // combine: added first, where row and column of the buffer are equal
  bool negate = false;         // combine
  bool positive_zero = false;  // combine: a result of -0 is stored as +0 (as if added to a +0)
  bool keep_old = false;       // combine: discarded entries keep what dst held (a masked store)
  Mask mask;                   // combine, read_out, scales, quantise
  Mask a_mask, b_mask;         // matmul
  VectorOp operation = VectorOp::kCopy;  // elementary
  bool subtract = false;                 // elementary add: a - b
  bool minimum = false;                  // elementary max: the minimum
  double scalar = 0;                     // elementary: the scalar of an operation that takes one
  ScaleGroups groups;                    // scales, quantise
  bool transpose_a = false, transpose_b = false;  // matmul: the operand is read transposed
  std::int64_t useful_macs =
      0;  // matmul, row_step, column_step: multiply-accumulates with no operand known to be zero
  std::vector<std::uint32_t> waits;  // instructions whose tokens this one waits for, ascending

  Unit unit() const { return info(opcode).unit; }
  /// Extents of a matmul as the array sees it: dst [m x n] <- [m x k] [k x n].
  std::int32_t m() const { return transpose_a ? a.cols : a.rows; }
  std::int32_t n() const { return transpose_b ? b.rows : b.cols; }
  std::int32_t k() const { return transpose_a ? a.rows : a.cols; }
  std::int64_t macs() const {
    switch (opcode) {
      case Opcode::kMatmul: return static_cast<std::int64_t>(m()) * n() * k();
      case Opcode::kRowStep: return b.elements();
      case Opcode::kColumnStep: return dst.elements();
      case Opcode::kLoad:
      case Opcode::kStore:
      case Opcode::kCombine:
      case Opcode::kElementary:
      case Opcode::kReadOut:
      case Opcode::kScales:
      case Opcode::kQuantise: return 0;
    }
    return 0;
  }
};

/// Calls f(region) for everything the instruction reads.
template <typename F>
void for_each_read(const Instruction& in, F&& f) {
  switch (in.opcode) {
    case Opcode::kLoad:
    case Opcode::kStore: f(in.a); return;
    case Opcode::kMatmul:
      f(in.a);
      f(in.b);
      if (in.accumulate) f(in.dst);
      return;
    case Opcode::kRowStep:
      f(in.a);
      if (in.b.rows > 0) f(in.b);
      for (const Region& term : in.terms) f(term);
      return;
    case Opcode::kColumnStep:
      f(in.a);
      f(in.b);
      f(in.dst);
      return;
    case Opcode::kElementary:
      f(in.a);
      if (info(in.operation).sources > 1) f(in.b);
      return;
    case Opcode::kReadOut:
      if (in.accumulator) f(*in.accumulator);
      return;
    case Opcode::kScales:
      for (const Region& term : in.terms) f(term);
      return;
    case Opcode::kQuantise:
      f(in.a);
      f(in.b);
      return;
    case Opcode::kCombine:
      for (const Region& term : in.terms) f(term);
      if (in.accumulator) f(*in.accumulator);
      if (in.a.rows > 0) f(in.a);
      if (in.b.rows > 0) f(in.b);
      if (in.keep_old) f(in.dst);
      return;
  }
}

}  // namespace tricycle
