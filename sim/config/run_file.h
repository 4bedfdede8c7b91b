// SPDX-License-Identifier: Apache-2.0
//
// config.resolved.yaml: one file with everything that determines a run's result.  `tricycle run
// FILE` takes it.  Its keys are:
//   - algorithm (its name and parameters), format and fidelity;
//   - machine and problem (their own keys, with every default written out);
//   - inputs (NAME: {file, tensor}) and items, in place of the problem, where a program runs
//     without one;
//   - cut: {tile, merge_group, linear_terms}, where a cut was fixed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/numerics/format.h"
#include "models/run_result.h"
#include "sim/config/layers.h"
#include "sim/config/program_inputs.h"
#include "workloads/algorithm.h"
#include "workloads/problem.h"

namespace tricycle {

struct RunSpec {
  HwConfig hw;
  Problem problem;
  std::string algorithm;             // name of a row, or kProgramAlgorithm
  std::optional<Program> program{};  // what kProgramAlgorithm runs
  AlgorithmOptions options;          // of the algorithm
  Format format = Format::kFp16;
  Fidelity fidelity = Fidelity::kTile;
  // Without a problem: where the program's inputs come from, and how many items there are.
  std::vector<InputFile> inputs{};
  std::optional<std::int64_t> items{};
  Cut cut{};  // what of the cut is fixed
};

/// The file beside config.resolved.yaml that holds a user's own program.
inline constexpr const char* kProgramFile = "program.txt";

/// The largest value of a part of a cut: the largest chunk.
inline constexpr int kLargestCut = 256;

/// The run as YAML.  load_run reads it back to an equal run when the YAML stands in `directory`.
/// `comments` are lines to put before it.
std::string dump_run(const RunSpec& spec, const std::vector<std::string>& comments,
                     const std::string& directory);

/// Reads a run and the --set texts over it.  Throws InputError with all faults, each with its
/// place.
RunSpec load_run(const std::string& path, const Settings& settings = {});

/// Whether a resolved run runs a program with inputs of its own.  Throws InputError.
bool has_inputs(const std::string& path);

/// Reads a program's text from a file (models/isa/program_text.h).  Throws InputError with the
/// place.
Program load_program(const std::string& path, const HwConfig& hw);

/// What a YAML file is, judged by the top-level keys of it and its bases.
enum class FileKind { kMachine, kProblem, kCosts, kGrid, kRun };
/// Throws InputError for a file that is none of them.
FileKind kind_of(const std::string& path);

}  // namespace tricycle
