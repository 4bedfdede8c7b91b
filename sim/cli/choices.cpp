// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/choices.h"

#include <fmt/format.h>

#include <set>

#include "models/error.h"
#include "reports/writers.h"
#include "sim/cli/settings.h"
#include "sim/config/load_hw.h"
#include "sim/host/messages.h"

namespace tricycle {

std::vector<HwConfig> load_machines(const std::vector<std::string>& paths, const Settings& set,
                                    std::vector<std::string>& faults) {
  std::vector<HwConfig> machines;
  std::set<std::string> names;
  for (const std::string& path : paths) {
    auto hw = attempt(faults, [&] { return load_hw_config(path, set.machine); });
    if (!hw) continue;
    if (!names.insert(hw->name).second)
      faults.push_back(
          fmt::format("{}: a second machine named {}; give it a name of its own", path, hw->name));
    machines.push_back(std::move(*hw));
  }
  return machines;
}

std::vector<const Algorithm*> chosen_algorithms(const std::optional<std::string>& list,
                                                UnnamedAlgorithms unnamed,
                                                std::vector<std::string>& faults) {
  if (list && *list != "all")
    return parse_list("--algorithms", *list, faults, [&](const std::string& name) {
      if (name == "all")
        throw InputError(fmt::format(
            "--algorithms {}: all stands for every algorithm; give it alone, or leave it out",
            *list));
      return &find_algorithm(name, "--algorithms");
    });
  std::vector<const Algorithm*> out;
  const bool every = list || unnamed == UnnamedAlgorithms::kAll;
  for (const Algorithm& row : algorithms())
    if (every || row.compared_by_default) out.push_back(&row);
  return out;
}

std::vector<Format> named_formats(const std::optional<std::string>& list,
                                  std::vector<std::string>& faults) {
  if (!list) return {};
  return parse_list("--formats", *list, faults,
                    [](const std::string& name) { return parse_format("--formats", name); });
}

std::vector<Format> formats_of(const HwConfig& hw) {
  std::vector<Format> out;
  for (const FormatInfo& row : kFormats)
    if (hw.support(row.id).present) out.push_back(row.id);
  return out;
}

std::string unprefixed(std::string_view message, std::span<const std::string_view> names) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view name : names)
      if (message.starts_with(name) && message.substr(name.size()).starts_with(": ")) {
        message.remove_prefix(name.size() + 2);
        again = true;
      }
  }
  return std::string(message);
}

void LeftOut::add(const std::string& machine, std::string_view algorithm, Format format,
                  const std::vector<std::string>& messages) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : {std::string_view(machine), algorithm, name(format)})
    if (!part.empty()) parts.push_back(part);
  for (const std::string& message : messages) {
    const std::string reason(unprefixed(message, parts));
    lines_.push_back(fmt::format("{}: {}", fmt::join(parts, ", "), reason));
    csv_ += csv_line({machine, std::string(algorithm), std::string(name(format)), reason}) + "\n";
  }
}

void LeftOut::print() const {
  for (const std::string& line : lines_) tell("left out: " + line);
}

void check_taken(const std::vector<const Algorithm*>& chosen, const AlgorithmOptions& options,
                 std::vector<std::string>& faults) {
  AlgorithmOptions taken;
  for (const Algorithm* algorithm : chosen)
    for (const Parameter& p : algorithm->parameters)
      if (const auto value = options.find(p.key)) taken.put(p.key, *value);
  for (std::string_view key : given_options(options))
    if (!taken.has(key))
      faults.push_back(
          fmt::format("--set algorithm.{}: none of these algorithms has this parameter; "
                      "`tricycle list algorithms` says which do",
                      key));
}

}  // namespace tricycle
