// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/notice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "models/numerics/convert.h"
#include "sim/host/messages.h"

namespace tricycle {

void print_notice(const std::string& text) {
  if (!text.empty()) tell(text);
}

void print_input_note(const PreparedProblem& prepared) {
  if (!prepared.input_note.empty())
    print_notice(prepared.problem.file + ": " + prepared.input_note);
}

namespace {

/// Entries from `low` to `high` are held; what is rounded to a number that is, too.
struct Range {
  double low, high, half_step;
  bool holds(double x) const { return x > low - half_step && x < high + half_step; }
};

Range range_of(Format format) {
  const FormatInfo& f = info(format);
  if (!f.is_float()) {
    const double step = std::ldexp(1, -f.mantissa_bits);
    return {-1, 1 - step, step / 2};
  }
  const double largest = decode_float(format, f.overflow_code() - 1);
  return {-largest, largest, std::ldexp(1, std::ilogb(largest) - f.mantissa_bits - 1)};
}

}  // namespace

void print_range_notes(const std::string& source, const std::vector<ChunkMatrix>& chunks,
                       const std::vector<UsedFormat>& used) {
  std::set<Format> formats;
  for (const UsedFormat& u : used)
    if (info(u.format).is_float() || !u.hw->support(u.format).is_dynamic())
      formats.insert(u.format);
  for (const Format format : formats) {
    const Range range = range_of(format);
    std::size_t entries = 0, beyond = 0;
    for (const ChunkMatrix& chunk : chunks) {
      entries += chunk.a.size();
      beyond += static_cast<std::size_t>(
          std::ranges::count_if(chunk.a, [&](double x) { return !range.holds(x); }));
    }
    if (beyond > 0)
      print_notice(
          fmt::format("{}: {} of {} entries are beyond {}, which ends at {:.6g}; what stands for "
                      "them is not their value",
                      source, beyond, entries, name(format), range.high));
  }
}

}  // namespace tricycle
