// SPDX-License-Identifier: Apache-2.0
#include "sim/units/pe_stationary.h"

namespace tricycle {

template <typename T>
StationaryPeArray<T>::StationaryPeArray(const HwConfig& hw, Format format)
    : spec_(hw.mac_spec(format)),
      inputs_in_place_(hw.systolic_array.dataflow == Dataflow::kInputStationary),
      double_buffered_(hw.systolic_array.overlap == Overlap::kPreload),
      chained_(sums_are_chained(spec_)),
      rows_(hw.systolic_array.rows),
      cols_(hw.systolic_array.cols),
      depth_(hw.depth(format)),
      beats_(hw.support(format).passes),
      pe_latency_(hw.systolic_array.pe_latency),
      pass_head_(hw.systolic_array.pass_head_cycles),
      load_(rows_, cols_, 1),
      load_words_(rows_, cols_, depth_),
      shadow_(rows_, cols_, depth_),
      active_(rows_, cols_, depth_),
      moving_(rows_, cols_, 1),
      moving_words_(rows_, cols_, depth_),
      sums_(rows_, cols_, pe_latency_),
      load_feed_(cols_),
      vector_feed_(rows_ * pe_latency_),
      exit_(hw.systolic_array.drain_registers) {}

template <typename T>
void StationaryPeArray<T>::submit(const PeProduct<T>& p) {
  const std::int64_t k = p.a.cols, tile_k = rows_ * depth_;
  const std::int64_t columns = inputs_in_place_ ? p.a.rows : p.b.cols;
  const std::int64_t vectors = inputs_in_place_ ? p.b.cols : p.a.rows;
  for (std::int64_t column = 0; column < columns; column += cols_)
    for (std::int64_t first = 0; first < k; first += tile_k)
      passes_.push_back({p, first, column, std::min(tile_k, k - first),
                         std::min(cols_, columns - column), vectors, p.accumulate || first > 0,
                         first + tile_k >= k && column + cols_ >= columns});
}

/// Whether a tile may start down the load registers.  Single-buffered: when the array is empty.
/// Double-buffered: so that the tile is in place just when its first vector may enter.
template <typename T>
bool StationaryPeArray<T>::may_load_next() const {
  const std::size_t in_use = next_stream_ + (vector_ > 0 || beat_ > 0 ? 1 : 0);
  if (next_load_ > in_use) return false;  // the tile before it has not been taken into use
  if (!streamed_) return true;
  if (!double_buffered_) return next_stream_ == next_load_ && outputs_due_ == 0;
  // The last row takes its tile into use (rows - 1) pe_latency clocks after the first row.  The
  // next tile is captured there rows - 1 clocks after it started.
  std::int64_t free = stream_start_ + (rows_ - 1) * (pe_latency_ - 1);
  // All vectors of the previous pass enter first.
  free = std::max(free, stream_start_ + stream_clocks_ - rows_);
  // Sums that start from acc must find the sums of that pass there.
  if (chained_) free = std::max(free, stream_start_ + rows_ * pe_latency_ + exit_.length() - rows_);
  return now_ >= free;
}

/// The word of the lowest row goes first, so that all rows of a column capture theirs at one clock.
template <typename T>
auto StationaryPeArray<T>::next_load() -> Load {
  if (next_load_ == passes_.size() || (load_row_ == 0 && !may_load_next())) return {};
  const Load load{static_cast<std::int32_t>(next_load_), rows_ - 1 - load_row_};
  if (++load_row_ == rows_) {
    load_row_ = 0;
    ++next_load_;
    loaded_at_ = now_ + 1;
  }
  return load;
}

template <typename T>
bool StationaryPeArray<T>::may_stream() const {
  return next_stream_ < next_load_ && now_ >= loaded_at_;
}

template <typename T>
auto StationaryPeArray<T>::next_vector() -> Moving {
  const bool starts = vector_ == 0 && beat_ == 0;
  if (starts && (!may_stream() || head_++ < pass_head_)) return {};
  const Pass& p = passes_[next_stream_];
  if (starts) {
    head_ = 0;
    stream_start_ = now_;
    stream_clocks_ = p.vectors * beats_;
    streamed_ = true;
  }
  const Moving moving{static_cast<std::int32_t>(next_stream_), vector_, starts,
                      beat_ == beats_ - 1};
  outputs_due_ += moving.multiplies ? 1 : 0;
  if (++beat_ == beats_) {
    beat_ = 0;
    if (++vector_ == p.vectors) {
      vector_ = 0;
      ++next_stream_;
    }
  }
  return moving;
}

/// One clock.  Every register takes its new value from old values of its neighbours, so the loop
/// goes from the bottom right to the top left.
template <typename T>
void StationaryPeArray<T>::clock() {
  vector_feed_.push(planned_vector_);
  load_feed_.push(next_load());
  for (std::int64_t c = cols_ - 1; c >= 0; --c) {
    for (std::int64_t r = rows_ - 1; r >= 0; --r) clock_pe(r, c);
    const Partial<Sum>& finished = sums_.at(rows_ - 1, c)[pe_latency_ - 1];
    if (finished.pass != kBubble) exit_.enter(now_, finished);
  }
  exit_.clock(now_, [&](const Partial<Sum>& partial) { write_output(partial); });
  ++now_;
  planned_vector_ = next_vector();
}

template <typename T>
void StationaryPeArray<T>::clock_pe(std::int64_t r, std::int64_t c) {
  // 1. The moving operand comes from the left.
  const Moving moving = c == 0 ? vector_feed_.delayed(r * pe_latency_) : *moving_.at(r, c - 1);
  *moving_.at(r, c) = moving;
  if (moving.pass != kBubble) {
    if (c == 0)
      fetch_moving(moving, r, moving_words_.at(r, c));
    else
      moving_words_.copy(r, c, moving_words_.at(r, c - 1));
    // 2. With the first vector of a pass comes the order to take the new tile into use.
    if (moving.first) active_.copy(r, c, shadow_.at(r, c));
  }
  // 3. The sum from above goes on, with this PE's products, through pe_latency registers.
  Partial<Sum> sum = sum_from_above(c, r, moving);
  if (sum.pass != kBubble) sum.sum = multiplied(r, c, moving, sum.sum);
  Partial<Sum>* registers = sums_.at(r, c);
  std::move_backward(registers, registers + pe_latency_ - 1, registers + pe_latency_);
  registers[0] = sum;
  // 4. A word of the next tile passes by, or is captured.
  clock_load(r, c);
}

template <typename T>
void StationaryPeArray<T>::clock_load(std::int64_t r, std::int64_t c) {
  const Load load = r == 0 ? load_feed_.delayed(c) : *load_.at(r - 1, c);
  *load_.at(r, c) = load;
  if (load.pass == kBubble) return;
  if (r == 0)
    fetch_in_place(load, c, load_words_.at(r, c));
  else
    load_words_.copy(r, c, load_words_.at(r - 1, c));
  if (load.row == r) shadow_.copy(r, c, load_words_.at(r, c));
}

template <typename T>
auto StationaryPeArray<T>::sum_from_above(std::int64_t c, std::int64_t r,
                                          const Moving& moving) const -> Partial<Sum> {
  if (r > 0) return sums_.at(r - 1, c)[pe_latency_ - 1];
  if (moving.pass == kBubble || !moving.multiplies) return {};
  const Pass& p = pass(moving.pass);
  const bool from_acc = chained_ && p.continues && c < p.columns;
  return {moving.pass, moving.vector, c, from_acc ? accumulator(p, moving.vector, c) : Sum{0}};
}

/// A dot product of `depth`, k ascending; rows below the tile's last k let sums through.
template <typename T>
auto StationaryPeArray<T>::multiplied(std::int64_t r, std::int64_t c, const Moving& moving, Sum sum)
    -> Sum {
  const Pass& p = pass(moving.pass);
  const std::int64_t count = std::min(depth_, p.k_count - r * depth_);
  const T* stays = active_.at(r, c);
  const T* moves = moving_words_.at(r, c);
  return count > 0 ? add_products<T>(spec_, moves, stays, 1, count, sum) : sum;
}

template <typename T>
void StationaryPeArray<T>::write_output(const Partial<Sum>& partial) {
  const Pass& p = pass(partial.pass);
  if (partial.column < p.columns) {
    Sum& acc = accumulator(p, partial.row, partial.column);
    acc = chained_ ? partial.sum : add_partial(spec_, p.continues ? acc : Sum{0}, partial.sum);
  }
  if (partial.column < cols_ - 1) return;
  --outputs_due_;
  if (p.last && partial.row == p.vectors - 1) ++completed_;
}

template <typename T>
void StationaryPeArray<T>::fetch_in_place(const Load& load, std::int64_t c, T* words) const {
  const Pass& p = pass(load.pass);
  for (std::int64_t d = 0; d < depth_; ++d) {
    const std::int64_t k = load.row * depth_ + d;
    const bool used = k < p.k_count && c < p.columns;
    words[d] = !used              ? T{0}
               : inputs_in_place_ ? p.product.a.row(p.column + c)[p.k + k]
                                  : p.product.b.row(p.k + k)[p.column + c];
  }
}

template <typename T>
void StationaryPeArray<T>::fetch_moving(const Moving& moving, std::int64_t r, T* words) const {
  const Pass& p = pass(moving.pass);
  for (std::int64_t d = 0; d < depth_; ++d) {
    const std::int64_t k = r * depth_ + d;
    words[d] = k >= p.k_count     ? T{0}
               : inputs_in_place_ ? p.product.b.row(p.k + k)[moving.vector]
                                  : p.product.a.row(moving.vector)[p.k + k];
  }
}

template <typename T>
auto StationaryPeArray<T>::accumulator(const Pass& p, std::int64_t vector,
                                       std::int64_t column) const -> Sum& {
  return inputs_in_place_ ? p.product.acc.row(p.column + column)[vector]
                          : p.product.acc.row(vector)[p.column + column];
}

template class StationaryPeArray<double>;
template class StationaryPeArray<float>;
template class StationaryPeArray<std::int16_t>;

}  // namespace tricycle
