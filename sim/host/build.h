// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tricycle {

/// SHA-256 of the program's sources, by names and contents (sim/host/build_id.cmake): of two
/// programs with the same one all results are the same.  kVersion is for people, this is for
/// stores.
const char* build_id();

}  // namespace tricycle
