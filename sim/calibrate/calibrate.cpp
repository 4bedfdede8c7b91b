// SPDX-License-Identifier: Apache-2.0
#include "sim/calibrate/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "models/error.h"
#include "models/printable.h"
#include "sim/calibrate/fit.h"
#include "sim/calibrate/slopes.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"

namespace tricycle {

namespace {

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error);
}

/// Throws InputError unless the row is of the machine, or of one that the machine derives from.
void check_machine(const MeasuredRow& row, const std::string& machine,
                   const std::vector<std::string>& layers) {
  if (std::ranges::any_of(layers,
                          [&](const auto& file) { return is_same_file(file, row.machine); }))
    return;
  throw InputError(fmt::format(
      "{}: a row of {}; calibrate takes those of {} and of what it derives from; give the others a "
      "file of their own",
      row.place, printable(row.machine), printable(machine)));
}

/// Throws InputError where a row sets what is to be fitted.
void check_set(const MeasuredRow& row, const std::vector<FreeKey>& keys) {
  for (const FreeKey& key : keys)
    for (const std::string& text : row.set)
      if (text.substr(0, text.find('=')) == key.key)
        throw InputError(fmt::format("{}: it sets {}, which is to be fitted; leave one of them out",
                                     row.place, key.key));
}

std::vector<MeasuredRow> read_all_measurements(const std::vector<std::string>& files) {
  std::vector<MeasuredRow> rows;
  std::vector<std::string> faults;
  for (const std::string& file : files)
    if (auto read = attempt(faults, [&] { return read_measurements(file); }))
      rows.insert(rows.end(), read->begin(), read->end());
  throw_if_any(std::move(faults));
  return rows;
}

/// Fills in the rows and keys.
Calibration prepared(const CalibrationRequest& request) {
  Calibration out;
  const HwConfig hw = load_hw_config(request.machine);
  out.machine = request.machine;
  out.machine_name = hw.name;
  std::vector<std::string> faults;
  if (auto keys = attempt(faults, [&] { return parse_free_keys(request.free, hw); }))
    out.keys = std::move(*keys);
  if (auto rows = attempt(faults, [&] { return read_all_measurements(request.files); }))
    out.rows = std::move(*rows);
  throw_if_any(faults);
  const std::vector<std::string> layers = layer_files(request.machine);
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    attempt(faults, [&] { return check_machine(out.rows[r], request.machine, layers), 0; });
    attempt(faults, [&] { return check_set(out.rows[r], out.keys), 0; });
    (out.rows[r].use == RowUse::kFit ? out.fit_rows : out.predict_rows).push_back(r);
  }
  throw_if_any(std::move(faults));
  if (out.fit_rows.empty())
    throw InputError(fmt::format("{}: expected rows to fit; mark them with `fit` in a column use",
                                 request.files.front()));
  if (out.fit_rows.size() < out.keys.size())
    throw InputError(
        fmt::format("{}: {} rows to fit do not determine {} constants; measure more, or free fewer",
                    request.files.front(), out.fit_rows.size(), out.keys.size()));
  return out;
}

std::vector<double> errors_of_all(RowSimulator& simulator, const KeyValues& values) {
  RowIndices all(simulator.rows().size());
  for (std::size_t r = 0; r < all.size(); ++r) all[r] = r;
  return simulator.errors(values, all);
}

WithoutRow leave_out(RowSimulator& simulator, const Calibration& c, std::size_t row) {
  RowIndices others = c.fit_rows;
  std::erase(others, row);
  WithoutRow out{row, refit(simulator, others, c.values), 0};
  out.error = simulator.errors(out.values, {row}).front();
  return out;
}

}  // namespace

double Calibration::rms(const std::vector<double>& errors, const RowIndices& rows) {
  std::vector<double> chosen;
  for (const std::size_t row : rows) chosen.push_back(errors[row]);
  return root_mean_square(chosen);
}

Calibration calibrate(const CalibrationRequest& request,
                      const std::function<void(const std::string& what, std::size_t done,
                                               std::size_t total)>& begin) {
  Calibration c = prepared(request);
  RowSimulator simulator(request.machine, c.keys, c.rows, request.processes);
  const bool leaves_out = c.fit_rows.size() > c.keys.size();
  const std::size_t total = 2 + (leaves_out ? c.fit_rows.size() : 0);
  const auto tell = [&](const std::string& what, std::size_t done) {
    if (begin) begin(what, done, total);
  };
  tell("fit", 0);
  const KeyValues own = values_before(c.keys);
  simulator.require_runs(own);
  c.before = errors_of_all(simulator, own);
  c.values = fit(simulator, c.fit_rows);
  c.after = errors_of_all(simulator, c.values);
  for (std::size_t i = 0; leaves_out && i < c.fit_rows.size(); ++i) {
    tell(fmt::format("without {}", c.rows[c.fit_rows[i]].place), 1 + i);
    c.left_out.push_back(leave_out(simulator, c, c.fit_rows[i]));
  }
  tell("what the rows see", total - 1);
  c.identifiability = identify(simulator, c.fit_rows, c.values);
  c.simulations = simulator.simulations();
  return c;
}

}  // namespace tricycle
