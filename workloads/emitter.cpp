// SPDX-License-Identifier: Apache-2.0
#include "workloads/emitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "models/error.h"
#include "workloads/block_runs.h"

namespace tricycle {

namespace {

/// What a block of an epilogue adds: which terms can be non-zero there, and whether a product was
/// accumulated.
struct Addends {
  std::vector<bool> terms;
  bool product = false, diagonal = false;
  friend bool operator==(const Addends&, const Addends&) = default;
};

/// The estimated cheapest edge, or the next one that suits all formats.
int cheap_tile(const HwConfig& hw, Format format, const MatrixFormats& formats, int chunk) {
  const std::vector<int> edges = tile_edges(hw, format, formats, chunk);
  const auto at = std::lower_bound(edges.begin(), edges.end(), cheapest_tile(hw, format, chunk));
  return at == edges.end() ? edges.back() : *at;
}

}  // namespace

int Emitter::iterate_fraction_bits() const {
  const Format format = stored_format();
  // Q2.13 in 16 bits, Q1.6 in 8: where steps are coarse, one bit of range is the better use.
  const int headroom = info(format).is_float() ? 0 : info(format).bits >= 16 ? 2 : 1;
  return hw().stored_fraction_bits(format) - headroom;
}

Emitter::Emitter(const HwConfig& hw, Format format, int chunk, int tile,
                 std::optional<int> merge_group)
    : Emitter(hw, format, chunk, Cut{.tile = tile, .merge_group = merge_group}) {}

Emitter::Emitter(const HwConfig& hw, Format format, int chunk, const Cut& cut,
                 const std::optional<MatrixFormats>& formats)
    : builder_(hw, format),
      chunk_(chunk),
      tile_(cut.tile.value_or(0)),
      merge_group_(cut.merge_group),
      linear_terms_(cut.linear_terms.value_or(linear_terms_on(hw, format).front())),
      formats_(formats ? *formats : matrix_formats({}, format, hw)),
      multiplied_(hw.stored_format(format)),
      accumulators_(cut.accumulators.value_or(1)) {
  check_linear_terms(hw, format, linear_terms_);
  if (!cut.tile) tile_ = cheap_tile(hw, format, formats_, chunk);
  if (hw.support(format).is_dynamic()) codes_.emplace(builder_, chunk, tile_);
  multiply_in(formats_.operands);
  const std::uint32_t source = add_buffer("A.dram", Space::kDram, -1);
  builder_.program().buffers[source].format = formats_.input;
  builder_.program().inputs = {source};
  builder_.program().output = add_buffer("Y.dram", Space::kDram, -1);
  input_ = matrix_in(formats_.input, "A", Band{1, chunk});
  load_input();
}

std::uint32_t Emitter::add_buffer(const std::string& name, Space space, int fraction_bits) {
  Buffer b{.name = name,
           .space = space,
           .format = space == Space::kAccumulator ? format() : stored_format(),
           .rows = chunk_,
           .cols = chunk_};
  if (!info(b.format).is_float())
    b.fraction_bits = fraction_bits >= 0 ? fraction_bits : hw().stored_fraction_bits(b.format);
  return builder_.add(std::move(b)).buffer;
}

void Emitter::push(const Region& dst, Operation operation) {
  if (codes_) codes_->written(dst);
  ++writes_[dst.buffer];
  kept_.erase(dst.buffer);
  std::erase_if(kept_, [&](const auto& sums) { return sums.second.buffer == dst.buffer; });
  builder_.push(dst, std::move(operation));
}

Matrix Emitter::matrix(const std::string& name, Band band, int fraction_bits) {
  return {add_buffer(name, Space::kScratchpad, fraction_bits), band};
}

Matrix Emitter::matrix_in(Format stored, const std::string& name, Band band) {
  const Matrix m = matrix(name, band);
  builder_.program().buffers[m.buffer].format = stored;
  return m;
}

Region Emitter::region(std::uint32_t buffer, Extent rows, Extent cols) const {
  return {buffer, rows.begin, cols.begin, rows.size(), cols.size()};
}
Region Emitter::region(const Matrix& m, Extent rows, Extent cols) const {
  return region(m.buffer, rows, cols);
}

void Emitter::load_input() {
  const std::uint32_t source = builder_.program().inputs[0];
  for (const Extent& strip : blocks(all(), tile_))
    push(region(input_, strip, {0, strip.end}), Load{region(source, strip, {0, strip.end})});
  input_loads_ = builder_.program().instructions.size();
}

void Emitter::load_whole_input() {
  std::vector<Instruction>& program = builder_.program().instructions;
  program.erase(program.begin(), program.begin() + static_cast<std::ptrdiff_t>(input_loads_));
  const Region source{builder_.program().inputs[0], 0, 0, chunk_, chunk_};
  program.insert(program.begin(), Instruction{region(input_, all(), all()), Load{source}});
  input_loads_ = 1;
}

void Emitter::store_whole_output(const Matrix& y) {
  builder_.program().buffers[builder_.program().output].format = buffer(y).format;
  push(region(builder_.program().output, all(), all()), Store{region(y, all(), all())});
}

void Emitter::axpy(const Matrix& a, const Matrix& y, const Matrix& dst, Extent rows, int k,
                   Extent cols) {
  const Region to = region(dst, rows, cols);
  push(to, ColumnStep{.a = region(a, rows, {k, k + 1}),
                      .y = region(y, {k, k + 1}, cols),
                      .useful_macs = to.elements()});
}

void Emitter::store_output(const Matrix& y) {
  const std::uint32_t output = builder_.program().output;
  builder_.program().buffers[output].format = buffer(y).format;
  builder_.program().buffers[output].fraction_bits = buffer(y).fraction_bits;
  for (const Extent& strip : blocks(all(), tile_)) {
    // A last block of one row has nothing below the diagonal: its memory holds zero already.
    const Extent cols{0, y.band.touches(strip, strip) ? strip.end : strip.begin};
    if (cols.size() > 0) push(region(output, strip, cols), Store{region(y, strip, cols)});
  }
}

std::uint32_t Emitter::shared_accumulator(Format operands) {
  const auto known = shared_accumulators_.find(operands);
  if (known != shared_accumulators_.end()) return known->second;
  const std::string name =
      operands == format() ? "acc" : fmt::format("acc.{}", tricycle::name(operands));
  return shared_accumulators_.emplace(operands, accumulator(name, operands)).first->second;
}

void Emitter::multiply_in(Format operands) {
  if (operands == multiplied_) return;
  check_format(hw(), operands);
  const std::vector<int> edges = tile_edges(hw(), operands, chunk_);
  if (std::find(edges.begin(), edges.end(), tile_) == edges.end())
    throw InputError(fmt::format(
        "{}: sums of {} are made in other passes than those of {}, so that tiles of {} would show "
        "in the bits; choose another format for the products, or formats.{}.order=sequential",
        hw().name, name(operands), name(format()), tile_, name(operands)));
  multiplied_ = operands;
}

Matrix Emitter::whole_input() {
  if (by_products()) {
    load_whole_input();
    return input_;
  }
  for (const Extent& strip : blocks(all(), tile_))
    if (strip.end < chunk_)
      epilogue({input_.buffer, Band{-chunk_, -1}}, {}, strip, {strip.end, chunk_}, {});
  return input_;
}

Matrix Emitter::constant(const std::string& name, Constant value) {
  const Matrix m{add_buffer(name, Space::kScratchpad, -1), Band{0, 0}};
  builder_.program().buffers[m.buffer].constant = value;
  return m;
}

Matrix Emitter::constant(const std::string& name, double diagonal) {
  const bool is_unit = diagonal == 1 || diagonal == -1;
  const Matrix m = constant(name, !is_unit       ? Constant::kScaledIdentity
                                  : diagonal > 0 ? Constant::kIdentity
                                                 : Constant::kMinusIdentity);
  if (!is_unit) builder_.program().buffers[m.buffer].scale = diagonal;
  return m;
}

std::uint32_t Emitter::accumulator(const std::string& name, Format operands) {
  const std::uint32_t added = add_buffer(name, Space::kAccumulator, 0);
  builder_.program().buffers[added].format = operands;
  return added;
}

void Emitter::read_out(const Matrix& dst, std::uint32_t accumulator, const Mask& mask) {
  push(region(dst, all(), all()),
       ReadOut{.accumulator = region(accumulator, all(), all()), .mask = mask});
}

void Emitter::epilogue(const Matrix& dst, const std::vector<Matrix>& terms, Extent rows,
                       Extent cols, const EpilogueOptions& how) {
  if (adds_by_products(dst, terms, how)) {
    epilogue_by_products(dst, terms, rows, cols, how);
    return;
  }
  std::optional<Product> made = how.product;
  if (made && made->later) multiply_waiting(*made);
  const Product* product = made ? &*made : nullptr;
  if (product != nullptr) check_is_there(*product);
  const bool started = product != nullptr && !product->waiting.empty();
  if (started) start_from_terms(*product, terms, how.diagonal);
  // Of the sum, whatever a block leaves out of it.
  int fraction_bits = product != nullptr ? product->fraction_bits : 0;
  for (const Matrix& term : terms)
    fraction_bits = std::max(fraction_bits, buffer(term).fraction_bits);
  const auto addends = [&](Extent r, Extent c) {
    Addends out;
    for (const Matrix& term : terms) out.terms.push_back(term.band.touches(r, c));
    out.product = product != nullptr && some_holds(product->tiles, r, c);
    out.diagonal = how.diagonal != 0 && Band{0, 0}.touches(r, c);
    return out;
  };
  const auto emit = [&](Extent r, Extent c, const Addends& what) {
    Epilogue op{.sum_fraction_bits = fraction_bits,
                .negate = how.negate,
                .positive_zero = how.positive_zero,
                .keep_old = how.keep_old,
                .mask = how.mask};
    const bool in_the_sums = started && what.product;
    for (std::size_t t = 0; t < terms.size(); ++t)
      if (what.terms[t] && !in_the_sums) op.terms.push_back(region(terms[t], r, c));
    if (what.product && codes_)
      add_scaled_product(*product, r, c, op);
    else if (what.product)
      op.accumulator = region(product->accumulator, r, c);
    if (what.diagonal && !in_the_sums) op.diagonal = how.diagonal;
    // What a cut leaves out is +0; so are sums of products that underflowed, else they would show
    // by their sign whether products of zeros came behind them.
    op.zero_accumulator = (product != nullptr && (!what.product || product->skips_zeros)) ||
                          op.terms.size() < terms.size() || (op.terms.empty() && !what.product);
    push(region(dst, r, c), std::move(op));
  };
  for_runs(dst.band, rows, cols, tile_, addends, emit);
}

/// A product whose terms the vector unit adds after all.
void Emitter::multiply_waiting(Product& product) {
  product.accumulator = shared_accumulator(product.operands);
  product.serial = last_product_[product.accumulator] = ++products_;
  product.tiles = multiply_later(product, product.accumulator, {});
  product.later.reset();
}

void Emitter::row_step(const Matrix& a, const Matrix& y, Extent block, int row) {
  const Extent above{block.begin, row}, own{row, row + 1};
  const std::int64_t rows = above.size();
  push(region(y, own, block), RowStep{.a = region(a, own, above),
                                      .y = region(y, above, above),
                                      // Row j of the block has j entries in it.
                                      .useful_macs = rows * (rows - 1) / 2});
}

void Emitter::row_step(const Matrix& a, const Matrix& y, const Matrix& before, Extent block,
                       int row) {
  const Extent above{block.begin, row}, own{row, row + 1};
  RowStep op{.a = region(a, own, above), .y = region(y, above, {0, row})};
  if (block.begin > 0) op.linear.push_back(region(before, own, {0, block.begin}));
  if (block.begin > 0 && row > block.begin) op.linear.push_back(op.a);
  for (int j = block.begin; j < row; ++j) op.useful_macs += j;  // row j has j entries
  push(region(y, own, all()), std::move(op));
}

void Emitter::solve(const Matrix& a, const Matrix& y, const Matrix& before, Extent block) {
  Solve op{.a = region(a, block, block)};
  if (block.begin > 0) op.linear.push_back(region(before, block, {0, block.begin}));
  // Whole tiles are read and stored: zeros to the end of the last.
  const int end = std::min(chunk_, (block.end + tile_ - 1) / tile_ * tile_);
  push(region(y, block, {0, end}), std::move(op));
}

void Emitter::column_step(const Matrix& a, const Matrix& y, int column) {
  const Extent below{column + 1, chunk_}, known{0, column};
  const Region dst = region(y, below, known);
  push(dst, ColumnStep{.a = region(a, below, {column, column + 1}),
                       .y = region(y, {column, column + 1}, known),
                       .useful_macs = dst.elements()});
}

Program Emitter::finish() { return builder_.finish(); }

}  // namespace tricycle
