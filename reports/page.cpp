// SPDX-License-Identifier: Apache-2.0
#include "reports/page.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "reports/page_parts.h"

namespace tricycle {

namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) switch (c) {
      case '<': out += "&lt;"; break;
      case '&': out += "&amp;"; break;
      default: out += c;
    }
  return out;
}

}  // namespace

std::string to_html(const PointTable& table) {
  const std::array<std::pair<std::string_view, std::string>, 5> parts{{
      {"{{title}}", escaped(table.title)},
      {"{{style}}", std::string(page_style())},
      {"{{charts}}", std::string(page_charts())},
      {"{{code}}", page_code()},
      {"{{data}}", page_document(table)},
  }};
  // Replaces in one pass from front to back, so that text that was inserted is never searched
  // again.
  std::string page;
  std::string_view rest = page_template();
  for (std::size_t at; (at = rest.find("{{")) != std::string_view::npos;) {
    page += rest.substr(0, at);
    rest.remove_prefix(at);
    bool known = false;
    for (const auto& [mark, text] : parts) {
      if (known || !rest.starts_with(mark)) continue;
      page += text;
      rest.remove_prefix(mark.size());
      known = true;
    }
    if (!known) throw std::logic_error("template.html: unknown part");
  }
  return page + std::string(rest);
}

}  // namespace tricycle
