// SPDX-License-Identifier: Apache-2.0
//
// Tables made from many runs: those of the paper (arXiv 2606.06034), on this project's data and
// machines, and the one of all algorithms.  Published figures stand beside ours where there are
// any.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tricycle {

/// One row of the table of tables.
struct TableInfo {
  std::string_view name;   // file NAME.md, argument of `tricycle tables`
  std::string_view title;  // heading
  /// A paragraph: what a cell is, and what the published figures are about
  std::string_view meaning;
  std::string (*rows)();  // the table in Markdown
};
std::span<const TableInfo> tables();

/// The row of the named table.  Throws InputError that lists the valid names.
const TableInfo& find_table(std::string_view name);

/// The page of a table: heading, paragraph and table.  The text is the same on every host.
std::string table_page(const TableInfo& table);

// The rows of each table.
std::string ablation_rows();
std::string loss_rows();
std::string chunk_size_rows();
std::string layer_rows();
std::string algorithm_rows();
std::string solve_rows();
std::string baseline_rows();
std::string measured_baseline_rows();
std::string safety_rows();
std::string adaptive_rows();

}  // namespace tricycle
