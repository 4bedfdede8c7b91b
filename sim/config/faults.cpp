// SPDX-License-Identifier: Apache-2.0
//
// Turns faults into lines; declared in yaml_document.h.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "models/error.h"
#include "models/printable.h"
#include "sim/config/yaml_document.h"

namespace tricycle {

namespace {

constexpr std::size_t kLongestKey = 200;

/// What a fault of a --set text is about, where that is not the key the text has: a key of a
/// section that the text began, such as one that is missing.
std::string key_beyond(const Fault& fault) {
  std::string_view set = fault.place.source;
  constexpr std::string_view kSet = "--set ";
  if (!set.starts_with(kSet)) return fault.key;
  set.remove_prefix(kSet.size());
  const std::string_view given = set.substr(0, set.find('='));
  for (const std::string_view prefix : {"problem.", "algorithm."})
    if (given.starts_with(prefix) && !fault.key.empty() && !fault.key.starts_with(prefix))
      return given == std::string(prefix) + fault.key ? "" : std::string(prefix) + fault.key;
  return given == fault.key ? "" : fault.key;
}

}  // namespace

std::string to_line(const Fault& fault) {
  const Place& p = fault.place;
  const std::string key = p.line == 0 ? key_beyond(fault) : fault.key;
  const std::string where =
      p.line == 0 ? p.source : fmt::format("{}:{}:{}", p.source, p.line, p.column);
  return printable(fmt::format("{}: {}{}{}", where, excerpt(key, kLongestKey),
                               key.empty() ? "" : ": ", fault.what));
}

void throw_if_any(std::vector<Fault> faults) {
  if (faults.empty()) return;
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
    const bool a_set = a.place.line == 0, b_set = b.place.line == 0;
    if (a_set || b_set) return a_set < b_set;  // --set texts stay in the order given
    return std::tie(a.place.source, a.place.line, a.place.column) <
           std::tie(b.place.source, b.place.line, b.place.column);
  });
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < faults.size() && i < kMostFaultsShown; ++i)
    lines.push_back(to_line(faults[i]));
  if (faults.size() > kMostFaultsShown)
    lines.push_back(fmt::format("{}: {} more faults; mend these first", faults.back().place.source,
                                faults.size() - kMostFaultsShown));
  throw InputError(std::move(lines));
}

}  // namespace tricycle
