// SPDX-License-Identifier: Apache-2.0
#include "sim/config/run_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <utility>

#include "models/config_fields.h"
#include "models/error.h"
#include "models/isa/program_text.h"
#include "sim/config/describe.h"
#include "sim/config/field_reader.h"
#include "sim/config/field_tree.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/quantity.h"
#include "sim/host/input_file.h"

namespace tricycle {

namespace {

constexpr std::array<std::string_view, 8> kKeys{"algorithm", "format", "fidelity", "machine",
                                                "problem",   "inputs", "items",    "cut"};
/// Of a program that runs without a problem.
constexpr std::string_view kInputs = "inputs", kItems = "items";
constexpr std::string_view kCut = "cut";  // where it is fixed

std::string indented(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) out += "  " + line + "\n";
  return out;
}

void check_keys(const YamlNode& root, std::vector<Fault>& faults) {
  for (const YamlNode::Entry& entry : root.entries)
    if (std::find(kKeys.begin(), kKeys.end(), entry.key) == kKeys.end())
      faults.push_back(
          {entry.key_place, entry.key,
           "unknown key" + (faults.size() < kMostFaultsShown ? suggestion(entry.key, kKeys) : "")});
  const bool own_inputs = root.find(kInputs) != nullptr;
  for (std::string_view key : kKeys)
    if (root.find(key) == nullptr && key != kItems && key != kCut &&
        key != (own_inputs ? "problem" : kInputs))
      faults.push_back({root.place, std::string(key), "missing, expected it in a resolved run"});
}

/// The value of a top-level key that must be a map; nullptr, and a fault, where it is something
/// else.
YamlNode* section(YamlNode& root, std::string_view key, std::vector<Fault>& faults) {
  YamlNode::Entry* entry = root.find(key);
  if (entry == nullptr) return nullptr;
  if (entry->value.kind == YamlNode::Kind::kMap) return &entry->value;
  faults.push_back(
      {entry->value.place, std::string(key), "expected a map of keys, got " + entry->value.got()});
  return nullptr;
}

/// A top-level key that must be one of `names`.
std::string word(const YamlNode& root, std::string_view key,
                 std::span<const std::string_view> names, std::vector<Fault>& faults) {
  const YamlNode::Entry* entry = root.find(key);
  if (entry == nullptr) return "";
  const YamlNode& value = entry->value;
  if (value.kind == YamlNode::Kind::kScalar &&
      std::find(names.begin(), names.end(), value.text) != names.end())
    return value.text;
  faults.push_back({value.place, std::string(key),
                    fmt::format("expected {}, got {}", one_of(names), value.got())});
  return "";
}

void read_algorithm(YamlNode& node, const std::vector<std::string>& overrides, RunSpec& spec,
                    std::vector<Fault>& faults) {
  apply_overrides(node, overrides, "algorithm.", faults);
  std::vector<std::string_view> names;
  for (const Algorithm& row : algorithms()) names.push_back(row.name);
  names.emplace_back(kProgramAlgorithm);
  if (node.find("name") == nullptr)
    faults.push_back({node.place, "algorithm.name", "missing, expected " + one_of(names)});
  spec.algorithm = word(node, "name", names, faults);

  std::vector<std::string> good;
  for (const YamlNode::Entry& entry : node.entries) {
    if (entry.key == "name" || (entry.key == "file" && spec.algorithm == kProgramAlgorithm))
      continue;
    std::vector<std::string> messages;
    const std::string text = entry.key + "=" + entry.value.text;
    if (attempt(messages, [&] { return parse_algorithm_options({text}); })) good.push_back(text);
    for (const std::string& message : messages) faults.push_back({entry.value.place, "", message});
  }
  spec.options = parse_algorithm_options(good);
}

/// The keys inputs and items; files are relative to the run's.
void read_inputs(const YamlNode& root, RunSpec& spec, std::vector<Fault>& faults) {
  if (const YamlNode::Entry* items = root.find(kItems)) {
    const Field field{.key = kItems,
                      .quantity = Quantity::kCount,
                      .minimum = 1,
                      .maximum = static_cast<double>(kMostProgramItems),
                      .meaning = "runs of the program"};
    spec.items = parse_integer(items->value.text, field);
    if (!spec.items)
      faults.push_back(
          {items->value.place, std::string(kItems),
           fmt::format("expected {}, got {}", expectation(field, true), items->value.got())});
  }
  const YamlNode::Entry* inputs = root.find(kInputs);
  if (inputs == nullptr) return;
  if (root.find("problem") != nullptr)
    faults.push_back({inputs->key_place, std::string(kInputs),
                      "expected a problem or inputs of a program, got both"});
  if (inputs->value.kind != YamlNode::Kind::kMap) {
    faults.push_back({inputs->value.place, std::string(kInputs),
                      "expected a map of inputs, got " + inputs->value.got()});
    return;
  }
  for (const YamlNode::Entry& entry : inputs->value.entries) {
    if (entry.value.kind != YamlNode::Kind::kMap) {
      faults.push_back({entry.value.place, entry.key,
                        "expected {file: .., tensor: ..}, got " + entry.value.got()});
      continue;
    }
    InputFile in{entry.key, "", ""};
    FieldReader reader(entry.value, faults);
    reader.path("file", in.file, true, "");
    reader.text("tensor", in.tensor, false, "");
    reader.finish();
    spec.inputs.push_back(std::move(in));
  }
}

/// The key cut.
void read_cut(const YamlNode& root, RunSpec& spec, std::vector<Fault>& faults) {
  const YamlNode::Entry* entry = root.find(kCut);
  if (entry == nullptr) return;
  if (entry->value.kind != YamlNode::Kind::kMap) {
    faults.push_back(
        {entry->value.place, std::string(kCut),
         "expected {tile: .., merge_group: .., linear_terms: ..}, got " + entry->value.got()});
    return;
  }
  FieldReader reader(entry->value, faults);
  const auto read = [&](std::string_view key, std::optional<int>& part) {
    if (entry->value.find(key) == nullptr) return;
    std::int64_t value = 0;
    reader.number({.key = key, .minimum = 1, .maximum = kLargestCut, .meaning = "part of a cut"},
                  value);
    if (value > 0) part = static_cast<int>(value);
  };
  read("tile", spec.cut.tile);
  read("merge_group", spec.cut.merge_group);
  constexpr std::string_view kTerms = "linear_terms";
  if (entry->value.find(kTerms) != nullptr) {
    LinearTerms terms{};
    reader.choice(kTerms, terms, true, "where linear terms are added");
    spec.cut.linear_terms = terms;
  }
  reader.finish();
}

std::string cut_line(const Cut& cut) {
  std::vector<std::string> parts;
  if (cut.tile) parts.push_back(fmt::format("tile: {}", *cut.tile));
  if (cut.merge_group) parts.push_back(fmt::format("merge_group: {}", *cut.merge_group));
  if (cut.linear_terms) parts.push_back(fmt::format("linear_terms: {}", name(*cut.linear_terms)));
  return parts.empty() ? "" : fmt::format("cut: {{{}}}\n", fmt::join(parts, ", "));
}

/// The inputs as text for a run that stands in `directory`.
std::string inputs_text(const RunSpec& spec, const std::string& directory) {
  std::string text = "inputs:\n";
  for (const InputFile& in : spec.inputs) {
    const auto file = std::filesystem::proximate(in.file, directory.empty() ? "." : directory);
    text += fmt::format("  {}: {{file: {}{}}}\n", yaml_text(in.buffer), yaml_text(file.string()),
                        in.tensor.empty() ? "" : ", tensor: " + yaml_text(in.tensor));
  }
  return text + fmt::format("items: {}\n", spec.items.value_or(1));
}

}  // namespace

