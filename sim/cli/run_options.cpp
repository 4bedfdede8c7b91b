// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "models/error.h"
#include "sim/cli/own_program.h"
#include "sim/cli/settings.h"
#include "sim/config/field_tree.h"
#include "sim/config/run_file.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

constexpr std::int64_t kMostTracedChunks = 1'000'000;
constexpr std::int64_t kDefaultWidth = 100, kLargestWidth = 10'000;

}  // namespace

std::vector<std::string> provenance(const RunOptions& options) {
  std::vector<std::string> lines{
      fmt::format("tricycle {}; `tricycle run` on this file alone makes the results again",
                  kVersion),
      "from " + yaml_text(options.machine)};
  if (!options.problem.empty()) lines.back() += " and " + yaml_text(options.problem);
  if (options.program) lines.back() += ", program " + yaml_text(*options.program);
  for (const std::string& set : options.set) lines.push_back("--set " + yaml_text(set));
  return lines;
}

RunTrace requested_trace(const RunOptions& options) {
  RunTrace trace;
  trace.item_limit = parse_count("--trace-chunks", options.trace_chunks, 0, kMostTracedChunks);
  if (options.timeline && trace.item_limit == 0)
    throw InputError("--timeline: expected chunks to show; leave out --trace-chunks 0");
  if (options.timeline && options.json)
    throw InputError("--timeline: --json prints the result document alone; leave one of them out");
  return trace;
}

std::optional<LinearTerms> parse_linear_terms(const std::optional<std::string>& text) {
  if (!text || *text == kFastestTerms) return std::nullopt;
  std::vector<std::string_view> words;
  for (const auto& [word, terms] : EnumNames<LinearTerms>::kValues) {
    if (word == *text) return terms;
    words.push_back(word);
  }
  throw InputError(fmt::format("--linear-terms {}: expected one of {}, {}", *text,
                               fmt::join(words, ", "), kFastestTerms));
}

Cut parse_cut(const std::optional<std::string>& tile, const std::optional<std::string>& merge_group,
              const std::optional<std::string>& linear_terms) {
  Cut cut;
  if (tile) cut.tile = static_cast<int>(parse_count("--tile", *tile, 1, kLargestCut));
  if (merge_group)
    cut.merge_group = static_cast<int>(parse_count("--merge-group", *merge_group, 1, kLargestCut));
  cut.linear_terms = parse_linear_terms(linear_terms);
  return cut;
}

std::int64_t terminal_width() {
  const char* columns = std::getenv("COLUMNS");
  if (columns == nullptr) return kDefaultWidth;
  const std::string_view text = columns;
  std::int64_t width = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), width);
  const bool usable = error == std::errc() && end == text.end() && width > 0;
  return usable ? std::min(width, kLargestWidth) : kDefaultWidth;
}

}  // namespace tricycle
