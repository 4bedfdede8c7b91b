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

/// Builds the program of one item of a stage from whole-matrix operations: matrices of any shape
/// and format, one instruction an operation.  Buffers in DRAM are found again by their names.
class StageBuilder {
 public:
  /// `format`: of the products (Program::format); `vector`: of gates and elementwise arithmetic.
  StageBuilder(const HwConfig& hw, Format format, Format vector);

  Format vector() const { return vector_; }

  /// A matrix in DRAM that is filled before the run.
  Region input(const std::string& name, Format format, std::int32_t rows, std::int32_t cols);
  /// A matrix in DRAM that the stage makes; the last one is Program::output.
  Region output(const std::string& name, Format format, std::int32_t rows, std::int32_t cols);
  /// A matrix in the scratchpad.
  Region scratch(const std::string& name, Format format, std::int32_t rows, std::int32_t cols);
  /// Fixed point in DRAM: elements of fewer bits than the format's.
  void pack(const Region& dram, int bits) { builder_.buffer(dram).packed_bits = bits; }

  /// dst <- from, from DRAM into the scratchpad.
  void load(const Region& dst, const Region& from);
  /// A new scratchpad matrix of the shape and format of `from`, loaded.
  Region loaded(const Region& from);
  void store(const Region& dst, const Region& from);

  struct Product {
    bool transpose_a = false, transpose_b = false;
    bool accumulate = false;        // onto the sums that are there
    std::int64_t useful_macs = -1;  // multiply-accumulates of no known zero; -1: all
  };
  /// The stage's accumulators, [m x n] <- a b; valid until the next product.
  Region product(const Region& a, const Region& b, const Product& how);
  Region product(const Region& a, const Region& b) { return product(a, b, {}); }

  /// dst <- operation(a[, b]), operands of one row or column spread over dst.
  void apply(VectorOp op, const Region& dst, const Region& a, const Region& b);
  void apply(VectorOp op, const Region& dst, const Region& a);
  void apply_scalar(VectorOp op, const Region& dst, const Region& a, double scalar);
  void subtract(const Region& dst, const Region& a, const Region& b);
  /// dst <- min(a, scalar).
  void at_most(const Region& dst, const Region& a, double scalar);
  /// dst <- keep(i - j >= least_distance, round(terms + sums)).
  void combine(const Region& dst, const std::vector<Region>& terms, std::optional<Region> sums,
               std::optional<std::int32_t> least_distance = std::nullopt);

  /// Tokens derived, checked against the machine.  Throws InputError.
  Program finish();

 private:
  Program& program() { return builder_.program(); }

  ProgramBuilder builder_;
  Format vector_;
  std::vector<std::uint32_t> accumulators_;  // of whatever shapes products had
};

/// The part of `rows` rows from `row` on; columns likewise.
Region rows_of(const Region& r, std::int32_t row, std::int32_t rows);
Region cols_of(const Region& r, std::int32_t col, std::int32_t cols);

/// The buffer of a name.  Throws std::invalid_argument where there is none.
std::uint32_t buffer_named(const Program& program, std::string_view name);

}  // namespace tricycle
