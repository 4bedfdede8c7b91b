// SPDX-License-Identifier: Apache-2.0
//
// --set texts, a line each, over a machine, a problem and an algorithm.
#include <string>
#include <vector>

#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "tests/fuzz/fuzz.h"
#include "workloads/algorithm.h"

using namespace tricycle;

namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    // A command line's texts end at the first NUL.
    lines.emplace_back(text.substr(0, std::min(end, text.find('\0'))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

void fuzz::read_settings(const std::uint8_t* data, std::size_t size) {
  static const std::string machine = fuzz::folder() + "/base.yaml",
                           problem = fuzz::folder() + "/problem.yaml";
  Settings settings;
  fuzz::expect_read_or_refused(
      [&] { settings = split_settings(lines_of(fuzz::text_of(data, size))); });
  fuzz::expect_read_or_refused([&] { load_hw_config(machine, settings.machine); });
  fuzz::expect_read_or_refused([&] { load_problem(problem, settings.problem); });
  fuzz::expect_read_or_refused([&] {
    const AlgorithmOptions options = parse_algorithm_options(settings.algorithm);
    for (const Algorithm& algorithm : algorithms())
      fuzz::expect_read_or_refused(
          [&] { resolve_parameters(algorithm, 32, taken_options(algorithm, options)); });
  });
}
