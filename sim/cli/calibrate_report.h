// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "models/json.h"
#include "sim/calibrate/calibrate.h"

namespace tricycle {

/// What `tricycle calibrate` prints: the constants, the rows, and what the rows can say about the
/// constants.
std::string calibration_text(const Calibration& calibration);

/// The same as a document; `written`: the file of the fitted machine.
Json calibration_json(const Calibration& calibration, const std::optional<std::string>& written);

}  // namespace tricycle
