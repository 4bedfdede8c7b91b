// SPDX-License-Identifier: Apache-2.0
#include "models/simt/warp_schedule.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

namespace tricycle {

namespace {

constexpr double kNoTime = std::numeric_limits<double>::infinity();
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

bool is_memory(WarpOp op) { return info(op).unit == WarpUnit::kScratchpad; }
/// Nothing moves over these.
bool is_fence(WarpOp op) { return op == WarpOp::kBarrier || op == WarpOp::kBranch; }

/// What must come before what in code without fences.
struct Graph {
  struct Edge {
    std::size_t to = 0;
    bool is_operand = false;  // or only order
  };
  std::vector<std::vector<Edge>> successors;
  std::vector<int> waits;  // predecessors that are not issued yet

  explicit Graph(std::size_t size) : successors(size), waits(size, 0) {}
  void add(std::size_t from, std::size_t to, bool is_operand = false) {
    if (from == kNone) return;
    successors[from].push_back({to, is_operand});
    ++waits[to];
  }
};

/// A region is code[begin, end); places are counted from `begin`.
Graph graph_of(const WarpCode& code, std::size_t begin, std::size_t end) {
  Graph g(end - begin);
  std::vector<std::size_t> since_sync;
  std::size_t sync = kNone, store = kNone;
  for (std::size_t i = 0; i < end - begin; ++i) {
    const WarpInstruction& instruction = code[begin + i];
    for (const std::int32_t input : instruction.inputs)
      if (const auto from = static_cast<std::size_t>(input); from >= begin)
        g.add(from - begin, i, true);
    if (instruction.op == WarpOp::kWarpSync) {
      for (const std::size_t memory : since_sync) g.add(memory, i);
      g.add(sync, i);
      since_sync.clear();
      sync = i;
    }
    if (!is_memory(instruction.op)) continue;
    g.add(sync, i);
    g.add(store, i);
    since_sync.push_back(i);
    if (is_store(instruction.op)) store = i;
  }
  return g;
}

/// Schedules one region.
class Region {
 public:
  Region(const WarpCode& code, std::size_t begin, std::size_t end, const SimtConfig& simt,
         std::size_t window)
      : code_(code),
        begin_(begin),
        simt_(simt),
        window_(window),
        graph_(graph_of(code, begin, end)) {
    const std::size_t n = end - begin;
    path_.resize(n);
    for (std::size_t i = n; i-- > 0;) {
      const WarpOperation& op = operation(i);
      path_[i] = op.latency;
      for (const Graph::Edge& next : graph_.successors[i])
        path_[i] = std::max(path_[i], path_[next.to] + delay(op, next));
    }
    earliest_.assign(n, 0);
    is_issued_.assign(n, false);
    for (std::size_t i = 0; i < n; ++i)
      if (graph_.waits[i] == 0) coming_.emplace(0, i);
  }

  /// Appends the order, as places in the code.
  void run(std::vector<std::size_t>& order) {
    for (std::size_t done = 0; done < path_.size(); ++done) {
      const std::size_t i = next();
      order.push_back(begin_ + i);
      issue(i);
    }
  }

 private:
  const WarpOperation& operation(std::size_t i) const { return simt_.of(code_[begin_ + i].op); }
  std::size_t pipe(std::size_t i) const {
    return static_cast<std::size_t>(info(code_[begin_ + i].op).pipe);
  }
  static double delay(const WarpOperation& op, const Graph::Edge& edge) {
    return edge.is_operand ? op.latency : op.issue;
  }
  /// Whether a goes first: the longer chain behind it, then the order of the code.
  bool is_before(std::size_t a, std::size_t b) const {
    return path_[a] != path_[b] ? path_[a] > path_[b] : a < b;
  }

