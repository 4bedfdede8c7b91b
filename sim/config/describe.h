// SPDX-License-Identifier: Apache-2.0
//
// Every key of the YAML files: described for people (text) and for editors (JSON Schema draft
// 2020-12), and with its resolved value (dump).
#pragma once

#include <string>
#include <vector>

#include "models/hw_config.h"
#include "sim/config/field_tree.h"
#include "workloads/problem.h"

namespace tricycle {

/// Text table of every key: type and unit, range, default, meaning.
std::string describe_hw();
std::string describe_problem();
std::string describe_costs();

/// The tree of every key with the value it has.  describe_*, *_json_schema and dump_* print it.
FieldNode hw_tree(HwConfig hw);
FieldNode problem_tree(Problem problem);
FieldNode costs_tree(CostTables tables);

/// The top-level keys of a machine that are maps: "systolic_array", "formats", ..
std::vector<std::string> hw_sections();
/// The same for cost tables.
std::vector<std::string> costs_sections();

std::string hw_json_schema();
std::string problem_json_schema();
std::string costs_json_schema();

/// The machine as YAML, with every default written out.  load_hw_config reads it back to an equal
/// machine when the YAML stands in `directory`.
std::string dump_hw_config(const HwConfig& hw, const std::string& directory = "");
/// The tables as YAML that load_cost_tables reads back to equal tables.
std::string dump_cost_tables(const CostTables& tables);
/// The problem as YAML.  load_problem reads it back to an equal problem when the YAML stands in
/// `directory`.
std::string dump_problem(const Problem& problem, const std::string& directory = "");

}  // namespace tricycle
