// SPDX-License-Identifier: Apache-2.0
//
// Parses and checks the values of options; messages name the option.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/error.h"
#include "models/numerics/format.h"
#include "models/run_result.h"

namespace tricycle {

/// Splits a list: "a,b,c" -> a, b, c.  Throws InputError with a line for every empty or duplicate
/// name.
std::vector<std::string> split_list(std::string_view option, std::string_view text);

/// The items of such a list, in order, each parsed by parse(text).  Collects the faults of all of
/// them.
template <typename Parse>
auto parse_list(std::string_view option, const std::string& list, std::vector<std::string>& faults,
                Parse parse) {
  std::vector<decltype(parse(list))> items;
  const auto texts = attempt(faults, [&] { return split_list(option, list); });
  for (const std::string& text : texts.value_or(std::vector<std::string>{}))
    if (const auto item = attempt(faults, [&] { return parse(text); })) items.push_back(*item);
  return items;
}

/// A format by its name.  Throws InputError that lists the valid names and suggests the closest.
Format parse_format(std::string_view option, const std::string& name);

/// A decimal integer in [minimum, maximum].  Throws InputError.
std::int64_t parse_count(std::string_view option, const std::string& text, std::int64_t minimum,
                         std::int64_t maximum);

/// A chunk size that inversions can be made for.  Throws InputError.
std::int64_t parse_chunk(std::string_view option, const std::string& text);

/// The value of --threads; 0: as many as the host can run at once.  Throws InputError.
int parse_threads(const std::string& text);

/// A decimal number in [minimum, maximum].  Throws InputError.
double parse_number(std::string_view option, const std::string& text, double minimum,
                    double maximum);

/// A value from a table of choices, by its name.  Throws InputError that lists the valid names.
template <typename E, std::size_t kCount>
E parse_choice(std::string_view option, std::string_view text,
               const std::pair<std::string_view, E> (&choices)[kCount]) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    names.push_back(name);
  }
  throw InputError(fmt::format("{} {}: expected one of {}", option, text, fmt::join(names, ", ")));
}
template <typename E, std::size_t kCount>
std::string_view choice_name(E value, const std::pair<std::string_view, E> (&choices)[kCount]) {
  for (const auto& [name, candidate] : choices)
    if (candidate == value) return name;
  return "";
}

/// A fidelity by its name.  Throws InputError that lists the valid names.
Fidelity parse_fidelity(const std::string& name);

}  // namespace tricycle
