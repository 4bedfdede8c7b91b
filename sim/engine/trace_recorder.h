// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/units/run_observer.h"

namespace tricycle {

/// Records what happens to the first trace.item_limit items, and drops the rest.  So memory is
/// bounded, however long the run is.
class TraceRecorder final : public RunObserver {
 public:
  /// `trace` must outlive the recorder.
  explicit TraceRecorder(RunTrace& trace) : trace_(trace) {}

  void executed(const Execution& execution) override {
    if (keeps(execution.item)) trace_.executions.push_back(execution);
  }
  void stalled(const StallSpan& span) override {
    if (keeps(span.item)) trace_.stalls.push_back(span);
  }
  void finished(const ItemSpan& span) override {
    if (keeps(span.item)) trace_.items.push_back(span);
  }

 private:
  /// Whether to record a span.  Of the spans that belong to no item it records the launch, and the
  /// end only where nothing was dropped before it.
  bool keeps(std::int64_t item) {
    const bool keep = item == StallSpan::kNoItem ? !dropped_ : item < trace_.item_limit;
    dropped_ = dropped_ || !keep;
    return keep;
  }
  RunTrace& trace_;
  bool dropped_ = false;
};

}  // namespace tricycle
