// SPDX-License-Identifier: Apache-2.0
//
// The reports of `tricycle stress`.
#pragma once

#include <string>
#include <vector>

#include "models/json.h"
#include "sim/host/output_file.h"
#include "sim/stress/stress.h"

namespace tricycle {

struct StressReport {
  const HwConfig* hw = nullptr;
  const StressRequest* request = nullptr;
  std::vector<StressResult> results;
  std::vector<std::string> left_out;
};

/// The tables that people read: one line a result, then the error against the norm of A.
std::string stress_text(const StressReport& report);

/// Algorithm, parameters and format of a result.
std::string stress_label(const StressResult& result);

/// The error against the norm of A as a chart: stress.html.
std::string stress_page(const StressReport& report);

Json stress_json(const StressReport& report);
/// One line a result.
std::string stress_csv(const StressReport& report);

/// Of every result the worst input, and the one with the least norm that breaks it: the tokens as a
/// file that the problem kind `captured` reads, and the problem.
std::vector<OutputFile> stress_inputs(const StressReport& report);

}  // namespace tricycle
