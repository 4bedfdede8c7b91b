// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace tricycle {

/// While it lives, SIGINT, SIGTERM and SIGHUP (unless they are ignored) end nothing: they are
/// noted, and come through while somebody waits by ppoll() with the mask given here, nowhere else.
/// One at a time.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// The first that came; 0: none.
  int received() const;
  const sigset_t* mask_to_wait() const { return &before_; }
  /// In a process forked off: signals do there what they did.
  void forget_in_child() const;

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
  static constexpr int kCount = 3;
  sigset_t before_{};
  struct sigaction actions_[kCount] {};
};

}  // namespace tricycle
