// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/run_trace.h"

namespace tricycle {

/// Told what happens in a simulation while it happens.  Never changes it: bits and cycles are the
/// same with and without.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// An instruction was executed.
  virtual void executed(const Execution& execution) = 0;
  /// A server waited; spans of one server come in order of time, none is empty.
  virtual void stalled(const StallSpan& span) = 0;
  /// An item's last instruction was executed.
  virtual void finished(const ItemSpan& span) = 0;
};

}  // namespace tricycle
