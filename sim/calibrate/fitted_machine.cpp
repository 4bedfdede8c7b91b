// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "models/printable.h"
#include "sim/calibrate/calibrate.h"
#include "sim/calibrate/slopes.h"
#include "sim/config/field_tree.h"
#include "sim/host/input_file.h"
#include "sim/host/shipped_files.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

namespace fs = std::filesystem;

/// A key below a section, and its line.
struct FittedLine {
  std::string key;  // "systolic_array.head", without the sections that are written already
  std::string text;
};

/// Sections and keys, in the order in which they come first.
std::string nested(const std::vector<FittedLine>& lines, const std::string& indent) {
  std::string out;
  std::vector<std::string> done;
  for (const FittedLine& line : lines) {
    const std::size_t dot = line.key.find('.');
    if (dot == std::string::npos) {
      out += fmt::format("{}{}: {}\n", indent, line.key, line.text);
      continue;
    }
    const std::string section = line.key.substr(0, dot);
    if (std::ranges::find(done, section) != done.end()) continue;
    done.push_back(section);
    std::vector<FittedLine> below;
    for (const FittedLine& other : lines)
      if (other.key.starts_with(section + "."))
        below.push_back({other.key.substr(dot + 1), other.text});
    out += fmt::format("{}{}:\n{}", indent, section, nested(below, indent + "  "));
  }
  return out;
}

/// What `base:` names: a shipped machine by its name, another relative to the new file.
std::string base_of(const std::string& machine, const std::string& path) {
  std::error_code error;
  const std::string stem = fs::path(machine).stem().string();
  if (fs::equivalent(shipped("hwconfigs/" + stem + ".yaml"), machine, error)) return stem;
  const fs::path folder = fs::absolute(fs::path(path)).parent_path();
  return yaml_text(fs::absolute(machine).lexically_relative(folder).string());
}

std::string percent_of(double error) { return fmt::format("{:.2f} %", 100 * error); }

double left_out_rms(const Calibration& c) {
  std::vector<double> errors;
  for (const WithoutRow& out : c.left_out) errors.push_back(out.error);
  return root_mean_square(errors);
}

std::string errors_text(const Calibration& c) {
  std::string text =
      fmt::format("{} before, {} after", percent_of(Calibration::rms(c.before, c.fit_rows)),
                  percent_of(Calibration::rms(c.after, c.fit_rows)));
  if (!c.left_out.empty())
    text +=
        fmt::format(", {} of rows left out of the fit, one at a time", percent_of(left_out_rms(c)));
  return text;
}

/// What stands behind a fitted value.
std::string fit_comment(const Calibration& c, std::size_t k, const std::string& files) {
  const FreeKey& key = c.keys[k];
  std::string text =
      fmt::format("fit: {} rows of {}, {} before", c.fit_rows.size(), files, key.text(key.before));
  if (!c.identifiability.influences[k].is_seen) return text + ", which the rows do not see";
  if (c.left_out.empty()) return text;
  double low = c.left_out.front().values[k], high = low;
  for (const WithoutRow& out : c.left_out) {
    low = std::min(low, out.values[k]);
    high = std::max(high, out.values[k]);
  }
  return text + fmt::format(", {} to {} without one of the rows", key.text(low), key.text(high));
}

}  // namespace

std::string fitted_machine(const Calibration& c, const std::vector<std::string>& files,
                           const std::string& path) {
  std::vector<std::string> names;
  std::string text = fmt::format("# {} with constants fitted by `tricycle calibrate` to\n",
                                 printable(c.machine_name));
  for (const std::string& file : files) {
    names.push_back(printable(fs::path(file).filename().string()));
    text += fmt::format("#   {}, SHA-256 {}\n", names.back(), sha256(file_text(file)));
  }
  text += fmt::format("# Root mean square error of its {} rows: {}.\n", c.fit_rows.size(),
                      errors_text(c));
  text += fmt::format("name: {}\nbase: {}\n", yaml_text(c.machine_name + "_fit"),
                      base_of(c.machine, path));
  std::vector<FittedLine> lines;
  const std::string all = fmt::format("{}", fmt::join(names, ", "));
  for (std::size_t k = 0; k < c.keys.size(); ++k)
    lines.push_back({c.keys[k].key,
                     fmt::format("{}  # {}", c.keys[k].text(c.values[k]), fit_comment(c, k, all))});
  return text + nested(lines, "");
}

}  // namespace tricycle
