// SPDX-License-Identifier: Apache-2.0
#include "sim/units/solve_array.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace tricycle {

template <typename T>
SolveArray<T>::SolveArray(const SolveUnitConfig& unit, SolveArithmetic<T> arithmetic)
    : rows_(unit.rows),
      p_(unit.pe_latency),
      q_(unit.boundary_latency),
      arithmetic_(std::move(arithmetic)),
      cells_(static_cast<std::size_t>(rows_ * (rows_ - 1) / 2)),
      boundaries_(static_cast<std::size_t>(rows_)) {}

template <typename T>
template <typename Token>
void SolveArray<T>::put(Wire<Token>& wire, std::int64_t at, Token token) {
  if (!wire.emplace(at, std::move(token)).second)
    throw std::logic_error("two tokens in one register");
  ++moving_;
}

/// Enters L and the linear terms.  L enters its rows from the left, the entry for the farthest cell
/// first.  The token that captures an entry, and begins a column of the inverse, comes down the
/// column from the diagonal.  Columns of linear terms follow, each row one clock after the row
/// above.
template <typename T>
void SolveArray<T>::enter(const SolveProblem<T>& of, std::int64_t begin) {
  const auto id = static_cast<std::int64_t>(problems_.size());
  problems_.push_back(of);
  for (Cell& c : cells_) c.captured = 0, c.used = -1;
  for (Boundary& b : boundaries_) b.first = 0, b.last = -1;
  const std::int64_t n = of.a.rows, after = of.inverse ? 1 : 0;
  for (std::int64_t i = 1; i < n; ++i)
    for (std::int64_t k = 0; k < i; ++k)
      put(cell(i, 0).entry, begin + q_ + i - 1 - k, Entry{id, k, of.a.row(i)[k]});
  for (std::int64_t h = 0; h + 1 < n; ++h)
    put(cell(h + 1, h).load, begin + h * (p_ + q_ - 1) + q_, Load{id, h});
  // Every column of the inverse begins in a boundary; below the last row's boundary there is
  // nothing.
  if (of.inverse) boundaries_[0].first = boundaries_[0].last = begin;
  if (of.inverse) leave(begin + (n - 1) * (p_ + q_ - 1) + q_);
  for (std::int64_t c = 0; c < of.linear.cols; ++c)
    for (std::int64_t i = 0; i < n; ++i) {
      const T linear = of.linear.row(i)[c];
      const Row row{id, c, linear, arithmetic_.begin ? arithmetic_.begin(linear) : Sum{}};
      if (i == 0)
        put(boundaries_[0].row, begin + after + c, row);
      else
        put(cell(i, 0).row, begin + q_ + i - 1 + after + c, row);
    }
}

/// A hop takes the cell's clocks.  It also waits for the boundary's clocks minus one, so that it
/// meets the next entry of the solution.
template <typename T>
void SolveArray<T>::pass_on(std::int64_t i, std::int64_t k, const Row& row) {
  if (k + 1 == i)
    put(boundaries_[static_cast<std::size_t>(i)].row, now_ + p_, row);
  else
    put(cell(i, k + 1).row, now_ + p_ + q_ - 1, row);
}

