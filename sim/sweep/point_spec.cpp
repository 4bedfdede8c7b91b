// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/point_spec.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "models/config_fields.h"
#include "models/error.h"
#include "models/json.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/host/build.h"
#include "sim/host/messages.h"
#include "sim/host/version.h"
#include "sim/sweep/source_files.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

/// A few kilobytes each.
constexpr std::size_t kMachinesHeld = 1024, kProblemsHeld = 256, kTablesHeld = 16;

Json to_json(const AxisValue& value) {
  return value.is_number ? Json::parse(value.label) : Json(printable(value.label));
}

}  // namespace

PointSpecs::PointSpecs(const Points& points)
    : points_(points),
      grid_(points.grid()),
      cost_tables_(kTablesHeld),
      cost_tables_digests_(kTablesHeld),
      machines_(kMachinesHeld),
      problems_(kProblemsHeld),
      tensor_digests_(kTablesHeld) {
  for (const AxisTarget target : {AxisTarget::kMachine, AxisTarget::kProblem})
    for (const std::string& path : grid_.files(target)) {
      std::vector<Fault> none;
      files_.emplace(path, load_layers(path, {}, "", none));
    }
}

std::string PointSpecs::file(AxisTarget target, const AxisIndices& indices) const {
  const bool machine = target == AxisTarget::kMachine;
  const AxisValue* axis = axis_value(grid_, machine ? "machine" : "problem", indices);
  return axis != nullptr ? axis->text : machine ? grid_.machine : grid_.problem;
}

PointSpecs::Machine PointSpecs::make_machine(const std::string& file,
                                             const std::vector<std::string>& settings) {
  std::vector<Fault> faults;
  const auto tables = [&](const std::string& path, std::vector<Fault>&) {
    return *cost_tables_.get(path, [&] { return load_cost_tables(path); });
  };
  YamlNode node = files_.at(file);
  apply_overrides(node, settings, "", faults);
  Machine machine{read_hw_config(node, faults, tables), "", ""};
  throw_if_any(std::move(faults));
  machine.digest = digest(machine.hw);
  const CostConfig& cost = machine.hw.cost_model;
  if (cost.present)
    machine.cost_tables_digest = *cost_tables_digests_.get(
        cost_tables_path(cost), [&] { return cost_tables_digest(machine.hw); });
  return machine;
}

PointSpecs::DigestedProblem PointSpecs::make_problem(
    const std::string& file, const std::vector<std::string>& settings) const {
  std::vector<Fault> faults;
  YamlNode node = files_.at(file);
  apply_overrides(node, settings, "problem.", faults);
  DigestedProblem problem{read_problem(node, faults), ""};
  throw_if_any(std::move(faults));
  problem.digest = digest(problem.problem);
  return problem;
}

PointRun PointSpecs::run(const AxisIndices& indices) {
  Settings set;
  PointRun run;
  RunSpec& spec = run.spec;
  spec.algorithm = kDefaultAlgorithm;
  spec.format = *find_format(kDefaultFormat);
  for (std::size_t i = 0; i < indices.size(); ++i)
    for (const AxisKey& key : grid_.axes[i].keys) {
      const std::string& text = key.values[indices[i]].text;
      const std::string behind_dot = key.name.substr(key.name.find('.') + 1) + "=" + text;
      switch (key.target) {
        case AxisTarget::kMachine:
        case AxisTarget::kProblem: break;
        case AxisTarget::kMachineKey: set.machine.push_back(key.name + "=" + text); break;
        case AxisTarget::kProblemKey: set.problem.push_back(behind_dot); break;
        case AxisTarget::kAlgorithm: spec.algorithm = text; break;
        case AxisTarget::kParameter:
          if (takes(grid_, key, indices)) set.algorithm.push_back(behind_dot);
          break;
        case AxisTarget::kFormat: spec.format = *find_format(text); break;
      }
    }
  for (const DerivedKey& key : grid_.derived) {
    const std::string text = derived_value(key, points_.derived_number(key, indices)).text;
    if (key.target == AxisTarget::kMachineKey)
      set.machine.push_back(key.name + "=" + text);
    else
      set.problem.push_back(key.name.substr(key.name.find('.') + 1) + "=" + text);
  }
  spec.options = parse_algorithm_options(set.algorithm);
  const std::string machine_file = file(AxisTarget::kMachine, indices);
  const auto machine =
      machines_.get(fmt::format("{}\n{}", machine_file, fmt::join(set.machine, "\n")),
                    [&] { return make_machine(machine_file, set.machine); });
  const std::string problem_file = file(AxisTarget::kProblem, indices);
  const auto problem =
      problems_.get(fmt::format("{}\n{}", problem_file, fmt::join(set.problem, "\n")),
                    [&] { return make_problem(problem_file, set.problem); });
  spec.hw = machine->hw;
  spec.problem = problem->problem;
  run.machine_file = machine_file;
  run.machine_settings = std::move(set.machine);
  run.digests = {machine->digest, machine->cost_tables_digest, problem->digest};
  for (const std::string& tensors : spec.problem.files())
    run.file_digest += *tensor_digests_.get(tensors, [&] { return file_digest(tensors); });
  return run;
}

std::string PointSpecs::axes(const AxisIndices& indices) const {
  Json object = Json::object();
  for (std::size_t i = 0; i < indices.size(); ++i)
    for (const AxisKey& key : grid_.axes[i].keys) {
      const AxisValue& value = key.values[indices[i]];
      if (takes(grid_, key, indices))
        object[key.name] = to_json(value);
      else
        object[key.name] = nullptr;
    }
  std::vector<std::string> ignored;
  for (const DerivedKey& key : grid_.derived) {
    const auto value =
        attempt(ignored, [&] { return derived_value(key, points_.derived_number(key, indices)); });
    object[key.name] = value ? to_json(*value) : Json(nullptr);
  }
  return object.dump();
}

std::string PointSpecs::key_without_run(const AxisIndices& indices) const {
  std::string text = fmt::format("{}\n{}\nno run\n{}", kVersion, build_id(), axes(indices));
  for (const AxisTarget target : {AxisTarget::kMachine, AxisTarget::kProblem})
    text += "\n" + std::filesystem::path(file(target, indices)).filename().string();
  return sha256(text);
}

std::string run_key(const PointRun& run) {
  const RunSpec& spec = run.spec;
  const Algorithm& algorithm = find_algorithm(spec.algorithm);
  std::string text =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", kVersion, build_id(), run.digests.machine,
                  run.digests.cost_tables, run.digests.problem, run.file_digest, algorithm.name,
                  name(spec.format), enum_name(spec.fidelity));
  for (const auto& [key, value] : parameter_texts(
           algorithm,
           resolve_parameters(algorithm, static_cast<int>(spec.problem.chunk), spec.options)))
    text += fmt::format("{}={}\n", key, value);
  return sha256(text);
}

}  // namespace tricycle
