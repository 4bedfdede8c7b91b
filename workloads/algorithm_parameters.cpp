// SPDX-License-Identifier: Apache-2.0
//
// The table of algorithm parameters.  A new one is a member of AlgorithmOptions and
// AlgorithmParameters and a row here.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>

#include "models/error.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

void parse(std::string_view key, std::string_view text, std::optional<int>& out) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw InputError(fmt::format("algorithm.{}: expected integer, got \"{}\"", key, text));
  out = value;
}

template <typename E, std::size_t kCount>
void parse_choice(std::string_view key, std::string_view text,
                  const std::pair<std::string_view, E> (&choices)[kCount], std::optional<E>& out) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : choices) {
    if (name == text) out = value;
    names.push_back(name);
  }
  if (std::find(names.begin(), names.end(), text) == names.end())
    throw InputError(fmt::format("algorithm.{}: expected one of {}, got \"{}\"", key,
                                 fmt::join(names, ", "), text));
}
void parse(std::string_view key, std::string_view text, std::optional<MaskPlacement>& out) {
  parse_choice(key, text, kMaskPlacements, out);
}
void parse(std::string_view key, std::string_view text, std::optional<Evaluation>& out) {
  parse_choice(key, text, kEvaluations, out);
}
void parse(std::string_view key, std::string_view text, std::optional<ProductLoop>& out) {
  parse_choice(key, text, kProductLoops, out);
}
void parse(std::string_view key, std::string_view text, std::optional<NewtonStart>& out) {
  parse_choice(key, text, kNewtonStarts, out);
}

void parse(std::string_view key, std::string_view text, std::optional<Copies>& out) {
  parse_choice(key, text, kCopies, out);
}

std::string text_of(int value) { return std::to_string(value); }
template <typename E, std::size_t kCount>
std::string choice_text(E value, const std::pair<std::string_view, E> (&choices)[kCount]) {
  for (const auto& [name, candidate] : choices)
    if (candidate == value) return std::string(name);
  return "";
}
std::string text_of(MaskPlacement value) { return choice_text(value, kMaskPlacements); }
std::string text_of(Evaluation value) { return choice_text(value, kEvaluations); }
std::string text_of(ProductLoop value) { return choice_text(value, kProductLoops); }
std::string text_of(NewtonStart value) { return choice_text(value, kNewtonStarts); }
std::string text_of(Copies value) { return choice_text(value, kCopies); }

// Candidates: what `tricycle tune` tries.

std::vector<std::string> texts_of(const std::vector<int>& values) {
  std::vector<std::string> texts;
  for (const int value : values) texts.push_back(std::to_string(value));
  return texts;
}

/// Edge of what the series inverts: a block, or the chunk.
int inverted_size(int chunk, const AlgorithmOptions& chosen) {
  return std::min(chunk, chosen.block.value_or(chunk));
}

/// The other loops waste products on the same sums, or round sums once more (flashkda).
std::vector<std::string> loop_candidates(int, const AlgorithmOptions&) { return {"plain"}; }

std::vector<std::string> start_candidates(int, const AlgorithmOptions&) {
  return {"triangular", "scaled_identity"};
}

/// Machines without topology.accumulator_to_scratchpad refuse all but the first.
std::vector<std::string> copies_candidates(int, const AlgorithmOptions&) {
  return {"none", "identity", "accumulator"};
}

/// A single block is the algorithm without blocks.
std::vector<std::string> block_candidates(int chunk, const AlgorithmOptions&) {
  std::vector<int> values;
  for (int b = 4; b < chunk; b *= 2) values.push_back(b);
  return texts_of(values);
}

/// Beyond 8 exact diagonals the start costs more products than any published setting.
std::vector<std::string> order_candidates(int chunk, const AlgorithmOptions& chosen) {
  std::vector<int> values;
  for (int n = 1; n <= std::min(8, inverted_size(chunk, chosen) - 1); ++n) values.push_back(n);
  return texts_of(values);
}

/// Every one up to 16, then multiples of 4.  E begins on sub-diagonal N + 1, so terms past
/// size / (N + 1) are zero; a power of two may be cheaper all the same.
std::vector<std::string> steps_candidates(int chunk, const AlgorithmOptions& chosen) {
  const int diagonals = chosen.order.value_or(0) + 1;
  const int most = (inverted_size(chunk, chosen) + diagonals - 1) / diagonals;
  std::vector<int> values;
  for (int s = 1; s <= most; s += s < 16 ? 1 : 4) values.push_back(s);
  const int power = static_cast<int>(std::bit_ceil(static_cast<unsigned>(most)));
  if (values.back() < power) values.push_back(power);
  return texts_of(values);
}

/// N itself, and powers of two above it; a narrower mask would throw computed diagonals away.
std::vector<std::string> mask_width_candidates(int chunk, const AlgorithmOptions& chosen) {
  const int order = chosen.order.value_or(1);
  std::vector<int> values{order};
  for (int w = 4; w < inverted_size(chunk, chosen); w *= 2)
    if (w > order) values.push_back(w);
  return texts_of(values);
}

/// The other placements are ablations.
std::vector<std::string> mask_candidates(int, const AlgorithmOptions&) { return {"first"}; }

/// One term is one term.
std::vector<std::string> evaluation_candidates(int, const AlgorithmOptions& chosen) {
  if (chosen.steps == 1) return {"horner"};
  return {"horner", "doubling", "powers"};
}

