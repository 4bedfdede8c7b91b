// SPDX-License-Identifier: Apache-2.0
//
// `tricycle calibrate`: constants of a machine from measurements.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "models/error.h"
#include "models/printable.h"
#include "sim/calibrate/calibrate.h"
#include "sim/cli/calibrate_report.h"
#include "sim/cli/commands.h"
#include "sim/cli/json_text.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/host/output_file.h"
#include "sim/host/progress.h"

namespace tricycle {

namespace {

/// Before the work: that the file can be written, and replaces nothing that was read.
void check_fitted_file(const CalibrateOptions& options) {
  if (!options.out) return;
  check_output_file(*options.out);
  std::vector<std::string> inputs = layer_files(options.machine);
  inputs.insert(inputs.end(), options.with.begin(), options.with.end());
  for (const std::string& input : inputs) {
    std::error_code error;
    if (std::filesystem::equivalent(*options.out, input, error))
      throw InputError(
          fmt::format("--out {}: it would replace what it is made of; choose another name",
                      printable(*options.out)));
  }
}

std::vector<std::string> free_texts(const CalibrateOptions& options) {
  std::vector<std::string> texts, faults;
  for (const std::string& list : options.free)
    for (std::string& text :
         parse_list("--free", list, faults, [](const std::string& item) { return item; }))
      texts.push_back(std::move(text));
  throw_if_any(std::move(faults));
  return texts;
}

}  // namespace

int calibrate_command(const CalibrateOptions& options) {
  const CalibrationRequest request{options.machine, options.with, free_texts(options),
                                   parse_threads(options.threads)};
  check_fitted_file(options);
  std::unique_ptr<Progress> progress;
  const Calibration calibration =
      calibrate(request, [&](const std::string& what, std::size_t, std::size_t total) {
        if (progress)
          progress->end();
        else
          progress = std::make_unique<Progress>(total, stderr, Progress::kPeriod,
                                                Progress::Teller::kBegin);
        progress->begin(what);
      });
  progress.reset();
  if (options.out)
    write_file(*options.out, fitted_machine(calibration, options.with, *options.out));
  if (options.json) {
    fmt::print("{}", json_text(calibration_json(calibration, options.out)));
    return 0;
  }
  fmt::print("{}", calibration_text(calibration));
  if (options.out) fmt::print("written: {}\n", printable(*options.out));
  return 0;
}

}  // namespace tricycle
