// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/stop_signals.h"

namespace tricycle {

namespace {

volatile std::sig_atomic_t first_signal = 0;

void note_signal(int signal) {
  if (first_signal == 0) first_signal = signal;
}

}  // namespace

StopSignals::StopSignals() {
  first_signal = 0;
  sigset_t held;
  sigemptyset(&held);
  for (const int signal : kSignals) sigaddset(&held, signal);
  sigprocmask(SIG_BLOCK, &held, &before_);
  for (const int signal : kSignals) sigdelset(&before_, signal);
  for (int i = 0; i < kCount; ++i) {
    struct sigaction noted {};
    noted.sa_handler = note_signal;
    sigaction(kSignals[i], nullptr, &actions_[i]);
    if (actions_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &noted, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (int i = 0; i < kCount; ++i) sigaction(kSignals[i], &actions_[i], nullptr);
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

int StopSignals::received() const { return first_signal; }

void StopSignals::forget_in_child() const {
  for (int i = 0; i < kCount; ++i) {
    struct sigaction plain {};
    plain.sa_handler = actions_[i].sa_handler == SIG_IGN ? SIG_IGN : SIG_DFL;
    sigaction(kSignals[i], &plain, nullptr);
  }
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace tricycle
