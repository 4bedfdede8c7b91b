// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tricycle {

struct TextColumn {
  std::string title;
  std::string unit;           // printed on the line below the titles
  bool right_aligned = true;  // for figures; words are left-aligned
};

/// A table of aligned columns: the titles, the units where a column has one, then the rows.  A
/// column is as wide as its widest cell; two blanks separate columns.  A row of one cell is a
/// heading and is printed as it is.  Every line begins with `indent` blanks.  Cells may come from
/// untrusted input: they are made printable.
std::string text_table(const std::vector<TextColumn>& columns,
                       const std::vector<std::vector<std::string>>& rows, std::size_t indent = 0);

/// A difference with its sign: "+0.00123".  A difference that rounds to zero has none: "0.00000".
std::string signed_text(double value, int digits);

/// The same as a table of Markdown, without units.
std::string markdown_table(const std::vector<TextColumn>& columns,
                           const std::vector<std::vector<std::string>>& rows);

}  // namespace tricycle