namespace {

/// The token that a wire delivers now, if any.
template <typename Token>
std::optional<Token> taken(std::map<std::int64_t, Token>& wire, std::int64_t now,
                           std::int64_t& moving) {
  if (wire.empty() || wire.begin()->first != now) return std::nullopt;
  const Token token = wire.begin()->second;
  wire.erase(wire.begin());
  --moving;
  return token;
}

void expect(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

}  // namespace

template <typename T>
void SolveArray<T>::clock_cell(std::int64_t i, std::int64_t k) {
  Cell& c = cell(i, k);
  const auto entry = taken(c.entry, now_, moving_);
  if (const auto load = taken(c.load, now_, moving_)) {
    expect(entry && entry->column == k && entry->problem == load->problem,
           "an entry of L is not where it is captured");
    c.held = entry;
    c.captured = c.used = now_;
    const SolveProblem<T>& of = problem(load->problem);
    if (i + 1 < of.a.rows) put(cell(i + 1, k).load, now_ + 1, *load);
    // Column k of the inverse begins at row k: its linear term is this entry.
    if (of.inverse)
      pass_on(i, k,
              {load->problem, of.linear.cols + k, entry->value,
               arithmetic_.begin ? arithmetic_.begin(entry->value) : Sum{}});
  } else if (entry) {
    expect(k + 1 < i, "an entry of L went past its cell");
    put(cell(i, k + 1).entry, now_ + p_ + q_ - 1, *entry);
  }
  const auto row = taken(c.row, now_, moving_);
  const auto solution = taken(c.solution, now_, moving_);
  expect(row.has_value() == solution.has_value(), "a sum and an entry of the solution miss");
  if (!row) return;
  expect(row->problem == solution->problem && row->column == solution->column,
         "a sum meets another column");
  expect(c.held && c.held->problem == row->problem, "an entry of L is gone");
  c.used = now_;
  Row next = *row;
  if (arithmetic_.begin)
    next.sum = multiply_add<T>(arithmetic_.spec, c.held->value, solution->value, row->sum);
  pass_on(i, k, next);
  if (i + 1 < problem(row->problem).a.rows) put(cell(i + 1, k).solution, now_ + 1, *solution);
}

template <typename T>
void SolveArray<T>::clock_boundary(std::int64_t i) {
  Boundary& b = boundaries_[static_cast<std::size_t>(i)];
  const auto row = taken(b.row, now_, moving_);
  if (!row) return;
  if (b.last < 0) b.first = now_;
  b.last = now_;
  const SolveProblem<T>& of = problem(row->problem);
  const T value = arithmetic_.end ? arithmetic_.end(i, row->column, row->linear, row->sum) : T{};
  of.out.row(i)[row->column] = value;
  leave(now_ + q_);
  if (i + 1 < of.a.rows)
    put(cell(i + 1, i).solution, now_ + q_, Solution{row->problem, row->column, value});
}

template <typename T>
std::int64_t SolveArray<T>::run() {
  for (; moving_ > 0; ++now_) {
    for (std::int64_t i = 0; i < rows_; ++i) {
      for (std::int64_t k = 0; k < i; ++k) clock_cell(i, k);
      clock_boundary(i);
    }
  }
  return done_;
}

template <typename T>
std::int64_t SolveArray<T>::occupancy() const {
  std::int64_t least = 1;
  for (const Cell& c : cells_)
    if (c.used >= 0) least = std::max(least, c.used - c.captured + 1);
  // The columns of the next system come to a boundary from as early as its own inverse begins.
  least = std::max(least, boundaries_[0].last - boundaries_[0].first + 1);
  return least;
}

template class SolveArray<float>;
template class SolveArray<double>;
template class SolveArray<std::int16_t>;

namespace {

SolveTiming walk(const SolveUnitConfig& unit, std::int64_t n, std::int64_t columns, bool inverse) {
  const std::int64_t width = columns + n;
  std::vector<float> a(static_cast<std::size_t>(n * n)),
      linear(static_cast<std::size_t>(n * width)), out(linear.size());
  SolveUnitConfig part = unit;  // the cells the system takes
  part.rows = n;
  SolveArray<float> array(part, {});
  array.enter({{a.data(), n, n, n},
               {linear.data(), n, columns, width},
               inverse,
               {out.data(), n, width, width}},
              0);
  const std::int64_t latency = array.run();
  return {array.occupancy(), latency};
}

}  // namespace

void step_solves(const Program& program, const HwConfig& hw,
                 std::vector<InstructionTiming>& timings) {
  const SolveUnitConfig& unit = hw.solve_unit;
  std::map<std::tuple<std::int64_t, std::int64_t, bool>, SolveTiming> walked;
  for (std::size_t i = 0; i < timings.size(); ++i) {
    const auto* op = program.instructions[i].as<Solve>();
    if (op == nullptr) continue;
    const std::tuple key{op->n(), op->linear_cols(), op->inverse};
    if (!walked.contains(key)) walked[key] = walk(unit, op->n(), op->linear_cols(), op->inverse);
    timings[i] = instruction_timing(hw, walked[key]);
  }
}

}  // namespace tricycle
