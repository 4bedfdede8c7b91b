// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/machine_warnings.h"

#include <fmt/format.h>

#include "sim/cli/notice.h"
#include "sim/config/machine_advice.h"

namespace tricycle {

void print_warnings(const std::string& path, const std::vector<std::string>& overrides,
                    const HwConfig& hw) {
  for (const Advice& advice : machine_advice(hw, machine_keys(path, overrides)))
    print_notice(fmt::format("{}: warning: {}: {}", path, advice.key, advice.text));
}

}  // namespace tricycle
