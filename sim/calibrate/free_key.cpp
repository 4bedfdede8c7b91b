// SPDX-License-Identifier: Apache-2.0
#include "sim/calibrate/free_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>

#include "models/closest_name.h"
#include "models/error.h"
#include "models/printable.h"
#include "sim/config/describe.h"
#include "sim/config/field_tree.h"
#include "sim/config/quantity.h"

namespace tricycle {

namespace {

constexpr double kDefaultSpan = 16;

bool is_number(const FieldNode& node) {
  return node.kind == FieldNode::Kind::kInteger || node.kind == FieldNode::Kind::kReal;
}

void add_numeric_keys(const FieldNode& node, const std::string& prefix,
                      std::vector<std::string>& keys) {
  for (const FieldNode& child : node.children) {
    if (is_number(child)) keys.push_back(prefix + child.key);
    if (child.present) add_numeric_keys(child, prefix + child.key + ".", keys);
  }
}

std::string did_you_mean(const FieldNode& tree, const std::string& key) {
  std::vector<std::string> keys;
  add_numeric_keys(tree, "", keys);
  const std::vector<std::string_view> names(keys.begin(), keys.end());
  const std::string_view closest = closest_name(key, names);
  return closest.empty() ? "; `tricycle describe hw` lists them"
                         : fmt::format("; did you mean \"{}\"?", closest);
}

/// The first section above the key that the machine does not have.
std::string absent_section(const FieldNode& tree, const std::string& key) {
  for (std::size_t dot = key.find('.'); dot != std::string::npos; dot = key.find('.', dot + 1)) {
    const std::string section = key.substr(0, dot);
    if (const FieldNode* node = find_field(tree, section); node != nullptr && !node->present)
      return section;
  }
  return "";
}

const FieldNode& numeric_field(const FieldNode& tree, const std::string& key, const HwConfig& hw) {
  const FieldNode* node = find_field(tree, key);
  if (node == nullptr || !node->is_leaf())
    throw InputError(fmt::format("--free {}: no key of a machine that is a number{}",
                                 printable(key), did_you_mean(tree, key)));
  if (const std::string section = absent_section(tree, key); !section.empty())
    throw InputError(fmt::format("--free {}: {} has no {}; give its file that section first", key,
                                 printable(hw.name), section));
  if (!is_number(*node))
    throw InputError(fmt::format("--free {}: expected a key that is a number, {} is {}", key, key,
                                 node->choices.empty()
                                     ? "a flag or a text"
                                     : fmt::format("one of {}", fmt::join(node->choices, ", "))));
  return *node;
}

/// A value of the key as a number; nullopt where the text is none.
std::optional<double> parsed_value(const std::string& text, const FieldNode& node) {
  if (node.kind == FieldNode::Kind::kReal) return parse_real(text, node.field);
  const auto value = parse_integer(text, node.field);
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

/// "LOW..HIGH".
void read_range(const std::string& text, const FieldNode& node, FreeKey& free) {
  const std::size_t dots = text.find("..");
  const auto low = parsed_value(text.substr(0, dots), node);
  const auto high =
      dots == std::string::npos ? std::nullopt : parsed_value(text.substr(dots + 2), node);
  if (!low || !high || *low >= *high)
    throw InputError(fmt::format("--free {}={}: expected LOW..HIGH, each {}, got \"{}\"", free.key,
                                 printable(text), expectation(node.field, free.is_integer),
                                 printable(text)));
  free.low = *low;
  free.high = *high;
}

FreeKey parse_free_key(const std::string& text, const FieldNode& tree, const HwConfig& hw) {
  const std::size_t equals = text.find('=');
  FreeKey free;
  free.key = text.substr(0, equals);
  const FieldNode& node = numeric_field(tree, free.key, hw);
  free.quantity = node.field.quantity;
  free.is_integer = node.kind == FieldNode::Kind::kInteger;
  free.before = parsed_value(node.value, node).value_or(0);
  if (equals != std::string::npos) {
    read_range(text.substr(equals + 1), node, free);
    return free;
  }
  if (free.before <= 0)
    throw InputError(fmt::format(
        "--free {}: its value is {}, which has no sixteenth; give a range, {}=LOW..HIGH", free.key,
        node.value, free.key));
  free.low = std::max(node.field.minimum, free.before / kDefaultSpan);
  free.high = std::min(node.field.maximum, free.before * kDefaultSpan);
  if (free.is_integer) {
    free.low = std::ceil(free.low);
    free.high = std::floor(free.high);
  }
  if (!(free.low < free.high))
    throw InputError(fmt::format("--free {}: it may be nothing but {}", free.key, node.value));
  return free;
}

/// Of ranges that begin at 0: what is added before the logarithm is taken.
double shift_of(const FreeKey& free) {
  if (free.low > 0) return 0;
  return free.is_integer ? 1 : free.high / 1000;
}

}  // namespace

double FreeKey::snapped(double value) const {
  value = std::clamp(value, low, high);
  if (is_integer) return std::clamp(std::round(value), std::ceil(low), std::floor(high));
  return std::clamp(std::strtod(fmt::format("{:.3e}", value).c_str(), nullptr), low, high);
}

double FreeKey::stepped(double value, int steps) const {
  constexpr double kPart = 1000;
  return snapped(is_integer ? value + steps : value * (1 + steps / kPart));
}

double FreeKey::to_log(double value) const { return std::log(value + shift_of(*this)); }

double FreeKey::from_log(double logarithm) const { return std::exp(logarithm) - shift_of(*this); }

std::string FreeKey::text(double value) const {
  return is_integer ? format_quantity(quantity, static_cast<std::int64_t>(value))
                    : format_quantity(quantity, value);
}

std::vector<FreeKey> parse_free_keys(const std::vector<std::string>& texts, const HwConfig& hw) {
  const FieldNode tree = hw_tree(hw);
  std::vector<FreeKey> keys;
  std::vector<std::string> faults;
  std::set<std::string> seen;
  for (const std::string& text : texts) {
    auto key = attempt(faults, [&] { return parse_free_key(text, tree, hw); });
    if (!key) continue;
    if (!seen.insert(key->key).second)
      faults.push_back(fmt::format("--free {}: given twice", key->key));
    keys.push_back(std::move(*key));
  }
  throw_if_any(std::move(faults));
  return keys;
}

KeyValues values_before(const std::vector<FreeKey>& keys) {
  KeyValues values;
  for (const FreeKey& key : keys) values.push_back(key.before);
  return values;
}

}  // namespace tricycle
