// SPDX-License-Identifier: Apache-2.0
//
// config.resolved.yaml: everything that determines a run's result, in one file that
// `tricycle run FILE` takes.  Keys: algorithm (its name and parameters), format, fidelity, machine
// and problem (their own keys, every default written out).  A program that runs without a problem
// has the keys inputs (NAME: {file, tensor}) and items in its place.  A cut that was fixed is the
// key cut: {tile, merge_group}.
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
  std::string algorithm;             // name of a row; or kProgramAlgorithm, and
  std::optional<Program> program{};  // .. what is run in its place
  AlgorithmOptions options;          // of that algorithm
  Format format = Format::kFp16;
  Fidelity fidelity = Fidelity::kTile;
  // Without a problem: where the program's inputs come from, and for how many items.
  std::vector<InputFile> inputs{};
  std::optional<std::int64_t> items{};
  Cut cut{};  // what is fixed of it
};

/// The file beside config.resolved.yaml that holds a program of one's own.
inline constexpr const char* kProgramFile = "program.txt";

/// The largest that a part of a cut can be: the largest chunk.
inline constexpr int kLargestCut = 256;

/// YAML that load_run reads back to an equal run when it stands in `directory`; `comments` are
/// lines put before it.
std::string dump_run(const RunSpec& spec, const std::vector<std::string>& comments,
                     const std::string& directory);

/// Reads a run and --set texts over it.  Throws InputError with every fault at once, each with its
/// place.
RunSpec load_run(const std::string& path, const Settings& settings = {});

/// Whether a resolved run is of a program with inputs of its own.  Throws InputError.
bool has_inputs(const std::string& path);

/// A program's text from a file (models/isa/program_text.h).  Throws InputError with its place.
Program load_program(const std::string& path, const HwConfig& hw);

/// What a YAML file is, by the keys it and its bases have at the top.
enum class FileKind { kMachine, kProblem, kCosts, kGrid, kRun };
/// Throws InputError for a file that is none of them.
FileKind kind_of(const std::string& path);

}  // namespace tricycle
