// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/kernel_scope.h"

namespace sc_core {
extern sc_simcontext* sc_default_global_context;
}

// SystemC's library has a main() of its own that calls this.  A program with its own main() never
// runs it.
extern "C" [[gnu::weak]] int sc_main(int, char**) { return 1; }

namespace tricycle {

namespace {

std::mutex& one_at_a_time() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

KernelScope::KernelScope()
    : turn_(one_at_a_time()),
      outer_(sc_core::sc_get_curr_simcontext()),
      inner_(new sc_core::sc_simcontext) {
  sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = inner_;
}

KernelScope::~KernelScope() {
  delete inner_;
  sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = outer_;
}

}  // namespace tricycle
