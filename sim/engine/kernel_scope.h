// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <systemc>

namespace tricycle {

/// A private SystemC kernel for one simulation, so that a process can run several, one after the
/// other.  SystemC 2.3.4 has one global kernel context.  This class swaps in a new one, and puts
/// the start-up context back.  That context must never be deleted: sc_event::none points into it.
///
/// The class relies on internals of the Accellera implementation and is the only place that does.
/// Build modules after the scope and destroy them before it.  Threads take turns: the scope waits
/// until the scope of another thread has ended.  Scopes must not be nested.
class KernelScope {
 public:
  KernelScope();
  ~KernelScope();
  KernelScope(const KernelScope&) = delete;
  KernelScope& operator=(const KernelScope&) = delete;

 private:
  std::unique_lock<std::mutex> turn_;
  sc_core::sc_simcontext* outer_;
  sc_core::sc_simcontext* inner_;
};

}  // namespace tricycle
