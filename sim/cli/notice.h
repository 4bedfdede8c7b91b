// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/messages.h"
#include "sim/run.h"

namespace tricycle {

/// What the user should know although the command goes on: a line on stderr, none where empty.
inline void print_notice(const std::string& text) {
  if (!text.empty()) tell(text);
}

/// .. of a problem's input.
inline void print_input_note(const PreparedProblem& prepared) {
  if (!prepared.input_note.empty())
    print_notice(prepared.problem.file + ": " + prepared.input_note);
}

}  // namespace tricycle
