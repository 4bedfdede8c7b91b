// SPDX-License-Identifier: Apache-2.0
#include "workloads/emitter.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/error.h"
#include "models/isa/fits.h"

namespace tricycle {

namespace {

/// What a block of a combine adds: which terms can be non-zero there, and whether a product was
/// accumulated.
struct Addends {
  std::vector<bool> terms;
  bool product = false, diagonal = false;
  friend bool operator==(const Addends&, const Addends&) = default;
};

}  // namespace

int iterate_fraction_bits(Format format) {
  // Q2.13 in 16 bits, Q1.6 in 8: where steps are coarse, one bit of range is the better use.
  const int headroom = info(format).is_float() ? 0 : info(format).bits >= 16 ? 2 : 1;
  return info(format).default_fraction_bits() - headroom;
}

Emitter::Emitter(const HwConfig& hw, Format format, int chunk, int tile,
                 std::optional<int> merge_group)
    : hw_(hw), chunk_(chunk), tile_(tile), merge_group_(merge_group) {
  program_.format = format;
  if (hw.support(format).is_dynamic()) codes_.emplace(hw, program_, chunk, tile);
  const std::uint32_t source = add_buffer("A.dram", Space::kDram, -1);
  program_.inputs = {source};
  program_.output = add_buffer("Y.dram", Space::kDram, -1);
  input_ = matrix("A", Band{1, chunk});
  load_input();
}

std::uint32_t Emitter::add_buffer(const std::string& name, Space space, int fraction_bits) {
  Buffer b;
  b.name = name;
  b.space = space;
  b.format = space == Space::kAccumulator ? program_.format : stored_format();
  b.rows = b.cols = chunk_;
  if (!info(b.format).is_float())
    b.fraction_bits = fraction_bits >= 0 ? fraction_bits : info(b.format).default_fraction_bits();
  return append_buffer(program_, hw_, std::move(b));
}

void Emitter::push(Instruction in) {
  if (codes_) codes_->written(in.dst);
  program_.instructions.push_back(std::move(in));
}

Matrix Emitter::matrix(const std::string& name, Band band, int fraction_bits) {
  return {add_buffer(name, Space::kScratchpad, fraction_bits), band};
}

Region Emitter::region(std::uint32_t buffer, Extent rows, Extent cols) const {
  return {buffer, rows.begin, cols.begin, rows.size(), cols.size()};
}
Region Emitter::region(const Matrix& m, Extent rows, Extent cols) const {
  return region(m.buffer, rows, cols);
}

void Emitter::load_input() {
  for (const Extent& strip : blocks(all(), tile_)) {
    Instruction in;
    in.opcode = Opcode::kLoad;
    in.dst = region(input_, strip, {0, strip.end});
    in.a = region(program_.inputs[0], strip, {0, strip.end});
    push(in);
  }
}

void Emitter::load_whole_input() {
  program_.instructions.clear();
  Instruction in;
  in.opcode = Opcode::kLoad;
  in.dst = region(input_, all(), all());
  in.a = region(program_.inputs[0], all(), all());
  push(in);
}

void Emitter::store_whole_output(const Matrix& y) {
  Instruction in;
  in.opcode = Opcode::kStore;
  in.dst = region(program_.output, all(), all());
  in.a = region(y, all(), all());
  push(in);
}

void Emitter::store_output(const Matrix& y) {
  Buffer& out = program_.buffers[program_.output];
  out.fraction_bits = program_.buffers[y.buffer].fraction_bits;
  for (const Extent& strip : blocks(all(), tile_)) {
    // A last block of one row has nothing below the diagonal: its memory holds zero already.
    const Extent cols{0, y.band.touches(strip, strip) ? strip.end : strip.begin};
    if (cols.size() == 0) continue;
    Instruction in;
    in.opcode = Opcode::kStore;
    in.dst = region(program_.output, strip, cols);
    in.a = region(y, strip, cols);
    push(in);
  }
}

void Emitter::product(const Matrix& a, const Matrix& b, Extent rows, Extent inner, Extent cols,
                      Band out, const Mask& a_kept) {
  product_tiles_.clear();
  product_skips_zeros_ = true;
  ++program_.matmul_count;
  if (codes_) {
    scaled_product(a, b, {rows, inner, cols, out, a_kept});
    return;
  }
  if (!accumulator_) accumulator_ = add_buffer("acc", Space::kAccumulator, 0);
  product_fraction_bits_ =
      program_.buffers[a.buffer].fraction_bits + program_.buffers[b.buffer].fraction_bits;
  for (const TileProduct& p :
       tile_products(hw_.systolic_array.dataflow, tile_, a.band, b.band, out, rows, inner, cols)) {
    Instruction in;
    in.opcode = Opcode::kMatmul;
    in.dst = region(*accumulator_, p.rows, p.cols);
    in.a = region(a, p.rows, p.inner);
    in.b = region(b, p.inner, p.cols);
    in.accumulate = p.accumulate;
    in.useful_macs = p.useful_macs;
    push(in);
    if (!p.accumulate) product_tiles_.push_back({p.rows, p.cols});
  }
}

void Emitter::whole_product(const Matrix& a, const Matrix& b, Extent rows, Extent inner,
                            Extent cols, bool accumulate) {
  product_skips_zeros_ = false;
  ++program_.matmul_count;
  if (codes_) {
    if (accumulate)
      throw InputError(
          fmt::format("formats.{}.scaling: codes of different scales cannot be summed in one "
                      "accumulator, which "
                      "this setting of the algorithm does; choose another, or scaling=static",
                      name(format())));
    product_tiles_.clear();
    scaled_product(a, b, {rows, inner, cols, Band{-chunk_, chunk_}, {}, true});
    return;
  }
  if (!accumulator_) accumulator_ = add_buffer("acc", Space::kAccumulator, 0);
  product_fraction_bits_ =
      program_.buffers[a.buffer].fraction_bits + program_.buffers[b.buffer].fraction_bits;
  Instruction in;
  in.opcode = Opcode::kMatmul;
  in.dst = region(*accumulator_, rows, cols);
  in.a = region(a, rows, inner);
  in.b = region(b, inner, cols);
  in.accumulate = accumulate;
  in.useful_macs = useful_macs(a.band, b.band, rows, inner, cols);
  push(in);
  product_tiles_ = {{rows, cols}};
}

Matrix Emitter::whole_input() {
  for (const Extent& strip : blocks(all(), tile_))
    if (strip.end < chunk_)
      combine({input_.buffer, Band{-chunk_, -1}}, {}, strip, {strip.end, chunk_}, {});
  return input_;
}

Matrix Emitter::constant(const std::string& name, Constant value) {
  const Matrix m{add_buffer(name, Space::kScratchpad, -1), Band{0, 0}};
  program_.buffers[m.buffer].constant = value;
  return m;
}

std::uint32_t Emitter::accumulator(const std::string& name) {
  return add_buffer(name, Space::kAccumulator, 0);
}

void Emitter::whole_product(std::uint32_t accumulator, const Matrix& a, const Matrix& b,
                            const WholeProduct& how) {
  ++program_.matmul_count;
  Instruction in;
  in.opcode = Opcode::kMatmul;
  in.dst = region(accumulator, all(), all());
  in.a = region(a, all(), all());
  in.b = region(b, all(), all());
  in.a_mask = how.a_mask;
  in.b_mask = how.b_mask;
  in.accumulate = how.accumulate;
  in.useful_macs = useful_macs(a.band, b.band, all(), all(), all());
  push(in);
}

void Emitter::read_out(const Matrix& dst, std::uint32_t accumulator, const Mask& mask) {
  Instruction in;
  in.opcode = Opcode::kReadOut;
  in.dst = region(dst, all(), all());
  in.accumulator = region(accumulator, all(), all());
  in.mask = mask;
  push(in);
}

void Emitter::combine(const Matrix& dst, const std::vector<Matrix>& terms, Extent rows, Extent cols,
                      const Combine& how) {
  // Of the sum, whatever a block leaves out of it.
  int fraction_bits = how.use_product ? product_fraction_bits_ : 0;
  for (const Matrix& term : terms)
    fraction_bits = std::max(fraction_bits, program_.buffers[term.buffer].fraction_bits);
  const auto addends = [&](Extent r, Extent c) {
    Addends out;
    for (const Matrix& term : terms) out.terms.push_back(term.band.touches(r, c));
    out.product = how.use_product &&
                  std::any_of(product_tiles_.begin(), product_tiles_.end(), [&](const Tile& t) {
                    return t.rows.begin <= r.begin && r.end <= t.rows.end &&
                           t.cols.begin <= c.begin && c.end <= t.cols.end;
                  });
    out.diagonal = how.diagonal != 0 && Band{0, 0}.touches(r, c);
    return out;
  };
  const auto emit = [&](Extent r, Extent c, const Addends& what) {
    Instruction in;
    in.opcode = Opcode::kCombine;
    in.dst = region(dst, r, c);
    for (std::size_t t = 0; t < terms.size(); ++t)
      if (what.terms[t]) in.terms.push_back(region(terms[t], r, c));
    if (what.product && codes_)
      add_scaled_product(in, r, c);
    else if (what.product)
      in.accumulator = region(*accumulator_, r, c);
    in.accumulator_fraction_bits = fraction_bits;
    if (what.diagonal) in.diagonal = how.diagonal;
    // What a cut leaves out is +0; so are sums of products that underflowed, else they would show
    // by their sign whether products of zeros came behind them.
    in.zero_accumulator = (how.use_product && (!what.product || product_skips_zeros_)) ||
                          in.terms.size() < terms.size() || (in.terms.empty() && !what.product);
    in.negate = how.negate;
    in.positive_zero = how.positive_zero;
    in.keep_old = how.keep_old;
    in.mask = how.mask;
    push(in);
  };
  const std::vector<Extent> columns = blocks(cols, tile_);
  for (const Extent& r : blocks(rows, tile_)) {
    for (std::size_t first = 0; first < columns.size();) {
      if (!dst.band.touches(r, columns[first])) {
        ++first;
        continue;
      }
      const Addends what = addends(r, columns[first]);
      std::size_t last = first;
      while (last + 1 < columns.size() && dst.band.touches(r, columns[last + 1]) &&
             addends(r, columns[last + 1]) == what)
        ++last;
      emit(r, {columns[first].begin, columns[last].end}, what);
      first = last + 1;
    }
  }
}

void Emitter::row_step(const Matrix& a, const Matrix& y, Extent block, int row) {
  Instruction in;
  in.opcode = Opcode::kRowStep;
  in.dst = region(y, {row, row + 1}, block);
  in.a = region(a, {row, row + 1}, {block.begin, row});
  in.b = region(y, {block.begin, row}, {block.begin, row});
  const std::int64_t above = row - block.begin;
  in.useful_macs = above * (above - 1) / 2;  // row j of the block has j entries in it
  push(in);
}

void Emitter::row_step(const Matrix& a, const Matrix& y, const Matrix& before, Extent block,
                       int row) {
  Instruction in;
  in.opcode = Opcode::kRowStep;
  in.dst = region(y, {row, row + 1}, all());
  in.a = region(a, {row, row + 1}, {block.begin, row});
  in.b = region(y, {block.begin, row}, {0, row});
  if (block.begin > 0) in.terms.push_back(region(before, {row, row + 1}, {0, block.begin}));
  if (block.begin > 0 && row > block.begin) in.terms.push_back(in.a);
  for (int j = block.begin; j < row; ++j) in.useful_macs += j;  // row j has j entries
  push(in);
}

void Emitter::column_step(const Matrix& a, const Matrix& y, int column) {
  Instruction in;
  in.opcode = Opcode::kColumnStep;
  const Extent below{column + 1, chunk_}, known{0, column};
  in.dst = region(y, below, known);
  in.a = region(a, below, {column, column + 1});
  in.b = region(y, {column, column + 1}, known);
  in.useful_macs = in.dst.elements();
  push(in);
}

Program Emitter::finish() {
  check_fits(program_, hw_);  // before what takes long where there are many instructions
  derive_tokens(program_);
  validate(program_, hw_);
  return std::move(program_);
}

}  // namespace tricycle
