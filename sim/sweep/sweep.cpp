// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep.h"

#include <chrono>
#include <memory>

#include "models/json.h"
#include "reports/columns.h"
#include "sim/host/build.h"
#include "sim/host/progress.h"
#include "sim/host/version.h"
#include "sim/sweep/pareto_search.h"
#include "sim/sweep/point_spec.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

/// Decides which point is next: the points of a shard, in order, that the store does not have.
class Turns {
 public:
  Turns(const Points& points, const SweepStore& store, const Shard& shard)
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
  const SweepStore& store_;
  Shard shard_;
  std::uint64_t from_ = 0, rank_ = 0;
};

/// Figures of a point for a guided search, smaller is better; nullopt: it failed or has none.
std::optional<Figures> figures_of(const Grid& grid, const SweepStore& store, std::uint64_t point) {
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

/// What all parts of a sweep work on.
struct Sweep {
  const Points& points;
  const SourceFiles& sources;
  SweepStore& store;
  PoolLimits limits;
  StopSignals& stop;
  SweepCounts& counts;
};

/// Runs the points that a pool is given until `next` has no more.
class Campaign {
 public:
  Campaign(const Sweep& sweep, std::uint64_t expected)
      : sweep_(sweep), progress_(expected, stderr, Progress::kPeriod, Progress::Teller::kBegin) {}

  void run(std::function<std::optional<std::uint64_t>()> next) {
    SweepStore& store = sweep_.store;
    SweepCounts& counts = sweep_.counts;
    PoolClient client;
    client.next = std::move(next);
    client.finished = [&](const PointRow& row) {
      sweep_.sources.check_unchanged();  // after the run, before its row
      store.insert(row);
      ++(row.done ? counts.done : counts.failed);
      progress_.end();
      progress_.begin(row.axes);
    };
    client.interrupted = [&](const std::string& how) { ++counts.interrupted[how]; };
    client.shared = {[&](const std::string& key) { return store.find_inversion(key); },
                     [&](const std::string& key, const std::string& value) {
                       store.insert_inversion(key, value);
                     }};
    client.in_child = [&] {
      store.forget_in_child();
      sweep_.stop.forget_in_child();
    };
    Pool(sweep_.points, sweep_.limits, std::move(client), sweep_.stop).run();
  }

 private:
  const Sweep& sweep_;
  Progress progress_;
};

void run_all(const Sweep& sweep, const Shard& shard) {
  SweepCounts& counts = sweep.counts;
  counts.points = (sweep.points.count() + shard.count - shard.index) / shard.count;
  Turns before(sweep.points, sweep.store, shard);
  std::uint64_t missing = 0;
  while (before.next()) ++missing;
  counts.there = counts.points - missing;
  Turns turns(sweep.points, sweep.store, shard);
  Campaign(sweep, missing).run([&] { return turns.next(); });
}

/// Runs round by round.  Rounds that a store holds already are repeated without running anything.
void search(const Sweep& sweep) {
  const Grid& grid = sweep.points.grid();
  ParetoSearch search(sweep.points);
  Campaign campaign(sweep, grid.points);
  // The next round depends on all figures of this one; without some of them it is not known.
  while (sweep.stop.received() == 0 && sweep.counts.interrupted.empty()) {
    const std::vector<std::uint64_t> round = search.next_round(
        [&](std::uint64_t point) { return figures_of(grid, sweep.store, point); });
    if (round.empty()) return;
    std::vector<std::uint64_t> missing;
    for (const std::uint64_t point : round)
      if (!sweep.store.has(point)) missing.push_back(point);
    sweep.counts.points += round.size();
    sweep.counts.there += round.size() - missing.size();
    std::size_t at = 0;
    if (!missing.empty())
      campaign.run(
          [&] { return at < missing.size() ? std::optional(missing[at++]) : std::nullopt; });
  }
}

}  // namespace

StoreMeta sweep_meta(const Points& points, const SourceFiles& sources, std::uint64_t count) {
  const Grid& grid = points.grid();
  Json column_list = Json::array();
  for (const Column& column : columns())
    column_list.push_back({{"name", column.name},
                           {"unit", std::string(column.unit)},
                           {"meaning", std::string(column.meaning)}});
  return {{"schema", "1"},
          {"version", kVersion},
          {"build", build_id()},
          {"grid", grid.text},
          {"grid_digest", sha256(grid.text)},
          {"sources", sources.digests()},
          {"axes", Json(grid.axis_names()).dump()},
          {"size", std::to_string(points.size())},
          {"points", std::to_string(count)},
          {"columns", column_list.dump()}};
}

SweepStore::CheckRow row_of(const Points& points) {
  const auto specs = std::make_shared<PointSpecs>(points);
  return [specs, &points](const PointRow& row) -> std::string {
    const AxisIndices indices = points.axis_indices(row.point);
    const bool is_one = points.number(indices) == row.point && specs->axes(indices) == row.axes;
    return is_one ? "" : "it is no point of this grid";
  };
}

SweepCounts sweep(const Points& points, const SourceFiles& sources, SweepStore& store,
                  const Shard& shard, const PoolLimits& limits) {
  const auto start = std::chrono::steady_clock::now();
  SweepCounts counts;
  StopSignals stop;
  store.forget_limited(limits.timeout_seconds, limits.memory_mib);
  const Sweep all{points, sources, store, limits, stop, counts};
  if (points.grid().sampling == Sampling::kPareto)
    search(all);
  else
    run_all(all, shard);
  store.finish();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  counts.seconds = seconds.count();
  counts.signal = stop.received();
  return counts;
}

}  // namespace tricycle
