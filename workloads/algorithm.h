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

namespace tricycle {

class Emitter;

/// Where the start of the masked Neumann method masks: A before multiplying, the unmasked sum
/// afterwards, or nowhere (ablation).
enum class MaskPlacement : std::uint8_t { kFirst, kAfter, kNone };
inline constexpr std::pair<std::string_view, MaskPlacement> kMaskPlacements[] = {
    {"first", MaskPlacement::kFirst},
    {"after", MaskPlacement::kAfter},
    {"none", MaskPlacement::kNone}};

/// How the residual series sum_{s<S} E^s is evaluated.
enum class Evaluation : std::uint8_t { kHorner, kDoubling, kPowers };
inline constexpr std::pair<std::string_view, Evaluation> kEvaluations[] = {
    {"horner", Evaluation::kHorner},
    {"doubling", Evaluation::kDoubling},
    {"powers", Evaluation::kPowers}};

/// How the product form runs its squarings (neumann_product.cpp).
enum class ProductLoop : std::uint8_t { kPlain, kTileOps, kPypto, kFlashKda };
inline constexpr std::pair<std::string_view, ProductLoop> kProductLoops[] = {
    {"plain", ProductLoop::kPlain},
    {"tileops", ProductLoop::kTileOps},
    {"pypto", ProductLoop::kPypto},
    {"flashkda", ProductLoop::kFlashKda}};

/// Where Newton's iteration begins: I - A, or I / (2 C), which is not triangular knowledge.
enum class NewtonStart : std::uint8_t { kTriangular, kScaledIdentity };
inline constexpr std::pair<std::string_view, NewtonStart> kNewtonStarts[] = {
    {"triangular", NewtonStart::kTriangular}, {"scaled_identity", NewtonStart::kScaledIdentity}};
/// How mixed_recursive copies, negates and adds: by the vector unit; by products with the identity,
/// sums read out of the accumulators directly (the production kernel); or so, with the running
/// inverse left in its accumulator.
enum class Copies : std::uint8_t { kNone, kIdentity, kAccumulator };
inline constexpr std::pair<std::string_view, Copies> kCopies[] = {
    {"none", Copies::kNone},
    {"identity", Copies::kIdentity},
    {"accumulator", Copies::kAccumulator}};

/// What the user asked for; an absent parameter takes the published setting for the chunk size.
struct AlgorithmOptions {
  std::optional<int> order, steps, mask_width, block;
  std::optional<MaskPlacement> mask;
  std::optional<Evaluation> evaluation;
  std::optional<ProductLoop> loop;
  std::optional<NewtonStart> start;
  std::optional<Copies> copies;
};

/// Parameters in force.  A zero means the algorithm does not have that parameter.
struct AlgorithmParameters {
  int order = 0;       // N, terms of the truncated Neumann series
  int steps = 0;       // S, terms of the residual series
  int mask_width = 0;  // w, sub-diagonals the start keeps
  int block = 0;       // b, block size
  MaskPlacement mask = MaskPlacement::kFirst;
  Evaluation evaluation = Evaluation::kHorner;
  ProductLoop loop = ProductLoop::kPlain;
  NewtonStart start = NewtonStart::kTriangular;
  Copies copies = Copies::kNone;
};

/// One row of the algorithm table: Y = (I + A)^-1 - I of a strictly lower triangular A (C x C).
struct Algorithm {
  std::string_view name;
  std::string_view summary;
  std::string_view source;                   // paper or kernel
  std::vector<std::string_view> parameters;  // keys below `algorithm.` it takes
  /// Fills in and checks the parameters for a chunk size.  Throws InputError.
  AlgorithmParameters (*resolve)(int chunk, const AlgorithmOptions& options);
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
};

/// All algorithms, in the order of the documentation.
const std::vector<Algorithm>& algorithms();

/// Row by name, which an option gave.  Throws InputError that has the closest valid name, or where
/// none is close lists them all.
const Algorithm& find_algorithm(std::string_view name, std::string_view option = "--algorithm");

/// One row of the parameter table (algorithm_parameters.cpp).
struct ParameterInfo {
  std::string_view key;     // below `algorithm.`
  std::string_view symbol;  // in tables
  std::string_view values;  // what it may be, and its default
  std::string_view meaning;
  void (*parse)(AlgorithmOptions& options, std::string_view key, std::string_view text);
  bool (*given)(const AlgorithmOptions& options);
  void (*copy)(const AlgorithmOptions& from, AlgorithmOptions& to);
  std::string (*text)(const AlgorithmParameters& parameters);
  /// Values worth trying for a chunk, as --set takes them.  `chosen` has the block size and the
  /// parameters named before this one in Algorithm::parameters.
  std::vector<std::string> (*candidates)(int chunk, const AlgorithmOptions& chosen);
};
std::span<const ParameterInfo> algorithm_parameters();
/// Row by key.  Throws InputError that lists the valid keys.
const ParameterInfo& find_parameter(std::string_view key);

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

/// Refuses options the algorithm does not have, then resolves them.  Throws InputError.
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
};

/// The validated program of one inversion.  Throws InputError (format, memory; a format the
/// algorithm does not take).
Program lower(const Algorithm& algorithm, const AlgorithmParameters& parameters, int chunk,
              Format format, const HwConfig& hw, const Cut& cut = {});

/// Block size of algorithms that cut the diagonal into blocks: a power of two in [2, chunk]; by
/// default `usual`, or what makes at least two blocks.  Throws InputError.
int resolve_block(int chunk, const AlgorithmOptions& options, int usual);

/// The published setting of the masked Neumann method (arXiv 2606.06034): (N, S) = (3, 4) up to C =
/// 16, (4, 3) up to 32, (3, 8) up to 64; beyond, S = C / 8 keeps the proportion.
std::pair<int, int> published_order_and_steps(int chunk);

}  // namespace tricycle
