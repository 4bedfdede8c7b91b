// SPDX-License-Identifier: Apache-2.0
#include "sim/messages.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <exception>

namespace tricycle {

namespace {

std::uint8_t byte(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : 0;
}

bool is_control(std::string_view text, std::size_t at) {
  const std::uint8_t first = byte(text, at);
  const bool c1 = first == 0xc2 && byte(text, at + 1) >= 0x80 && byte(text, at + 1) < 0xa0;
  return first < 0x20 || first == 0x7f || c1;
}

}  // namespace

std::size_t utf8_sequence(std::string_view text, std::size_t at) {
  const std::uint8_t first = byte(text, at);
  if (at >= text.size()) return 0;
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > text.size()) return 0;
  // The second byte alone tells overlong forms, surrogates and what is above U+10FFFF.
  const std::uint8_t least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(text, at + 1) < least || byte(text, at + 1) > most) return 0;
  for (std::size_t i = 2; i < size; ++i)
    if ((byte(text, at + i) & 0xc0U) != 0x80U) return 0;
  return size;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = utf8_sequence(text, at);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

bool has_control(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (is_control(text, at)) return true;
  return false;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = utf8_sequence(text, at);
    if (size > 0 && !is_control(text, at)) {
      out += text.substr(at, size);
      at += size;
      continue;
    }
    for (const std::size_t end = at + (size == 0 ? 1 : size); at < end; ++at)
      out += fmt::format("\\x{:02x}", byte(text, at));
  }
  return out;
}

void to_stderr(std::string_view text) noexcept {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

void tell(std::string_view text) noexcept {
  try {
    to_stderr("tricycle: " + printable(text) + "\n");
  } catch (const std::exception&) {  // no memory for a copy
    to_stderr("tricycle: out of memory\n");
  }
}

}  // namespace tricycle
