// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/axis_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "models/error.h"
#include "models/numerics/format_aliases.h"
#include "models/printable.h"
#include "sim/config/field_reader.h"
#include "sim/config/quantity.h"
#include "sim/host/shipped_files.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

constexpr std::int64_t kMostValues = 100'000;

AxisValue word(const std::string& text) { return {text, text, text, false}; }

/// Numbers a key takes without unit are stored as numbers; GHz, ns and GB/s with it.
AxisValue number(const Field& field, double value, const std::string& text) {
  const bool bare = !requires_unit(field.quantity);
  return {text, bare ? fmt::format("{}", value) : text, value, bare};
}

/// Reads the values of one key; every fault names it.
class AxisReader {
 public:
  AxisReader(std::string key, AxisTarget target, const FieldNode* field, std::string grid_path,
             std::vector<Fault>& faults)
      : key_(std::move(key)),
        target_(target),
        field_(field),
        grid_path_(std::move(grid_path)),
        faults_(faults) {}

  std::vector<AxisValue> read(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::kMap) return range(node);
    if (node.kind != YamlNode::Kind::kSequence || node.items.empty()) {
      fault(node.place,
            "expected a list of values, as [a, b], or a range, as {from: 8, to: 32, "
            "step: 8}, got " +
                (node.items.empty() && node.kind == YamlNode::Kind::kSequence ? "an empty list"
                                                                              : node.got()));
      return {};
    }
    std::vector<AxisValue> values;
    for (const YamlNode& item : node.items) {
      if (item.kind != YamlNode::Kind::kScalar) {
        fault(item.place, "expected a value, got " + item.got());
        continue;
      }
      if (std::optional<AxisValue> value = one(item)) values.push_back(std::move(*value));
    }
    return values;
  }

 private:
  void fault(const Place& place, std::string what) {
    faults_.push_back({place, key_, std::move(what)});
  }
  void expected(const YamlNode& node, const std::string& what) {
    fault(node.place, fmt::format("expected {}, got {}", what, node.got()));
  }

  std::optional<AxisValue> one(const YamlNode& item) {
    switch (target_) {
      case AxisTarget::kMachine:
      case AxisTarget::kProblem: {
        AxisValue value = word(item.text);
        value.text = named_in(grid_path_, item.text);
        return value;
      }
      case AxisTarget::kAlgorithm: {
        std::vector<std::string_view> names;
        for (const Algorithm& row : algorithms()) names.push_back(row.name);
        return one_word(item, names);
      }
      case AxisTarget::kFormat: {
        std::vector<std::string_view> names;
        for (const FormatInfo& row : kFormats) names.push_back(row.name);
        // A name of elsewhere, such as float16, is nearer to another name here by its letters.
        if (const std::string_view meant = closest_format(item.text);
            !meant.empty() && meant != item.text) {
          fault(item.place,
                fmt::format("unknown value \"{}\" (did you mean \"{}\"?)", item.text, meant));
          return std::nullopt;
        }
        return one_word(item, names);
      }
      case AxisTarget::kParameter: return parameter(item);
      case AxisTarget::kProblemKey:
      case AxisTarget::kMachineKey: return field_value(item);
    }
    return std::nullopt;
  }

  std::optional<AxisValue> one_word(const YamlNode& item,
                                    const std::vector<std::string_view>& names) {
    if (std::find(names.begin(), names.end(), item.text) != names.end()) return word(item.text);
    fault(item.place,
          fmt::format("unknown value {}{}", item.got(),
                      faults_.size() < kMostFaultsShown ? suggestion(item.text, names) : ""));
    return std::nullopt;
  }

  std::optional<AxisValue> parameter(const YamlNode& item) {
    const std::string key = key_.substr(key_.find('.') + 1);
    std::vector<std::string> messages;
    attempt(messages, [&] { return parse_algorithm_options({key + "=" + item.text}); });
    for (const std::string& message : messages) faults_.push_back({item.place, "", message});
    if (!messages.empty()) return std::nullopt;
    AxisValue value = word(item.text);
    int number = 0;
    const char* end = item.text.data() + item.text.size();
    const auto parsed = std::from_chars(item.text.data(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end) {
      value.value = static_cast<double>(number);
      value.label = std::to_string(number);
      value.is_number = true;
    }
    return value;
  }

  std::optional<AxisValue> field_value(const YamlNode& item) {
    const Field& field = field_->field;
    switch (field_->kind) {
      case FieldNode::Kind::kInteger:
        if (const auto value = parse_integer(item.text, field)) return axis_number(field, *value);
        expected(item, expectation(field, true));
        return std::nullopt;
      case FieldNode::Kind::kReal:
        if (const auto value = parse_real(item.text, field)) return axis_number(field, *value);
        expected(item, expectation(field, false));
        return std::nullopt;
      case FieldNode::Kind::kFlag:
        if (const auto value = parse_flag(item.text)) return word(*value ? "true" : "false");
        return one_word(item, {"false", "true"});
      case FieldNode::Kind::kChoice:
        return one_word(item, {field_->choices.begin(), field_->choices.end()});
      case FieldNode::Kind::kText:
      case FieldNode::Kind::kPath:
      case FieldNode::Kind::kSection:
      case FieldNode::Kind::kOptionalSection:
      case FieldNode::Kind::kAlternative: break;
    }
    return std::nullopt;
  }

  /// The scalar of a key of a range; nullptr, and a fault unless it may be absent.
  const YamlNode* part(const YamlNode& map, std::string_view key, bool required) {
    const YamlNode::Entry* entry = map.find(key);
    if (entry == nullptr) {
      if (required) fault(map.place, fmt::format("{}: missing, expected it in a range", key));
      return nullptr;
    }
    if (entry->value.kind == YamlNode::Kind::kScalar) return &entry->value;
    expected(entry->value, "a number");
    return nullptr;
  }

  std::vector<AxisValue> range(const YamlNode& map) {
    static constexpr std::string_view kKeys[] = {"from", "to", "step", "powers_of"};
    for (const YamlNode::Entry& entry : map.entries)
      if (std::find(std::begin(kKeys), std::end(kKeys), entry.key) == std::end(kKeys))
        fault(entry.key_place,
              fmt::format("{}: unknown key{}", excerpt(entry.key),
                          faults_.size() < kMostFaultsShown ? suggestion(entry.key, kKeys) : ""));
    const bool integer = field_ != nullptr && field_->kind == FieldNode::Kind::kInteger;
    const bool real = field_ != nullptr && field_->kind == FieldNode::Kind::kReal;
    if (!integer && !real) {
      fault(map.place,
            "expected a list of values: only keys of machine and problem that are "
            "numbers have ranges");
      return {};
    }
    const YamlNode *from = part(map, "from", true), *to = part(map, "to", true);
    const YamlNode *step = part(map, "step", false), *powers = part(map, "powers_of", false);
    if ((map.find("step") == nullptr) == (map.find("powers_of") == nullptr))
      fault(map.place, "expected one of step and powers_of in a range");
    else if (from != nullptr && to != nullptr && (step != nullptr || powers != nullptr))
      return integer ? integers(*from, *to, step, powers) : reals(*from, *to, step, powers);
    return {};
  }

  /// The factor of a geometric range; 0, and a fault, where it is none.
  std::int64_t base(const YamlNode& node) {
    const Field field{"powers_of", Quantity::kCount, 2, 1024, true, ""};
    if (const auto value = parse_integer(node.text, field)) return *value;
    expected(node, expectation(field, true));
    return 0;
  }
  /// A step has the unit of its key, but not its limits.
  Field step_field() const {
    Field field = field_->field;
    field.minimum = 0;
    return field;
  }

  std::vector<AxisValue> integers(const YamlNode& from_node, const YamlNode& to_node,
                                  const YamlNode* step_node, const YamlNode* powers_node) {
    const Field& field = field_->field;
    const auto from = parse_integer(from_node.text, field), to = parse_integer(to_node.text, field);
    if (!from) expected(from_node, expectation(field, true));
    if (!to) expected(to_node, expectation(field, true));
    std::int64_t step = 0, factor = 1;
    if (step_node != nullptr) {
      step = parse_integer(step_node->text, step_field()).value_or(0);
      if (step <= 0) expected(*step_node, "a step above 0 in the unit of the key");
    } else {
      factor = base(*powers_node);
      if (from && *from < 1) expected(from_node, "at least 1 in a range of powers");
    }
    if (!from || !to || (step_node != nullptr ? step <= 0 : factor == 0 || *from < 1)) return {};
    if (!ordered(static_cast<double>(*from), static_cast<double>(*to), from_node)) return {};
    std::vector<AxisValue> values;
    for (std::int64_t v = *from; v <= *to; v = v * factor + step) {
      if (static_cast<std::int64_t>(values.size()) == kMostValues) return too_many(from_node);
      values.push_back(axis_number(field, v));
      if (v > *to / factor) break;  // the product could leave 64 bits
    }
    return values;
  }

  std::vector<AxisValue> reals(const YamlNode& from_node, const YamlNode& to_node,
                               const YamlNode* step_node, const YamlNode* powers_node) {
    const Field& field = field_->field;
    const auto from = parse_real(from_node.text, field), to = parse_real(to_node.text, field);
    if (!from) expected(from_node, expectation(field, false));
    if (!to) expected(to_node, expectation(field, false));
    double step = 0;
    std::int64_t factor = 0;
    if (step_node != nullptr) {
      step = parse_real(step_node->text, step_field()).value_or(0);
      if (step <= 0) expected(*step_node, "a step above 0 in the unit of the key");
    } else {
      factor = base(*powers_node);
      if (from && *from <= 0) expected(from_node, "a number above 0 in a range of powers");
    }
    if (!from || !to || (step_node != nullptr ? step <= 0 : factor == 0 || *from <= 0)) return {};
    if (!ordered(*from, *to, from_node)) return {};
    // from + i step rounds once a value; a last value that rounding puts beyond the end counts.
    const double end = *to + (step_node != nullptr ? step : *to) * 1e-9;
    std::vector<AxisValue> values;
    double power = *from;
    for (std::int64_t i = 0;; ++i, power *= static_cast<double>(factor)) {
      const double v = step_node != nullptr ? *from + static_cast<double>(i) * step : power;
      if (v > end) return values;
      if (i == kMostValues) return too_many(from_node);
      values.push_back(axis_number(field, std::min(v, *to)));
    }
  }

  bool ordered(double from, double to, const YamlNode& node) {
    if (from <= to) return true;
    fault(node.place, "expected from at most to in a range");
    return false;
  }
  std::vector<AxisValue> too_many(const YamlNode& node) {
    fault(node.place, fmt::format("expected at most {} values in a range", kMostValues));
    return {};
  }

  std::string key_;
  AxisTarget target_;
  const FieldNode* field_;
  std::string grid_path_;
  std::vector<Fault>& faults_;
};

}  // namespace

AxisValue axis_number(const Field& field, std::int64_t value) {
  AxisValue out = number(field, static_cast<double>(value), format_quantity(field.quantity, value));
  out.label = std::to_string(value);
  return out;
}
AxisValue axis_number(const Field& field, double value) {
  return number(field, value, format_quantity(field.quantity, value));
}

std::vector<AxisValue> read_axis_values(const std::string& key, AxisTarget target,
                                        const AxisKeys& keys, const YamlNode& node,
                                        const std::string& grid_path, std::vector<Fault>& faults) {
  const FieldNode* field = target == AxisTarget::kMachineKey   ? keys.machine(key)
                           : target == AxisTarget::kProblemKey ? keys.problem(key)
                                                               : nullptr;
  return AxisReader(key, target, field, grid_path, faults).read(node);
}

}  // namespace tricycle
