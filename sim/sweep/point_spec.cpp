// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/point_spec.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/version.h"
#include "workloads/digest.h"

namespace tricycle {

PointSpecs::PointSpecs(const Points& points) : grid_(points.grid()) {
  for (const AxisTarget target : {AxisTarget::kMachine, AxisTarget::kProblem})
    for (const std::string& path : grid_.files(target)) {
      std::vector<Fault> none;
      files_.emplace(path, load_layers(path, {}, "", none));
    }
}

std::string PointSpecs::file(AxisTarget target, const Digits& digits) const {
  const bool machine = target == AxisTarget::kMachine;
  const AxisValue* axis = axis_value(grid_, machine ? "machine" : "problem", digits);
  return axis != nullptr ? axis->text : machine ? grid_.machine : grid_.problem;
}

RunSpec PointSpecs::spec(const Digits& digits) const {
  Settings set;
  RunSpec spec;
  spec.algorithm = kDefaultAlgorithm;
  spec.format = *find_format(kDefaultFormat);
  for (std::size_t i = 0; i < digits.size(); ++i)
    for (const AxisKey& key : grid_.axes[i].keys) {
      const std::string& text = key.values[digits[i]].text;
      const std::string behind_dot = key.name.substr(key.name.find('.') + 1) + "=" + text;
      switch (key.target) {
        case AxisTarget::kMachine:
        case AxisTarget::kProblem: break;
        case AxisTarget::kMachineKey: set.machine.push_back(key.name + "=" + text); break;
        case AxisTarget::kProblemKey: set.problem.push_back(behind_dot); break;
        case AxisTarget::kAlgorithm: spec.algorithm = text; break;
        case AxisTarget::kParameter:
          if (takes(grid_, key, digits)) set.algorithm.push_back(behind_dot);
          break;
        case AxisTarget::kFormat: spec.format = *find_format(text); break;
      }
    }
  spec.options = parse_algorithm_options(set.algorithm);
  std::vector<Fault> faults;
  YamlNode machine = files_.at(file(AxisTarget::kMachine, digits));
  apply_overrides(machine, set.machine, "", faults);
  spec.hw = read_hw_config(machine, faults);
  YamlNode problem = files_.at(file(AxisTarget::kProblem, digits));
  apply_overrides(problem, set.problem, "problem.", faults);
  spec.problem = read_problem(problem, faults);
  throw_if_any(std::move(faults));
  return spec;
}

std::string PointSpecs::axes(const Digits& digits) const {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < digits.size(); ++i)
    for (const AxisKey& key : grid_.axes[i].keys) {
      const AxisValue& value = key.values[digits[i]];
      auto& slot = object[key.name];
      if (!takes(grid_, key, digits)) continue;  // null
      if (value.is_number)
        slot = nlohmann::ordered_json::parse(value.label);
      else
        slot = value.label;
    }
  return object.dump();
}

std::string PointSpecs::key_without_run(const Digits& digits) const {
  std::string text = std::string(kVersion) + "\nno run\n" + axes(digits);
  for (const AxisTarget target : {AxisTarget::kMachine, AxisTarget::kProblem})
    text += "\n" + std::filesystem::path(file(target, digits)).filename().string();
  return sha256(text);
}

std::string run_key(const RunSpec& spec) {
  RunSpec named = spec;
  named.problem.file = std::filesystem::path(spec.problem.file).filename().string();
  return sha256(dump_run(named, {kVersion}, ""));
}

}  // namespace tricycle
