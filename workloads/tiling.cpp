// SPDX-License-Identifier: Apache-2.0
#include "workloads/tiling.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "models/timing/timing.h"

namespace tricycle {

namespace {

constexpr int kSmallestEdge = 8;  // of the blocks in which zeros are skipped

/// Rows i of `rows` for which the band has (i, k).
std::int64_t count_rows(Band band, Extent rows, int k) {
  if (k < band.first_col || k > band.last_col) return 0;
  const int of_k = k / band.block;
  const int first = std::max(k + band.min, (of_k + band.min_blocks) * band.block);
  const int last = std::min(k + band.max, (of_k + band.max_blocks + 1) * band.block - 1);
  return std::max(0, std::min(rows.end - 1, last) - std::max(rows.begin, first) + 1);
}

/// Columns j of `cols` for which the band has (k, j).
std::int64_t count_cols(Band band, Extent cols, int k) {
  const int of_k = k / band.block;
  const int first = std::max({k - band.max, (of_k - band.max_blocks) * band.block, band.first_col});
  const int last =
      std::min({k - band.min, (of_k - band.min_blocks + 1) * band.block - 1, band.last_col});
  return std::max(0, std::min(cols.end - 1, last) - std::max(cols.begin, first) + 1);
}

/// Collects products over a grid of blocks, remembering which output blocks hold a partial sum.
class Builder {
 public:
  Builder(Band a, Band b, Band out, std::vector<Extent> rows, std::vector<Extent> inner,
          std::vector<Extent> cols)
      : a_(a),
        b_(b),
        out_(out),
        rows_(std::move(rows)),
        inner_(std::move(inner)),
        cols_(std::move(cols)),
        touched_(rows_.size() * cols_.size(), false) {}

  /// The blocks inside a tile hold sums already.
  void start(const Tile& tile) {
    for (std::size_t i = 0; i < rows_.size(); ++i)
      for (std::size_t j = 0; j < cols_.size(); ++j)
        if (tile.rows.begin <= rows_[i].begin && rows_[i].end <= tile.rows.end &&
            tile.cols.begin <= cols_[j].begin && cols_[j].end <= tile.cols.end)
          touch(i, j);
  }

  std::vector<TileProduct> weight_stationary() {
    for (std::size_t j = 0; j < cols_.size(); ++j)
      for (std::size_t k = 0; k < inner_.size(); ++k)
        runs(
            rows_.size(), [&](std::size_t i) { return needed(i, k, j) ? state(i, j) : kSkip; },
            [&](std::size_t first, std::size_t last, int run) {
              for (std::size_t i = first; i <= last; ++i) touch(i, j);
              emit({rows_[first].begin, rows_[last].end}, inner_[k], cols_[j], run == kAccumulate);
            });
    return std::move(products_);
  }
  std::vector<TileProduct> input_stationary() {
    for (std::size_t i = 0; i < rows_.size(); ++i)
      for (std::size_t k = 0; k < inner_.size(); ++k)
        runs(
            cols_.size(), [&](std::size_t j) { return needed(i, k, j) ? state(i, j) : kSkip; },
            [&](std::size_t first, std::size_t last, int run) {
              for (std::size_t j = first; j <= last; ++j) touch(i, j);
              emit(rows_[i], inner_[k], {cols_[first].begin, cols_[last].end}, run == kAccumulate);
            });
    return std::move(products_);
  }
  std::vector<TileProduct> output_stationary() {
    for (std::size_t i = 0; i < rows_.size(); ++i)
      for (std::size_t j = 0; j < cols_.size(); ++j)
        runs(
            inner_.size(), [&](std::size_t k) { return needed(i, k, j) ? kFresh : kSkip; },
            [&](std::size_t first, std::size_t last, int) {
              emit(rows_[i], {inner_[first].begin, inner_[last].end}, cols_[j],
                   state(i, j) == kAccumulate);
              touch(i, j);
            });
    return std::move(products_);
  }

 private:
  enum : int { kSkip, kFresh, kAccumulate };

  bool needed(std::size_t i, std::size_t k, std::size_t j) const {
    return a_.touches(rows_[i], inner_[k]) && b_.touches(inner_[k], cols_[j]) &&
           out_.touches(rows_[i], cols_[j]);
  }
  int state(std::size_t i, std::size_t j) const {
    return touched_[i * cols_.size() + j] ? kAccumulate : kFresh;
  }
  void touch(std::size_t i, std::size_t j) { touched_[i * cols_.size() + j] = true; }

  /// Calls emit(first, last, kind) for every maximal run of blocks of one kind other than kSkip.
  template <typename Kind, typename Emit>
  static void runs(std::size_t count, Kind&& kind, Emit&& emit) {
    std::vector<int> kinds(count);
    for (std::size_t x = 0; x < count; ++x) kinds[x] = kind(x);
    for (std::size_t first = 0; first < count;) {
      std::size_t last = first;
      while (last + 1 < count && kinds[last + 1] == kinds[first]) ++last;
      if (kinds[first] != kSkip) emit(first, last, kinds[first]);
      first = last + 1;
    }
  }
  void emit(Extent rows, Extent inner, Extent cols, bool accumulate) {
    TileProduct p{rows, inner, cols, accumulate, 0};
    p.useful_macs = useful_macs(a_, b_, p.rows, p.inner, p.cols);
    products_.push_back(p);
  }

