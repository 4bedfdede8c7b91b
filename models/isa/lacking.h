// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "models/error.h"
#include "models/hw_config.h"

namespace tricycle {

/// The InputError of check_format() and check_operation().  It names the format that the machine
/// lacks, or the operation that its vector unit lacks.
class LackingError : public InputError {
 public:
  using What = std::variant<Format, VectorOp>;
  LackingError(std::string message, What what) : InputError(std::move(message)), what_(what) {}
  const What& what_is_lacking() const { return what_; }

 private:
  What what_;
};

/// Everything that `make(machine)` needs and `hw` lacks, in the order in which `make` needs it.
/// Each time `make` is refused something, that is added to the machine and `make` is called again,
/// until nothing more is refused.  Any other InputError of `make` ends the list: the caller meets
/// it when it calls `make` with `hw`.
std::vector<LackingError::What> lacking(const HwConfig& hw,
                                        const std::function<void(const HwConfig&)>& make);

}  // namespace tricycle
