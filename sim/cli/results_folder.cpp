// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/results_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "models/json.h"
#include "sim/cli/notice.h"
#include "sim/host/messages.h"

namespace tricycle {

namespace {

/// The text of an ordinary file.  None where there is no such file, or it is too large to be ours.
std::optional<std::string> text_of(const std::filesystem::path& path) {
  constexpr std::uintmax_t kLargest = std::uintmax_t{256} << 20;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) ||
      std::filesystem::file_size(path, error) > kLargest || error)
    return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// The first few distinct texts of a key in results.  A file may contain anything, so texts are
/// escaped and cut before they reach a terminal.
std::string names(const std::vector<const Json*>& results, const char* key) {
  constexpr std::size_t kMostNames = 3, kLongest = 60;
  std::vector<std::string> found;
  for (const Json* result : results) {
    const Json* at = result->find(key);
    if (at == nullptr || !at->is_string()) continue;
    const std::string quoted = at->dump_ascii();
    std::string name = quoted.substr(1, std::min(quoted.size() - 2, kLongest));
    if (std::find(found.begin(), found.end(), name) == found.end())
      found.push_back(std::move(name));
  }
  if (found.size() > kMostNames) return fmt::format("{} {}s", found.size(), key);
  return fmt::format("{}", fmt::join(found, ", "));
}

/// "block_doubling in fp16 on edge_16x16 with iid_c16", of what was written earlier.
std::string what_it_was(const std::string& text) {
  const Json document = Json::try_parse(text).value_or(nullptr);
  std::vector<const Json*> results;
  if (document.is_object()) results.push_back(&document);
  if (document.is_array())
    for (const Json& result : document)
      if (result.is_object()) results.push_back(&result);
  std::string what = names(results, "algorithm");
  const auto add = [&](std::string_view word, const char* key) {
    const std::string part = names(results, key);
    if (!part.empty()) what += fmt::format("{}{} {}", what.empty() ? "" : " ", word, part);
  };
  add("in", "format");
  add("on", "machine");
  add("with", "problem");
  return what;
}

}  // namespace

std::string replaced_notice(const std::string& directory, const std::vector<OutputFile>& files) {
  const auto document = std::find_if(files.begin(), files.end(), [](const OutputFile& file) {
    return file.name.ends_with(".json");
  });
  if (document == files.end()) return "";
  const auto path = std::filesystem::path(directory) / document->name;
  const auto earlier = text_of(path);
  if (!earlier || *earlier == document->text) return "";
  const std::string what = what_it_was(*earlier);
  return fmt::format("replaced: {}, earlier results{}{}; --out DIR keeps both", path.string(),
                     what.empty() ? "" : ": ", what);
}

std::string write_results(const std::string& directory, const std::vector<OutputFile>& files,
                          bool json) {
  const std::string notice = replaced_notice(directory, files);
  write_files(directory, files);
  std::string text = "written:";
  for (const OutputFile& file : files)
    text += fmt::format(" {}/{}", printable(directory), file.name);
  if (!json) return text + (notice.empty() ? "" : "\n" + printable(notice)) + "\n";
  if (directory == kDefaultOut) print_notice(text);
  print_notice(notice);
  return "";
}

}  // namespace tricycle
