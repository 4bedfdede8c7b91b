// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <thread>

#include "models/config_fields.h"
#include "models/error.h"
#include "models/numerics/format_aliases.h"
#include "sim/config/quantity.h"

namespace tricycle {

std::vector<std::string> split_list(std::string_view option, std::string_view text) {
  constexpr std::size_t kFaultsTold = 5;  // each says the whole list
  std::vector<std::string> parts, faults;
  std::set<std::string> seen, told;
  for (std::size_t begin = 0; begin <= text.size() && faults.size() < kFaultsTold;) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part(text.substr(begin, end - begin));
    const bool is_fault = part.empty() || !seen.insert(part).second;
    if (is_fault && told.insert(part).second)
      faults.push_back(
          part.empty()
              ? fmt::format("{} {}: expected names separated by commas, got an empty one", option,
                            text.empty() ? "\"\"" : text)
              : fmt::format("{} {}: {} stands there twice; name it once", option, text, part));
    parts.push_back(part);
    begin = end + 1;
  }
  throw_if_any(std::move(faults));
  return parts;
}

Format parse_format(std::string_view option, const std::string& name) {
  if (const auto format = find_format(name)) return *format;
  const std::string_view meant = closest_format(name);
  throw InputError(fmt::format("{} {}: unknown format; expected one of {}{}", option, name,
                               format_names(),
                               meant.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", meant)));
}

std::int64_t parse_count(std::string_view option, const std::string& text, std::int64_t minimum,
                         std::int64_t maximum) {
  const Field field{
      option, Quantity::kCount, static_cast<double>(minimum), static_cast<double>(maximum), true,
      ""};
  if (const auto value = parse_integer(text, field)) return *value;
  throw InputError(fmt::format("{}: expected integer in [{}, {}], got {}", option, minimum, maximum,
                               text.empty() ? "\"\"" : text));
}

std::int64_t parse_chunk(std::string_view option, const std::string& text) {
  constexpr std::int64_t kSmallest = 8, kLargest = 256;
  return parse_count(option, text, kSmallest, kLargest);
}

int parse_threads(const std::string& text) {
  constexpr std::int64_t kMost = 256;
  const std::int64_t threads = parse_count("--threads", text, 0, kMost);
  return threads > 0 ? static_cast<int>(threads)
                     : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

double parse_number(std::string_view option, const std::string& text, double minimum,
                    double maximum) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= minimum &&
      value <= maximum)
    return value;
  throw InputError(fmt::format("{}: expected number in [{}, {}], got {}", option, minimum, maximum,
                               text.empty() ? "\"\"" : text));
}

Fidelity parse_fidelity(const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& [text, value] : EnumNames<Fidelity>::kValues) {
    if (text == name) return value;
    names.push_back(text);
  }
  throw InputError(fmt::format("--fidelity {}: unknown fidelity; expected one of {}", name,
                               fmt::join(names, ", ")));
}

}  // namespace tricycle
