// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/isa/program.h"
#include "workloads/program_builder.h"

namespace tricycle {

/// Builds the program of one item of a stage from operations on whole matrices.  Matrices have any
/// shape and format; each operation is one instruction.  Buffers in DRAM can be looked up by their
/// names.
class StageBuilder {
 public:
  /// `format`: the format of the products (Program::format).  `vector`: the format of gates and
  /// elementwise arithmetic.
  StageBuilder(const HwConfig& hw, Format format, Format vector);

  Format vector() const { return vector_; }

  /// Adds a matrix in DRAM that is filled before the run.
  Region input(const std::string& name, Format format, std::int32_t rows, std::int32_t cols);
  /// Adds a matrix in DRAM that the stage computes.  The last one is Program::output.
  Region output(const std::string& name, Format format, std::int32_t rows, std::int32_t cols);
  /// Adds a matrix in the scratchpad.
  Region scratch(const std::string& name, Format format, std::int32_t rows, std::int32_t cols);
  /// Gives fixed-point elements in DRAM fewer bits than their format has.
  void pack(const Region& dram, int bits) { builder_.buffer(dram).packed_bits = bits; }

  /// Loads dst <- from, from DRAM into the scratchpad.
  void load(const Region& dst, const Region& from);
  /// A new scratchpad matrix of the shape and format of `from`, loaded from it.
  Region loaded(const Region& from);
  void store(const Region& dst, const Region& from);

  struct Product {
    bool transpose_a = false, transpose_b = false;
    bool accumulate = false;        // add to the sums that are there
    std::int64_t useful_macs = -1;  // multiply-accumulates without a known zero; -1: all
  };
  /// The stage's accumulators, [m x n] <- a b.  Valid until the next product.
  Region product(const Region& a, const Region& b, const Product& how);
  Region product(const Region& a, const Region& b) { return product(a, b, {}); }

  /// dst <- operation(a[, b]).  Operands of one row or column are broadcast over dst.
  void apply(VectorOp op, const Region& dst, const Region& a, const Region& b);
  void apply(VectorOp op, const Region& dst, const Region& a);
  void apply_scalar(VectorOp op, const Region& dst, const Region& a, double scalar);
  void subtract(const Region& dst, const Region& a, const Region& b);
  /// dst <- min(a, scalar).
  void at_most(const Region& dst, const Region& a, double scalar);
  /// dst <- keep(i - j >= least_distance, round(terms + sums)).
  void epilogue(const Region& dst, const std::vector<Region>& terms, std::optional<Region> sums,
                std::optional<std::int32_t> least_distance = std::nullopt);

  /// Derives the tokens, checks the program against the machine and returns it.  Throws InputError.
  Program finish();

 private:
  Program& program() { return builder_.program(); }

  ProgramBuilder builder_;
  Format vector_;
  std::vector<std::uint32_t> accumulators_;  // of the shapes that products had
};

/// gamma <- exp(min(G_i - G_j, 0)): above the diagonal, where the difference is positive, 1.
void emit_decay(StageBuilder& b, const Region& gamma, const Region& column, const Region& row);
/// y <- y_ij exp(G_i - G_j), rounded, of a strictly lower y; `sums` is the column G.  `scratch`: a
/// row and a matrix of gates.
struct DecayScratch {
  Region row, gamma;
};
DecayScratch decay_scratch(StageBuilder& b, std::int32_t size);
void emit_late_gates(StageBuilder& b, const DecayScratch& scratch, const Region& y,
                     const Region& sums);

/// The part of a region that starts at row `row` and has `rows` rows; columns likewise.
Region rows_of(const Region& r, std::int32_t row, std::int32_t rows);
Region cols_of(const Region& r, std::int32_t col, std::int32_t cols);

/// The buffer with this name.  Throws std::invalid_argument where there is none.
std::uint32_t buffer_named(const Program& program, std::string_view name);

}  // namespace tricycle
