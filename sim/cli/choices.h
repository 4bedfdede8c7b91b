// SPDX-License-Identifier: Apache-2.0
//
// The machines, algorithms and formats that a command was asked for.  Faults are collected, so that
// the user sees all of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/hw_config.h"
#include "sim/config/layers.h"
#include "workloads/algorithm.h"

namespace tricycle {

/// Loads the machines of these files; their names must differ.
std::vector<HwConfig> load_machines(const std::vector<std::string>& paths, const Settings& set,
                                    std::vector<std::string>& faults);

/// Which algorithms take part where the user names none.
enum class UnnamedAlgorithms { kCompared, kAll };  // those with compared_by_default, or all of them

/// The algorithms that the value of --algorithms names; "all" means every one.
std::vector<const Algorithm*> chosen_algorithms(const std::optional<std::string>& list,
                                                UnnamedAlgorithms unnamed,
                                                std::vector<std::string>& faults);

/// The formats that the value of --formats names.  None: every machine takes part with all its
/// formats.
std::vector<Format> named_formats(const std::optional<std::string>& list,
                                  std::vector<std::string>& faults);
std::vector<Format> formats_of(const HwConfig& hw);

/// A message without the names that it begins with ("newton_schulz: int8: what ..."), for lines
/// that show those names already.
std::string unprefixed(std::string_view message, std::span<const std::string_view> names);

/// Combinations that were asked for but cannot take part.  One line each: "hexagon_like,
/// newton_schulz, int8: what it stores has no bound, ..".
class LeftOut {
 public:
  /// The faults of one machine, algorithm and format; an empty name is not shown.
  void add(const std::string& machine, std::string_view algorithm, Format format,
           const std::vector<std::string>& messages);
  const std::vector<std::string>& lines() const { return lines_; }
  /// CSV of machine, algorithm, format, reason; a header alone where nothing was left out.
  const std::string& csv() const { return csv_; }
  /// Prints the lines on stderr, so that stdout has the results alone.
  void print() const;

 private:
  std::vector<std::string> lines_;
  std::string csv_ = "machine,algorithm,format,reason\n";
};

/// Adds a fault for every option that none of the algorithms takes, since it would change nothing.
void check_taken(const std::vector<const Algorithm*>& chosen, const AlgorithmOptions& options,
                 std::vector<std::string>& faults);

}  // namespace tricycle
