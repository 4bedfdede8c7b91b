// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "models/error.h"
#include "reports/validation.h"
#include "sim/cli/commands.h"
#include "sim/host/progress.h"
#include "sim/host/version.h"
#include "sim/validate/groups.h"
#include "sim/validate/sensitivity.h"

namespace tricycle {

namespace {

std::vector<ValidationGroup> measured_groups(const std::vector<std::string>& names,
                                             const std::vector<std::string>& files) {
  Progress progress(names.empty() ? shipped_group_count() : names.size());
  bool begun = false;
  return validate_groups(names, files, [&](std::string_view group) {
    if (std::exchange(begun, true)) progress.end();
    progress.begin(std::string(group));
  });
}

std::vector<Sensitivity> measured_sensitivities() {
  std::unique_ptr<Progress> progress;
  return sensitivities([&](const std::string& machine, std::size_t machines) {
    if (progress)
      progress->end();
    else
      progress = std::make_unique<Progress>(machines);
    progress->begin(machine);
  });
}

/// Throws RunError if a row that must be equal is not, or one is beyond its bound.
void require_exact_rows(const std::vector<ValidationGroup>& groups) {
  const ValidationRow* first = nullptr;
  int missed = 0;
  for (const ValidationGroup& group : groups)
    for (const ValidationRow& row : group.rows) {
      if (!row.is_missed()) continue;
      ++missed;
      if (!first) first = &row;
    }
  if (first)
    throw RunError(fmt::format(
        "validate: {} rows that must be equal are not, or are beyond their bound; the first: {}: "
        "{} published, {} here",
        missed, first->what, first->published, first->ours));
}

}  // namespace

int validate_command(const ValidateOptions& options) {
  if (options.json && options.markdown)
    throw InputError("validate: --json and --markdown are two forms of output; give one");
  if (options.sensitivity) {
    if (!options.groups.empty() || !options.with.empty() || options.json || options.rows)
      throw InputError("validate: --sensitivity stands alone or with --markdown");
    fmt::print("{}", sensitivity_table(measured_sensitivities(), options.markdown));
    std::fflush(stdout);
    return 0;
  }
  const std::vector<ValidationGroup> groups = measured_groups(options.groups, options.with);
  if (options.json)
    fmt::print("{}", validation_json(groups, kVersion));
  else if (options.markdown)
    fmt::print("{}", validation_markdown(groups, options.rows));
  else
    fmt::print("{}", validation_text(groups, options.rows));
  std::fflush(stdout);
  require_exact_rows(groups);
  return 0;
}

}  // namespace tricycle
