// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace tricycle {

/// A document for stdout.  Bytes that are no UTF-8, such as those of a file's name, become U+FFFD:
/// a reader of JSON would refuse them.
inline std::string json_text(const nlohmann::ordered_json& document) {
  using Json = nlohmann::ordered_json;
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tricycle
