// SPDX-License-Identifier: Apache-2.0
#include "sim/config/load_problem.h"

#include <string_view>
#include <utility>

#include "sim/config/field_reader.h"
#include "sim/config/layers.h"
#include "workloads/ensembles.h"
#include "workloads/problem_fields.h"

namespace tricycle {

Problem load_problem(const std::string& path, const std::vector<std::string>& overrides) {
  std::vector<Fault> faults;
  const YamlNode root = load_layers(path, overrides, faults);
  Problem problem;
  const std::vector<std::string_view> ensembles = ensemble_names();
  FieldReader reader(root, faults);
  visit_fields(reader, ProblemFields{problem, ensembles});
  reader.finish();
  throw_if_any(std::move(faults));
  return problem;
}

}  // namespace tricycle
