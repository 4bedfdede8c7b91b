// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "models/error.h"
#include "models/printable.h"
#include "reports/page.h"
#include "sim/cli/commands.h"
#include "sim/cli/json_text.h"
#include "sim/host/input_file.h"
#include "sim/host/output_file.h"
#include "sim/host/version.h"
#include "sim/sweep/read_points.h"

namespace tricycle {

namespace {

/// Of what is parsed at once; a page shows a few thousand slices.
constexpr std::uintmax_t kMostTraceBytes = std::uintmax_t{256} << 20;

RunTimeline load_timeline(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw InputError(path + ": no such file; --trace takes the trace.json of `tricycle run`");
  if (std::filesystem::file_size(path, error) > kMostTraceBytes)
    throw InputError(path +
                     ": expected a trace of at most 256 MiB; record fewer chunks (--trace-chunks)");
  return read_timeline(file_text(path), path);
}

}  // namespace

int report_command(const ReportOptions& options) {
  check_output_file(options.out);
  std::vector<std::string> faults;
  auto table = attempt(faults, [&] { return read_points(options.stores); });
  std::vector<RunTimeline> timelines;
  for (const std::string& path : options.traces)
    attempt(faults, [&] { return timelines.push_back(load_timeline(path)), true; });
  throw_if_any(std::move(faults));
  if (table->points.empty())
    throw InputError(fmt::format("{}: the store has no points yet; run `tricycle sweep` first",
                                 options.stores.front()));
  table->timelines = std::move(timelines);
  if (options.title) table->title = *options.title;
  const std::string page = to_html(*table);
  write_file(options.out, page);
  if (options.json) {
    const Json document{{"version", kVersion},
                        {"report", options.out},
                        {"title", table->title},
                        {"points", table->points.size()},
                        {"bytes", page.size()}};
    fmt::print("{}", json_text(document));
    return 0;
  }
  fmt::print("written: {} ({} points, {:.1f} MB)\n", printable(options.out), table->points.size(),
             static_cast<double>(page.size()) / 1e6);
  return 0;
}

}  // namespace tricycle
