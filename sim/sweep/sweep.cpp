// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/columns.h"
#include "sim/cli/progress.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/run.h"
#include "sim/version.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

using Json = nlohmann::ordered_json;

std::string file_digest(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return sha256(text.str());
}

/// Digests of machines, problems and tensor files, each under its name alone: where they stand does
/// not matter.
std::string sources(const Grid& grid) {
  const auto name = [](const std::string& path) {
    return std::filesystem::path(path).filename().string();
  };
  Json object = Json::object();
  for (const std::string& path : grid.files(AxisTarget::kMachine))
    object[name(path)] = digest(load_hw_config(path));
  for (const std::string& path : grid.files(AxisTarget::kProblem)) {
    const Problem problem = load_problem(path);
    object[name(path)] = digest(problem);
    if (!problem.file.empty()) object[name(problem.file)] = file_digest(problem.file);
  }
  return object.dump();
}

/// Whose turn it is: the points of a shard, in order, that the store does not have.
class Turns {
 public:
  Turns(const Points& points, const Store& store, const Shard& shard)
      : points_(points), store_(store), shard_(shard) {}

  std::optional<std::uint64_t> next() {
    while (const auto point = points_.next(from_)) {
      from_ = *point + 1;
      const bool mine = rank_++ % shard_.count == shard_.index - 1;
      if (mine && !store_.has(*point)) return point;
    }
    return std::nullopt;
  }

 private:
  const Points& points_;
  const Store& store_;
  Shard shard_;
  std::uint64_t from_ = 0, rank_ = 0;
};

}  // namespace

StoreMeta sweep_meta(const Grid& grid, std::uint64_t points) {
  Json column_list = Json::array();
  for (const Column& column : columns())
    column_list.push_back({{"name", column.name},
                           {"unit", std::string(column.unit)},
                           {"meaning", std::string(column.meaning)}});
  return {{"schema", "1"},
          {"version", kVersion},
          {"grid", grid.text},
          {"grid_digest", sha256(grid.text)},
          {"sources", sources(grid)},
          {"axes", Json(grid.axis_names()).dump()},
          {"points", std::to_string(points)},
          {"columns", column_list.dump()}};
}

SweepCounts sweep(const Points& points, Store& store, const Shard& shard,
                  const PoolLimits& limits) {
  const auto start = std::chrono::steady_clock::now();
  SweepCounts counts;
  counts.points = (points.count() + shard.count - shard.index) / shard.count;
  Turns before(points, store, shard);
  std::uint64_t missing = 0;
  while (before.next()) ++missing;
  counts.there = counts.points - missing;

  Turns turns(points, store, shard);
  Progress progress(missing);
  PoolClient client;
  client.next = [&] { return turns.next(); };
  client.finished = [&](const PointRow& row) {
    store.insert(row);
    ++(row.done ? counts.done : counts.failed);
    progress.end();
    progress.begin(row.axes);
  };
  client.shared = {[&](const std::string& key) { return store.find_inversion(key); },
                   [&](const std::string& key, const std::string& value) {
                     store.insert_inversion(key, value);
                   }};
  client.in_child = [&] { store.forget_in_child(); };
  Pool(points, limits, client).run();
  store.finish();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  counts.seconds = seconds.count();
  return counts;
}

}  // namespace tricycle
