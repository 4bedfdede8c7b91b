// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/output_tensor.h"

#include <fmt/format.h>

#include <filesystem>

#include "models/error.h"
#include "models/printable.h"
#include "sim/host/output_file.h"

namespace tricycle {

TensorName checked_output(const std::string& out, std::string_view usual,
                          const std::vector<std::string>& inputs,
                          std::vector<std::string>& faults) {
  const auto parsed = attempt(faults, [&] { return parse_output_name("--out", out); });
  if (!parsed) return {};
  attempt(faults, [&] { return check_output_file(parsed->file), true; });
  for (const std::string& in : inputs) {
    std::error_code error;
    if (std::filesystem::equivalent(parse_tensor_name(in).file, parsed->file, error))
      faults.push_back(fmt::format("--out {}: it is the file of {}, which it would replace",
                                   printable(out), printable(in)));
  }
  return {parsed->file, parsed->tensor.empty() ? std::string(usual) : parsed->tensor};
}

}  // namespace tricycle
