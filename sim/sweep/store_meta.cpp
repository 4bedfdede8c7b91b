// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store_meta.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <optional>
#include <set>

#include "models/json.h"
#include "sim/host/messages.h"
#include "sim/sweep/store_layout.h"

namespace tricycle {

namespace {

/// Name -> digest.
std::map<std::string, std::string> files_of(const StoreMeta& meta) {
  std::map<std::string, std::string> files;
  const std::optional<Json> object = Json::try_parse(find_meta(meta, "sources"), 2);
  if (object && object->is_object())
    for (const auto& [name, digest] : object->items()) files.emplace(name, digest.dump_any());
  return files;
}

/// " (machine.yaml, costs.yaml)": the files whose contents differ; as many as a line takes.
std::string differing_files(const StoreMeta& a, const StoreMeta& b) {
  constexpr std::size_t kMost = 5;
  const auto files_a = files_of(a), files_b = files_of(b);
  std::set<std::string> names;
  for (const auto& [one, other] : {std::pair(files_a, files_b), std::pair(files_b, files_a)})
    for (const auto& [name, digest] : one)
      if (!other.contains(name) || other.at(name) != digest) names.insert(printable(name));
  if (names.empty()) return "";
  std::vector<std::string> list(names.begin(), names.end());
  const bool cut = list.size() > kMost;
  if (cut) list.resize(kMost);
  return fmt::format(" ({}{})", fmt::join(list, ", "), cut ? ", .." : "");
}

}  // namespace

StoreMeta with_digest(StoreMeta meta) {
  std::erase_if(meta, [](const auto& row) { return row.first == "digest"; });
  meta.emplace_back("digest", meta_digest(meta));
  return meta;
}

std::vector<std::string> differences(const StoreMeta& a, const StoreMeta& b) {
  std::vector<std::string> names;
  std::set<std::string> seen{"digest", "size"};  // which follow from the others
  for (const StoreMeta* one : {&a, &b})
    for (const auto& [name, value] : *one)
      if (seen.insert(name).second && find_meta(a, name) != find_meta(b, name))
        names.push_back(name == "sources" ? name + differing_files(a, b) : name);
  return names;
}

std::vector<std::string> faults_of_meta(const std::string& path, const StoreMeta& of_store,
                                        const StoreMeta& expected) {
  std::vector<std::string> faults;
  for (const std::string& name : differences(expected, of_store))
    faults.push_back(fmt::format("{}: its {} is another{}; name another store", path, name,
                                 name == "build" ? ", it was made by another program" : ""));
  return faults;
}

}  // namespace tricycle
