// SPDX-License-Identifier: Apache-2.0
//
// The commands for grids and their stores: sweep, merge, export.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "models/error.h"
#include "models/printable.h"
#include "sim/cli/commands.h"
#include "sim/cli/json_text.h"
#include "sim/cli/notice.h"
#include "sim/cli/settings.h"
#include "sim/host/output_file.h"
#include "sim/host/version.h"
#include "sim/sweep/export.h"
#include "sim/sweep/grid_advice.h"
#include "sim/sweep/merge.h"
#include "sim/sweep/read_points.h"
#include "sim/sweep/sweep.h"

namespace tricycle {

namespace {

constexpr std::int64_t kMostJobs = 4096, kMostShards = 1'000'000;
constexpr std::int64_t kLongestTimeout = 1'000'000, kMostMemoryMib = 1 << 24;
/// The program itself takes some 100 MiB of address space.
constexpr std::int64_t kLeastMemoryMib = 256;

Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  std::vector<std::string> ignored;
  const auto number = [&](const std::string& part) {
    return attempt(ignored, [&] { return parse_count("--shard", part, 1, kMostShards); });
  };
  const auto index = number(text.substr(0, slash));
  const auto count = slash == std::string::npos ? std::nullopt : number(text.substr(slash + 1));
  if (!index || !count || *index > *count)
    throw InputError(fmt::format("--shard {}: expected I/N with 1 <= I <= N <= {}, such as 1/4",
                                 text, kMostShards));
  return {static_cast<std::uint64_t>(*index), static_cast<std::uint64_t>(*count)};
}

PoolLimits limits_of(const SweepOptions& options) {
  PoolLimits limits;
  std::vector<std::string> faults;
  const auto count = [&](std::string_view option, const std::string& text, std::int64_t minimum,
                         std::int64_t maximum) {
    return attempt(faults, [&] { return parse_count(option, text, minimum, maximum); }).value_or(0);
  };
  limits.jobs = count("--jobs", options.jobs, 0, kMostJobs);
  if (limits.jobs == 0) limits.jobs = std::max(1U, std::thread::hardware_concurrency());
  limits.timeout_seconds = count("--timeout", options.timeout, 0, kLongestTimeout);
  limits.memory_mib = count("--memory", options.memory, 0, kMostMemoryMib);
  if (limits.memory_mib > 0 && limits.memory_mib < kLeastMemoryMib)
    faults.push_back(fmt::format("--memory: expected 0 (no limit) or at least {} MiB, got {}",
                                 kLeastMemoryMib, options.memory));
  throw_if_any(std::move(faults));
  return limits;
}

/// The default store: OUT/STEM.sqlite after the grid's file, or OUT/STEM.2_of_4.sqlite for a shard.
std::string store_path(const SweepOptions& options, const Grid& grid, const Shard& shard) {
  if (options.store) return *options.store;
  const std::string part =
      shard.count == 1 ? "" : fmt::format(".{}_of_{}", shard.index, shard.count);
  const std::string stem = std::filesystem::path(grid.path).stem().string();
  return (std::filesystem::path(options.out) / (stem + part + ".sqlite")).string();
}

void print_counts(const std::string& path, const Points& points, const Shard& shard,
                  const SweepCounts& counts) {
  const std::uint64_t now = counts.done + counts.failed;
  fmt::print("{}: {} of {} points{}: {} done, {} failed, {} were there; {:.1f} s", printable(path),
             counts.points, points.count(),
             shard.count == 1 ? "" : fmt::format(" (shard {}/{})", shard.index, shard.count),
             counts.done, counts.failed, counts.there, counts.seconds);
  if (now > 0) fmt::print(", {:.1f} points/s", static_cast<double>(now) / counts.seconds);
  fmt::print("\n");
}

/// Reports what failed and what is left to do.
void print_failures(const SweepStore& store, const SweepCounts& counts) {
  store.for_each_reason([](const std::string& reason, std::int64_t count) {
    fmt::print("{:>8} failed: {}\n", count, printable(reason));
  });
  for (const auto& [how, count] : counts.interrupted)
    fmt::print("{:>8} interrupted: {}; --resume tries them again\n", count, printable(how));
  if (counts.signal != 0) fmt::print("stopped by signal {}; --resume goes on\n", counts.signal);
}

/// Of the whole sweep: points a grid itself rules out are no failure of it.
int exit_status(const SweepStore& store, const SweepCounts& counts) {
  bool broken = !counts.interrupted.empty();
  store.for_each_reason([&](const std::string& reason, std::int64_t) {
    broken = broken || !(reason.starts_with("exit 2") || reason.starts_with("constraint"));
  });
  if (counts.signal == 0) return broken ? 1 : 0;
  return 128 + counts.signal;  // as a shell says it
}

/// What print_counts() and print_failures() say.
Json counts_json(const std::string& path, const Points& points, const Shard& shard,
                 const SweepStore& store, const SweepCounts& counts) {
  Json failures = Json::array(), interrupted = Json::array();
  store.for_each_reason([&](const std::string& reason, std::int64_t count) {
    failures.push_back({{"reason", reason}, {"points", count}});
  });
  for (const auto& [how, count] : counts.interrupted)
    interrupted.push_back({{"reason", how}, {"points", count}});
  const std::uint64_t now = counts.done + counts.failed;
  return {{"version", kVersion},
          {"store", path},
          {"grid", points.grid().name},
          {"grid_points", points.count()},
          {"shard", {{"index", shard.index}, {"count", shard.count}}},
          {"points", counts.points},
          {"done", counts.done},
          {"failed", counts.failed},
          {"there", counts.there},
          {"seconds", counts.seconds},
          {"points_per_second",
           now > 0 ? Json(static_cast<double>(now) / counts.seconds) : Json(nullptr)},
          {"failures", failures},
          {"interrupted", interrupted},
          {"signal", counts.signal == 0 ? Json(nullptr) : Json(counts.signal)},
          {"input_notes", store.input_notes()}};
}

}  // namespace

