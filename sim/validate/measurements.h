// SPDX-License-Identifier: Apache-2.0
//
// A user's own measurements: the rows of a CSV file, and what this simulator says of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/numerics/format.h"
#include "reports/validation.h"
#include "sim/validate/kernel_table.h"
#include "workloads/algorithm.h"

namespace tricycle {

/// What a measurement is of.
enum class MeasuredFigure : std::uint8_t {
  kSteady,   // per chunk, of many
  kLatency,  // of one chunk alone
};

/// One row.  The columns of the file are:
///   machine, measured, unit   required
///   problem, algorithm, format   an inversion, or in place of algorithm and format:
///   program      a program as text (docs/programs.md); with a problem it inverts its chunks
///   kernel       "block_doubling/recursive", a kernel of warps (docs/simt.md), with chunk, warps,
///                parameters ("n3 s8 horner"), registers, shared_bytes, code_bytes and perhaps
///                executed_instructions: what the compiler made of it
///   parameters   of the algorithm, "order=4 steps=3"; empty: its defaults
///   tile, merge_group   the cut, where the kernel has a fixed one; empty: the best
///   set          keys of the machine, "systolic_array.rows=32 cores=2"
///   figure       steady (default) or latency
///   use          predict (default), or fit: the figure sets a constant of the machine
///   source       where the figure is from
/// The unit is cycles, us or ns.
struct MeasuredRow {
  std::string place;                     // "MY.csv:3"
  std::string machine;                   // a path
  std::vector<std::string> set;          // KEY=VALUE
  std::string problem;                   // the name; empty: a program without one
  std::int64_t chunk = 0;                // tokens; 0: a program without a problem
  const Algorithm* algorithm = nullptr;  // nullptr: a program
  AlgorithmOptions options;
  Format format = Format::kFp16;  // of the algorithm
  std::string program;            // a path; empty: an algorithm
  CompiledKernel kernel;          // its name is empty: no kernel of warps
  Cut cut;
  MeasuredFigure figure = MeasuredFigure::kSteady;
  std::string unit;
  double measured = 0;  // above 0, in `unit`
  RowUse use = RowUse::kPredicted;
  std::string source;

  /// The measured figure in cycles of a clock.
  double measured_cycles(double clock_ghz) const;
  /// "gdn_lm_c64, block_doubling in int8, steady": all but the machine and the unit.
  std::string what() const;
};

/// The rows of a file.  Throws InputError with a line for every faulty row.
std::vector<MeasuredRow> read_measurements(const std::string& path);

/// The figure of a row in cycles, as a run of it says on the machine.  Nothing is computed but
/// time.  Throws InputError where the machine cannot run it, and RunError (deadlock).
double simulated_cycles(const MeasuredRow& row, const HwConfig& hw);

}  // namespace tricycle
