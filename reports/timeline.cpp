// SPDX-License-Identifier: Apache-2.0
#include "reports/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>
#include <vector>

#include "reports/chunk_phases.h"
#include "reports/tracks.h"

namespace tricycle {

namespace {

// Letters of a column: one per opcode, one for several at once, one for a stall.  Otherwise it is
// idle.
constexpr std::size_t kSeveral = kOpcodeCount, kStalled = kOpcodeCount + 1;
char letter_of(std::size_t what) {
  return what == kSeveral ? '+' : what == kStalled ? '.' : kOpcodes[what].letter;
}
constexpr std::int64_t kTickColumns = 15;

/// The cycles that are shown, and the columns they are shown in.
struct Window {
  std::int64_t begin, end, columns, label_width;
  /// First cycle of a column.
  std::int64_t edge(std::int64_t column) const { return begin + (end - begin) * column / columns; }
};

/// One line, painted span by span.
class Row {
 public:
  Row(std::string label, const Window& window)
      : label_(std::move(label)),
        window_(window),
        cycles_(static_cast<std::size_t>(window.columns)) {}

  void paint(std::int64_t begin, std::int64_t end, std::size_t letter) {
    begin = std::max(begin, window_.begin);
    end = std::min(end, window_.end);
    if (begin >= end) return;
    std::int64_t column = (begin - window_.begin) * window_.columns / (window_.end - window_.begin);
    for (; column < window_.columns && window_.edge(column) < end; ++column) {
      const std::int64_t cycles =
          std::min(end, window_.edge(column + 1)) - std::max(begin, window_.edge(column));
      if (cycles > 0) cycles_[static_cast<std::size_t>(column)][letter] += cycles;
    }
  }
  std::string text() const {
    std::string line = fmt::format("{:<{}}", label_, window_.label_width);
    for (std::size_t c = 0; c < cycles_.size(); ++c) {
      const auto& column = cycles_[c];
      const auto most = std::max_element(column.begin(), column.end());
      std::int64_t painted = 0;
      for (std::int64_t cycles : column) painted += cycles;
      const auto at = static_cast<std::int64_t>(c);
      const std::int64_t idle = window_.edge(at + 1) - window_.edge(at) - painted;
      line += *most > 0 && *most >= idle
                  ? letter_of(static_cast<std::size_t>(most - column.begin()))
                  : ' ';
    }
    return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }

 private:
  std::string label_;
  Window window_;
  std::vector<std::array<std::int64_t, kStalled + 1>> cycles_;  // of a column, by letter
};

/// A line that gives the cycle below every kTickColumns-th column.
std::string axis(const Window& window) {
  std::string marks(static_cast<std::size_t>(window.label_width), ' ');
  std::string numbers = fmt::format("{:<{}}", "cycle", window.label_width);
  for (std::int64_t column = 0; column < window.columns; ++column) {
    const bool tick = column % kTickColumns == 0;
    marks += tick ? '|' : '-';
    if (tick && column + kTickColumns <= std::max(window.columns, kTickColumns))
      numbers += fmt::format("{:<{}}", window.edge(column), kTickColumns);
  }
  return marks + "\n" + numbers.substr(0, numbers.find_last_not_of(' ') + 1) + "\n";
}

std::vector<Row> rows_of(const std::vector<std::string>& names, const Window& window) {
  std::vector<Row> rows;
  for (const std::string& name : names) rows.emplace_back(name, window);
  return rows;
}

std::vector<Row> unit_rows(const Tracks& tracks, const RunTrace& trace, const Window& window) {
  std::vector<Row> rows = rows_of(tracks.server_names(), window);
  const auto row = [&](ServerId server) -> Row& { return rows[tracks.server(server)]; };
  for (const Execution& e : trace.executions)
    row(e.server).paint(e.begin, e.end, trace.program.instructions[e.instruction].opcode());
  for (const StallSpan& s : trace.stalls) row(s.server).paint(s.begin, s.end, kStalled);
  return rows;
}

std::vector<Row> slot_rows(const RunResult& r, const Tracks& tracks, const RunTrace& trace,
                           const Window& window) {
  std::vector<Row> rows = rows_of(tracks.slot_names(), window);
  const auto executions = executions_by_item(trace);
  for (const ItemSpan& item : trace.items) {
    if (item.begin >= window.end) continue;
    for (const Phase& phase : chunk_phases(item, executions[static_cast<std::size_t>(item.item)],
                                           trace.program, r.launch_cycles)) {
      const std::size_t letter = phase.kinds == 0 ? kStalled
                                 : std::has_single_bit(phase.kinds)
                                     ? static_cast<std::size_t>(std::countr_zero(phase.kinds))
                                     : kSeveral;
      rows[tracks.slot(item.core, item.slot)].paint(phase.begin, phase.end, letter);
    }
  }
  return rows;
}

std::int64_t longest(const Tracks& tracks) {
  std::size_t most = 0;
  for (const std::string& name : tracks.server_names()) most = std::max(most, name.size());
  return static_cast<std::int64_t>(most);
}

}  // namespace

std::string timeline(const RunResult& r, const RunTrace& trace, std::int64_t width) {
  const Tracks tracks(r.many);
  // Room for the longest name ("vector0", "core1 vector0") and two blanks.
  const std::int64_t label_width = longest(tracks) + 2;
  Window window{r.launch_cycles, r.launch_cycles + 1, std::max(width - label_width, kTickColumns),
                label_width};
  std::int64_t shown = 0;
  for (const ItemSpan& item : trace.items)
    if (item.item < r.many.in_flight) {
      window.end = std::max(window.end, item.end);
      ++shown;
    }
  std::string text = fmt::format(
      "\nthe first {} chunk{}, cycles {} to {}, {:.1f} a column\n", shown, shown == 1 ? "" : "s",
      window.begin, window.end,
      static_cast<double>(window.end - window.begin) / static_cast<double>(window.columns));
  for (const Row& row : unit_rows(tracks, trace, window)) text += row.text();
  for (const Row& row : slot_rows(r, tracks, trace, window)) text += row.text();
  text += axis(window);
  for (const OpcodeInfo& op : kOpcodes) text += fmt::format("{} {}  ", op.letter, op.name);
  return text + "+ several  . waits  blank: nothing to do\n";
}

}  // namespace tricycle
