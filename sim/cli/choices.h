// SPDX-License-Identifier: Apache-2.0
//
// What commands over many machines, algorithms and formats were asked for.  Faults are collected,
// so that the user sees all of them.
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

/// The machines of these files; names must differ.
std::vector<HwConfig> load_machines(const std::vector<std::string>& paths, const Settings& set,
                                    std::vector<std::string>& faults);

/// Which algorithms take part where none are named.
enum class UnnamedAlgorithms { kCompared, kAll };  // those with compared_by_default, or every one

/// The algorithms of the list of --algorithms; "all" is every one.
std::vector<const Algorithm*> chosen_algorithms(const std::optional<std::string>& list,
                                                UnnamedAlgorithms unnamed,
                                                std::vector<std::string>& faults);

/// The formats of the list of --formats, or none: then every machine takes part with all it has.
std::vector<Format> named_formats(const std::optional<std::string>& list,
                                  std::vector<std::string>& faults);
std::vector<Format> formats_of(const HwConfig& hw);

/// A fault without the names in front that it begins with ("newton_schulz: int8: what ..."), for
/// lines that name them already.
std::string unprefixed(std::string_view message, std::span<const std::string_view> names);

/// What was asked for and cannot take part, beside what can: a line each, "hexagon_like,
/// newton_schulz, int8: what it stores has no bound, ..".
class LeftOut {
 public:
  /// The faults of one machine, algorithm and format; an empty name is not shown.
  void add(const std::string& machine, std::string_view algorithm, Format format,
           const std::vector<std::string>& messages);
  const std::vector<std::string>& lines() const { return lines_; }
  /// CSV of machine, algorithm, format, reason; a header alone where nothing was left out.
  const std::string& csv() const { return csv_; }
  /// On stderr, so that results alone stand on stdout.
  void print() const;

 private:
  std::vector<std::string> lines_;
  std::string csv_ = "machine,algorithm,format,reason\n";
};

/// An option that none of the algorithms takes would change nothing: a fault.
void check_taken(const std::vector<const Algorithm*>& chosen, const AlgorithmOptions& options,
                 std::vector<std::string>& faults);

}  // namespace tricycle
