// SPDX-License-Identifier: Apache-2.0
#include "sim/config/load_problem.h"

#include <string_view>
#include <utility>

#include "sim/config/field_reader.h"
#include "sim/config/layers.h"
#include "workloads/ensembles.h"
#include "workloads/problem_fields.h"

namespace tricycle {

Problem read_problem(const YamlNode& root, std::vector<Fault>& faults) {
  Problem problem;
  const std::vector<std::string_view> ensembles = ensemble_names();
  FieldReader reader(root, faults);
  visit_fields(reader, ProblemFields{problem, ensembles});
  reader.finish();
  return problem;
}

Problem load_problem(const std::string& path, const std::vector<std::string>& overrides) {
  std::vector<Fault> faults;
  Problem problem = read_problem(load_layers(path, overrides, "problem.", faults), faults);
  throw_if_any(std::move(faults));
  return problem;
}

}  // namespace tricycle
