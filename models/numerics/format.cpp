// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/format.h"

namespace tricycle {

std::string format_names() {
  std::string text;
  for (const FormatInfo& row : kFormats) text += (text.empty() ? "" : ", ") + std::string(row.name);
  return text;
}

}  // namespace tricycle
