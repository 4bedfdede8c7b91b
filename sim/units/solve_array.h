// SPDX-License-Identifier: Apache-2.0
//
// The triangular array of models/timing/solve.h at the level of its cells.  Every token is in a
// register, and every hop takes its clocks.  Values and cycles come out of the same simulation.  It
// uses none of the formulas, and the formulas must give the same cycles.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/numerics/multiply_add.h"
#include "models/timing/instruction_timing.h"
#include "models/timing/solve.h"

namespace tricycle {

/// out <- -(I + L)^-1 [linear | L], where L is the part of `a` (n x n) strictly below the diagonal.
/// `out` has n rows; entries that are not written are zero.  The memory behind the views must
/// outlive the simulation.
template <typename T>
struct SolveProblem {
  MatrixRef<const T> a, linear;  // linear: n x m, m may be 0
  bool inverse = true;
  MatrixRef<T> out;
};

/// The arithmetic of the cells.  Without functions every value is zero, which is enough to count
/// cycles.
template <typename T>
struct SolveArithmetic {
  MacSpec spec;
  std::function<SumOf<T>(T linear)> begin;  // a sum, from its linear term
  std::function<T(std::int64_t row, std::int64_t col, T linear, SumOf<T> sum)> end;
};

template <typename T>
class SolveArray {
 public:
  SolveArray(const SolveUnitConfig& unit, SolveArithmetic<T> arithmetic);

  /// Enters a system, whose first tokens enter in clock `begin` >= now.  Throws std::logic_error in
  /// the clock in which two tokens meet in one register.  Throws it, too, when an entry of L is
  /// gone that a sum still needs.
  void enter(const SolveProblem<T>& problem, std::int64_t begin);
  /// Lets clocks pass until nothing moves any more.  Returns the clock after the one in which the
  /// last entry of any solution left.
  std::int64_t run();
  /// How many clocks after the last system another one may enter.  With so many, no entry of L is
  /// overwritten too early, and no port is used twice in one clock.
  std::int64_t occupancy() const;

 private:
  using Sum = SumOf<T>;
  struct Load {  // captures an entry of L; begins a column of the inverse
    std::int64_t problem, column;
  };
  struct Entry {  // an entry of L on its way
    std::int64_t problem, column;
    T value;
  };
  struct Solution {
    std::int64_t problem, column;
    T value;
  };
  struct Row {  // the sum of a row for one column, on its way to the boundary
    std::int64_t problem, column;
    T linear;
    Sum sum;
  };
  /// What arrives at a cell or at the boundary, by clock.
  template <typename Token>
  using Wire = std::map<std::int64_t, Token>;
  struct Cell {
    Wire<Load> load;
    Wire<Entry> entry;
    Wire<Solution> solution;
    Wire<Row> row;
    std::optional<Entry> held;
    std::int64_t captured = 0, used = 0;  // clocks, for the last system
  };
  struct Boundary {
    Wire<Row> row;
    /// First and last clock in which a row of the last system came
    std::int64_t first = 0, last = -1;
  };

  template <typename Token>
  void put(Wire<Token>& wire, std::int64_t at, Token token);
  void clock_cell(std::int64_t i, std::int64_t k);
  void clock_boundary(std::int64_t i);
  void pass_on(std::int64_t i, std::int64_t k, const Row& row);
  void leave(std::int64_t at) { done_ = std::max(done_, at); }

  Cell& cell(std::int64_t i, std::int64_t k) {
    return cells_[static_cast<std::size_t>(i * (i - 1) / 2 + k)];
  }
  const SolveProblem<T>& problem(std::int64_t p) const {
    return problems_[static_cast<std::size_t>(p)];
  }

  std::int64_t rows_, p_, q_;
  SolveArithmetic<T> arithmetic_;
  std::vector<Cell> cells_;  // (i, k), k < i
  std::vector<Boundary> boundaries_;
  std::vector<SolveProblem<T>> problems_;
  std::int64_t now_ = 0, moving_ = 0, done_ = 0;
};

/// For `--fidelity pe`: replaces the formula's cycles by those of simulating each system in the
/// array.  Cycles do not depend on values.
void step_solves(const Program& program, const HwConfig& hw,
                 std::vector<InstructionTiming>& timings);

}  // namespace tricycle
