// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/run_trace.h"

namespace tricycle {

/// Is told what happens in a simulation while it happens.  It never changes the simulation: bits
/// and cycles are the same with and without it.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// An instruction was executed.
  virtual void executed(const Execution& execution) = 0;
  /// A server waited.  The spans of one server come in order of time, and none is empty.
  virtual void stalled(const StallSpan& span) = 0;
  /// An item's last instruction was executed.
  virtual void finished(const ItemSpan& span) = 0;
};

}  // namespace tricycle
