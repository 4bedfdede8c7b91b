// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace tricycle {

/// While this object lives, SIGINT, SIGTERM and SIGHUP (unless they are ignored) do not end the
/// process.  They are recorded.  They are only delivered while the process waits in ppoll() with
/// the mask given here.  Only one object may exist at a time.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// The first signal that came; 0: none.
  int received() const;
  const sigset_t* mask_to_wait() const { return &before_; }
  /// Call it in a forked process: signals have the effect there that they had before.
  void forget_in_child() const;

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
  static constexpr int kCount = 3;
  sigset_t before_{};
  struct sigaction actions_[kCount] {};
};

}  // namespace tricycle
