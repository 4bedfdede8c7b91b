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

#include "models/vector_op.h"

namespace tricycle {

enum class Unit : std::uint8_t { kMatrix, kVector, kDma };
inline constexpr int kUnitCount = 3;
inline constexpr std::string_view kUnitNames[kUnitCount] = {"matrix", "vector", "dma"};

enum class Opcode : std::uint8_t {
  kLoad,     // dma:    dst (scratchpad) <- a (dram)
  kStore,    // dma:    dst (dram) <- a (scratchpad)
  kMatmul,   // matrix: dst (accumulator) <- [dst +] a b
  kCombine,  // vector: dst <- keep(mask, round(+-((terms[0] + terms[1] + ..) + accumulator)));  no
             // terms: +0
  kRowStep,  // vector: dst row i <- -(a_i + sum_{j<i} a_ij y_j), j ascending: a = row of A, b =
             // rows of Y already known
  kElementary,  // vector: dst <- operation(a[, b]); a column where it reduces rows.  Timed only: it
                // has no values yet
};
inline constexpr int kOpcodeCount = 6;

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

/// Which entries (i, j) of a result are kept, all others become +0: min <= i - j <= max and, if
/// pair_block = b > 0, only the lower-left b x b block of every 2b x 2b block on the diagonal.  i
/// and j are rows and columns of the buffer.
struct Mask {
  std::int32_t min_distance = std::numeric_limits<std::int32_t>::min();
  std::int32_t max_distance = std::numeric_limits<std::int32_t>::max();
  std::int32_t pair_block = 0;

  bool keeps(std::int32_t i, std::int32_t j) const {
    const std::int32_t d = i - j;
    if (d < min_distance || d > max_distance) return false;
    return pair_block == 0 ||
           (i / (2 * pair_block) == j / (2 * pair_block) && i / pair_block == j / pair_block + 1);
  }
  /// True if no entry of the region is discarded.
  bool keeps_all(const Region& r) const {
    return pair_block == 0 && r.row - (r.col + r.cols - 1) >= min_distance &&
           r.row + r.rows - 1 - r.col <= max_distance;
  }
  friend bool operator==(const Mask&, const Mask&) = default;
};

struct Instruction {
  Opcode opcode = Opcode::kLoad;
  Region dst, a, b;                   // as the opcode says
  std::vector<Region> terms;          // combine: linear terms, added in this order
  std::optional<Region> accumulator;  // combine: the product that is added last
  bool zero_accumulator =
      false;                // combine: add +0 where the product is known to be zero (-0 + 0 is +0)
  bool accumulate = false;  // matmul: add to dst instead of starting from +0
  int accumulator_fraction_bits =
      0;                       // combine, fixed point: fraction bits of the accumulated products
  bool negate = false;         // combine
  bool positive_zero = false;  // combine: a result of -0 is stored as +0 (as if added to a +0)
  bool keep_old = false;       // combine: discarded entries keep what dst held (a masked store)
  Mask mask;                   // combine
  VectorOp operation = VectorOp::kCopy;  // elementary
  std::int64_t useful_macs =
      0;  // matmul, row_step: multiply-accumulates with no operand known to be zero
  std::vector<std::uint32_t> waits;  // instructions whose tokens this one waits for, ascending

  Unit unit() const { return info(opcode).unit; }
  std::int64_t macs() const {
    switch (opcode) {
      case Opcode::kMatmul: return static_cast<std::int64_t>(a.rows) * a.cols * b.cols;
      case Opcode::kRowStep: return b.elements();
      case Opcode::kLoad:
      case Opcode::kStore:
      case Opcode::kCombine:
      case Opcode::kElementary: return 0;
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
      return;
    case Opcode::kElementary:
      f(in.a);
      if (info(in.operation).sources > 1) f(in.b);
      return;
    case Opcode::kCombine:
      for (const Region& term : in.terms) f(term);
      if (in.accumulator) f(*in.accumulator);
      if (in.keep_old) f(in.dst);
      return;
  }
}

}  // namespace tricycle
