// SPDX-License-Identifier: Apache-2.0
#include "models/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tricycle {

namespace {

struct Range {
  std::uint32_t first, last;
};
/// Code points that change the direction of text, have no width or end a line.
constexpr std::array<Range, 10> kHidden{{{0x00AD, 0x00AD},
                                         {0x061C, 0x061C},
                                         {0x180E, 0x180E},
                                         {0x200B, 0x200F},
                                         {0x2028, 0x202E},
                                         {0x2060, 0x206F},
                                         {0xFDD0, 0xFDEF},
                                         {0xFEFF, 0xFEFF},
                                         {0xFFF9, 0xFFFB},
                                         {0xE0000, 0xE0FFF}}};

std::uint8_t byte(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : 0;
}

bool is_control(std::uint32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

bool is_shown(std::string_view sequence) {
  const std::uint32_t c = code_point(sequence);
  return !is_control(c) && std::none_of(kHidden.begin(), kHidden.end(), [c](const Range& range) {
    return c >= range.first && c <= range.last;
  });
}

}  // namespace

std::size_t utf8_sequence(std::string_view text, std::size_t at) {
  const std::uint8_t first = byte(text, at);
  if (at >= text.size()) return 0;
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > text.size()) return 0;
  // The second byte alone identifies overlong forms, surrogates and code points above U+10FFFF.
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

std::uint32_t code_point(std::string_view sequence) {
  if (sequence.size() == 1) return byte(sequence, 0);
  std::uint32_t value = byte(sequence, 0) & (0xFFU >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i)
    value = value << 6 | (byte(sequence, i) & 0x3FU);
  return value;
}

bool has_control(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = utf8_sequence(text, at);
    if (size > 0 && is_control(code_point(text.substr(at, size)))) return true;
    at += std::max<std::size_t>(size, 1);
  }
  return false;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = utf8_sequence(text, at);
    if (size > 0 && is_shown(text.substr(at, size))) {
      out += text.substr(at, size);
      at += size;
      continue;
    }
    for (const std::size_t end = at + std::max<std::size_t>(size, 1); at < end; ++at)
      out += fmt::format("\\x{:02x}", byte(text, at));
  }
  return out;
}

std::size_t find_unprintable(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = utf8_sequence(text, at);
    if (size == 0 || !is_shown(text.substr(at, size))) return at;
    at += size;
  }
  return std::string_view::npos;
}

std::string excerpt(std::string_view text, std::size_t most) {
  std::size_t end = 0;
  for (std::size_t count = 0; end < text.size() && count < most; ++count)
    end += std::max<std::size_t>(1, utf8_sequence(text, end));
  if (end == text.size()) return printable(text);
  return fmt::format("{}.. ({} bytes)", printable(text.substr(0, end)), text.size());
}

}  // namespace tricycle
