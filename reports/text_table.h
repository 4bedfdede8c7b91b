// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tricycle {

struct TextColumn {
  std::string title;
  std::string unit;           // on the line below the titles
  bool right_aligned = true;  // figures; words stand left
};

/// Lines of aligned columns, each as wide as its widest cell, two blanks between them: titles,
/// units where a column has one, then the rows.  A row of one cell is a heading, printed as it is.
/// `indent` blanks stand before every line.  Cells may be anybody's: they are made printable.
std::string text_table(const std::vector<TextColumn>& columns,
                       const std::vector<std::vector<std::string>>& rows, std::size_t indent = 0);

/// A difference with its sign, "+0.00123"; what rounds to zero has none: "0.00000".
std::string signed_text(double value, int digits);

/// The same as a table of Markdown, without units.
std::string markdown_table(const std::vector<TextColumn>& columns,
                           const std::vector<std::vector<std::string>>& rows);

}  // namespace tricycle
