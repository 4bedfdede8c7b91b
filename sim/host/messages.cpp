// SPDX-License-Identifier: Apache-2.0
#include "sim/host/messages.h"

#include <cstdio>
#include <exception>

namespace tricycle {

void to_stderr(std::string_view text) noexcept {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

void tell(std::string_view text) noexcept {
  try {
    to_stderr("tricycle: " + printable(text) + "\n");
  } catch (const std::exception&) {  // no memory for a copy
    to_stderr("tricycle: out of memory\n");
  }
}

}  // namespace tricycle