/// The functions of a row, made from the two members that hold the parameter.
template <auto kOption, auto kParameter, auto kCandidates>
constexpr ParameterInfo row(std::string_view key, std::string_view symbol, std::string_view values,
                            std::string_view meaning) {
  return {key,
          symbol,
          values,
          meaning,
          [](AlgorithmOptions& o, std::string_view k, std::string_view text) {
            parse(k, text, o.*kOption);
          },
          [](const AlgorithmOptions& o) { return (o.*kOption).has_value(); },
          [](const AlgorithmOptions& from, AlgorithmOptions& to) { to.*kOption = from.*kOption; },
          [](const AlgorithmParameters& p) { return text_of(p.*kParameter); },
          kCandidates};
}

using O = AlgorithmOptions;
using P = AlgorithmParameters;

constexpr ParameterInfo kParameters[] = {
    row<&O::order, &P::order, &order_candidates>(
        "order", "N",
        "integer in [1, block - 1]; published: 3 up to 16, 4 up to 32, 3 beyond; masked_newton: 3",
        "terms of the truncated Neumann series: sub-diagonals of the start that are exact"),
    row<&O::steps, &P::steps, &steps_candidates>(
        "steps", "S",
        "integer in [1, block]; published: 4 up to 16, 3 up to 32, 8 up to 64; newton_schulz: in "
        "[1, 64], default ceil(log2 C), from scaled_identity max(12, ceil(2 log2 C))",
        "terms of the residual series: exact on the first (N + 1) S diagonals; newton_schulz: "
        "iterations"),
    row<&O::mask_width, &P::mask_width, &mask_width_candidates>(
        "mask_width", "w", "integer in [1, block - 1]; default N",
        "sub-diagonals of the start that the mask keeps"),
    row<&O::mask, &P::mask, &mask_candidates>(
        "mask", "mask", "first | after | none; default first",
        "where the start is masked: A before multiplying, the unmasked sum "
        "afterwards, nowhere"),
    row<&O::evaluation, &P::evaluation, &evaluation_candidates>(
        "evaluation", "evaluation", "horner | doubling | powers; default horner",
        "how the residual series is summed; doubling takes a power of two of steps"),
    row<&O::block, &P::block, &block_candidates>(
        "block", "b",
        "power of two in [2, chunk]; default half the chunk, at most 64 "
        "(neumann_masked_blockwise) or 16",
        "edge of the diagonal blocks that are inverted first"),
    row<&O::loop, &P::loop, &loop_candidates>(
        "loop", "loop", "plain | tileops | pypto | flashkda; default plain",
        "the squarings of neumann_product: as they are needed, or as public "
        "kernels run them"),
    row<&O::start, &P::start, &start_candidates>("start", "start",
                                                 "triangular | scaled_identity; default triangular",
                                                 "where newton_schulz begins: I - A, or I / (2 C)"),
    row<&O::copies, &P::copies, &copies_candidates>(
        "copies", "copies", "none | identity | accumulator; default none",
        "none: sums by the vector unit; identity: copies as products with the identity, sums read "
        "out directly; accumulator: the same, the running inverse left in its accumulator"),
};

}  // namespace

std::span<const ParameterInfo> algorithm_parameters() { return kParameters; }

const ParameterInfo& find_parameter(std::string_view key) {
  std::vector<std::string_view> keys;
  for (const ParameterInfo& p : kParameters) {
    if (p.key == key) return p;
    keys.push_back(p.key);
  }
  throw InputError(fmt::format("--set algorithm.{}: unknown key; expected one of {}", key,
                               fmt::join(keys, ", ")));
}

AlgorithmOptions parse_algorithm_options(const std::vector<std::string>& texts) {
  AlgorithmOptions o;
  std::vector<std::string> faults;
  std::vector<std::string_view> seen;
  for (const std::string_view text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      faults.push_back(
          fmt::format("--set algorithm.{}: expected KEY=VALUE, such as algorithm.order=3", text));
      continue;
    }
    const std::string_view key = text.substr(0, equals);
    if (std::find(seen.begin(), seen.end(), key) != seen.end())
      faults.push_back(
          fmt::format("--set algorithm.{}: duplicate key; give algorithm.{} once", text, key));
    seen.push_back(key);
    attempt(faults,
            [&] { return find_parameter(key).parse(o, key, text.substr(equals + 1)), true; });
  }
  throw_if_any(std::move(faults));
  return o;
}

AlgorithmOptions taken_options(const Algorithm& algorithm, const AlgorithmOptions& options) {
  AlgorithmOptions out;
  for (std::string_view key : algorithm.parameters) find_parameter(key).copy(options, out);
  return out;
}

std::vector<std::string_view> given_options(const AlgorithmOptions& options) {
  std::vector<std::string_view> keys;
  for (const ParameterInfo& p : kParameters)
    if (p.given(options)) keys.push_back(p.key);
  return keys;
}

std::vector<std::pair<std::string_view, std::string>> parameter_texts(
    const Algorithm& algorithm, const AlgorithmParameters& parameters) {
  std::vector<std::pair<std::string_view, std::string>> texts;
  for (std::string_view key : algorithm.parameters)
    texts.emplace_back(key, find_parameter(key).text(parameters));
  return texts;
}

std::string to_text(const Algorithm& algorithm, const AlgorithmParameters& p) {
  const auto usual = [&](std::string_view key) {
    return (key == "mask_width" && p.mask_width == p.order) ||
           (key == "mask" && p.mask == MaskPlacement::kFirst) ||
           (key == "evaluation" && p.evaluation == Evaluation::kHorner) ||
           (key == "loop" && p.loop == ProductLoop::kPlain) ||
           (key == "start" && p.start == NewtonStart::kTriangular);
  };
  std::string text;
  for (const auto& [key, value] : parameter_texts(algorithm, p))
    if (!usual(key))
      text += fmt::format("{}{}={}", text.empty() ? "" : " ", find_parameter(key).symbol, value);
  return text;
}

}  // namespace tricycle