  /// Takes the instruction that is issued next; now_ is then its time.
  std::size_t next() {
    for (;;) {
      while (!coming_.empty() && coming_.top().first <= now_) {
        ready_[pipe(coming_.top().second)].push_back(coming_.top().second);
        coming_.pop();
      }
      double later = coming_.empty() ? kNoTime : coming_.top().first;
      std::size_t best = kNone, best_pipe = 0, best_at = 0;
      for (std::size_t p = 0; p < ready_.size(); ++p)
        for (std::size_t at = 0; at < ready_[p].size(); ++at) {
          const std::size_t i = ready_[p][at];
          if (i >= oldest_ + window_) continue;
          if (pipe_free_[p] > now_) {
            later = std::min(later, pipe_free_[p]);
            break;
          }
          if (best == kNone || is_before(i, best)) best = i, best_pipe = p, best_at = at;
        }
      if (best != kNone) {
        ready_[best_pipe][best_at] = ready_[best_pipe].back();
        ready_[best_pipe].pop_back();
        return best;
      }
      now_ = later;
    }
  }

  void issue(std::size_t i) {
    is_issued_[i] = true;
    while (oldest_ < is_issued_.size() && is_issued_[oldest_]) ++oldest_;
    const WarpOperation& op = operation(i);
    for (const Graph::Edge& edge : graph_.successors[i]) {
      earliest_[edge.to] = std::max(earliest_[edge.to], now_ + delay(op, edge));
      if (--graph_.waits[edge.to] == 0) coming_.emplace(earliest_[edge.to], edge.to);
    }
    if (pipe(i) != 0) pipe_free_[pipe(i)] = now_ + op.interval;
    now_ += op.issue;
  }

  const WarpCode& code_;
  std::size_t begin_;
  const SimtConfig& simt_;
  std::size_t window_;
  Graph graph_;
  std::vector<double> path_, earliest_;  // chain to the region's end; when the operands are there
  std::vector<bool> is_issued_;
  std::size_t oldest_ = 0;  // the first that is not issued
  double now_ = 0;
  std::array<double, kWarpPipeCount> pipe_free_{};
  std::array<std::vector<std::size_t>, kWarpPipeCount> ready_{};
  using Coming = std::pair<double, std::size_t>;
  std::priority_queue<Coming, std::vector<Coming>, std::greater<>> coming_;
};

/// The instructions in this order, with their inputs' new places.
WarpCode reordered(const WarpCode& code, const std::vector<std::size_t>& order) {
  std::vector<std::int32_t> place(code.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<std::int32_t>(i);
  WarpCode out;
  out.reserve(code.size());
  for (const std::size_t i : order) {
    out.push_back(code[i]);
    for (std::int32_t& input : out.back().inputs) input = place[static_cast<std::size_t>(input)];
  }
  return out;
}

WarpCode scheduled_code(const WarpCode& code, const SimtConfig& simt, std::size_t window) {
  std::vector<std::size_t> order;
  order.reserve(code.size());
  for (std::size_t begin = 0; begin < code.size();) {
    std::size_t end = begin;
    while (end < code.size() && !is_fence(code[end].op)) ++end;
    Region(code, begin, end, simt, window).run(order);
    if (end < code.size()) order.push_back(end);
    begin = end + 1;
  }
  return reordered(code, order);
}

WarpCode padded_code(const WarpCode& code, double extra) {
  WarpCode out;
  std::vector<std::int32_t> place(code.size());
  double due = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    for (due += extra / static_cast<double>(code.size()); due >= 1; due -= 1)
      out.push_back({.op = WarpOp::kInteger});
    place[i] = static_cast<std::int32_t>(out.size());
    out.push_back(code[i]);
    for (std::int32_t& input : out.back().inputs) input = place[static_cast<std::size_t>(input)];
  }
  return out;
}

}  // namespace

WarpProgram scheduled(WarpProgram program, const SimtConfig& simt) {
  const auto window = static_cast<std::size_t>(simt.window * program.registers) + 1;
  for (WarpCode& warp : program.warps) warp = scheduled_code(warp, simt, window);
  return program;
}

WarpProgram padded(WarpProgram program, std::int64_t instructions) {
  const auto own = static_cast<double>(program.instructions());
  const double extra = static_cast<double>(instructions) - own;
  if (extra <= 0) return program;
  for (WarpCode& warp : program.warps)
    warp = padded_code(warp, extra * static_cast<double>(warp.size()) / own);
  return program;
}

}  // namespace tricycle
