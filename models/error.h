// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tricycle {

/// The user's input is wrong.  Every message is one line.  It says where the fault is
/// (file:line:column: key, where there is a file), what was expected and what to do.  Any layer
/// throws it; only main() prints it (exit status 2).
class InputError : public std::runtime_error {
 public:
  explicit InputError(std::string message)
      : InputError(std::vector<std::string>{std::move(message)}) {}
  explicit InputError(std::vector<std::string> messages)
      : std::runtime_error(join(messages)), messages_(std::move(messages)) {}

  /// All faults found, in the order in which they stand in the input; never empty.
  const std::vector<std::string>& messages() const { return messages_; }

 private:
  static std::string join(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
  }
  std::vector<std::string> messages_;
};

/// Throws an InputError about a file as a whole: "PATH: what".
[[noreturn]] inline void refuse_file(const std::string& path, const std::string& what) {
  throw InputError(path + ": " + what);
}

/// Calls `make()` and returns its value.  If `make()` throws InputError, appends its messages to
/// `faults` and returns nullopt.  With throw_if_any() the user sees the faults of several inputs at
/// once.
template <typename Make>
auto attempt(std::vector<std::string>& faults, Make make) -> std::optional<decltype(make())> {
  try {
    return make();
  } catch (const InputError& error) {
    faults.insert(faults.end(), error.messages().begin(), error.messages().end());
    return std::nullopt;
  }
}
inline void throw_if_any(std::vector<std::string> faults) {
  if (!faults.empty()) throw InputError(std::move(faults));
}

/// A run or a check failed although its input was well-formed: a deadlock, an internal
/// contradiction.  Exit status 1.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A figure that cannot be, or a state that the code excludes: a fault of this program, whatever
/// the input.  `what` names the figure, its value and its bound.  Exit status 1.
class InternalError : public RunError {
 public:
  explicit InternalError(const std::string& what)
      : RunError("internal: " + what +
                 "; this is a fault of tricycle, and no figure of this run can be trusted: report "
                 "the command, its files and `tricycle --version` (CONTRIBUTING.md)") {}
};

}  // namespace tricycle
