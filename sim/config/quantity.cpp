// SPDX-License-Identifier: Apache-2.0
#include "sim/config/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <span>

namespace tricycle {

namespace {

/// The value in the quantity's unit is number * multiply / divide.  There are two factors because
/// 1370 / 1000 rounds once and 1370 * 0.001 twice.
struct Suffix {
  std::string_view text;
  std::int64_t multiply = 1;
  std::int64_t divide = 1;
};

struct QuantityInfo {
  std::string_view unit;
  std::string_view what;  // in messages
  std::string_view hint;  // in messages
  bool bare;              // a number without suffix is allowed
  std::span<const Suffix> suffixes;
};

constexpr Suffix kCycleSuffixes[] = {{"cycles"}, {"cycle"}};
constexpr Suffix kByteSuffixes[] = {
    {"GiB", std::int64_t{1} << 30}, {"MiB", std::int64_t{1} << 20}, {"KiB", 1024}, {"B"}};
constexpr Suffix kRateSuffixes[] = {{"B/cycle"}};
constexpr Suffix kFrequencySuffixes[] = {{"GHz"}, {"MHz", 1, 1000}};
// Both signs that people type for micro are accepted: U+00B5 and the Greek letter U+03BC.
constexpr Suffix kTimeSuffixes[] = {
    {"ns"}, {"us", 1000}, {"\u00B5s", 1000}, {"\u03BCs", 1000}, {"ms", 1'000'000}};
constexpr Suffix kLengthSuffixes[] = {{"nm"}};
constexpr Suffix kBandwidthSuffixes[] = {{"GB/s"}, {"MB/s", 1, 1000}, {"TB/s", 1000}};

QuantityInfo quantity_info(Quantity quantity) {
  switch (quantity) {
    case Quantity::kCount: return {"", "", "", true, {}};
    case Quantity::kCycles:
      return {"cycles", "cycles", "24 or \"24 cycles\"", true, kCycleSuffixes};
    case Quantity::kBytes:
      return {"B", "bytes", "4096, \"512 B\", \"256 KiB\", \"8 MiB\", \"1 GiB\"", true,
              kByteSuffixes};
    case Quantity::kBytesPerCycle:
      return {"B/cycle", "bytes per cycle", "128 or \"128 B/cycle\"", true, kRateSuffixes};
    case Quantity::kFrequencyGhz:
      return {"GHz", "frequency", "\"1.37 GHz\", \"800 MHz\"", false, kFrequencySuffixes};
    case Quantity::kTimeNs: return {"ns", "time", "\"100 ns\", \"2 us\"", false, kTimeSuffixes};
    case Quantity::kLengthNm: return {"nm", "length", "\"7 nm\"", false, kLengthSuffixes};
    case Quantity::kBandwidthGbps:
      return {"GB/s", "bandwidth", "\"68 GB/s\", \"1.2 TB/s\", \"500 MB/s\"", false,
              kBandwidthSuffixes};
  }
  return {"", "", "", true, {}};
}

constexpr Quantity kQuantities[] = {
    Quantity::kCount,        Quantity::kCycles, Quantity::kBytes,    Quantity::kBytesPerCycle,
    Quantity::kFrequencyGhz, Quantity::kTimeNs, Quantity::kLengthNm, Quantity::kBandwidthGbps};

/// Cuts the suffix off `text`.  nullopt where the quantity does not have that suffix, or needs one
/// and there is none.
std::optional<Suffix> take_suffix(std::string_view& text, Quantity quantity) {
  const QuantityInfo row = quantity_info(quantity);
  for (const Suffix& suffix : row.suffixes) {
    if (!text.ends_with(suffix.text)) continue;
    std::string_view number = text.substr(0, text.size() - suffix.text.size());
    if (number.ends_with(' ')) number.remove_suffix(1);
    if (number.empty() || number.back() < '0' || number.back() > '9') continue;
    text = number;
    return suffix;
  }
  if (!row.bare) return std::nullopt;
  return Suffix{};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Length of a decimal integer without leading zeros at the beginning of `text`, with its sign; 0
/// if there is none.
std::size_t integer_length(std::string_view text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  std::size_t end = sign;
  while (end < text.size() && is_digit(text[end])) ++end;
  const std::size_t digits = end - sign;
  if (digits == 0 || (digits > 1 && text[sign] == '0')) return 0;
  return end;
}

/// Of an integer as YAML's core schema writes it: 0x1F, 0o17, or decimal.
int base_of(std::string_view text) {
  if (text.size() < 3) return 10;
  return text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 10;
}

bool is_real(std::string_view text) {
  std::size_t i = integer_length(text);
  if (i == 0) return false;
  const auto digits = [&] {
    const std::size_t begin = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > begin;
  };
  if (i < text.size() && text[i] == '.' && (++i, !digits())) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

}  // namespace

std::optional<bool> parse_flag(std::string_view text) {
  for (const std::string_view yes : {"true", "True", "TRUE"})
    if (text == yes) return true;
  for (const std::string_view no : {"false", "False", "FALSE"})
    if (text == no) return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text, const Field& field) {
  if (const int base = base_of(text); base != 10) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + 2, end, value, base);
    const bool good = parsed.ec == std::errc() && parsed.ptr == end && text[2] != '-' &&
                      static_cast<double>(value) >= field.minimum &&
                      static_cast<double>(value) <= field.maximum && !requires_unit(field.quantity);
    return good ? std::optional(value) : std::nullopt;
  }
  const std::optional<Suffix> suffix = take_suffix(text, field.quantity);
  if (!suffix || suffix->divide != 1 || text.empty() || integer_length(text) != text.size())
    return std::nullopt;
  std::int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
    return std::nullopt;
  // In double first: the product may leave 64 bits, and every limit is far below 2^63.
  const double scaled = static_cast<double>(value) * static_cast<double>(suffix->multiply);
  if (scaled < field.minimum || scaled > field.maximum) return std::nullopt;
  return value * suffix->multiply;
}

std::optional<double> parse_real(std::string_view text, const Field& field) {
  const std::optional<Suffix> suffix = take_suffix(text, field.quantity);
  if (!suffix || !is_real(text)) return std::nullopt;
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
    return std::nullopt;
  value = value * static_cast<double>(suffix->multiply) / static_cast<double>(suffix->divide);
  if (!(value >= field.minimum && value <= field.maximum)) return std::nullopt;
  return value;
}

std::string format_quantity(Quantity quantity, std::int64_t value) {
  if (quantity == Quantity::kBytes) {
    for (const Suffix& suffix : kByteSuffixes)
      if (value % suffix.multiply == 0 && value >= suffix.multiply)
        return fmt::format("{} {}", value / suffix.multiply, suffix.text);
  }
  const QuantityInfo row = quantity_info(quantity);
  return row.bare ? fmt::format("{}", value) : fmt::format("{} {}", value, row.unit);
}

std::string format_quantity(Quantity quantity, double value) {
  const QuantityInfo row = quantity_info(quantity);
  return row.bare ? fmt::format("{}", value) : fmt::format("{} {}", value, row.unit);
}

std::string expectation(const Field& field, bool integer) {
  const QuantityInfo row = quantity_info(field.quantity);
  const std::string range = fmt::format("in [{}, {}]", field.minimum, field.maximum);
  if (field.quantity == Quantity::kCount) return (integer ? "integer " : "number ") + range;
  if (row.bare) return fmt::format("{} {} ({})", row.what, range, row.hint);
  return fmt::format("{} {} {} with its unit ({})", row.what, range, row.unit, row.hint);
}

std::optional<UnitSuffix> leading_suffix(std::string_view text) {
  const auto in_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
  };
  std::optional<UnitSuffix> best;
  for (const Quantity quantity : kQuantities)
    for (const Suffix& suffix : quantity_info(quantity).suffixes) {
      const bool whole = text.starts_with(suffix.text) &&
                         (text.size() == suffix.text.size() || !in_word(text[suffix.text.size()]));
      if (whole && (!best || suffix.text.size() > best->text.size()))
        best = UnitSuffix{suffix.text, quantity, static_cast<double>(suffix.multiply),
                          static_cast<double>(suffix.divide)};
    }
  return best;
}

std::string_view unit_name(Quantity quantity) { return quantity_info(quantity).unit; }
bool requires_unit(Quantity quantity) { return !quantity_info(quantity).bare; }

std::string suffix_pattern(Quantity quantity, bool integer) {
  const QuantityInfo row = quantity_info(quantity);
  if (row.suffixes.empty()) return "";
  std::string suffixes;
  for (const Suffix& suffix : row.suffixes)
    suffixes += (suffixes.empty() ? "" : "|") + std::string(suffix.text);
  const std::string number =
      integer ? "(0|[1-9][0-9]*)" : "(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?";
  return "^" + number + " ?(" + suffixes + ")$";
}

}  // namespace tricycle
