// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tricycle {

/// The user's input is wrong: every message is one line that says where (file:line:column: key
/// where there is a file), what was expected and what to do.  Thrown by any layer; only main()
/// prints it (exit status 2).
class InputError : public std::runtime_error {
 public:
  explicit InputError(std::string message)
      : InputError(std::vector<std::string>{std::move(message)}) {}
  explicit InputError(std::vector<std::string> messages)
      : std::runtime_error(join(messages)), messages_(std::move(messages)) {}

  /// All faults found, in the order of their places; never empty.
  const std::vector<std::string>& messages() const { return messages_; }

 private:
  static std::string join(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
  }
  std::vector<std::string> messages_;
};

/// Throws the fault of a file as a whole: "PATH: what".
[[noreturn]] inline void refuse_file(const std::string& path, const std::string& what) {
  throw InputError(path + ": " + what);
}

/// The value of `make()`; where it throws InputError nothing, and its messages behind `faults`.
/// With throw_if_any the user sees the faults of several inputs at once.
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

/// A run or a check failed although its input was well-formed (deadlock, internal contradiction):
/// exit status 1.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace tricycle
