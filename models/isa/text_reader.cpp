// SPDX-License-Identifier: Apache-2.0
#include "models/isa/text_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include "models/closest_name.h"
#include "models/error.h"
#include "models/printable.h"

namespace tricycle {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

}  // namespace

void TextReader::skip_blanks() {
  while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
}

void TextReader::fail_at(std::size_t at, std::string_view expected) const {
  constexpr std::size_t kShown = 40;
  std::string_view rest = line_.substr(std::min(at, line_.size()));
  while (!rest.empty() && is_blank(rest.back())) rest.remove_suffix(1);
  const std::string got = rest.empty() ? "the end of the line"
                                       : fmt::format("\"{}\"", printable(rest.substr(0, kShown)));
  throw InputError(fmt::format("{}:{}: expected {}, got {}", where_, at + 1, expected, got));
}

std::string_view TextReader::word() {
  const std::size_t begin = at_;
  while (at_ < line_.size() && !is_blank(line_[at_])) ++at_;
  const std::string_view text = line_.substr(begin, at_ - begin);
  if (text.empty()) fail("a word");
  skip_blanks();
  return text;
}

bool TextReader::take(std::string_view text) {
  if (!line_.substr(at_).starts_with(text)) return false;
  const std::size_t end = at_ + text.size();
  if (is_letter(text.back()) && end < line_.size() && is_letter(line_[end])) return false;
  at_ = end;
  skip_blanks();
  return true;
}

void TextReader::expect(std::string_view text) {
  if (!take(text)) fail(fmt::format("\"{}\"", text));
}

bool TextReader::is_region() const {
  const std::string_view rest = line_.substr(at_);
  const std::size_t bracket = rest.find('[');
  return bracket != std::string_view::npos && bracket > 0 &&
         std::none_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(bracket), is_blank);
}

std::uint32_t TextReader::buffer_named(std::string_view name, std::size_t at) const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < program_.buffers.size(); ++i) {
    if (program_.buffers[i].name == name) return static_cast<std::uint32_t>(i);
    names.emplace_back(program_.buffers[i].name);
  }
  const std::string_view near = closest_name(name, names);
  fail_at(at, fmt::format("a buffer that a line above declares{}",
                          near.empty() ? "" : fmt::format(" (did you mean {}?)", near)));
}

Region TextReader::region() {
  const std::size_t begin = at_;
  const Region r = region_or_none();
  if (r.elements() == 0) fail_at(begin, "a region of at least one element");
  return r;
}

Region TextReader::region_or_none() {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const std::size_t begin = at_;
  if (!is_region()) fail("a region, as in A[0:16, 8:24]");
  const std::size_t bracket = line_.find('[', at_);
  Region r;
  r.buffer = buffer_named(line_.substr(begin, bracket - begin), begin);
  at_ = bracket + 1;
  skip_blanks();
  const auto extent = [&](std::int32_t& first, std::int32_t& size) {
    first = static_cast<std::int32_t>(integer(0, kMost));
    expect(":");
    size = static_cast<std::int32_t>(integer(first, kMost) - first);
  };
  extent(r.row, r.rows);
  expect(",");
  extent(r.col, r.cols);
  expect("]");
  const Buffer& b = program_.buffer(r);
  if (std::int64_t{r.row} + r.rows > b.rows || std::int64_t{r.col} + r.cols > b.cols)
    fail_at(begin, fmt::format("a region inside {}, which is {} x {}", b.name, b.rows, b.cols));
  return r;
}

std::int64_t TextReader::integer(std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const char* begin = line_.data() + at_;
  const auto [end, error] = std::from_chars(begin, line_.data() + line_.size(), value);
  if (error != std::errc() || value < least || value > most)
    fail(fmt::format("a whole number from {} to {}", least, most));
  at_ += static_cast<std::size_t>(end - begin);
  skip_blanks();
  return value;
}

double TextReader::number() {
  double value = 0;
  const char* begin = line_.data() + at_;
  const auto [end, error] = std::from_chars(begin, line_.data() + line_.size(), value);
  if (error != std::errc() || !std::isfinite(value)) fail("a number");
  at_ += static_cast<std::size_t>(end - begin);
  skip_blanks();
  return value;
}

Mask TextReader::mask() {
  Mask m;
  if (!take("keep")) return m;
  constexpr std::int64_t kLargestBlock = 1 << 20;
  const auto value = [&] {
    return static_cast<std::int32_t>(integer(Mask::kNoMin + 1, Mask::kNoMax - 1));
  };
  const auto block_of = [&] {
    const std::size_t at = at_;
    const auto b = static_cast<std::int32_t>(integer(1, kLargestBlock));
    if (m.block != 0 && m.block != b) fail_at(at, "one size of blocks in a mask");
    m.block = b;
  };
  const auto blocks = [&] {
    block_of();
    if (take(">="))
      m.min_blocks = value();
    else if (take("<="))
      m.max_blocks = value();
    else if (take("even"))
      m.blocks = Mask::Blocks::kEven;
    else if (take("odd"))
      m.blocks = Mask::Blocks::kOdd;
    else
      fail("\">=\", \"<=\", \"even\" or \"odd\"");
  };
  bool any = false;
  for (;; any = true) {
    if (take("d>="))
      m.min_distance = value();
    else if (take("d<="))
      m.max_distance = value();
    else if (take("blocks of"))
      blocks();
    else if (take("lower-left of"))
      m.pair_block = static_cast<std::int32_t>(integer(1, kLargestBlock));
    else
      break;
  }
  if (!any) fail("\"d>=\", \"d<=\", \"blocks of\" or \"lower-left of\"");
  return m;
}

std::size_t TextReader::one_of(std::span<const std::string_view> words, std::string_view what) {
  const std::size_t begin = at_;
  const std::string_view text = word();
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end())
    fail_at(begin, fmt::format("{}: one of {}", what, fmt::join(words, ", ")));
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace tricycle
