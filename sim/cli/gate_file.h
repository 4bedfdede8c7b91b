// SPDX-License-Identifier: Apache-2.0
//
// The file of `tricycle gate`: runs, and what their figures must be.  docs/gate.md describes it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/numerics/format.h"
#include "models/run_result.h"
#include "reports/columns.h"
#include "sim/config/yaml_document.h"

namespace tricycle {

/// What a figure of today must be, beside the value of the file.
enum class GateCompare : std::uint8_t { kEqual, kAtMost, kAtLeast, kWithin };
inline constexpr std::pair<std::string_view, GateCompare> kGateCompares[] = {
    {"equal", GateCompare::kEqual},
    {"at_most", GateCompare::kAtMost},
    {"at_least", GateCompare::kAtLeast},
    {"within", GateCompare::kWithin}};
std::string_view name(GateCompare compare);

/// How far a number may be beyond the value; never negative.
struct GateTolerance {
  double amount = 0;
  bool percent = false;  // amount is in percent of the value
};

/// One figure of a run.
struct GateFigure {
  const Column* column = nullptr;
  Cell value;  // monostate: none yet, which --update alone takes
  GateCompare compare = GateCompare::kEqual;
  GateTolerance tolerance;
  Place place;          // where it stands
  std::string pointer;  // and its JSON pointer: "/runs/0/figures/2"
};

/// One run; either algorithm and format, or program.
struct GateRun {
  std::string name, machine, problem;  // the last two as the file names them
  std::string algorithm, program;      // empty: the other one
  std::optional<Format> format;        // none: the program's
  Fidelity fidelity = Fidelity::kTile;
  std::vector<std::string> set;  // texts as of --set
  std::vector<GateFigure> figures;
  std::map<std::string, Place, std::less<>> places;  // by key
  std::string pointer;                               // "/runs/0"

  /// A fault of one of its keys.
  Fault fault(std::string_view key, std::string what) const;
};

struct Gate {
  std::vector<GateRun> runs;
};

/// What the file is read for: kCheck asks for every value; kUpdate gives runs without figures the
/// usual ones (usual_gate_figures()).
enum class GateUse : std::uint8_t { kCheck, kUpdate };

/// The figures that a run gets where the file lists none: cycles, energy, the worst error, digest.
/// They have no values.
std::vector<GateFigure> usual_gate_figures();

/// Parses the text of such a file.  `source` is its path.  Throws InputError with all faults, each
/// with line, column and JSON pointer.  Machines, problems and programs are not opened.
Gate parse_gate(const std::string& text, const std::string& source, GateUse use);

/// The text of a file.  Throws InputError where it is missing, no regular file, or too large.
std::string gate_text(const std::string& path);

/// The gate as text, a figure a line; parse_gate() reads it back to an equal gate.
std::string to_text(const Gate& gate);

/// A figure's value as JSON and messages have it; a text in quotes, "none" where there is none.
std::string gate_value_text(const Cell& value);

}  // namespace tricycle
