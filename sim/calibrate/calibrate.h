// SPDX-License-Identifier: Apache-2.0
//
// Fits constants of a machine to measurements, and says how far the result can be trusted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/calibrate/identify.h"

namespace tricycle {

/// A row that was left out of a fit.
struct WithoutRow {
  std::size_t row = 0;
  KeyValues values;  // fitted to the other rows
  double error = 0;  // log(simulated / measured) of the row with these values
};

struct Calibration {
  std::string machine;  // path
  std::string machine_name;
  std::vector<FreeKey> keys;
  std::vector<MeasuredRow> rows;      // of all files, in their order
  RowIndices fit_rows, predict_rows;  // the second are not used by the fit
  KeyValues values;                   // fitted
  std::vector<double> before, after;  // log(simulated / measured) of all rows
  std::vector<WithoutRow> left_out;   // of each fit row; none where too few rows would be left
  Identifiability identifiability;
  std::size_t simulations = 0;

  /// Root mean square of the errors of rows.
  static double rms(const std::vector<double>& errors, const RowIndices& rows);
};

/// What is calibrated, by what.
struct CalibrationRequest {
  std::string machine;             // path
  std::vector<std::string> files;  // of measurements
  std::vector<std::string> free;   // KEY or KEY=LOW..HIGH
  int processes = 1;
};

/// Reads and checks everything that is wrong before the work.  `begin(what, done, total)`, if any,
/// is called before each part of it.  Throws InputError: no rows to fit, fewer than keys, rows of
/// other machines, keys that are none, rows the machine cannot run.
Calibration calibrate(const CalibrationRequest& request,
                      const std::function<void(const std::string& what, std::size_t done,
                                               std::size_t total)>& begin = nullptr);

/// The machine with the fitted constants, as YAML that `base:` derives from the calibrated one.
/// Each constant has where it comes from in its comment.  `path`: where the text will stand.
/// Throws InputError where a file of rows cannot be read.
std::string fitted_machine(const Calibration& calibration, const std::vector<std::string>& files,
                           const std::string& path);

}  // namespace tricycle
