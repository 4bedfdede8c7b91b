// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/merge.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "models/error.h"
#include "sim/output_file.h"
#include "sim/sweep/store.h"
#include "sim/temporary_name.h"

namespace tricycle {

namespace {

/// "grid, grid_digest and points": the rows of meta in which the stores differ.
std::string differences(const StoreMeta& a, const Store& b) {
  std::vector<std::string> names;
  for (const auto& [name, value] : a)
    if (b.meta(name) != value) names.push_back(name);
  if (names.size() < 2) return fmt::format("{}", fmt::join(names, ""));
  const std::string last = names.back();
  names.pop_back();
  return fmt::format("{} and {}", fmt::join(names, ", "), last);
}

/// Meta of the stores, which all have the same: of the first one of `paths` that is a store.
StoreMeta common_meta(const std::vector<std::string>& paths) {
  std::vector<std::string> faults;
  std::optional<StoreMeta> meta;
  std::string first;
  for (const std::string& path : paths)
    attempt(faults, [&] {
      const Store store = Store::read(path);
      if (!meta) {
        meta = store.meta();
        first = path;
      } else if (const std::string what = differences(*meta, store); !what.empty()) {
        throw InputError(fmt::format(
            "{} and {}: not of one sweep, they differ in {}; merge the shards of one grid and "
            "version",
            first, path, what));
      }
      return true;
    });
  throw_if_any(std::move(faults));
  return *meta;
}

}  // namespace

void merge_stores(const std::vector<std::string>& paths, const std::string& into) {
  std::error_code error;
  for (const std::string& path : paths)
    if (std::filesystem::equivalent(path, into, error))
      throw InputError(path + ": expected another store than the one everything goes into");
  const bool is_there = std::filesystem::exists(into, error);
  check_output_file(into);
  // 1. What the result has to be is told before anything is written.
  std::vector<std::string> all = paths;
  if (is_there) all.insert(all.begin(), into);
  const StoreMeta meta = common_meta(all);
  std::optional<Store> target;
  if (is_there) target.emplace(Store::open(into, meta));  // from here on no sweep writes it
  // 2. The inputs, one after the other: SQLite attaches ten files at once, shards are more.
  TemporaryName unfinished(into);
  {
    Store joined = Store::draft(unfinished.path(), meta);
    for (const std::string& path : paths) joined.merge(path);
  }
  // 3. One step: a name that changes, or a transaction.
  if (!target) return unfinished.publish();
  target->merge(unfinished.path());
  target->finish();
}

}  // namespace tricycle