std::string dump_run(const RunSpec& spec, const std::vector<std::string>& comments,
                     const std::string& directory) {
  std::string text;
  for (const std::string& comment : comments) text += "# " + comment + "\n";
  text += fmt::format("algorithm: {{name: {}", spec.algorithm);
  if (spec.program) {
    text += fmt::format(", file: {}", kProgramFile);
  } else {
    const Algorithm& algorithm = find_algorithm(spec.algorithm);
    const AlgorithmParameters parameters =
        resolve_parameters(algorithm, static_cast<int>(spec.problem.chunk), spec.options);
    for (const auto& [key, value] : parameter_texts(algorithm, parameters))
      text += fmt::format(", {}: {}", key, value);
  }
  text +=
      fmt::format("}}\nformat: {}\nfidelity: {}\n", name(spec.format), enum_name(spec.fidelity));
  text += cut_line(spec.cut) + "machine:\n" + indented(dump_hw_config(spec.hw, directory));
  if (!spec.inputs.empty()) return text + inputs_text(spec, directory);
  return text + "problem:\n" + indented(dump_problem(spec.problem, directory));
}

RunSpec load_run(const std::string& path, const Settings& settings) {
  YamlNode root = read_yaml_file(path);
  std::vector<Fault> faults;
  check_keys(root, faults);
  RunSpec spec;
  if (YamlNode* node = section(root, "algorithm", faults))
    read_algorithm(*node, settings.algorithm, spec, faults);
  std::vector<std::string_view> formats;
  for (const FormatInfo& row : kFormats) formats.push_back(row.name);
  if (const auto format = find_format(word(root, "format", formats, faults))) spec.format = *format;
  std::vector<std::string_view> fidelities;
  for (const auto& [text, value] : EnumNames<Fidelity>::kValues) fidelities.push_back(text);
  const std::string fidelity = word(root, "fidelity", fidelities, faults);
  for (const auto& [text, value] : EnumNames<Fidelity>::kValues)
    if (text == fidelity) spec.fidelity = value;
  if (YamlNode* node = section(root, "machine", faults)) {
    apply_overrides(*node, settings.machine, "", faults);
    spec.hw = read_hw_config(*node, faults);
  }
  if (YamlNode* node = section(root, "problem", faults)) {
    apply_overrides(*node, settings.problem, "problem.", faults);
    spec.problem = read_problem(*node, faults);
    if (spec.problem.kind == ProblemKind::kLayer)
      faults.push_back({node->place, "problem", "expected matrices to invert, got a layer"});
  }
  read_inputs(root, spec, faults);
  read_cut(root, spec, faults);
  if (root.find(kInputs) != nullptr && spec.algorithm != kProgramAlgorithm)
    faults.push_back({root.place, std::string(kInputs), "expected algorithm.name program"});
  throw_if_any(std::move(faults));
  if (spec.algorithm == kProgramAlgorithm) {
    const YamlNode::Entry* file = root.find("algorithm")->value.find("file");
    if (file == nullptr)
      refuse_file(path, "algorithm.file: missing, expected the file of the program");
    spec.program = load_program(
        (std::filesystem::path(path).parent_path() / file->value.text).string(), spec.hw);
  }
  return spec;
}

