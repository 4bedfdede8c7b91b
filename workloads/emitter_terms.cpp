// SPDX-License-Identifier: Apache-2.0
//
// Steps of an inversion whose linear terms are products with the identity:
//   acc <- (+-I) L;  acc <- acc + a b;  dst <- keep(mask, round(acc))
// A negated product has one operand negated, which is exact.  What is waiting for its terms is a
// Product with `later`.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/error.h"
#include "models/numerics/mac.h"
#include "workloads/block_runs.h"
#include "workloads/emitter.h"

namespace tricycle {

namespace {

bool same_extent(Extent a, Extent b) { return a.begin == b.begin && a.end == b.end; }

}  // namespace

/// Whether a step can do without the vector unit.
bool Emitter::adds_by_products(const Matrix& dst, const std::vector<Matrix>& terms,
                               const EpilogueOptions& how) const {
  if (!by_products() || (how.keep_old && !how.rest_is_zero)) return false;
  const bool later = how.product && how.product->later;
  if (terms.empty() && how.diagonal == 0 && !later) return false;
  if (how.product && !later && (how.negate || how.keep_old)) return false;
  if (how.product && how.product->operands != format()) return false;
  return buffer(dst).format == format() &&
         std::all_of(terms.begin(), terms.end(),
                     [&](const Matrix& m) { return buffer(m).format == format(); });
}

/// A multiple of the identity.
Matrix Emitter::times_identity(double factor) {
  const auto known = multiples_.find(factor);
  if (known != multiples_.end()) return known->second;
  return multiples_.emplace(factor, constant(fmt::format("I{}", factor), factor)).first->second;
}

/// +-m on a rectangle in a format, made again only where m has been written since.
Matrix Emitter::copied(const Matrix& m, Format stored, bool negate, Extent rows, Extent cols,
                       bool is_whole) {
  const auto [known, added] = copies_.try_emplace({m.buffer, stored, negate});
  CopiedMatrix& copy = known->second;
  if (added) {
    const std::string suffix =
        stored == buffer(m).format ? "" : fmt::format(".{}", tricycle::name(stored));
    copy.buffer = matrix_in(stored, (negate ? "-" : "") + buffer(m).name + suffix, m.band).buffer;
  }
  const Matrix out{copy.buffer, m.band};
  const bool there = !added && copy.of == writes_[m.buffer] && copy.band == m.band &&
                     is_inside(rows, copy.rows) && is_inside(cols, copy.cols);
  if (there) return out;
  if (is_whole) written_whole_.insert(m.buffer);
  epilogue(is_whole ? whole(out) : out, {m}, rows, cols, {.negate = negate});
  copy = {out.buffer, rows, cols, m.band, writes_[m.buffer]};
  return out;
}

Matrix Emitter::negated(const Matrix& m, Extent rows, Extent cols, bool is_whole) {
  return copied(m, buffer(m).format, true, rows, cols, is_whole);
}

Matrix Emitter::as_operand(const Matrix& m, Extent rows, Extent cols, bool is_whole) {
  if (codes_ || buffer(m).format == multiplied_) return m;
  return copied(m, multiplied_, false, rows, cols, is_whole);
}

Matrix Emitter::rounded_to(Format format, const Matrix& m) {
  const FormatInfo &from = info(buffer(m).format), &to = info(format);
  const bool holds =
      from.exponent_bits <= to.exponent_bits && from.mantissa_bits <= to.mantissa_bits;
  return from.id == to.id || holds ? m : copied(m, format, false, all(), all(), false);
}

/// The accumulator of a step: the one that holds the sums of dst, an unused one, or the one whose
/// sums are the oldest.
std::uint32_t Emitter::next_accumulator(const Matrix& dst) {
  const auto count =
      static_cast<std::size_t>(linear_terms_ == LinearTerms::kKept ? 2 : accumulators_);
  for (const std::uint32_t acc : turns_)
    if (const auto kept = kept_.find(acc); kept != kept_.end() && kept->second.buffer == dst.buffer)
      return acc;
  if (turns_.size() < count)
    turns_.push_back(turns_.empty() ? shared_accumulator(format()) : accumulator("acc.next"));
  else
    std::rotate(turns_.begin(), turns_.begin() + 1, turns_.end());
  return turns_.back();
}

/// What the blocks of a step start from, in the accumulator.  Returns the tiles that have a start.
std::vector<Tile> Emitter::multiply_terms(const Sum& sum, std::uint32_t acc) {
  std::vector<Tile> started;
  const auto multiply_by = [&](const Matrix& left, const Matrix& right, Extent r, Extent c,
                               bool first) {
    push(region(acc, r, c), Matmul{.a = region(left, r, r),
                                   .b = region(right, r, c),
                                   .accumulate = !first || sum.goes_on,
                                   .useful_macs = useful_macs(Band{0, 0}, right.band, r, r, c)});
  };
  const auto touched = [&](Extent r, Extent c) {
    std::vector<bool> out{sum.diagonal != 0 && Band{0, 0}.touches(r, c)};
    for (const LinearTerm& t : sum.terms)
      out.push_back(t.times != 0 && t.matrix.band.touches(r, c));
    return out;
  };
  const auto emit = [&](Extent r, Extent c, const std::vector<bool>& what) {
    bool first = true;
    const auto add = [&](const Matrix& left, const Matrix& right) {
      multiply_by(left, right, r, c, first);
      first = false;
    };
    if (what[0]) {
      const bool unit = sum.diagonal == 1 || sum.diagonal == -1;
      add(times_identity(unit ? 1 : sum.diagonal), times_identity(unit ? sum.diagonal : 1));
    }
    for (std::size_t t = 0; t < sum.terms.size(); ++t)
      if (what[t + 1]) add(times_identity(sum.terms[t].times), sum.terms[t].matrix);
    if (!first) started.push_back({r, c});
  };
  if (sum.is_whole) {
    emit(sum.rows, sum.cols, touched(sum.rows, sum.cols));
    return started;
  }
  const std::vector<Extent> columns = blocks(sum.cols, tile_);
  for (const Extent& r : blocks(sum.rows, tile_))
    for (std::size_t first = 0; first < columns.size();) {
      const std::vector<bool> what = touched(r, columns[first]);
      const bool needed = sum.out.touches(r, columns[first]);
      std::size_t last = first;
      while (last + 1 < columns.size() && touched(r, columns[last + 1]) == what &&
             sum.out.touches(r, columns[last + 1]) == needed)
        ++last;
      if (needed) emit(r, {columns[first].begin, columns[last].end}, what);
      first = last + 1;
    }
  return started;
}

/// What a step adds up, without its product.
Emitter::Sum Emitter::sum_of(const Matrix& dst, const std::vector<Matrix>& terms, Extent rows,
                             Extent cols, const EpilogueOptions& how) const {
  const double sign = how.negate ? -1 : 1;
  Sum sum{rows, cols, dst.band, {}, sign * how.diagonal};
  for (const Matrix& m : terms) {
    const auto twice = std::find_if(sum.terms.begin(), sum.terms.end(), [&](const LinearTerm& t) {
      return t.matrix.buffer == m.buffer;
    });
    if (twice == sum.terms.end())
      sum.terms.push_back({m, sign});
    else
      twice->times += sign;
  }
  if (how.keep_old) sum.terms.push_back({dst, 1});
  const bool known = how.product && how.product->later;
  // What has no bound is multiplied whole: else NaN would show the tiles.
  sum.is_whole = known ? how.product->later->is_whole
                       : dst.band.min <= -chunk_ ||
                             std::any_of(terms.begin(), terms.end(), [&](const Matrix& m) {
                               return written_whole_.contains(m.buffer);
                             });
  return sum;
}

/// Leaves out the old dst where its sums are still in the accumulator.
bool Emitter::keeps_sums(const Matrix& dst, const EpilogueOptions& how, std::uint32_t acc,
                         Sum& sum) const {
  const auto kept = kept_.find(acc);
  if (linear_terms_ != LinearTerms::kKept || !sum.is_whole || kept == kept_.end()) return false;
  const KeptSums& old = kept->second;
  if (old.buffer != dst.buffer || !same_extent(old.rows, sum.rows) ||
      !same_extent(old.cols, sum.cols) || old.mask != how.mask)
    return false;
  return std::erase_if(sum.terms, [&](const LinearTerm& t) {
           return t.matrix.buffer == dst.buffer && t.times == 1;
         }) > 0;
}

/// Adds a product to what the tiles `started` hold.  Returns the tiles it wrote.
std::vector<Tile> Emitter::multiply_later(const Product& product, std::uint32_t acc,
                                          const std::vector<Tile>& started) {
  std::vector<Tile> written;
  const Product::Operands& p = *product.later;
  if (p.is_whole) {
    push(region(acc, p.rows, p.cols),
         Matmul{.a = region(p.a, p.rows, p.inner),
                .b = region(p.b, p.inner, p.cols),
                .a_mask = p.a_mask,
                .b_mask = p.b_mask,
                .accumulate = !started.empty(),
                .useful_macs = useful_macs(p.a.band, p.b.band, p.rows, p.inner, p.cols)});
    return {{p.rows, p.cols}};
  }
  for (const TileProduct& t :
       tile_products(hw().systolic_array.dataflow, tile_, p.a.band, p.b.band, p.out, p.rows,
                     blocks(p.inner, tile_), p.cols, started)) {
    push(region(acc, t.rows, t.cols), Matmul{.a = region(p.a, t.rows, t.inner),
                                             .b = region(p.b, t.inner, t.cols),
                                             .accumulate = t.accumulate,
                                             .useful_macs = t.useful_macs});
    written.push_back({t.rows, t.cols});
  }
  return written;
}

/// The blocks of dst, from the accumulator; zeros where it has none.
void Emitter::read_out_blocks(const Matrix& dst, std::uint32_t acc, const Sum& sum,
                              const std::vector<Tile>& there, const Mask& mask) {
  const int edge = dst.band.min <= -chunk_ && sum.is_whole ? chunk_ : tile_;
  const auto has = [&](Extent r, Extent c) {
    if (sum.is_whole) return !there.empty();
    const std::vector<Extent> columns = blocks(c, tile_);
    return std::all_of(columns.begin(), columns.end(),
                       [&](Extent column) { return some_holds(there, r, column); });
  };
  for_runs(dst.band, sum.rows, sum.cols, edge, has, [&](Extent r, Extent c, bool summed) {
    if (summed)
      push(region(dst, r, c), ReadOut{.accumulator = region(acc, r, c), .mask = mask});
    else
      push(region(dst, r, c), Epilogue{.zero_accumulator = true});
  });
}

void Emitter::epilogue_by_products(const Matrix& dst, const std::vector<Matrix>& terms, Extent rows,
                                   Extent cols, const EpilogueOptions& how) {
  std::optional<Product> product = how.product;
  const bool later = product && product->later;
  if (later && how.negate) {
    Product::Operands& p = *product->later;
    if (p.b.buffer == input_.buffer)
      p.b = negated(p.b, p.inner, p.cols, p.is_whole);
    else
      p.a = negated(p.a, p.rows, p.inner, p.is_whole);
  }
  Sum sum = sum_of(dst, terms, rows, cols, how);
  if (!sum.is_whole && !zero_steps_keep(hw().mac_spec(format()), Kept::kTerms))
    throw InputError(
        fmt::format("{}: linear terms as products in {}: steps of zeros round the sums, so that "
                    "bits would depend on the tiles; use --linear-terms vector",
                    hw().name, name(format())));
  if (sum.is_whole)
    for (const LinearTerm& t : sum.terms)
      if (t.matrix.buffer == input_.buffer) load_whole_input();
  // A product that is in its accumulator already is what the terms are added to.
  const std::uint32_t acc = product && !later ? product->accumulator : next_accumulator(dst);
  const bool kept = later && keeps_sums(dst, how, acc, sum);
  sum.goes_on = kept || (product && !later);
  std::vector<Tile> there = multiply_terms(sum, acc);
  if (kept) there.assign(1, {rows, cols});
  if (later) {
    const std::vector<Tile> made = multiply_later(*product, acc, there);
    there.insert(there.end(), made.begin(), made.end());
  }
  if (product && !later) there.insert(there.end(), product->tiles.begin(), product->tiles.end());
  read_out_blocks(dst, acc, sum, there, how.keep_old ? Mask{} : how.mask);
  if (sum.is_whole) written_whole_.insert(dst.buffer);
  if (!there.empty()) kept_[acc] = {dst.buffer, rows, cols, how.mask};
}

}  // namespace tricycle
