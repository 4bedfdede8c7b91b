// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/isa/program.h"

namespace tricycle {

/// Reads one line of a program's text from left to right.  Anything unexpected throws InputError:
/// "FILE:LINE:COLUMN: expected .., got ..".
class TextReader {
 public:
  /// `where`: "FILE:LINE"; all texts must outlive the reader.
  TextReader(std::string_view line, std::string_view where, const Program& program)
      : line_(line), where_(where), program_(program) {
    skip_blanks();
  }

  const Program& program() const { return program_; }
  bool at_end() const { return at_ == line_.size(); }
  /// Reads the text up to the next blank, and skips the blanks after it.
  std::string_view word();
  /// Consumes `text` if it comes next.  If `text` ends in a letter, it must be a complete word.
  bool take(std::string_view text);
  void expect(std::string_view text);
  /// Whether a region comes next: NAME[
  bool is_region() const;
  /// Reads a region of a buffer of the program: "A[0:16, 8:24]".
  Region region();
  /// Reads a region that may have no rows and columns.
  Region region_or_none();
  std::int64_t integer(std::int64_t least, std::int64_t most);
  double number();
  /// Reads a mask as mask_text() prints it, if one comes next.
  Mask mask();
  /// Reads one of several words and returns its index.
  std::size_t one_of(std::span<const std::string_view> words, std::string_view what);

  [[noreturn]] void fail(std::string_view expected) const { fail_at(at_, expected); }
  [[noreturn]] void fail_at(std::size_t at, std::string_view expected) const;
  std::size_t position() const { return at_; }

 private:
  void skip_blanks();
  std::uint32_t buffer_named(std::string_view name, std::size_t at) const;

  std::string_view line_, where_;
  const Program& program_;
  std::size_t at_ = 0;
};

}  // namespace tricycle