int sweep_command(const SweepOptions& options) {
  const PoolLimits limits = limits_of(options);
  const Shard shard = options.shard ? parse_shard(*options.shard) : Shard{};
  const Grid grid = load_grid(options.grid);
  if (grid.sampling == Sampling::kPareto && shard.count > 1)
    throw InputError(
        fmt::format("--shard {}: a guided search chooses its points by the results of "
                    "all others; run it as one sweep",
                    *options.shard));
  const SourceFiles sources(grid);
  const Points points(grid);
  const std::uint64_t count = points.count();
  if (count == 0) throw InputError(grid.path + ": no point is left; none fulfils the constraints");
  const StoreMeta meta = sweep_meta(points, sources, count);
  const std::string path = store_path(options, grid, shard);
  if (!options.store) {
    check_output_directory(options.out);
    std::filesystem::create_directories(options.out);
  }
  SweepStore store = options.resume ? SweepStore::resume(path, meta, row_of(points))
                                    : SweepStore::create(path, meta);
  for (const std::string& line : grid_advice(points)) print_notice(grid.path + ": " + line);
  const SweepCounts counts = sweep(points, sources, store, shard, limits);
  if (!options.json) print_counts(path, points, shard, counts);
  for (const std::string& note : store.input_notes()) print_notice(note);
  if (options.json)
    fmt::print("{}", json_text(counts_json(path, points, shard, store, counts)));
  else
    print_failures(store, counts);
  return exit_status(store, counts);
}

int merge_command(const MergeOptions& options) {
  merge_stores(options.stores, options.into);
  const SweepStore into = SweepStore::read(options.into);
  fmt::print("{}: {} done, {} failed, of {} points of the grid\n", printable(options.into),
             into.count("done"), into.count("failed"), into.meta("points"));
  return 0;
}

int export_command(const ExportOptions& options) {
  if (options.json_lines && options.markdown)
    throw InputError("--markdown: --json-lines prints already; leave one of them out");
  if (options.markdown) {
    fmt::print("{}", to_markdown(read_points({options.store})));
    return 0;
  }
  const SweepStore store = SweepStore::read(options.store);
  export_rows(store, options.json_lines ? ExportForm::kJsonLines : ExportForm::kCsv,
              [](const std::string& line) { fmt::print("{}\n", line); });
  return 0;
}

}  // namespace tricycle
