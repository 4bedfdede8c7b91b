// SPDX-License-Identifier: Apache-2.0
//
// Everything that follows from the parameter rows which the algorithms declare.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>

#include "models/error.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

/// A parameter that mixed_recursive once had; files may still name it.
constexpr std::string_view kFormerCopies = "copies";

std::string text_of(const Parameter& parameter, int value) {
  if (parameter.words.empty()) return std::to_string(value);
  return std::string(parameter.words.at(static_cast<std::size_t>(value)));
}

const Parameter* row_of(std::span<const Parameter> rows, std::string_view key) {
  const auto row = std::ranges::find(rows, key, &Parameter::key);
  return row == rows.end() ? nullptr : &*row;
}

void check_range(const Parameter& parameter, int chunk, const ParameterValues& values) {
  if (!parameter.range) return;
  const ParameterRange range = parameter.range(chunk, values);
  const int value = values.find(parameter.key).value();
  const bool fits = value >= range.low && value <= range.high &&
                    (!range.powers_of_two || std::has_single_bit(static_cast<unsigned>(value)));
  if (!fits)
    throw InputError(fmt::format("algorithm.{}: expected {} in [{}, {}]{}{}, got {}", parameter.key,
                                 range.powers_of_two ? "a power of two" : "integer", range.low,
                                 range.high, range.bound.empty() ? "" : " ", range.bound, value));
}

}  // namespace

int first_word(int, const ParameterValues&) { return 0; }

bool Algorithm::has(std::string_view key) const { return row_of(parameters, key) != nullptr; }

std::vector<std::string_view> Algorithm::keys() const {
  std::vector<std::string_view> keys;
  for (const Parameter& p : parameters) keys.push_back(p.key);
  return keys;
}

std::span<const Parameter> algorithm_parameters() {
  static const std::vector<Parameter> rows = [] {
    std::vector<Parameter> all;
    for (const Algorithm& algorithm : algorithms())
      for (const Parameter& p : algorithm.parameters)
        if (row_of(all, p.key) == nullptr) all.push_back(p);
    return all;
  }();
  return rows;
}

const Parameter& find_parameter(std::string_view key) {
  if (const Parameter* row = row_of(algorithm_parameters(), key)) return *row;
  if (key == kFormerCopies)
    throw InputError(fmt::format(
        "--set algorithm.{}: where linear terms are added is a choice of the cut, of every "
        "algorithm; leave it out (the fastest is found), or give --linear-terms vector (none), "
        "products (identity) or kept (accumulator)",
        key));
  std::vector<std::string_view> keys;
  for (const Parameter& p : algorithm_parameters()) keys.push_back(p.key);
  throw InputError(fmt::format("--set algorithm.{}: unknown key; expected one of {}", key,
                               fmt::join(keys, ", ")));
}

int parse_parameter(const Parameter& parameter, std::string_view text) {
  if (!parameter.words.empty()) {
    const auto word = std::ranges::find(parameter.words, text);
    if (word == parameter.words.end())
      throw InputError(fmt::format("algorithm.{}: expected one of {}, got \"{}\"", parameter.key,
                                   fmt::join(parameter.words, ", "), text));
    return static_cast<int>(word - parameter.words.begin());
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw InputError(
        fmt::format("algorithm.{}: expected integer, got \"{}\"", parameter.key, text));
  return value;
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
    attempt(faults, [&] {
      const Parameter& parameter = find_parameter(key);
      o.put(parameter.key, parse_parameter(parameter, text.substr(equals + 1)));
      return true;
    });
  }
  throw_if_any(std::move(faults));
  return o;
}

AlgorithmOptions taken_options(const Algorithm& algorithm, const AlgorithmOptions& options) {
  AlgorithmOptions out;
  for (const Parameter& p : algorithm.parameters)
    if (const auto value = options.find(p.key)) out.put(p.key, *value);
  return out;
}

std::vector<std::string_view> given_options(const AlgorithmOptions& options) {
  std::vector<std::string_view> keys;
  for (const Parameter& p : algorithm_parameters())
    if (options.has(p.key)) keys.push_back(p.key);
  return keys;
}

std::vector<const Parameter*> in_order_of_choice(const Algorithm& algorithm) {
  std::vector<const Parameter*> rows;
  for (const Parameter& p : algorithm.parameters) rows.push_back(&p);
  std::stable_partition(rows.begin(), rows.end(),
                        [](const Parameter* p) { return p->bounds_others; });
  return rows;
}

AlgorithmParameters resolve_parameters(const Algorithm& algorithm, int chunk,
                                       const AlgorithmOptions& options) {
  for (std::string_view key : given_options(options))
    if (!algorithm.has(key))
      throw InputError(fmt::format(
          "algorithm.{}: {} has no such parameter; it takes {}", key, algorithm.name,
          algorithm.parameters.empty() ? "none"
                                       : fmt::format("{}", fmt::join(algorithm.keys(), ", "))));
  if (chunk < 2 || chunk > 256)
    throw InputError(fmt::format("{}: chunk sizes from 2 to 256 can be inverted, got {}",
                                 algorithm.name, chunk));
  AlgorithmParameters values = options;
  const std::vector<const Parameter*> rows = in_order_of_choice(algorithm);
  for (const Parameter* p : rows)
    if (!values.has(p->key)) values.put(p->key, p->usual(chunk, values));
  for (const Parameter* p : rows) check_range(*p, chunk, values);
  for (const Parameter* p : rows)
    if (p->check) p->check(chunk, values);
  return values;
}

std::vector<std::pair<std::string_view, std::string>> parameter_texts(
    const Algorithm& algorithm, const AlgorithmParameters& parameters) {
  std::vector<std::pair<std::string_view, std::string>> texts;
  for (const Parameter& p : algorithm.parameters)
    texts.emplace_back(p.key, text_of(p, parameters.find(p.key).value_or(0)));
  return texts;
}

std::string to_text(const Algorithm& algorithm, const AlgorithmParameters& parameters) {
  std::string text;
  for (const Parameter& p : algorithm.parameters)
    if (!p.unsaid || !p.unsaid(parameters))
      text += fmt::format("{}{}={}", text.empty() ? "" : " ", p.symbol,
                          text_of(p, parameters.find(p.key).value_or(0)));
  return text;
}

}  // namespace tricycle
