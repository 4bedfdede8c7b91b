// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/error.h"
#include "models/hw_config.h"
#include "reports/validation.h"

namespace tricycle {

/// A CSV file of published figures: a line of titles, then rows.  Cells with commas are in quotes.
class PublishedTable {
 public:
  /// Throws InputError where the file cannot be read, has no rows, or a row does not have one cell
  /// per title.
  explicit PublishedTable(const std::string& path);

  std::size_t size() const { return rows_.size(); }
  bool has(std::string_view title) const;
  /// Cells by title.  Throws InputError with the place where there is no such title, or where the
  /// cell is not a number or not a row use.
  const std::string& text(std::size_t row, std::string_view title) const;
  double number(std::size_t row, std::string_view title) const;
  int integer(std::size_t row, std::string_view title) const;
  RowUse use(std::size_t row) const;
  /// f(), with the row's place before faults that do not name the file.
  template <typename F>
  auto placed(std::size_t row, F&& f) const {
    try {
      return f();
    } catch (const InputError& error) {
      if (std::string_view(error.what()).starts_with(path_)) throw;
      throw InputError(path_ + ":" + std::to_string(row + 2) + ": " + error.what());
    }
  }
  /// Throws InputError about a cell, with what was expected.
  [[noreturn]] void refuse(std::size_t row, std::string_view title,
                           std::string_view expected) const;

 private:
  std::string path_;
  std::vector<std::string> titles_;
  std::vector<std::vector<std::string>> rows_;
};

/// The shipped machine that the column `machine` of a row names.  Throws InputError.
HwConfig machine_of(const PublishedTable& table, std::size_t row);

/// The format that the column `format` of a row names.  Throws InputError.
Format format_of(const PublishedTable& table, std::size_t row);

}  // namespace tricycle
