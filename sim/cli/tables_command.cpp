// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>

#include "models/error.h"
#include "models/printable.h"
#include "sim/cli/commands.h"
#include "sim/host/output_file.h"
#include "sim/host/progress.h"
#include "sim/tables/tables.h"

namespace tricycle {

int tables_command(const TablesOptions& options) {
  std::vector<const TableInfo*> chosen;
  std::vector<std::string> faults;
  for (const std::string& name : options.names)
    if (const auto table = attempt(faults, [&] { return &find_table(name); }))
      chosen.push_back(*table);
  if (options.bare && options.out)
    faults.push_back("tables: --bare and --out are two forms of output; give one");
  throw_if_any(std::move(faults));
  if (options.names.empty())
    for (const TableInfo& table : tables()) chosen.push_back(&table);
  if (options.out) check_output_directory(*options.out);

  std::vector<OutputFile> files;
  {
    Progress progress(chosen.size());
    for (const TableInfo* table : chosen) {
      progress.begin(std::string(table->name));
      files.push_back(
          {fmt::format("{}.md", table->name), options.bare ? table->rows() : table_page(*table)});
      progress.end();
    }
  }
  if (options.out) {
    write_files(*options.out, files);
    std::string names;
    for (const OutputFile& file : files) names += fmt::format(" {}/{}", *options.out, file.name);
    fmt::print("written:{}\n", printable(names));
    return 0;
  }
  for (const OutputFile& file : files)
    fmt::print("{}{}", &file == &files.front() ? "" : "\n", file.text);
  std::fflush(stdout);
  return 0;
}

}  // namespace tricycle
