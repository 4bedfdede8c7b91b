// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "workloads/parameter.h"

namespace tricycle {

class Emitter;

/// One row of the algorithm table: Y = (I + A)^-1 - I of a strictly lower triangular A (C x C).
struct Algorithm {
  std::string_view name;
  std::string_view summary;
  std::string_view source;            // paper or kernel
  std::vector<Parameter> parameters;  // in the order of texts
  /// Emits the instructions; the result is stored by the algorithm through Emitter::store_output.
  void (*lower)(Emitter& emitter, const AlgorithmParameters& parameters);
  /// Whether the lowering may merge pairs of small blocks together, in groups of some size.
  bool merges_pairs = false;
  /// Whether `tricycle compare` runs it unless told which to run.
  bool compared_by_default = false;
  /// Stores values without a bound, which no fixed point holds: integer formats are refused.
  bool floats_only = false;
  /// Optional hardware it is for: machines without it are refused.
  std::optional<Unit> needs{};

  bool runs_on(const HwConfig& hw) const { return !needs || info(*needs).servers(hw) > 0; }
  bool takes(Format format) const { return !floats_only || info(format).is_float(); }
  /// Whether it has a parameter.
  bool has(std::string_view key) const;
  /// Keys of its parameters.
  std::vector<std::string_view> keys() const;
};

/// What stands in place of an algorithm's name where a program of one's own was run.
inline constexpr const char* kProgramAlgorithm = "program";

/// All algorithms, in the order of the documentation.
const std::vector<Algorithm>& algorithms();

/// Row by name, which an option gave.  Throws InputError that has the closest valid name, or where
/// none is close lists them all.
const Algorithm& find_algorithm(std::string_view name, std::string_view option = "--algorithm");

/// Every parameter that an algorithm has, once, in the order of the algorithms.
std::span<const Parameter> algorithm_parameters();
/// Row by key.  Throws InputError that lists the valid keys.
const Parameter& find_parameter(std::string_view key);

/// Value of a text; a choice's is the index of its word.  Throws InputError.
int parse_parameter(const Parameter& parameter, std::string_view text);

/// The parameters of an algorithm as they are chosen: those that bound others first.
std::vector<const Parameter*> in_order_of_choice(const Algorithm& algorithm);

/// Parses `--set algorithm.KEY=VALUE` texts ("order=3").  Throws InputError: unknown key, wrong
/// value.
AlgorithmOptions parse_algorithm_options(const std::vector<std::string>& texts);

/// Those of the options that the algorithm takes.
AlgorithmOptions taken_options(const Algorithm& algorithm, const AlgorithmOptions& options);

/// Keys of the options that are set.
std::vector<std::string_view> given_options(const AlgorithmOptions& options);

/// Settings worth trying for a chunk: every combination of the parameters' candidates that the
/// algorithm accepts, each setting in force once.  What is set in `fixed` is kept.
std::vector<AlgorithmOptions> candidate_options(const Algorithm& algorithm, int chunk,
                                                const AlgorithmOptions& fixed);

/// Refuses options the algorithm does not have, fills in the defaults for a chunk size and checks
/// all.  Throws InputError.
AlgorithmParameters resolve_parameters(const Algorithm& algorithm, int chunk,
                                       const AlgorithmOptions& options);

/// "N=3 S=8": the parameters in force, for tables and files; w = N, mask first and horner go
/// without saying.
std::string to_text(const Algorithm& algorithm, const AlgorithmParameters& parameters);

/// Every parameter an algorithm has with its value in force, as --set algorithm.KEY=VALUE takes
/// them.
std::vector<std::pair<std::string_view, std::string>> parameter_texts(
    const Algorithm& algorithm, const AlgorithmParameters& parameters);

/// How a lowering cuts its matrices; none: an estimate of the fastest.  Bits do not depend on it.
struct Cut {
  std::optional<int> tile = std::nullopt;         // edge of the blocks in which zeros are skipped
  std::optional<int> merge_group = std::nullopt;  // emitter.h
  bool is_fixed() const { return tile || merge_group; }
};

/// The validated program of one inversion.  Throws InputError (format, memory; a format the
/// algorithm does not take).
Program lower(const Algorithm& algorithm, const AlgorithmParameters& parameters, int chunk,
              Format format, const HwConfig& hw, const Cut& cut = {});

}  // namespace tricycle
