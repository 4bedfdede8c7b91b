// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "workloads/cut.h"
#include "workloads/emitter_terms.h"
#include "workloads/matrix_formats.h"
#include "workloads/operand_codes.h"
#include "workloads/program_builder.h"
#include "workloads/tiling.h"

namespace tricycle {

/// Builds the program of one chunk inversion from steps on whole matrices.  Each step becomes tile
/// instructions that leave out tiles known to be zero.  All matrices are C x C.  A step works on a
/// rectangle of their rows and columns (Extent).
class Emitter {
 public:
  /// `tile`: the edge of the blocks in which zeros are skipped, one of tile_edges().
  /// `merge_group`: the edge of the diagonal groups in which pairs of blocks are merged together, a
  /// power of two.  Default: an estimate of the cheapest.
  Emitter(const HwConfig& hw, Format format, int chunk, int tile,
          std::optional<int> merge_group = std::nullopt);
  /// With every choice of a cut.  `formats`: of the matrices by what they are for; default: all as
  /// the run.  Throws InputError where the machine cannot add linear terms so.
  Emitter(const HwConfig& hw, Format format, int chunk, const Cut& cut,
          const std::optional<MatrixFormats>& formats = std::nullopt);
  // Not copyable: OperandCodes refers to the builder.
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;

  int chunk() const { return chunk_; }
  Format format() const { return builder_.program().format; }
  /// The format in which matrices are stored: fp32 where the scales of an integer format are
  /// measured.
  Format stored_format() const { return hw().stored_format(format()); }
  /// The formats of matrices by what they are for.
  const MatrixFormats& formats() const { return formats_; }
  /// From here on products multiply this format (at first formats().operands), of which the vector
  /// unit makes copies.  Throws InputError where the machine has it not, or no such tiles for it.
  void multiply_in(Format operands);
  /// m on a rectangle as products take it: itself, or that copy.
  Matrix as_operand(const Matrix& m, Extent rows, Extent cols, bool is_whole = false);
  /// m with elements of `format` alone: itself where it has no others, else a copy.
  Matrix rounded_to(Format format, const Matrix& m);
  /// Whether scales are shared by a whole operand.  Several pairs of blocks that are multiplied at
  /// once must then not share scales with each other.
  bool scales_are_shared() const { return hw().support(format()).scaling == Scaling::kPerTensor; }
  const HwConfig& hw() const { return builder_.hw(); }
  /// Fraction bits of the residual iterate, which leaves the range of a matrix: Q2.13 for int16,
  /// Q1.6 for int8, less where matrices have integer bits.  Floats: the default.
  int iterate_fraction_bits() const;
  Extent all() const { return {0, chunk_}; }
  /// Edge of the blocks in which zeros are skipped: the one with which the machine does a strictly
  /// lower product most cheaply.
  int tile() const { return tile_; }
  std::optional<int> merge_group() const { return merge_group_; }
  LinearTerms linear_terms() const { return linear_terms_; }
  /// Whether linear terms are products with the identity, and no vector unit takes part.
  bool by_products() const {
    return linear_terms_ == LinearTerms::kProducts || linear_terms_ == LinearTerms::kKept;
  }
  /// The input A, strictly lower triangular, already in the scratchpad.
  Matrix input() const { return input_; }

  /// A new C x C matrix of the program's format.  Fixed point: with this many fraction bits
  /// (default: all bits but the sign).
  Matrix matrix(const std::string& name, Band band, int fraction_bits = -1);

  /// The same in a float format of its own.
  Matrix matrix_in(Format stored, const std::string& name, Band band);
  /// A matrix for the result, in formats().result.
  Matrix result_matrix(const std::string& name, Band band) {
    return matrix_in(formats_.result, name, band);
  }

  /// A product in the accumulators, for the epilogue that follows it.  It is valid until the next
  /// product into the same accumulator.  On a machine whose sums can start from the linear terms of
  /// that epilogue (topology.vector_to_accumulator) its instructions wait for them.
  struct Product {
    std::uint32_t accumulator = 0;
    Format operands = Format::kFp32;  // what it multiplies
    int fraction_bits = 0;            // fixed point: fraction bits of its sums
    bool skips_zeros = false;         // known zeros were not multiplied
    std::vector<Tile> tiles;          // tiles of the accumulator it wrote; all others are zero
    // With measured scales: the codes it multiplied, and the fp32 sums of its blocks of k.
    OperandCodes::Codes left, right;
    std::optional<std::uint32_t> block_sums;
    std::vector<Instruction> waiting;  // for the terms it starts from
    std::int64_t serial = 0;           // number of this product among all products
    /// What is multiplied when its terms are known, where these are products too.
    struct Operands {
      Matrix a, b;
      Extent rows, inner, cols;
      Band out;
      bool is_whole = false;
      Mask a_mask{}, b_mask{};
    };
    std::optional<Operands> later;
  };

