// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "workloads/operand_codes.h"
#include "workloads/program_builder.h"
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
  // OperandCodes refers to the builder.
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;

  int chunk() const { return chunk_; }
  Format format() const { return builder_.program().format; }
  /// What matrices are stored in: fp32 where the scales of an integer format are measured.
  Format stored_format() const { return hw().stored_format(format()); }
  /// Whether what several pairs of blocks multiply at once must not share scales with each other.
  bool scales_are_shared() const { return hw().support(format()).scaling == Scaling::kPerTensor; }
  const HwConfig& hw() const { return builder_.hw(); }
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

  /// A product in the accumulators, for the epilogue that follows it: valid until the next product
  /// into the same accumulator.
  struct Product {
    std::uint32_t accumulator = 0;
    int fraction_bits = 0;     // fixed point: of its sums
    bool skips_zeros = false;  // known zeros were not multiplied
    std::vector<Tile> tiles;   // of the accumulator it wrote; all others are zero
    // Where scales are measured: the codes it multiplied, and the fp32 sums of its blocks of k.
    OperandCodes::Codes left, right;
    std::optional<std::uint32_t> block_sums;
    std::int64_t serial = 0;  // of all products
  };

  /// acc[rows x cols] <- a[rows x inner] b[inner x cols], only tiles that `out` needs.  Where a
  /// product stands for several, a_kept says which entries of `a` are operands of any: scales that
  /// are measured are of them alone.
  Product product(const Matrix& a, const Matrix& b, Extent rows, Extent inner, Extent cols,
                  Band out, const Mask& a_kept = {});

  /// acc <- [acc +] keep(a_mask, a) keep(b_mask, b) as one instruction, known zeros multiplied: for
  /// operands without a bound, and as kernels issue it that own the array.  A float that has
  /// overflowed makes NaN of a zero, so which zeros are skipped would show in the bits.  Both
  /// operands must have been written whole.
  struct WholeProduct {
    std::optional<std::uint32_t> into{};  // an accumulator() of one's own; default: the emitter's
    std::optional<Extent> rows{}, inner{}, cols{};  // default: all
    bool accumulate = false;                        // onto what is there
    Mask a_mask{}, b_mask{};
  };
  Product whole_product(const Matrix& a, const Matrix& b, const WholeProduct& how);
  Product whole_product(const Matrix& a, const Matrix& b) { return whole_product(a, b, {}); }

  /// The matrix as what combine() writes: every tile, also those above the diagonal.
  Matrix whole(const Matrix& m) const { return {m.buffer, Band{-chunk_, chunk_}}; }

  /// The input, zeros written above its diagonal tiles, which are not loaded.
  Matrix whole_input();
  /// A C x C matrix the scratchpad holds from the launch on.
  Matrix constant(const std::string& name, Constant value);
  /// A further accumulator of the size of the chunk.
  std::uint32_t accumulator(const std::string& name);
  /// The input's upper triangle is loaded too, all of it by one instruction.  Call it first.
  void load_whole_input();
  /// .. and so is the result stored.
  void store_whole_output(const Matrix& y);
  /// dst <- keep(mask, round(acc)), C x C, by topology.accumulator_to_scratchpad.
  void read_out(const Matrix& dst, std::uint32_t accumulator, const Mask& mask = {});

  struct Epilogue {
    std::optional<Product> product{};  // added last
    bool negate = false;
    bool positive_zero = false;
    bool keep_old = false;
    Mask mask{};
    double diagonal = 0;  // times the identity, added first
  };
  /// dst[rows x cols] <- keep(mask, round(+-(terms + product))) on the tiles `dst.band` can be
  /// non-zero in.
  void combine(const Matrix& dst, const std::vector<Matrix>& terms, Extent rows, Extent cols,
               const Epilogue& how);

  /// One row of forward substitution inside the diagonal block: y_i = -(a_i + sum_j a_ij y_j) from
  /// row i of A and the rows of Y above it in the block; the row is written to the block's end.
  void row_step(const Matrix& a, const Matrix& y, Extent block, int row);
  /// The same with what `before` has of the row in front of the block as its linear term there: y_i
  /// = -([before_i a_i] + sum_j a_ij y_j); the whole row is written.
  void row_step(const Matrix& a, const Matrix& y, const Matrix& before, Extent block, int row);

  /// The rows of a diagonal block by the solve unit: y_i = -([before_i a_i] + sum_j a_ij y_j) as
  /// the row steps above, all rows of the block and the columns up to its end (and its tile's).
  void solve(const Matrix& a, const Matrix& y, const Matrix& before, Extent block);

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
  void scaled_product(const Matrix& a, const Matrix& b, const ScaledProduct& p, Product& product);
  std::vector<TileProduct> multiply_codes(const Matrix& a, const Matrix& b, const ScaledProduct& p,
                                          Extent inner, const Product& product);
  void add_block_sums(int block, const std::vector<TileProduct>& products, const ScaledProduct& p,
                      Product& product);
  void add_scaled_product(const Product& product, Extent rows, Extent cols, Combine& op);

  void push(const Region& dst, Operation operation);
  void load_input();
  std::uint32_t add_buffer(const std::string& name, Space space, int fraction_bits);
  Product new_product(std::uint32_t accumulator, const Matrix& a, const Matrix& b);
  void check_is_there(const Product& product) const;
  std::uint32_t shared_accumulator();
  const Buffer& buffer(const Matrix& m) const { return builder_.program().buffers[m.buffer]; }
  Region region(const Matrix& m, Extent rows, Extent cols) const;
  Region region(std::uint32_t buffer, Extent rows, Extent cols) const;

  ProgramBuilder builder_;
  int chunk_;
  int tile_;
  std::optional<int> merge_group_;
  Matrix input_;
  std::optional<std::uint32_t> accumulator_;            // once there is a product
  std::optional<std::uint32_t> block_sums_;             // once there is one of blocks of k
  std::optional<OperandCodes> codes_;                   // where scales are measured
  std::map<std::uint32_t, std::int64_t> last_product_;  // serial, by accumulator: to check handles
  std::int64_t products_ = 0;
};

/// Fraction bits of the residual iterate, which leaves [-1, 1]: Q2.13 for int16, Q1.6 for int8; the
/// default for floats.
int iterate_fraction_bits(Format format);

}  // namespace tricycle
