// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep.h"

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "reports/columns.h"
#include "sim/cli/progress.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/input_file.h"
#include "sim/run.h"
#include "sim/sweep/pareto_search.h"
#include "sim/version.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

using Json = nlohmann::ordered_json;

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
    if (!problem.file.empty()) object[name(problem.file)] = sha256(file_text(problem.file));
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

/// Figures of a point for a guided search, smaller is better; nullopt: it failed or has none.
std::optional<Figures> figures_of(const Grid& grid, const Store& store, std::uint64_t point) {
  std::vector<std::string> names;
  for (const Objective& objective : grid.objectives) names.push_back(objective.column);
  const auto cells = store.figures(point, names);
  if (!cells) return std::nullopt;
  Figures figures;
  for (std::size_t i = 0; i < cells->size(); ++i) {
    const auto* whole = std::get_if<std::int64_t>(&(*cells)[i]);
    const auto* real = std::get_if<double>(&(*cells)[i]);
    if (whole == nullptr && real == nullptr) return std::nullopt;
    const double value = real != nullptr ? *real : static_cast<double>(*whole);
    figures.push_back(grid.objectives[i].maximize ? -value : value);
  }
  return figures;
}

/// Runs points a pool is given until `next` has no more.
class Campaign {
 public:
  Campaign(const Points& points, Store& store, const PoolLimits& limits, SweepCounts& counts,
           std::uint64_t expected)
      : points_(points), store_(store), limits_(limits), counts_(counts), progress_(expected) {}

  void run(std::function<std::optional<std::uint64_t>()> next) {
    PoolClient client;
    client.next = std::move(next);
    client.finished = [&](const PointRow& row) {
      store_.insert(row);
      ++(row.done ? counts_.done : counts_.failed);
      progress_.end();
      progress_.begin(row.axes);
    };
    client.shared = {[&](const std::string& key) { return store_.find_inversion(key); },
                     [&](const std::string& key, const std::string& value) {
                       store_.insert_inversion(key, value);
                     }};
    client.in_child = [&] { store_.forget_in_child(); };
    Pool(points_, limits_, std::move(client)).run();
  }

 private:
  const Points& points_;
  Store& store_;
  PoolLimits limits_;
  SweepCounts& counts_;
  Progress progress_;
};

void run_all(const Points& points, Store& store, const Shard& shard, const PoolLimits& limits,
             SweepCounts& counts) {
  counts.points = (points.count() + shard.count - shard.index) / shard.count;
  Turns before(points, store, shard);
  std::uint64_t missing = 0;
  while (before.next()) ++missing;
  counts.there = counts.points - missing;
  Turns turns(points, store, shard);
  Campaign(points, store, limits, counts, missing).run([&] { return turns.next(); });
}

/// Round by round; those a store holds are gone through again without running anything.
void search(const Points& points, Store& store, const PoolLimits& limits, SweepCounts& counts) {
  ParetoSearch search(points);
  Campaign campaign(points, store, limits, counts, points.grid().points);
  for (;;) {
    const std::vector<std::uint64_t> round = search.next_round(
        [&](std::uint64_t point) { return figures_of(points.grid(), store, point); });
    if (round.empty()) return;
    std::vector<std::uint64_t> missing;
    for (const std::uint64_t point : round)
      if (!store.has(point)) missing.push_back(point);
    counts.points += round.size();
    counts.there += round.size() - missing.size();
    std::size_t at = 0;
    if (!missing.empty())
      campaign.run(
          [&] { return at < missing.size() ? std::optional(missing[at++]) : std::nullopt; });
  }
}

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
  if (points.grid().sampling == Sampling::kPareto)
    search(points, store, limits, counts);
  else
    run_all(points, store, shard, limits, counts);
  store.finish();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  counts.seconds = seconds.count();
  return counts;
}

}  // namespace tricycle
