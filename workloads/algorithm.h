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
#include "workloads/cut.h"
#include "workloads/parameter.h"

namespace tricycle {

class Emitter;

/// One row of the algorithm table.  An algorithm computes Y = (I + A)^-1 - I of a strictly lower
/// triangular A (C x C).
struct Algorithm {
  std::string_view name;
  std::string_view summary;
  std::string_view source;            // paper or kernel
  std::vector<Parameter> parameters;  // in the order in which texts list them
  /// Emits the instructions.  The algorithm itself stores the result through Emitter::store_output.
  void (*lower)(Emitter& emitter, const AlgorithmParameters& parameters);
  /// Whether the lowering may merge several pairs of small blocks together, in groups of some size.
  bool merges_pairs = false;
  /// Whether `tricycle compare` runs it when no algorithms are named.
  bool compared_by_default = false;
  /// Stores values without a bound, which no fixed point can hold.  Integer formats are refused.
  bool floats_only = false;
  /// The optional unit it needs.  Machines without that unit are refused.
  std::optional<Unit> needs{};

  bool runs_on(const HwConfig& hw) const { return !needs || info(*needs).servers(hw) > 0; }
  bool takes(Format format) const { return !floats_only || info(format).is_float(); }
  /// Whether it has the parameter `key`.
  bool has(std::string_view key) const;
  /// The keys of its parameters.
  std::vector<std::string_view> keys() const;
};

/// The name reported in place of an algorithm's where a user's program was run.
inline constexpr const char* kProgramAlgorithm = "program";

/// All algorithms, in the order of the documentation.
const std::vector<Algorithm>& algorithms();

/// The row of a name given by `option`.  Throws InputError with the closest valid name, or with all
/// valid names where none is close.
const Algorithm& find_algorithm(std::string_view name, std::string_view option = "--algorithm");

/// Every parameter of any algorithm, once, in the order of the algorithms.
std::span<const Parameter> algorithm_parameters();
/// The row of a key.  Throws InputError that lists the valid keys.
const Parameter& find_parameter(std::string_view key);

/// Parses the value of a parameter.  The value of a choice is the index of its word.  Throws
/// InputError.
int parse_parameter(const Parameter& parameter, std::string_view text);

/// The parameters of an algorithm in the order in which they are chosen: those that bound others
/// come first.
std::vector<const Parameter*> in_order_of_choice(const Algorithm& algorithm);

/// Parses the texts of `--set algorithm.KEY=VALUE` ("order=3").  Throws InputError: unknown key,
/// wrong value.
AlgorithmOptions parse_algorithm_options(const std::vector<std::string>& texts);

/// The options that the algorithm accepts.
AlgorithmOptions taken_options(const Algorithm& algorithm, const AlgorithmOptions& options);

/// The keys of the options that are set.
std::vector<std::string_view> given_options(const AlgorithmOptions& options);

/// Settings worth trying for a chunk size: every combination of the parameters' candidates that the
/// algorithm accepts.  Each effective setting occurs once.  Values set in `fixed` are kept.
std::vector<AlgorithmOptions> candidate_options(const Algorithm& algorithm, int chunk,
                                                const AlgorithmOptions& fixed);

/// Completes the options for a chunk size: refuses options that the algorithm does not have, fills
/// in the defaults and checks all values.  Throws InputError.
AlgorithmParameters resolve_parameters(const Algorithm& algorithm, int chunk,
                                       const AlgorithmOptions& options);

/// "N=3 S=8": the parameters in force, for tables and files.  Leaves out w = N, mask first and
/// horner.
std::string to_text(const Algorithm& algorithm, const AlgorithmParameters& parameters);

/// Every parameter of an algorithm with its value in force, as --set algorithm.KEY=VALUE takes
/// them.
std::vector<std::pair<std::string_view, std::string>> parameter_texts(
    const Algorithm& algorithm, const AlgorithmParameters& parameters);

/// Lowers one inversion to a validated program.  Throws InputError (format, memory; a format the
/// algorithm does not take).
Program lower(const Algorithm& algorithm, const AlgorithmParameters& parameters, int chunk,
              Format format, const HwConfig& hw, const Cut& cut = {});

}  // namespace tricycle
