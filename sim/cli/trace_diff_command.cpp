// SPDX-License-Identifier: Apache-2.0
//
// `tricycle trace-diff`: a measured trace beside a simulated one.
#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <optional>

#include "models/error.h"
#include "models/printable.h"
#include "reports/trace_diff.h"
#include "sim/cli/choice_tables.h"
#include "sim/cli/commands.h"
#include "sim/cli/json_text.h"
#include "sim/cli/settings.h"
#include "sim/host/input_file.h"
#include "sim/host/output_file.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

constexpr int kDeepestTraceFile = 64;
constexpr std::uintmax_t kLargestTraceFile = std::uintmax_t{256} << 20;

std::string trace_text(const std::string& path) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) > kLargestTraceFile && !error)
    throw InputError(path + ": expected a trace of at most 256 MiB; record less, or cut it");
  return file_text(path);
}

/// A document, where the text is JSON or means to be.
std::optional<Json> json_of(const std::string& text, const std::string& path) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) throw InputError(path + ": expected a trace, got an empty file");
  if (text[first] != '{' && text[first] != '[') return std::nullopt;
  auto document = Json::try_parse(text, kDeepestTraceFile);
  if (!document)
    throw InputError(path +
                     ": expected JSON of the Trace Event Format, got something else; is the "
                     "file cut off?");
  return document;
}

SimulatedTrace simulated_trace(const std::string& path) {
  const auto document = json_of(trace_text(path), path);
  if (!document)
    throw InputError(path + ": expected a trace that `tricycle run` wrote; name its trace.json");
  return read_simulated_trace(*document, path);
}

SliceTrace measured_trace(const TraceDiffOptions& options, double clock_ghz) {
  const std::string text = trace_text(options.measured);
  if (const auto document = json_of(text, options.measured)) {
    if (options.time_unit)
      throw InputError(options.measured +
                       ": --time-unit is of CSV files; events of JSON are in microseconds");
    // Another run of the simulator is as good as a measurement.
    const bool is_ours = document->find("otherData") != nullptr &&
                         document->find("otherData")->find("machine_digest") != nullptr;
    if (is_ours) return read_simulated_trace(*document, options.measured).slices;
    return read_chrome_trace(*document, options.measured);
  }
  constexpr double kCyclesPerUs = 1000;
  const double cycle = 1 / (clock_ghz * kCyclesPerUs);
  const double unit = options.time_unit
                          ? parse_choice("--time-unit", *options.time_unit, kTimeUnits)
                          : kMicrosecond;
  return read_csv_trace(text, options.measured, unit > 0 ? unit : cycle, cycle);
}

TrackMap track_map(const std::vector<std::string>& texts) {
  TrackMap map;
  std::vector<std::string> faults;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
      faults.push_back(fmt::format("--map {}: expected MEASURED=SIMULATED, two names of tracks",
                                   printable(text)));
    else
      map.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  throw_if_any(std::move(faults));
  return map;
}

void check_trace_output(const TraceDiffOptions& options) {
  if (!options.out) return;
  check_output_file(*options.out);
  for (const std::string& input : {options.simulated, options.measured}) {
    std::error_code error;
    if (std::filesystem::equivalent(*options.out, input, error))
      throw InputError(
          fmt::format("--out {}: it would replace what it is made of; choose another name",
                      printable(*options.out)));
  }
}

}  // namespace

int trace_diff_command(const TraceDiffOptions& options) {
  constexpr double kLeastScale = 1e-3, kMostScale = 1e3;
  const TrackMap map = track_map(options.map);
  const double scale = parse_number("--scale", options.scale, kLeastScale, kMostScale);
  check_trace_output(options);
  SimulatedTrace simulated = simulated_trace(options.simulated);
  SliceTrace measured = measured_trace(options, simulated.clock_ghz);
  const TraceDiff diff =
      compare_traces(std::move(simulated.slices), std::move(measured), map, scale);
  Json about{{"version", kVersion},          {"simulated", options.simulated},
             {"run", simulated.title},       {"clock_ghz", simulated.clock_ghz},
             {"measured", options.measured}, {"scale", scale}};
  if (options.out) write_file(*options.out, both_traces(diff, about));
  if (options.json) {
    about.update(trace_diff_json(diff));
    about["written"] = options.out ? Json(*options.out) : Json();
    fmt::print("{}", json_text(about));
    return 0;
  }
  fmt::print("{} beside {}\n{}", printable(options.measured), printable(simulated.title),
             trace_diff_text(diff));
  if (options.out) fmt::print("written: {}\n", printable(*options.out));
  return 0;
}

}  // namespace tricycle