bool has_inputs(const std::string& path) { return read_yaml_file(path).find(kInputs) != nullptr; }

Program load_program(const std::string& path, const HwConfig& hw) {
  return parse_program(file_text(path), path, hw);
}

FileKind kind_of(const std::string& path) {
  std::vector<Fault> no_overrides;
  const YamlNode root = load_layers(path, {}, "", no_overrides);
  const auto has = [&](std::string_view key) { return root.find(key) != nullptr; };
  if (names_grid(root)) return FileKind::kGrid;
  if (has("machine") && (has("problem") || has(kInputs))) return FileKind::kRun;
  if (has("chunk") || has("input") || has("layer")) return FileKind::kProblem;
  // A machine has a dozen sections; one of them spelled right is enough to say what is wrong with
  // the others.
  for (const std::string& key : hw_sections())
    if (has(key)) return FileKind::kMachine;
  for (const std::string& key : costs_sections())
    if (has(key)) return FileKind::kCosts;
  throw InputError(fmt::format(
      "{}: expected a machine (keys {}, ..), a problem (keys chunk, input), cost tables (keys "
      "multiply, add, ..), a grid (key axes) or a resolved run (keys machine, problem, ..), got "
      "none of their keys",
      path, fmt::join(hw_sections(), ", ")));
}

}  // namespace tricycle
