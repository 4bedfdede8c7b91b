// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tricycle {

/// SHA-256 of the program's sources, by names and contents (sim/host/build_id.cmake).  Two programs
/// with the same one give the same results.  Stores use it; kVersion is for people.
const char* build_id();

}  // namespace tricycle
