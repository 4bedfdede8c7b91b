// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tricycle {

/// Throws InputError where this host has less memory than `bytes`.  The message is "WHAT take 66
/// GiB, this host has 23 GiB; REMEDY".
void check_host_memory(const std::string& what, double bytes, const std::string& remedy);

}  // namespace tricycle
