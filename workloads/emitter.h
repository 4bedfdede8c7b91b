// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "workloads/operand_codes.h"
#include "workloads/tiling.h"

namespace tricycle {

/// A C x C matrix in the scratchpad and where it can be non-zero.
struct Matrix {
  std::uint32_t buffer = 0;
  Band band;
};

/// Builds the program of one chunk inversion from whole-matrix steps: each step becomes tile
/// instructions that leave out tiles known to be zero.  All matrices are C x C; a step works on a
/// rectangle of rows and columns (Extent) of them.
class Emitter {
 public:
  /// `tile`: the edge of the blocks in which zeros are skipped, one of tile_edges().
  /// `merge_group`: edge of the diagonal groups in which pairs of blocks are merged together, a
  /// power of two; default: an estimate of the cheapest.
  Emitter(const HwConfig& hw, Format format, int chunk, int tile,
          std::optional<int> merge_group = std::nullopt);
  // OperandCodes refers to the program.
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;

  int chunk() const { return chunk_; }
  Format format() const { return program_.format; }
  /// What matrices are stored in: fp32 where the scales of an integer format are measured.
  Format stored_format() const { return hw_.stored_format(program_.format); }
  /// Whether what several pairs of blocks multiply at once must not share scales with each other.
  bool scales_are_shared() const {
    return hw_.support(program_.format).scaling == Scaling::kPerTensor;
  }
  const HwConfig& hw() const { return hw_; }
  Extent all() const { return {0, chunk_}; }
  /// Edge of the blocks in which zeros are skipped: what the machine does a strictly lower product
  /// cheapest with.
  int tile() const { return tile_; }
  std::optional<int> merge_group() const { return merge_group_; }
  /// The input: strictly lower, already in the scratchpad.
  Matrix input() const { return input_; }

  /// A new C x C matrix of the program's format; fixed point: with these fraction bits (default:
  /// all but the sign).
  Matrix matrix(const std::string& name, Band band, int fraction_bits = -1);

  /// acc[rows x cols] <- a[rows x inner] b[inner x cols], only tiles that `out` needs.  Where a
  /// product stands for several, a_kept says which entries of `a` are operands of any: scales that
  /// are measured are of them alone.
  void product(const Matrix& a, const Matrix& b, Extent rows, Extent inner, Extent cols, Band out,
               const Mask& a_kept = {});

  /// acc[rows x cols] <- [acc +] a[rows x inner] b[inner x cols] as one instruction, known zeros
  /// multiplied: for operands without a bound.  A float that has overflowed makes NaN of a zero, so
  /// which zeros are skipped would show in the bits.  Both operands must have been written whole.
  void whole_product(const Matrix& a, const Matrix& b, Extent rows, Extent inner, Extent cols,
                     bool accumulate = false);
  void whole_product(const Matrix& a, const Matrix& b, bool accumulate = false) {
    whole_product(a, b, all(), all(), all(), accumulate);
  }

  /// The matrix as what combine() writes: every tile, also those above the diagonal.
  Matrix whole(const Matrix& m) const { return {m.buffer, Band{-chunk_, chunk_}}; }

  /// The input, zeros written above its diagonal tiles, which are not loaded.
  Matrix whole_input();
  /// A C x C matrix the scratchpad holds from the launch on.
  Matrix constant(const std::string& name, Constant value);
  /// A further accumulator of the size of the chunk.
  std::uint32_t accumulator(const std::string& name);
  /// One whole product, zeros and all, as kernels issue it that own the array:
  ///   acc <- [acc +] keep(a_mask, a) keep(b_mask, b)   (C x C each)
  struct WholeProduct {
    bool accumulate = false;
    Mask a_mask{}, b_mask{};
  };
  void whole_product(std::uint32_t accumulator, const Matrix& a, const Matrix& b,
                     const WholeProduct& how);
  /// The input's upper triangle is loaded too, all of it by one instruction.  Call it first.
  void load_whole_input();
  /// .. and so is the result stored.
  void store_whole_output(const Matrix& y);
  /// dst <- keep(mask, round(acc)), C x C, by topology.accumulator_to_scratchpad.
  void read_out(const Matrix& dst, std::uint32_t accumulator, const Mask& mask = {});

  struct Combine {
    bool use_product = false;  // add the last product
    bool negate = false;
    bool positive_zero = false;
    bool keep_old = false;
    Mask mask{};
    double diagonal = 0;  // times the identity, added first
  };
  /// dst[rows x cols] <- keep(mask, round(+-(terms + product))) on the tiles `dst.band` can be
  /// non-zero in.
  void combine(const Matrix& dst, const std::vector<Matrix>& terms, Extent rows, Extent cols,
               const Combine& how);

  /// One row of forward substitution inside the diagonal block: y_i = -(a_i + sum_j a_ij y_j) from
  /// row i of A and the rows of Y above it in the block; the row is written to the block's end.
  void row_step(const Matrix& a, const Matrix& y, Extent block, int row);
  /// The same with what `before` has of the row in front of the block as its linear term there: y_i
  /// = -([before_i a_i] + sum_j a_ij y_j); the whole row is written.
  void row_step(const Matrix& a, const Matrix& y, const Matrix& before, Extent block, int row);

  /// One column of a column sweep: row i > k of Y, columns j < k, loses a_ik y_kj.
  void column_step(const Matrix& a, const Matrix& y, int column);

  /// Stores the lower triangle of the result to DRAM.
  void store_output(const Matrix& y);

  /// Tokens derived, checked against the machine.
  Program finish();

 private:
  /// What a product of codes multiplies, and whether it may skip known zeros.
  struct ScaledProduct {
    Extent rows, inner, cols;
    Band out;
    Mask a_kept{};
    bool whole = false;
  };
  void scaled_product(const Matrix& a, const Matrix& b, const ScaledProduct& p);
  std::vector<TileProduct> multiply_codes(const Matrix& a, const Matrix& b, const ScaledProduct& p,
                                          Extent inner);
  void add_block_sums(int block, const std::vector<TileProduct>& products, const ScaledProduct& p);
  void add_scaled_product(Instruction& combine, Extent rows, Extent cols);

  void push(Instruction in);
  void load_input();
  std::uint32_t add_buffer(const std::string& name, Space space, int fraction_bits);
  Region region(const Matrix& m, Extent rows, Extent cols) const;
  Region region(std::uint32_t buffer, Extent rows, Extent cols) const;

  const HwConfig& hw_;
  int chunk_;
  int tile_;
  std::optional<int> merge_group_;
  Program program_;
  Matrix input_;
  std::optional<std::uint32_t> accumulator_;  // once there is a product
  int product_fraction_bits_ = 0;
  bool product_skips_zeros_ = false;  // the last product
  std::vector<Tile> product_tiles_;   // tiles of the accumulator the last product wrote
  // Scales that are measured: the codes there are, those of the last product, and the fp32 sums of
  // its blocks of k (or of products that are accumulated).
  std::optional<OperandCodes> codes_;
  OperandCodes::Codes left_, right_;
  std::optional<std::uint32_t> block_sums_;
  bool in_block_sums_ = false;  // the last product's sums
};

/// Fraction bits of the residual iterate, which leaves [-1, 1]: Q2.13 for int16, Q1.6 for int8; the
/// default for floats.
int iterate_fraction_bits(Format format);

}  // namespace tricycle
