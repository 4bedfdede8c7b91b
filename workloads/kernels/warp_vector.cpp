// SPDX-License-Identifier: Apache-2.0
//
// Substitution by lanes: a lane has a column of Y in fp32, a row of A is read as one broadcast for
// four of its scalars.
#include <algorithm>
#include <map>
#include <string_view>

#include "models/error.h"
#include "workloads/kernels/warp_parts.h"

namespace tricycle {

namespace {

constexpr int kRun = 4;  // scalars of one broadcast load

int ceil_div(int a, int b) { return (a + b - 1) / b; }

/// A's 16-bit entries to fp32 in the scratchpad, shared by all warps; `scalar`: transposed.
void write_cast(WarpBlock& block, bool scalar) {
  const int entries = block.kernel().chunk * block.kernel().chunk / block.size() / kWarpLanes;
  for (int w = 0; w < block.size(); ++w) {
    WarpWriter& writer = block.warp(w);
    for (int done = 0; done < entries; done += 8) {
      const WarpValue loaded = writer.emit(WarpOp::kLoadWide);
      std::vector<WarpValue> wide;
      for (int i = 0; i < std::min(8, entries); ++i)
        wide.push_back(writer.emit(WarpOp::kWiden, {loaded}));
      if (scalar)
        for (const WarpValue value : wide) writer.emit(WarpOp::kStore, {value});
      else if (wide.size() < 4)
        writer.emit(WarpOp::kStore, wide);
      else
        for (std::size_t i = 0; i + 4 <= wide.size(); i += 4)
          writer.emit(WarpOp::kStoreWide, {wide[i], wide[i + 1], wide[i + 2], wide[i + 3]});
    }
  }
  block.barrier();
}

/// Rounds and stores `rows` entries of a column each.
void write_column(WarpWriter& w, const std::vector<WarpValue>& column) {
  for (const WarpValue value : column) w.emit(WarpOp::kStore, {w.emit(WarpOp::kNarrow, {value})});
}

/// The triangle of a panel, u_i += -A_ik u_k; a row is stored before the next scalars are read.
void write_triangle(WarpWriter& w, std::vector<std::vector<WarpValue>>& u) {
  for (std::size_t k = 0; k < u.front().size(); ++k) {
    for (const auto& column : u)
      w.emit(WarpOp::kStore,
             {column[k], k % 2 == 0 ? w.emit(WarpOp::kNarrow, {column[k]}) : kConstant});
    WarpValue a = kConstant;
    for (std::size_t i = k + 1; i < u.front().size(); ++i) {
      if (a == kConstant || i % kRun == 0) a = w.emit(WarpOp::kBroadcast);
      for (auto& column : u) column[i] = w.emit(WarpOp::kMultiplyAdd, {a, column[k], column[i]});
    }
  }
}

std::vector<std::vector<WarpValue>> load_columns(WarpWriter& w, int columns, int rows) {
  std::vector<WarpValue> loaded;
  for (int i = 0; i < rows; ++i) loaded.push_back(w.emit(WarpOp::kLoad));
  return std::vector<std::vector<WarpValue>>(static_cast<std::size_t>(columns), loaded);
}

/// Right-looking: y_k updates all later rows; A lies transposed, four rows a broadcast.
void sweep(WarpWriter& w, std::vector<WarpValue>& u) {
  const int rows = static_cast<int>(u.size());
  for (int k = 0; k + 1 < rows; ++k) {
    WarpValue a = kConstant;
    for (int i = k + 1; i < rows; ++i) {
      if (a == kConstant || i % kRun == 0) a = w.emit(WarpOp::kBroadcast);
      auto& at = u[static_cast<std::size_t>(i)];
      at = w.emit(WarpOp::kMultiplyAdd, {a, u[static_cast<std::size_t>(k)], at});
    }
  }
}

void write_sweep(WarpBlock& block) {
  write_cast(block, true);
  for (int w = 0; w < block.size(); ++w) {
    std::vector<WarpValue> u = load_columns(block.warp(w), 1, block.kernel().chunk).front();
    sweep(block.warp(w), u);
    write_column(block.warp(w), u);
  }
}

/// Row i from four partial sums, one of them from A_ic on; the last term at the end.
void write_rows_in_registers(WarpBlock& block, int columns, bool skip) {
  constexpr int kSums = 4;
  write_cast(block, false);
  const int chunk = block.kernel().chunk;
  for (int w = 0; w < block.size(); ++w) {
    WarpWriter& writer = block.warp(w);
    // Columns c .. of a later half are zero above row c.
    std::vector<std::vector<WarpValue>> u = load_columns(writer, columns, chunk);
    const int warp_start = skip ? w * kWarpLanes : 0;
    for (int i = 1; i < chunk; ++i) {
      if (i < warp_start) continue;
      std::vector<WarpValue> a;
      for (int j = 0; j < i; j += kRun)
        a.push_back(j + kRun > warp_start ? writer.emit(WarpOp::kBroadcast) : kConstant);
      for (int c = 0; c < columns; ++c) {
        auto& column = u[static_cast<std::size_t>(c)];
        const int start = std::max(warp_start, c * kWarpLanes);
        if (i <= start) continue;
        std::array<WarpValue, kSums> sums{column[static_cast<std::size_t>(i)], kConstant, kConstant,
                                          kConstant};
        for (int j = start; j + 1 < i; ++j) {
          WarpValue& s = sums[static_cast<std::size_t>((i - j) % kSums)];
          s = writer.emit(WarpOp::kMultiplyAdd, {a[static_cast<std::size_t>(j / kRun)],
                                                 column[static_cast<std::size_t>(j)], s});
        }
        const WarpValue left = writer.emit(WarpOp::kAdd, {sums[0], sums[1]});
        const WarpValue right = writer.emit(WarpOp::kAdd, {sums[3], sums[2]});
        const WarpValue sum = writer.emit(WarpOp::kAdd, {left, right});
        column[static_cast<std::size_t>(i)] =
            writer.emit(WarpOp::kMultiplyAdd, {a[static_cast<std::size_t>((i - 1) / kRun)],
                                               column[static_cast<std::size_t>(i - 1)], sum});
      }
    }
    for (const auto& column : u) write_column(writer, column);
  }
}

/// A panel: the sum over finished rows, shared by lanes; then its triangle.
void write_panel(WarpWriter& w, const WarpKernel& k, int finished) {
  const int terms = finished / k.shares;
  std::vector<std::vector<WarpValue>> sums(
      static_cast<std::size_t>(k.columns),
      std::vector<WarpValue>(static_cast<std::size_t>(k.rows), kConstant));
  for (int done = 0; done < terms; done += kRun) {
    std::vector<WarpValue> y(static_cast<std::size_t>(std::min(kRun, terms - done)));
    for (WarpValue& value : y) value = w.emit(WarpOp::kLoad);
    WarpValue a = kConstant;
    for (std::size_t i = 0; i < static_cast<std::size_t>(k.rows); ++i) {
      if (y.size() > 2 || i % 2 == 0) a = w.emit(WarpOp::kBroadcast);
      for (auto& column : sums)
        for (const WarpValue value : y)
          column[i] = w.emit(WarpOp::kMultiplyAdd, {a, value, column[i]});
    }
  }
  const int columns = std::max(1, k.columns / k.shares);
  std::vector<std::vector<WarpValue>> u = load_columns(w, columns, k.rows);
  for (std::size_t i = 0; i < static_cast<std::size_t>(k.rows); ++i) {
    for (int lanes = 1; lanes < k.shares; lanes *= 2) {
      const WarpValue other = w.emit(WarpOp::kShuffle, {sums[0][i]});
      sums[0][i] = w.emit(WarpOp::kAdd, {other, sums[0][i]});
    }
    for (std::size_t c = 0; c < u.size(); ++c)
      u[c][i] = w.emit(WarpOp::kAdd, {u[c][i], sums[c][i]});
  }
  write_triangle(w, u);
  w.emit(WarpOp::kWarpSync);
}

void write_panels(WarpBlock& block) {
  write_cast(block, false);
  const WarpKernel& k = block.kernel();
  const int columns = kWarpLanes / k.shares * k.columns;
  for (int w = 0; w < block.size(); ++w)
    for (int begin = 0; begin < k.chunk; begin += k.rows) {
      const int first = columns * w;
      if (begin + k.rows <= first) continue;
      write_panel(block.warp(w), k, std::max(0, begin - first));
      block.warp(w).emit(WarpOp::kBranch);
    }
}

/// `count` terms of a rolled loop, four a turn: A_ij and y_j from the scratchpad.
WarpValue write_loop(WarpWriter& w, int count, bool broadcast) {
  WarpValue sum = kConstant;
  for (int done = 0; done < count;) {
    // Four runs a turn where a run is one load of scalars: the compiler unrolls.
    const int unrolled = broadcast ? 4 * kRun : kRun;
    const int turn = count - done >= unrolled ? unrolled : broadcast ? kRun : 1;
    const WarpValue address = broadcast ? kConstant : w.chain(WarpOp::kInteger, 2);
    WarpValue a = kConstant;
    for (int t = 0; t < turn; ++t) {
      if (!broadcast || t % kRun == 0)
        a = w.emit(broadcast ? WarpOp::kBroadcast : WarpOp::kLoad, {address});
      const WarpValue y = w.emit(WarpOp::kLoad, {address});
      sum = w.emit(WarpOp::kMultiplyAdd, {a, y, broadcast ? kConstant : sum});
    }
    w.emit(WarpOp::kBranch, {});
    done += turn;
  }
  return sum;
}

/// The row loop of an array of lanes: G groups share a row's sum, two barriers a row.
void write_rows(WarpBlock& block) {
  write_cast(block, false);
  const WarpKernel& k = block.kernel();
  const int groups = kWarpLanes * block.size() / k.chunk;
  const int of_group = block.size() / groups > 0 ? block.size() / groups : 1;
  for (int i = 0; i < k.chunk; ++i) {
    for (int w = 0; w < block.size(); ++w) {
      WarpWriter& writer = block.warp(w);
      const WarpValue address = writer.chain(WarpOp::kInteger, 16);
      const int count = (i + groups - 1 - std::min(i, w / of_group)) / groups;
      const WarpValue sum = write_loop(writer, count, false);
      writer.emit(WarpOp::kStore, {address, sum});
    }
    block.barrier();
    for (int w = 0; w < block.size(); ++w) {
      WarpWriter& writer = block.warp(w);
      if (w < std::max(1, k.chunk / kWarpLanes)) {
        WarpValue sum = writer.emit(WarpOp::kLoad);
        for (int g = 0; g < groups; ++g)
          sum = writer.emit(WarpOp::kAdd, {writer.emit(WarpOp::kLoad, {sum})});
        sum = writer.emit(WarpOp::kAdd, {sum});
        writer.emit(WarpOp::kStore, {sum});
        writer.emit(WarpOp::kStore, {writer.emit(WarpOp::kNarrow, {sum})});
      }
    }
    block.barrier();
    for (int w = 0; w < block.size(); ++w) block.warp(w).emit(WarpOp::kBranch);
  }
}

/// A row at a time, y in the scratchpad, a lane alone.
void write_shared(WarpBlock& block) {
  write_cast(block, false);
  for (int w = 0; w < block.size(); ++w)
    for (int i = 0; i < block.kernel().chunk; ++i) {
      WarpWriter& writer = block.warp(w);
      const WarpValue term = writer.emit(WarpOp::kLoad);
      const WarpValue terms = write_loop(writer, ceil_div(i, kRun) * kRun, true);
      const WarpValue sum = writer.emit(WarpOp::kAdd, {term, terms});
      writer.emit(WarpOp::kStore, {sum});
      writer.emit(WarpOp::kStore, {writer.emit(WarpOp::kNarrow, {sum})});
      writer.emit(WarpOp::kBranch);
    }
}

}  // namespace

void swept_tiles(WarpWriter& w) {
  const WarpValue loaded = w.emit(WarpOp::kLoadWide);
  std::vector<WarpValue> wide;
  for (int i = 0; i < 8; ++i) wide.push_back(w.emit(WarpOp::kWiden, {loaded}));
  for (std::size_t i = 0; i < 8; i += 2) w.emit(WarpOp::kStore, {wide[i], wide[i + 1]});
  w.emit(WarpOp::kWarpSync);
  std::vector<WarpValue> u = load_columns(w, 1, 16).front();
  sweep(w, u);
  std::vector<WarpValue> narrow;
  for (const WarpValue value : u) narrow.push_back(w.emit(WarpOp::kNarrow, {value}));
  for (std::size_t i = 0; i < 16; i += 2) w.emit(WarpOp::kStore, {narrow[i], narrow[i + 1]});
  w.emit(WarpOp::kWarpSync);
}

void write_vector_kernel(WarpBlock& block) {
  const std::string_view name = block.kernel().name;
  if (name == "forward_substitution/block16") return swept_tiles(block.warp(0));
  if (name.starts_with("column_sweep")) return write_sweep(block);
  if (name == "forward_substitution/registers") return write_rows_in_registers(block, 1, false);
  if (name == "forward_substitution/registers_skip") return write_rows_in_registers(block, 1, true);
  if (name == "forward_substitution/one_warp")
    return write_rows_in_registers(block, block.kernel().chunk / kWarpLanes, false);
  if (name == "forward_substitution/panels") return write_panels(block);
  if (name == "forward_substitution/rows") return write_rows(block);
  return write_shared(block);
}

}  // namespace tricycle
