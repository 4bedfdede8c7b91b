// SPDX-License-Identifier: Apache-2.0
#include "sim/units/pe_output_stationary.h"

namespace tricycle {

template <typename T>
OutputStationaryPeArray<T>::OutputStationaryPeArray(const HwConfig& hw, Format format)
    : spec_(hw.mac_spec(format)),
      double_buffered_(hw.systolic_array.overlap == Overlap::kPreload),
      chained_(sums_are_chained(spec_)),
      shift_(hw.systolic_array.drain_shift),
      start_(hw.systolic_array.drain_start),
      rows_(hw.systolic_array.rows),
      cols_(hw.systolic_array.cols),
      depth_(hw.depth(format)),
      beats_(hw.support(format).passes),
      pe_latency_(hw.systolic_array.pe_latency),
      pass_head_(hw.systolic_array.pass_head_cycles),
      moving_(rows_, cols_, 1),
      a_words_(rows_, cols_, depth_),
      b_words_(rows_, cols_, depth_),
      sums_(rows_, cols_, 1),
      finishing_(rows_, cols_, pe_latency_),
      out_(rows_, cols_, 1),
      feed_(std::max(rows_, cols_)),
      exit_(hw.systolic_array.drain_registers),
      shifts_left_(static_cast<std::size_t>(std::max(rows_, cols_)), 0) {}

template <typename T>
void OutputStationaryPeArray<T>::submit(const PeProduct<T>& p) {
  const std::int64_t steps = (p.a.cols + depth_ - 1) / depth_;
  for (std::int64_t row = 0; row < p.a.rows; row += rows_)
    for (std::int64_t column = 0; column < p.b.cols; column += cols_)
      passes_.push_back({p, row, column, std::min(rows_, p.a.rows - row),
                         std::min(cols_, p.b.cols - column), steps,
                         row + rows_ >= p.a.rows && column + cols_ >= p.b.cols, rows_ * cols_});
}

/// Whether the next tile may start.  Single-buffered: when the array is empty.  Double-buffered:
/// when no finished sum can meet one of the tile before in an output register.
template <typename T>
bool OutputStationaryPeArray<T>::may_start_next() const {
  if (!started_) return true;
  if (!double_buffered_) return passes_[next_ - 1].due == 0;
  std::int64_t apart = feed_clocks_;
  if (shift_ != DrainShift::kNone) {
    // A chain is free once it has shifted its whole length.  It begins after the wavefront, or when
    // the last PE of the array is done.
    const std::int64_t wait = start_ == DrainStart::kLast ? rows_ + cols_ - 2 : 0;
    // Tiles of one product take equally many steps, so their sums finish as far apart as they
    // start.  Nothing is known of the next product: it may be a single step long.
    const std::int64_t sooner = passes_[next_ - 1].last ? feed_clocks_ - 1 : 0;
    apart = std::max(apart, sooner + wait + chain_length());
  }
  return now_ >= start_clock_ + apart;
}

template <typename T>
auto OutputStationaryPeArray<T>::next_step() -> Moving {
  if (next_ == passes_.size()) return {};
  const bool starts = step_ == 0 && beat_ == 0;
  if (starts && (!may_start_next() || head_++ < pass_head_)) return {};
  const Pass& p = passes_[next_];
  if (starts) {
    head_ = 0;
    start_clock_ = now_;
    feed_clocks_ = p.steps * beats_;
    started_ = true;
  }
  const bool multiplies = beat_ == beats_ - 1;
  const Moving moving{static_cast<std::int32_t>(next_), step_, step_ == 0, multiplies,
                      multiplies && step_ == p.steps - 1};
  if (++beat_ == beats_) {
    beat_ = 0;
    if (++step_ == p.steps) {
      step_ = 0;
      ++next_;
    }
  }
  return moving;
}

/// One clock.  Every register takes its new value from old values of its neighbours, so the loop
/// goes from the bottom right to the top left.  Finished sums move before new ones are captured.
template <typename T>
void OutputStationaryPeArray<T>::clock() {
  feed_.push(next_step());
  clock_drain();
  for (std::int64_t r = rows_ - 1; r >= 0; --r)
    for (std::int64_t c = cols_ - 1; c >= 0; --c) clock_pe(r, c);
  exit_.clock(now_, [&](const Partial<Sum>& partial) { write_output(partial); });
  ++now_;
}

template <typename T>
void OutputStationaryPeArray<T>::clock_pe(std::int64_t r, std::int64_t c) {
  // 1. A comes from the left, B from above; both carry the same step.
  const Moving moving = c == 0 ? feed_.delayed(r) : *moving_.at(r, c - 1);
  *moving_.at(r, c) = moving;
  Partial<Sum> finished;
  if (moving.pass != kBubble) {
    if (c == 0)
      fetch_a(moving, r, a_words_.at(r, c));
    else
      a_words_.copy(r, c, a_words_.at(r, c - 1));
    if (r == 0)
      fetch_b(moving, c, b_words_.at(r, c));
    else
      b_words_.copy(r, c, b_words_.at(r - 1, c));
    // 2. The sum of this PE.
    if (moving.multiplies) accumulate(r, c, moving);
    if (moving.last) finished = {moving.pass, r, c, *sums_.at(r, c)};
  }
  // 3. A finished sum leaves the PE's pipeline pe_latency clocks after its last operands came.
  Partial<Sum>* stages = finishing_.at(r, c);
  std::move_backward(stages, stages + pe_latency_ - 1, stages + pe_latency_);
  stages[0] = finished;
  if (stages[pe_latency_ - 1].pass != kBubble) capture(r, c, stages[pe_latency_ - 1]);
}

template <typename T>
void OutputStationaryPeArray<T>::accumulate(std::int64_t r, std::int64_t c, const Moving& moving) {
  const Pass& p = pass(moving.pass);
  if (r >= p.rows || c >= p.columns) return;
  Sum& sum = *sums_.at(r, c);
  if (moving.first)
    sum = chained_ && p.product.accumulate ? p.product.acc.row(p.row + r)[p.column + c] : Sum{0};
  const std::int64_t count = std::min(depth_, p.product.a.cols - moving.step * depth_);
  const T *a = a_words_.at(r, c), *b = b_words_.at(r, c);
  sum = add_products<T>(spec_, a, b, 1, count, sum);
}

template <typename T>
void OutputStationaryPeArray<T>::capture(std::int64_t r, std::int64_t c,
                                         const Partial<Sum>& finished) {
  if (shift_ == DrainShift::kNone) {
    exit_.enter(now_, finished);
    return;
  }
  *out_.at(r, c) = finished;
  // The PE that ends a chain's wait starts it: the chain's last, or the array's last.
  if (start_ == DrainStart::kLast) {
    if (r == rows_ - 1 && c == cols_ - 1)
      std::fill(shifts_left_.begin(), shifts_left_.end(), chain_length());
  } else if (shift_ == DrainShift::kRows && r == rows_ - 1) {
    shifts_left_[static_cast<std::size_t>(c)] = rows_;
  } else if (shift_ == DrainShift::kCols && c == cols_ - 1) {
    shifts_left_[static_cast<std::size_t>(r)] = cols_;
  }
}

/// Chains run down the columns (shift: rows) or along the rows (shift: cols), one hop per clock.
template <typename T>
void OutputStationaryPeArray<T>::clock_drain() {
  if (shift_ == DrainShift::kNone) return;
  const bool down = shift_ == DrainShift::kRows;
  for (std::int64_t chain = 0; chain < (down ? cols_ : rows_); ++chain) {
    std::int64_t& left = shifts_left_[static_cast<std::size_t>(chain)];
    if (left == 0) continue;
    --left;
    const auto at = [&](std::int64_t i) { return down ? out_.at(i, chain) : out_.at(chain, i); };
    const std::int64_t end = chain_length() - 1;
    if (at(end)->pass != kBubble) exit_.enter(now_, *at(end));
    // Registers that are empty by now do not shift, since the next tile's sums may be in them.
    const std::int64_t first = end - left;
    for (std::int64_t i = end; i > first; --i) *at(i) = *at(i - 1);
    *at(first) = {};
  }
}

template <typename T>
void OutputStationaryPeArray<T>::write_output(const Partial<Sum>& partial) {
  Pass& p = passes_[static_cast<std::size_t>(partial.pass)];
  if (partial.row < p.rows && partial.column < p.columns) {
    Sum& acc = p.product.acc.row(p.row + partial.row)[p.column + partial.column];
    acc = chained_ ? partial.sum
                   : add_partial(spec_, p.product.accumulate ? acc : Sum{0}, partial.sum);
  }
  if (--p.due == 0 && p.last) ++completed_;
}

template <typename T>
void OutputStationaryPeArray<T>::fetch_a(const Moving& moving, std::int64_t r, T* words) const {
  const Pass& p = pass(moving.pass);
  for (std::int64_t d = 0; d < depth_; ++d) {
    const std::int64_t k = moving.step * depth_ + d;
    words[d] = r < p.rows && k < p.product.a.cols ? p.product.a.row(p.row + r)[k] : T{0};
  }
}

template <typename T>
void OutputStationaryPeArray<T>::fetch_b(const Moving& moving, std::int64_t c, T* words) const {
  const Pass& p = pass(moving.pass);
  for (std::int64_t d = 0; d < depth_; ++d) {
    const std::int64_t k = moving.step * depth_ + d;
    words[d] = c < p.columns && k < p.product.a.cols ? p.product.b.row(k)[p.column + c] : T{0};
  }
}

template class OutputStationaryPeArray<double>;
template class OutputStationaryPeArray<float>;
template class OutputStationaryPeArray<std::int16_t>;

}  // namespace tricycle
