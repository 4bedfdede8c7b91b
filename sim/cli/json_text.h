// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace tricycle {

/// A JSON document as text for stdout.  Bytes that are not UTF-8, such as in a file's name, become
/// U+FFFD; JSON readers would refuse them.
inline std::string json_text(const nlohmann::ordered_json& document) {
  using Json = nlohmann::ordered_json;
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tricycle
