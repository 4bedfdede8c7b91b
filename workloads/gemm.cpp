// SPDX-License-Identifier: Apache-2.0
#include "workloads/gemm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <vector>

#include "models/error.h"
#include "workloads/program_builder.h"
#include "workloads/tiling.h"

namespace tricycle {

namespace {

int halve(int size) { return size > 1 ? (size + 1) / 2 : 1; }

/// Sizes of the panels kept on chip at once, and of the strips they are cut into.  Sums and results
/// lie strip by strip, so that a product's are contiguous.
struct Panels {
  int m, n, k;
  Tile strip;  // its extents begin at 0

  int strips_across() const { return (n + strip.cols.size() - 1) / strip.cols.size(); }
  std::int64_t result_elements() const {
    return std::int64_t{m} * strips_across() * strip.cols.size();
  }
  std::int64_t scratchpad_bytes(Format f, Format weights) const {
    // Two buffers for each panel, so that a load overlaps the product before it.
    return 2 * (m * info(f).bytes_of(k) + k * info(weights).bytes_of(n) +
                m * strips_across() * info(f).bytes_of(strip.cols.size())) +
           6 * 64;
  }
  std::int64_t accumulator_bytes(const HwConfig& hw, Format f) const {
    return 2 * static_cast<std::int64_t>(tricycle::accumulator_bytes(hw.support(f).accumulator)) *
               result_elements() +
           64;
  }
};

/// Panels of at most these sizes; a whole panel is one strip, or a strip is as large as the array.
Panels cut(const HwConfig& hw, GemmGrain grain, int m, int n, int k) {
  const auto at_most = [&](std::int64_t pes, int size) {
    return grain == GemmGrain::kPanel ? size : static_cast<int>(std::min<std::int64_t>(pes, size));
  };
  return {
      m, n, k, {{0, at_most(hw.systolic_array.rows, m)}, {0, at_most(hw.systolic_array.cols, n)}}};
}

/// How many k are summed together.  Panels are cut between such groups, so that sums do not show
/// the cut.
int step_of_k(const HwConfig& hw, Format format, int k) {
  const MacSpec spec = hw.mac_spec(format);
  const std::int64_t step = spec.order == SumOrder::kTile ? spec.tile_k : spec.fan_in;
  return sums_show_their_order(hw, format) ? static_cast<int>(std::min<std::int64_t>(step, k)) : 1;
}

/// Throws InputError where the program of the product would be larger than this host may hold.
void check_panel_count(const HwConfig& hw, const Panels& p, int m, int n, int k) {
  constexpr double kMost = 1 << 20;
  const auto parts = [](int whole, int part) {
    return std::ceil(static_cast<double>(whole) / part);
  };
  const double panels = parts(m, p.m) * parts(n, p.n) * parts(k, p.k) *
                        parts(p.m, p.strip.rows.size()) * p.strips_across();
  if (panels > kMost)
    throw InputError(fmt::format(
        "{}: {} x {} x {} would be cut into {:.0f} products of what the memories hold, {:.0f} at "
        "the "
        "most; raise scratchpad.size and accumulator_memory.size, or choose a smaller product",
        hw.name, m, n, k, panels, kMost));
}

Panels choose_panels(const HwConfig& hw, Format format, Format weights, GemmGrain grain, int m,
                     int n, int k) {
  Panels p = cut(hw, grain, m, n, k);
  while (p.accumulator_bytes(hw, format) > hw.accumulator_bytes && (p.m > 1 || p.n > 1))
    p = p.m >= p.n ? cut(hw, grain, halve(p.m), p.n, p.k) : cut(hw, grain, p.m, halve(p.n), p.k);
  const int step = step_of_k(hw, format, k);
  while (p.scratchpad_bytes(format, weights) > hw.scratchpad.size_bytes &&
         (p.m > 1 || p.n > 1 || p.k > 1)) {
    int sizes[] = {p.k, p.m, p.n};
    // Below a step only where nothing else is left to cut.
    int* const first = p.k > step || (p.m == 1 && p.n == 1) ? sizes : sizes + 1;
    int& largest = *std::max_element(first, std::end(sizes));
    const int half = halve(largest);
    const int whole_steps = (half + step - 1) / step * step;
    largest = &largest == sizes && whole_steps < largest ? whole_steps : half;
    p = cut(hw, grain, sizes[1], sizes[2], sizes[0]);
  }
  check_panel_count(hw, p, m, n, k);
  return p;
}

class GemmEmitter {
 public:
  GemmEmitter(const HwConfig& hw, Format format, const GemmWeights& how, const Panels& panels,
              int m, int n, int k)
      : builder_(hw, format), panels_(panels) {
    const Format weights = how.format.value_or(format);
    const std::uint32_t a = add("A.dram", Space::kDram, m, k),
                        b = add("B.dram", Space::kDram, k, n, weights);
    program().inputs = {a, b};
    program().output = add("C.dram", Space::kDram, m, n);
    const int result_rows = panels.m * panels.strips_across(),
              result_cols = panels.strip.cols.size();
    for (int side = 0; side < 2; ++side) {
      const std::string suffix = std::to_string(side);
      a_[side] = add("A" + suffix, Space::kScratchpad, panels.m, panels.k);
      b_[side] = add("B" + suffix, Space::kScratchpad, panels.k, panels.n, weights);
      c_[side] = add("C" + suffix, Space::kScratchpad, result_rows, result_cols);
      acc_[side] = add("acc" + suffix, Space::kAccumulator, result_rows, result_cols);
    }
    for (const std::uint32_t buffer : {b, b_[0], b_[1]})
      program().buffers[buffer].packed_bits = how.packed_bits;
    program().matmul_count = 1;
  }

