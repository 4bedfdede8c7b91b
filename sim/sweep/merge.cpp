// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/merge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <optional>

#include "models/error.h"
#include "sim/host/output_file.h"
#include "sim/host/temporary_name.h"
#include "sim/sweep/store.h"
#include "sim/sweep/store_meta.h"

namespace tricycle {

namespace {

/// "grid, grid_digest and points": the rows of meta in which the stores differ.
std::string list_of(std::vector<std::string> names) {
  if (names.size() < 2) return fmt::format("{}", fmt::join(names, ""));
  const std::string last = names.back();
  names.pop_back();
  return fmt::format("{} and {}", fmt::join(names, ", "), last);
}

/// Checks that stores belong together, one by one.  The first that is a store decides to what.
class Family {
 public:
  void add(const std::string& path, const SweepStore& store) {
    if (first_.empty()) {
      first_ = path;
      meta_ = store.meta();
    } else if (const auto names = differences(meta_, store.meta()); !names.empty()) {
      throw InputError(fmt::format(
          "{} and {}: not of one sweep, they differ in {}; merge the shards of one grid and "
          "version",
          first_, path, list_of(names)));
    }
  }
  const StoreMeta& meta() const { return meta_; }

 private:
  std::string first_;
  StoreMeta meta_;
};

}  // namespace

void merge_stores(const std::vector<std::string>& paths, const std::string& into) {
  std::error_code error;
  for (const std::string& path : paths)
    if (std::filesystem::equivalent(path, into, error))
      throw InputError(path + ": expected another store than the one everything goes into");
  const bool is_there = std::filesystem::exists(into, error);
  check_store_name(into);
  check_output_file(into);
  // 1. Says what the result has to be, before anything is written.
  Family family;
  std::vector<std::string> faults;
  std::optional<SweepStore> target;  // from here on no sweep writes it
  if (is_there)
    attempt(faults, [&] {
      target.emplace(SweepStore::lock(into));
      return family.add(into, *target), true;
    });
  for (const std::string& path : paths)
    attempt(faults, [&] { return family.add(path, SweepStore::read(path)), true; });
  throw_if_any(std::move(faults));
  const StoreMeta& meta = family.meta();
  // 2. The inputs, one after the other, and each looked at again: it may have changed.
  TemporaryName unfinished(into);
  {
    SweepStore joined = SweepStore::draft(unfinished.path(), meta);
    for (const std::string& path : paths) {
      const SweepStore store = SweepStore::read(path);
      if (!differences(meta, store.meta()).empty())
        throw RunError(path + ": it became another store while it was merged");
      joined.merge(store);
    }
  }
  // 3. One step: a name that appears, or a transaction.
  if (!target) {
    if (unfinished.publish_new()) return;
    throw InputError(into + ": another process made this file meanwhile; merge again");
  }
  target->merge(SweepStore::read(unfinished.path()));
  target->finish();
}

}  // namespace tricycle
