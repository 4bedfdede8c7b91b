// SPDX-License-Identifier: Apache-2.0
//
// The JSON Schemas that `describe --schema` prints against files the loaders take and refuse: an
// editor must not complain about a shipped file, and must about a wrong one.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "sim/config/describe.h"

namespace tricycle {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

/// A plain scalar as the YAML core schema types it; yaml-cpp tags quoted ones "!".
Json scalar(const YAML::Node& node) {
  static const std::regex kInteger("-?(0|[1-9][0-9]*)"), kReal("-?[0-9]+(\\.[0-9]+)?(e[0-9]+)?");
  const std::string text = node.Scalar();
  if (node.Tag() == "!") return text;
  if (text == "true" || text == "false") return text == "true";
  if (std::regex_match(text, kInteger)) return std::stoll(text);
  if (std::regex_match(text, kReal)) return std::stod(text);
  return text;
}

Json to_json(const YAML::Node& node) {
  if (node.IsScalar()) return scalar(node);
  Json object = Json::object();
  for (const auto& entry : node) object[entry.first.Scalar()] = to_json(entry.second);
  return object;
}

Json read(const std::string& path) {
  return to_json(YAML::LoadFile(TRICYCLE_SOURCE_DIR "/" + path));
}

/// Empty, or what the schema has against a document.
class Checker {
 public:
  explicit Checker(const std::string& schema) {
    const Json document = Json::parse(schema);
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(document), schema_);
  }
  std::string complaint(const Json& document) const {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(document), &results))
      return "";
    std::string text;
    for (valijson::ValidationResults::Error error; results.popError(error);)
      for (const std::string& part : error.context) text += part + " ";
    return text + "refused";
  }
  int accepted_files(const std::string& folder) const {
    int files = 0;
    for (const auto& entry : fs::directory_iterator(TRICYCLE_SOURCE_DIR "/" + folder)) {
      if (entry.path().extension() != ".yaml") continue;
      ++files;
      EXPECT_EQ(complaint(read(folder + "/" + entry.path().filename().string())), "")
          << entry.path();
    }
    return files;
  }

 private:
  valijson::Schema schema_;
};

using Change = std::function<void(Json&)>;

TEST(JsonSchema, every_shipped_machine_problem_and_cost_table_is_accepted) {
  EXPECT_GE(Checker(hw_json_schema()).accepted_files("hwconfigs"), 13);
  EXPECT_GE(Checker(costs_json_schema()).accepted_files("hwconfigs/costs"), 2);
  EXPECT_GE(Checker(problem_json_schema()).accepted_files("workloads/problems"), 10);
}

TEST(JsonSchema, a_machine_with_one_thing_wrong_is_refused) {
  const Checker checker(hw_json_schema());
  const Json good = read("hwconfigs/edge_16x16.yaml");
  ASSERT_EQ(checker.complaint(good), "");
  const std::pair<const char*, Change> changes[] = {
      {"unknown key", [](Json& m) { m["systolic_array"]["columns"] = 16; }},
      {"unknown section", [](Json& m) { m["sram"] = Json::object(); }},
      {"missing key", [](Json& m) { m["systolic_array"].erase("cols"); }},
      {"missing section", [](Json& m) { m.erase("dram"); }},
      {"text for an integer", [](Json& m) { m["systolic_array"]["rows"] = "16x"; }},
      {"fraction for an integer", [](Json& m) { m["systolic_array"]["rows"] = 16.5; }},
      {"out of range", [](Json& m) { m["systolic_array"]["rows"] = 1025; }},
      {"no such choice", [](Json& m) { m["systolic_array"]["dataflow"] = "xs"; }},
      {"missing unit", [](Json& m) { m["clock"] = 1; }},
      {"wrong unit", [](Json& m) { m["clock"] = "1 GB/s"; }},
      {"unknown format", [](Json& m) { m["formats"]["fp12"] = m["formats"]["fp16"]; }},
      {"map where there is text", [](Json& m) { m["name"] = Json::object(); }}};
  for (const auto& [what, change] : changes) {
    Json bad = good;
    change(bad);
    EXPECT_NE(checker.complaint(bad), "") << what;
  }
}

TEST(JsonSchema, a_problem_with_one_thing_wrong_is_refused) {
  const Checker checker(problem_json_schema());
  const Json good = read("workloads/problems/iid_c16.yaml");
  ASSERT_EQ(checker.complaint(good), "");
  const std::pair<const char*, Change> changes[] = {
      {"out of range", [](Json& p) { p["chunk"] = 7; }},
      {"no input", [](Json& p) { p["input"] = Json::object(); }},
      {"two inputs",
       [](Json& p) {
         p["input"]["matrices"] = {{"file", "a"}};
       }},
      {"unknown ensemble", [](Json& p) { p["input"]["synthetic"]["ensemble"] = "bogus"; }}};
  for (const auto& [what, change] : changes) {
    Json bad = good;
    change(bad);
    EXPECT_NE(checker.complaint(bad), "") << what;
  }
}

}  // namespace
}  // namespace tricycle