  Program emit(Extent m, Extent n, Extent k) {
    std::vector<Step> steps;
    int output = 0;
    for (const Extent& cols : blocks(n, panels_.n))
      for (const Extent& rows : blocks(m, panels_.m)) {
        for (const Extent& inner : blocks(k, panels_.k))
          steps.push_back({rows, cols, inner, static_cast<int>(steps.size() % 2), output % 2,
                           inner.begin > k.begin, inner.end == k.end});
        ++output;
      }
    // Loads go one step ahead, so that none waits in a queue behind the results of the step before.
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i == 0) load(steps[i]);
      if (i + 1 < steps.size()) load(steps[i + 1]);
      multiply(steps[i]);
    }
    return builder_.finish();
  }

 private:
  /// Panels that are on chip together.
  struct Step {
    Extent rows, cols, inner;
    int in, out;            // sides of the buffers
    bool accumulate, last;  // of the sums of an output panel
  };

  Program& program() { return builder_.program(); }
  std::uint32_t add(const std::string& name, Space space, int rows, int cols) {
    return add(name, space, rows, cols, program().format);
  }
  std::uint32_t add(const std::string& name, Space space, int rows, int cols, Format format) {
    return builder_.add(name, space, format, rows, cols).buffer;
  }
  static Region part(std::uint32_t buffer, Extent rows, Extent cols) {
    return {buffer, rows.begin, cols.begin, rows.size(), cols.size()};
  }
  static Extent whole(Extent e) { return {0, e.size()}; }
  static Extent moved(Extent e, int by) { return {e.begin + by, e.end + by}; }
  std::vector<Extent> row_strips(const Step& s) const {
    return blocks(whole(s.rows), panels_.strip.rows.size());
  }
  std::vector<Extent> col_strips(const Step& s) const {
    return blocks(whole(s.cols), panels_.strip.cols.size());
  }

  void load_rows(const Step& s, Extent rows) {
    builder_.push(part(a_[s.in], rows, whole(s.inner)),
                  Load{part(program().inputs[0], moved(rows, s.rows.begin), s.inner)});
  }
  /// What the first products need comes first.
  void load(const Step& s) {
    const std::vector<Extent> rows = row_strips(s);
    load_rows(s, rows[0]);
    for (const Extent& cols : col_strips(s)) {
      builder_.push(part(b_[s.in], whole(s.inner), cols),
                    Load{part(program().inputs[1], s.inner, moved(cols, s.cols.begin))});
      if (cols.begin > 0) continue;
      for (std::size_t i = 1; i < rows.size(); ++i) load_rows(s, rows[i]);
    }
  }

  void multiply(const Step& s) {
    int strip = 0;
    for (const Extent& cols : col_strips(s)) {
      for (const Extent& rows : row_strips(s)) multiply_strip(s, rows, cols, strip * panels_.m);
      ++strip;
    }
  }
  void multiply_strip(const Step& s, Extent rows, Extent cols, int result_row) {
    const Extent place = moved(rows, result_row);
    const Region sum = part(acc_[s.out], place, whole(cols));
    Matmul product{.a = part(a_[s.in], rows, whole(s.inner)),
                   .b = part(b_[s.in], whole(s.inner), cols),
                   .accumulate = s.accumulate};
    product.useful_macs = product.macs();
    builder_.push(sum, product);
    if (!s.last) return;
    const Region result = part(c_[s.out], place, whole(cols));
    const auto& buffers = program().buffers;
    builder_.push(result, Epilogue{.accumulator = sum,
                                   .sum_fraction_bits =
                                       buffers[a_[0]].fraction_bits + buffers[b_[0]].fraction_bits,
                                   .place_row = s.rows.begin + rows.begin - result.row,
                                   .place_col = s.cols.begin + cols.begin - result.col});
    builder_.push(part(program().output, moved(rows, s.rows.begin), moved(cols, s.cols.begin)),
                  Store{result});
  }

  ProgramBuilder builder_;
  Panels panels_;
  std::uint32_t a_[2]{}, b_[2]{}, c_[2]{}, acc_[2]{};
};

}  // namespace

Program lower_gemm(const HwConfig& hw, Format format, int m, int n, int k, GemmGrain grain,
                   const GemmWeights& weights) {
  check_format(hw, format);
  const Format right = weights.format.value_or(format);
  for (const Format f : {format, right})
    if (hw.support(f).is_dynamic())
      throw InputError(fmt::format(
          "{}: a product alone takes codes, and has nothing to measure scales on; set "
          "formats.{}.scaling=static, or measure them inside an inversion (`tricycle run`)",
          hw.name, name(f)));
  GemmEmitter emitter(hw, format, weights, choose_panels(hw, format, right, grain, m, n, k), m, n,
                      k);
  return emitter.emit({0, m}, {0, n}, {0, k});
}

}  // namespace tricycle
