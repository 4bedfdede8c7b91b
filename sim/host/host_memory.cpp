// SPDX-License-Identifier: Apache-2.0
#include "sim/host/host_memory.h"

#include <fmt/format.h>
#include <unistd.h>

#include "models/error.h"

namespace tricycle {

void check_host_memory(const std::string& what, double bytes, const std::string& remedy) {
  constexpr double kGiB = 1 << 30;
  const double there =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (bytes > there)
    throw InputError(fmt::format("{} take {:.0f} GiB, this host has {:.0f} GiB; {}", what,
                                 bytes / kGiB, there / kGiB, remedy));
}

}  // namespace tricycle
