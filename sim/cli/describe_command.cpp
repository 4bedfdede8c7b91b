// SPDX-License-Identifier: Apache-2.0
//
// `tricycle describe`: every key of a kind of file, and what one machine says.
#include <fmt/format.h>

#include "models/error.h"
#include "reports/text_table.h"
#include "sim/cli/commands.h"
#include "sim/cli/machine_summary.h"
#include "sim/config/describe.h"
#include "sim/config/describe_json.h"
#include "sim/config/sources.h"
#include "sim/sweep/grid.h"

namespace tricycle {

namespace {

/// `describe hw FILE`: every key of a machine with value, tag, file and source.
std::string machine_text(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  for (const MachineKey& key : machine_keys(path)) {
    if (key.source) {
      const KeySource& s = *key.source;
      const std::string_view tag = s.tag ? kTagNames[static_cast<std::size_t>(*s.tag)] : "-";
      rows.push_back(
          {key.key, key.value, std::string(tag), fmt::format("{}:{}", s.file, s.line), s.source});
      continue;
    }
    rows.push_back({key.key, key.value, "default", "-", ""});
  }
  return text_table({{"key", "", false},
                     {"value", ""},
                     {"tag", "", false},
                     {"from", "", false},
                     {"source", "", false}},
                    rows);
}

/// What `describe` knows of a kind of file.
struct DescribedKind {
  std::string_view name;
  std::string (*text)();
  std::string (*json)();
  std::string (*schema)();
};
constexpr DescribedKind kDescribedKinds[] = {
    {"hw", describe_hw, hw_keys_json, hw_json_schema},
    {"problem", describe_problem, problem_keys_json, problem_json_schema},
    {"costs", describe_costs, costs_keys_json, costs_json_schema},
    {"grid", describe_grid, grid_keys_json, grid_json_schema}};

const DescribedKind& find_described(const std::string& what) {
  for (const DescribedKind& kind : kDescribedKinds)
    if (kind.name == what) return kind;
  throw InputError(
      fmt::format("describe {}: expected one of {}", what, fmt::join(described_kinds(), ", ")));
}

void check_options(const DescribeOptions& options) {
  if (!options.file.empty() && options.what != "hw")
    throw InputError(fmt::format("describe: {}: a FILE goes with hw alone", options.file));
  if (!options.file.empty() && options.schema)
    throw InputError(fmt::format(
        "describe: --schema is of every machine, not of {0}; leave that out, or `tricycle check "
        "{0}` validates it",
        options.file));
  if (options.summary && options.file.empty())
    throw InputError("describe: --summary is of a machine; name its file behind hw");
  if (options.json && options.schema)
    throw InputError("describe: --json and --schema are two documents; give one");
}

}  // namespace

std::vector<std::string_view> described_kinds() {
  std::vector<std::string_view> names;
  for (const DescribedKind& kind : kDescribedKinds) names.push_back(kind.name);
  return names;
}

int describe_command(const DescribeOptions& options) {
  const DescribedKind& kind = find_described(options.what);
  check_options(options);
  if (options.summary)
    fmt::print("{}", machine_summary(options.file, options.json));
  else if (!options.file.empty())
    fmt::print("{}", options.json ? machine_keys_json(options.file) : machine_text(options.file));
  else
    fmt::print("{}", options.schema ? kind.schema() : options.json ? kind.json() : kind.text());
  return 0;
}

}  // namespace tricycle
