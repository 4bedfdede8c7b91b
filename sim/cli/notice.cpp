// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/notice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "models/numerics/convert.h"
#include "sim/messages.h"

namespace tricycle {

void print_notice(const std::string& text) {
  if (!text.empty()) tell(text);
}

void print_input_note(const PreparedProblem& prepared) {
  if (!prepared.input_note.empty())
    print_notice(prepared.problem.file + ": " + prepared.input_note);
}

void print_range_notes(const std::string& source, const std::vector<ChunkMatrix>& chunks,
                       std::span<const Format> formats) {
  for (const Format format : std::set<Format>(formats.begin(), formats.end())) {
    if (!info(format).is_float()) continue;
    const double largest = decode_float(format, info(format).overflow_code() - 1);
    std::size_t entries = 0, beyond = 0;
    for (const ChunkMatrix& chunk : chunks) {
      entries += chunk.a.size();
      beyond += static_cast<std::size_t>(
          std::ranges::count_if(chunk.a, [&](double x) { return std::abs(x) > largest; }));
    }
    if (beyond > 0)
      print_notice(fmt::format(
          "{}: {} of {} entries are beyond {}, whose largest number is {:.6g}; what stands for "
          "them is not their value",
          source, beyond, entries, name(format), largest));
  }
}

}  // namespace tricycle
