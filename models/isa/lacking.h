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

/// The InputError of check_format() and check_operation(): which format the machine, or which
/// operation its vector unit, does not have.
class LackingError : public InputError {
 public:
  using What = std::variant<Format, VectorOp>;
  LackingError(std::string message, What what) : InputError(std::move(message)), what_(what) {}
  const What& what_is_lacking() const { return what_; }

 private:
  What what_;
};

/// Everything `make(machine)` asks for that `hw` lacks, in the order it is met: `make` is called
/// again with what it was refused for added, until it refuses nothing more.  Any other InputError
/// of `make` ends the list, and is left to whoever calls it with `hw`.
std::vector<LackingError::What> lacking(const HwConfig& hw,
                                        const std::function<void(const HwConfig&)>& make);

}  // namespace tricycle