  /// acc[rows x cols] <- a[rows x inner] b[inner x cols], only the tiles that `out` needs.  Where
  /// one product stands for several, a_kept says which entries of `a` are operands of any of them.
  /// Measured scales depend on those entries alone.
  Product product(const Matrix& a, const Matrix& b, Extent rows, Extent inner, Extent cols,
                  Band out, const Mask& a_kept = {});

  /// acc <- [acc +] keep(a_mask, a) keep(b_mask, b) as one instruction, which also multiplies known
  /// zeros.  This is for operands without a bound, and for kernels that own the array and issue it
  /// so.  A float that has overflowed times a zero is NaN, so the bits would show which zeros are
  /// skipped.  Both operands must have been written completely.
  struct WholeProduct {
    // An accumulator() to write into.  Default: the one of the emitter.
    std::optional<std::uint32_t> into{};
    std::optional<Extent> rows{}, inner{}, cols{};  // default: all
    bool accumulate = false;                        // add to the sums that are there
    bool goes_on = false;                           // another product will be added to these sums
    Mask a_mask{}, b_mask{};
  };
  Product whole_product(const Matrix& a, const Matrix& b, const WholeProduct& how);
  Product whole_product(const Matrix& a, const Matrix& b) { return whole_product(a, b, {}); }

  /// The matrix with the band of all tiles, also those above the diagonal, so that epilogue()
  /// writes them all.
  Matrix whole(const Matrix& m) const { return {m.buffer, Band{-chunk_, chunk_}}; }

  /// The whole input.  Writes zeros into the tiles above its diagonal tiles, which are not loaded.
  Matrix whole_input();
  /// A constant C x C matrix that the scratchpad holds from the launch on.
  Matrix constant(const std::string& name, Constant value);
  /// A multiple of the identity, rounded to the format.
  Matrix constant(const std::string& name, double diagonal);
  /// A further accumulator of C x C.
  std::uint32_t accumulator(const std::string& name) { return accumulator(name, format()); }
  /// Loads the whole input, including its upper triangle, with one instruction, in place of its
  /// tiles.
  void load_whole_input();
  /// Stores the whole result, including its upper triangle, with one instruction.
  void store_whole_output(const Matrix& y);
  /// dst <- keep(mask, round(acc)), C x C, through topology.accumulator_to_scratchpad.
  void read_out(const Matrix& dst, std::uint32_t accumulator, const Mask& mask = {});

  struct EpilogueOptions {
    std::optional<Product> product{};  // added last
    bool negate = false;
    bool positive_zero = false;
    bool keep_old = false;
    // With keep_old: the terms and the product are zero where the mask discards, and what dst holds
    // is zero where it keeps.  Then dst <- dst +- (terms + product) is the same.
    bool rest_is_zero = false;
    Mask mask{};
    double diagonal = 0;  // times the identity, added first
  };
  /// dst[rows x cols] <- keep(mask, round(+-(terms + product))) on the tiles in which `dst.band`
  /// can be nonzero.
  void epilogue(const Matrix& dst, const std::vector<Matrix>& terms, Extent rows, Extent cols,
                const EpilogueOptions& how);

  /// One row of forward substitution inside the diagonal block: y_i = -(a_i + sum_j a_ij y_j).  It
  /// uses row i of A and the rows of Y above it in the block.  The row is written up to the end of
  /// the block.
  void row_step(const Matrix& a, const Matrix& y, Extent block, int row);
  /// The same, where row i of `before` is the linear term for the columns left of the block:
  /// y_i = -([before_i a_i] + sum_j a_ij y_j).  The whole row is written.
  void row_step(const Matrix& a, const Matrix& y, const Matrix& before, Extent block, int row);

  /// Computes the rows of a diagonal block with the solve unit: y_i = -([before_i a_i] + sum_j a_ij
  /// y_j), as the row steps above.  It writes all rows of the block, and the columns up to its end
  /// (and the end of its tile).
  void solve(const Matrix& a, const Matrix& y, const Matrix& before, Extent block);

  /// One column k of a column sweep: subtracts a_ik y_kj from every row i > k of Y, in columns j <
  /// k.
  void column_step(const Matrix& a, const Matrix& y, int column);

  /// dst_ij <- dst_ij - a_ik y_kj for the rows i and columns j of a rectangle, each rounded to what
  /// dst stores.
  void axpy(const Matrix& a, const Matrix& y, const Matrix& dst, Extent rows, int k, Extent cols);

