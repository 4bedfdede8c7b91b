// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sim/tune/tune.h"

namespace tricycle {

/// What a language model is run on.
struct LossText {
  std::string model;  // directory
  std::string text;   // file
  std::int64_t bytes = 0;
  int threads = 1;
};

/// Measures with the model: the inverse in the machine's arithmetic, all else in binary64.  A
/// setting runs once for all machines with the same arithmetic, the exact inverse once a chunk
/// size.  Throws InputError: model or text.
LossMeter make_loss_meter(const LossText& what);

}  // namespace tricycle
