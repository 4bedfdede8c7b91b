// SPDX-License-Identifier: Apache-2.0
//
// The algorithm table.  A new algorithm is one file in inversion/, its line in CMakeLists.txt, and
// its line here.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "models/error.h"
#include "workloads/algorithm.h"
#include "workloads/emitter.h"

// clang-format off
#define TRICYCLE_ALGORITHMS(ROW)   \
  ROW(forward_substitution)        \
  ROW(neumann_masked)              \
  ROW(neumann_masked_blockwise)    \
  ROW(block_doubling)
// clang-format on

namespace tricycle {

#define ROW(function) Algorithm function();
TRICYCLE_ALGORITHMS(ROW)
#undef ROW

namespace {

std::string joined(const std::vector<std::string_view>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

int parse_integer(std::string_view key, std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw InputError(fmt::format("algorithm.{}: expected integer, got \"{}\"", key, text));
  return value;
}

template <typename E, std::size_t kCount>
E parse_choice(std::string_view key, std::string_view text,
               const std::pair<std::string_view, E> (&choices)[kCount]) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    names.push_back(name);
  }
  throw InputError(
      fmt::format("algorithm.{}: expected one of {}, got \"{}\"", key, joined(names), text));
}

template <typename E, std::size_t kCount>
std::string_view choice_name(E value, const std::pair<std::string_view, E> (&choices)[kCount]) {
  for (const auto& [name, candidate] : choices)
    if (candidate == value) return name;
  return "";
}

void set_option(AlgorithmOptions& o, std::string_view key, std::string_view value) {
  if (key == "order")
    o.order = parse_integer(key, value);
  else if (key == "steps")
    o.steps = parse_integer(key, value);
  else if (key == "mask_width")
    o.mask_width = parse_integer(key, value);
  else if (key == "block")
    o.block = parse_integer(key, value);
  else if (key == "mask")
    o.mask = parse_choice(key, value, kMaskPlacements);
  else if (key == "evaluation")
    o.evaluation = parse_choice(key, value, kEvaluations);
  else
    throw InputError(
        fmt::format("--set algorithm.{}: unknown key; expected one of order, steps, mask_width, "
                    "mask, evaluation, block",
                    key));
}

}  // namespace

const std::vector<Algorithm>& algorithms() {
#define ROW(function) function(),
  static const std::vector<Algorithm> table{TRICYCLE_ALGORITHMS(ROW)};
#undef ROW
  return table;
}

const Algorithm& find_algorithm(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Algorithm& row : algorithms()) {
    if (row.name == name) return row;
    names.push_back(row.name);
  }
  throw InputError(
      fmt::format("--algorithm {}: unknown algorithm; expected one of {}", name, joined(names)));
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
    attempt(faults, [&] { return set_option(o, key, text.substr(equals + 1)), true; });
  }
  throw_if_any(std::move(faults));
  return o;
}

AlgorithmParameters resolve_parameters(const Algorithm& algorithm, int chunk,
                                       const AlgorithmOptions& options) {
  const auto refuse_unless_taken = [&](std::string_view key, bool given) {
    if (given && std::find(algorithm.parameters.begin(), algorithm.parameters.end(), key) ==
                     algorithm.parameters.end())
      throw InputError(
          fmt::format("algorithm.{}: {} has no such parameter; it takes {}", key, algorithm.name,
                      algorithm.parameters.empty() ? "none" : joined(algorithm.parameters)));
  };
  refuse_unless_taken("order", options.order.has_value());
  refuse_unless_taken("steps", options.steps.has_value());
  refuse_unless_taken("mask_width", options.mask_width.has_value());
  refuse_unless_taken("block", options.block.has_value());
  refuse_unless_taken("mask", options.mask.has_value());
  refuse_unless_taken("evaluation", options.evaluation.has_value());
  if (chunk < 2 || chunk > 256)
    throw InputError(fmt::format("{}: chunk sizes from 2 to 256 can be inverted, got {}",
                                 algorithm.name, chunk));
  return algorithm.resolve(chunk, options);
}

std::string to_text(const Algorithm& algorithm, const AlgorithmParameters& p) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : " ") + part; };
  for (std::string_view key : algorithm.parameters) {
    if (key == "order") add(fmt::format("N={}", p.order));
    if (key == "steps") add(fmt::format("S={}", p.steps));
    if (key == "mask_width" && p.mask_width != p.order) add(fmt::format("w={}", p.mask_width));
    if (key == "block") add(fmt::format("b={}", p.block));
    if (key == "mask" && p.mask != MaskPlacement::kFirst)
      add(fmt::format("mask={}", choice_name(p.mask, kMaskPlacements)));
    if (key == "evaluation" && p.evaluation != Evaluation::kHorner)
      add(std::string(choice_name(p.evaluation, kEvaluations)));
  }
  return text;
}

std::vector<std::pair<std::string_view, std::string>> parameter_texts(
    const Algorithm& algorithm, const AlgorithmParameters& p) {
  std::vector<std::pair<std::string_view, std::string>> texts;
  for (std::string_view key : algorithm.parameters) {
    if (key == "order") texts.emplace_back(key, std::to_string(p.order));
    if (key == "steps") texts.emplace_back(key, std::to_string(p.steps));
    if (key == "mask_width") texts.emplace_back(key, std::to_string(p.mask_width));
    if (key == "block") texts.emplace_back(key, std::to_string(p.block));
    if (key == "mask") texts.emplace_back(key, choice_name(p.mask, kMaskPlacements));
    if (key == "evaluation") texts.emplace_back(key, choice_name(p.evaluation, kEvaluations));
  }
  return texts;
}

Program lower(const Algorithm& algorithm, const AlgorithmParameters& parameters, int chunk,
              Format format, const HwConfig& hw) {
  check_format(hw, format);
  Emitter emitter(hw, format, chunk);
  algorithm.lower(emitter, parameters);
  return emitter.finish();
}

std::pair<int, int> published_order_and_steps(int chunk) {
  // Tiny blocks need no more than N = C - 1 exact diagonals.
  if (chunk < 4) return {chunk - 1, 1};
  if (chunk <= 16) return {3, 4};
  if (chunk <= 32) return {4, 3};
  if (chunk <= 64) return {3, 8};
  return {3, chunk / 8};
}

}  // namespace tricycle