  Band a_, b_, out_;
  std::vector<Extent> rows_, inner_, cols_;
  std::vector<bool> touched_;
  std::vector<TileProduct> products_;
};

}  // namespace

std::int64_t useful_macs(Band a, Band b, Extent rows, Extent inner, Extent cols) {
  std::int64_t total = 0;
  for (int k = inner.begin; k < inner.end; ++k)
    total += count_rows(a, rows, k) * count_cols(b, cols, k);
  return total;
}

std::vector<Extent> blocks(Extent extent, int edge) {
  std::vector<Extent> out;
  for (int at = extent.begin; at < extent.end; at += edge)
    out.push_back({at, std::min(at + edge, extent.end)});
  return out;
}

std::vector<TileProduct> tile_products(Dataflow dataflow, int edge, Band a, Band b, Band out,
                                       Extent rows, Extent inner, Extent cols) {
  return tile_products(dataflow, edge, a, b, out, rows, blocks(inner, edge), cols);
}

std::vector<TileProduct> tile_products(Dataflow dataflow, int edge, Band a, Band b, Band out,
                                       Extent rows, std::vector<Extent> inner, Extent cols,
                                       const std::vector<Tile>& started) {
  Builder builder(a, b, out, blocks(rows, edge), std::move(inner), blocks(cols, edge));
  for (const Tile& tile : started) builder.start(tile);
  switch (dataflow) {
    case Dataflow::kWeightStationary: return builder.weight_stationary();
    case Dataflow::kInputStationary: return builder.input_stationary();
    case Dataflow::kOutputStationary: return builder.output_stationary();
  }
  return {};
}

std::int64_t product_cycles(const HwConfig& hw, Format format,
                            const std::vector<TileProduct>& products) {
  std::int64_t cycles = 0;
  for (const TileProduct& p : products)
    cycles +=
        hw.sequencer.issue_cycles + hw.systolic_array.head_cycles +
        array_timing(hw, format, p.rows.size(), p.cols.size(), p.inner.size()).occupancy_cycles;
  return cycles;
}

bool sums_show_their_order(const HwConfig& hw, Format format) {
  const FormatSupport& support = hw.support(format);
  return info(format).is_float() ||
         (support.overflow == AccumulatorOverflow::kSaturate && !support.is_dynamic());
}

bool sums_show_their_start(const HwConfig& hw, Format format) {
  const MacSpec spec = hw.mac_spec(format);
  const auto is_power_of_two = [](std::int64_t n) {
    return std::has_single_bit(static_cast<std::uint64_t>(n));
  };
  if (!sums_show_their_order(hw, format)) return false;
  // Longer passes hold what is merged together: the edge of a block, or less.
  if (spec.order == SumOrder::kTile)
    return spec.tile_k < kSmallestEdge && !is_power_of_two(spec.tile_k);
  return sums_in_steps(spec.order) && !is_power_of_two(spec.fan_in);
}

std::vector<int> tile_edges(const HwConfig& hw, Format format, int chunk) {
  const MacSpec spec = hw.mac_spec(format);
  if (spec.order == SumOrder::kTile && sums_show_their_order(hw, format))
    return {static_cast<int>(std::min<std::uint64_t>(
        std::bit_floor(
            static_cast<std::uint64_t>(std::max<std::int64_t>(kSmallestEdge, spec.tile_k))),
        static_cast<std::uint64_t>(chunk)))};
  std::vector<int> edges;
  // Steps of several products begin at the same k however the chunk is cut.
  for (int edge = kSmallestEdge; edge < chunk; edge *= 2)
    if (edge % spec.fan_in == 0) edges.push_back(edge);
  edges.push_back(chunk);
  return edges;
}

int cheapest_tile(const HwConfig& hw, Format format, int chunk) {
  const Band lower{1, chunk};
  std::int64_t best_cycles = 0;
  int best = 0;
  const auto consider = [&](int edge) {
    const Extent all{0, chunk};
    std::int64_t cycles = product_cycles(
        hw, format,
        tile_products(hw.systolic_array.dataflow, edge, lower, lower, lower, all, all, all));
    // The sums after the product: one vector instruction a block row, each with its start-up and
    // its short last beats.
    for (const Extent& strip : blocks(all, edge)) {
      const VectorOpCost& add = hw.cost(VectorOp::kAdd);
      const std::int64_t row_beats =
          (strip.end * accumulator_bytes(hw.support(format).accumulator) +
           hw.vector_unit.bytes_per_beat - 1) /
          hw.vector_unit.bytes_per_beat;
      cycles += hw.sequencer.issue_cycles + add.startup_cycles +
                static_cast<std::int64_t>(2 * add.cycles_per_beat *
                                          static_cast<double>(strip.size() * row_beats));
    }
    if (best == 0 || cycles < best_cycles) {
      best = edge;
      best_cycles = cycles;
    }
  };
  for (int edge : tile_edges(hw, format, chunk)) consider(edge);
  return best;
}

}  // namespace tricycle