  /// A norm of m, in binary32 (binary64 in fp64): one element, overwritten by the next norm.
  Region norm(NormKind kind, const Matrix& m);
  /// An exit whose place is not known yet.
  struct OpenExit {
    std::size_t instruction;
    std::int64_t products;  // of the program so far
  };
  /// The items for which the condition holds skip what is emitted from here to land().  What is
  /// emitted after that may only read what was written on every way to it.
  OpenExit exit_if(const Region& value, ExitWhen when, double limit);
  OpenExit exit_always();
  void land(const OpenExit& exit);

  /// Stores the lower triangle of the result to DRAM.
  void store_output(const Matrix& y);

  /// Derives the tokens, checks the program against the machine and returns it.
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
  void add_scaled_product(const Product& product, Extent rows, Extent cols, Epilogue& op);

  void push(const Region& dst, Operation operation);
  void multiply(Product& product, const Region& dst, Matmul op);
  Epilogue start_of(const std::vector<Matrix>& terms, double diagonal, Extent rows,
                    Extent cols) const;
  bool start_sums(const Region& sums, const std::vector<Matrix>& terms, double diagonal);
  void start_from_terms(const Product& product, const std::vector<Matrix>& terms, double diagonal);
  void load_input();
  std::uint32_t add_buffer(const std::string& name, Space space, int fraction_bits);
  /// Whether the sums of products start from the linear terms of their epilogue.
  bool starts_from_terms() const { return linear_terms_ == LinearTerms::kStart; }
  Product new_product(std::uint32_t accumulator, const Matrix& a, const Matrix& b);
  Format product_format() const { return codes_ ? format() : multiplied_; }
  void check_is_there(const Product& product) const;
  std::uint32_t accumulator(const std::string& name, Format operands);
  std::uint32_t shared_accumulator(Format operands);
  const Buffer& buffer(const Matrix& m) const { return builder_.program().buffers[m.buffer]; }
  Region region(const Matrix& m, Extent rows, Extent cols) const;
  Region region(std::uint32_t buffer, Extent rows, Extent cols) const;

  // Linear terms as products with the identity (emitter_terms.cpp).
  using Sum = TermSum;
  bool adds_by_products(const Matrix& dst, const std::vector<Matrix>& terms,
                        const EpilogueOptions& how) const;
  void epilogue_by_products(const Matrix& dst, const std::vector<Matrix>& terms, Extent rows,
                            Extent cols, const EpilogueOptions& how);
  Sum sum_of(const Matrix& dst, const std::vector<Matrix>& terms, Extent rows, Extent cols,
             const EpilogueOptions& how) const;
  bool keeps_sums(const Matrix& dst, const EpilogueOptions& how, std::uint32_t acc, Sum& sum) const;
  std::vector<Tile> multiply_terms(const Sum& sum, std::uint32_t acc);
  std::vector<Tile> multiply_later(const Product& product, std::uint32_t acc,
                                   const std::vector<Tile>& started);
  void read_out_blocks(const Matrix& dst, std::uint32_t acc, const Sum& sum,
                       const std::vector<Tile>& there, const Mask& mask);
  Matrix times_identity(double factor);
  Matrix copied(const Matrix& m, Format stored, bool negate, Extent rows, Extent cols, bool whole);
  Matrix negated(const Matrix& m, Extent rows, Extent cols, bool is_whole);
  std::uint32_t next_accumulator(const Matrix& dst);
  OpenExit add_exit(Exit op);
  void forget_copies();
  Region element(const std::string& name);
  void multiply_waiting(Product& product);

  ProgramBuilder builder_;
  int chunk_;
  int tile_;
  std::optional<int> merge_group_;
  LinearTerms linear_terms_;
  MatrixFormats formats_;
  Format multiplied_;  // what products multiply
  int accumulators_;   // that products take in turn
  Matrix input_;
  std::size_t input_loads_ = 0;                          // the first instructions of the program
  std::map<Format, std::uint32_t> shared_accumulators_;  // of products of these operands
  std::optional<std::uint32_t> block_sums_;              // set by the first product of blocks of k
  std::optional<OperandCodes> codes_;                    // only with measured scales
  std::map<std::uint32_t, std::int64_t> last_product_;   // its serial, by accumulator: for checks
  std::int64_t products_ = 0;
  std::map<double, Matrix> multiples_;                                      // of the identity
  std::map<std::tuple<std::uint32_t, Format, bool>, CopiedMatrix> copies_;  // by original, negated
  std::map<std::uint32_t, std::int64_t> writes_;  // how often each buffer was written
  std::map<std::uint32_t, KeptSums> kept_;        // by accumulator
  std::optional<Region> norm_, decision_;         // set by the first of them
  std::vector<std::uint32_t> turns_;              // accumulators; the last used comes last
  std::set<std::uint32_t> written_whole_;         // matrices of steps that left out no tile
};

}  // namespace tricycle
