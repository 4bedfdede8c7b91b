// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sim/tune/tune.h"

namespace tricycle {

/// The language model and the text that its loss is measured on.
struct LossText {
  std::string model;  // directory
  std::string text;   // file
  std::int64_t bytes = 0;
  int threads = 1;
};

/// Makes a meter of the model's loss.  The inverse uses the machine's arithmetic, everything else
/// binary64.  A setting runs once for all machines with the same arithmetic; the exact inverse runs
/// once per chunk size.  Throws InputError for a faulty model or text.
LossMeter make_loss_meter(const LossText& what);

}  // namespace tricycle
