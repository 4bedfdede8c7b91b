// SPDX-License-Identifier: Apache-2.0
#include "reports/writers.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/columns.h"

namespace tricycle {

namespace {

using Json = nlohmann::ordered_json;

Json to_json_value(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell); number != nullptr && !std::isfinite(*number))
    return nullptr;
  return std::visit([](const auto& v) { return Json(v); }, cell);
}

Json to_object(const RunResult& result) {
  Json object = Json::object();
  for (const Column& column : columns()) {
    Json* at = &object;
    std::size_t begin = 0;
    for (std::size_t dot; (dot = column.name.find('.', begin)) != std::string::npos;
         begin = dot + 1)
      at = &(*at)[column.name.substr(begin, dot - begin)];
    (*at)[column.name.substr(begin)] = to_json_value(column.value(result));
  }
  return object;
}

std::string csv_text(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    if (text->find_first_of(",\"\n") == std::string::npos) return *text;
    std::string quoted = "\"";
    for (char c : *text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
  }
  return std::visit(
      [](const auto& v) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string>)
          return v;
        else
          return fmt::format("{}", v);
      },
      cell);
}

std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }

}  // namespace

std::string to_json(const RunResult& result) { return to_object(result).dump(2) + "\n"; }

std::string to_json(const std::vector<RunResult>& results) {
  Json array = Json::array();
  for (const RunResult& r : results) array.push_back(to_object(r));
  return array.dump(2) + "\n";
}

std::string to_csv(const std::vector<RunResult>& results) {
  std::string text;
  for (const Column& column : columns()) text += (text.empty() ? "" : ",") + column.name;
  text += "\n";
  for (const RunResult& r : results) {
    std::string line;
    for (const Column& column : columns())
      line += (line.empty() ? "" : ",") + csv_text(column.value(r));
    text += line + "\n";
  }
  return text;
}

std::string comparison_table(const std::vector<RunResult>& results) {
  std::size_t widest = 9;
  for (const RunResult& r : results)
    widest = std::max(widest, r.algorithm.size() + r.parameters.size() + 1);
  std::string text =
      fmt::format("{:<{}}  {:<6} {:>12} {:>12} {:>8} {:>7} {:>7} {:>7} {:>9} {:>9}  {}\n",
                  "algorithm", widest, "format", "cycles/chunk", "latency", "speedup", "matrix",
                  "useful", "vector", "SNR mean", "SNR worst", "notes");
  text += fmt::format("{:<{}}  {:<6} {:>12} {:>12} {:>8} {:>7} {:>7} {:>7} {:>9} {:>9}\n", "",
                      widest, "", "steady", "cycles", "x", "busy %", "MAC %", "busy %", "dB", "dB");
  std::string machine;
  for (const RunResult& r : results) {
    if (r.machine != machine) text += fmt::format("-- {} --\n", machine = r.machine);
    const MatrixUtilization u = matrix_utilization(r);
    std::string notes;
    if (r.accuracy.nan_count > 0) notes += fmt::format(" {} NaN", r.accuracy.nan_count);
    if (r.accuracy.inf_count > 0) notes += fmt::format(" {} Inf", r.accuracy.inf_count);
    if (r.accuracy.saturated_count > 0)
      notes += fmt::format(" {} saturated", r.accuracy.saturated_count);
    text += fmt::format(
        "{:<{}}  {:<6} {:>12.0f} {:>12} {:>8.2f} {:>7} {:>7} {:>7} {:>9.1f} {:>9.1f} {}\n",
        r.algorithm + (r.parameters.empty() ? "" : " " + r.parameters), widest, name(r.format),
        r.many.cycles_per_item, r.latency_cycles(), r.speedup, percent(u.busy), percent(u.useful),
        percent(
            busy_share(r.many.units[static_cast<std::size_t>(Unit::kVector)], r.many.total_cycles)),
        r.accuracy.snr_db_mean, r.accuracy.snr_db_worst, notes);
  }
  return text;
}

std::string run_summary(const RunResult& r) {
  const MatrixUtilization u = matrix_utilization(r);
  std::string text = fmt::format("{} {} in {} on {}: {} chunks of {}\n", r.algorithm, r.parameters,
                                 name(r.format), r.machine, r.many.items, r.chunk);
  text += fmt::format(
      "  latency of one chunk {} cycles = {:.2f} us; {} in flight: {:.0f} cycles a chunk, {} in "
      "all\n",
      r.latency_cycles(), static_cast<double>(r.latency_cycles()) / r.clock_ghz / 1000,
      r.many.in_flight, r.many.cycles_per_item, r.many.total_cycles);
  text += fmt::format("  matrix unit: mac {} %, useful {} %, mapped {} %, busy {} %\n",
                      percent(u.mac), percent(u.useful), percent(u.mapped), percent(u.busy));
  for (std::size_t i = 0; i < kUnitCount; ++i) {
    const UnitCycles& c = r.many.units[i];
    text += fmt::format("  {:<6} busy {} %, idle {} %, stalled", kUnitNames[i],
                        percent(busy_share(c, r.many.total_cycles)),
                        percent(static_cast<double>(c.idle) /
                                static_cast<double>(c.servers * r.many.total_cycles)));
    if (c.stalled_total() == 0) text += " never";
    for (std::size_t k = 0; k < kStallCauseCount; ++k)
      if (c.stalled[k] > 0)
        text += fmt::format(" {} {} %", kStallCauseNames[k],
                            percent(static_cast<double>(c.stalled[k]) /
                                    static_cast<double>(c.servers * r.many.total_cycles)));
    text += "\n";
  }
  text += fmt::format(
      "  accuracy: SNR mean {:.2f} dB, worst {:.2f} dB; relative error mean {:.2e}, max {:.2e}; {} "
      "NaN, {} Inf, {} saturated\n",
      r.accuracy.snr_db_mean, r.accuracy.snr_db_worst, r.accuracy.rel_error_mean,
      r.accuracy.rel_error_max, r.accuracy.nan_count, r.accuracy.inf_count,
      r.accuracy.saturated_count);
  return text + fmt::format("  digest {}\n", r.output_digest);
}

std::string column_list() {
  std::string text;
  for (const Column& c : columns())
    text += fmt::format("{:<40} {:<9} {}\n", c.name, c.unit, c.meaning);
  return text;
}

}  // namespace tricycle
