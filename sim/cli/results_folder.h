// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/host/output_file.h"

namespace tricycle {

/// The default value of --out.
inline constexpr const char* kDefaultOut = "out";

/// A line for the user when `files`, which are about to be written to `directory`, replace other
/// results; it says which ones.  Results are deterministic, so repeating a run gives no notice: its
/// document (the first .json of `files`) has the same bytes as the one that is there.
std::string replaced_notice(const std::string& directory, const std::vector<OutputFile>& files);

/// Writes the files as write_files() does.  Returns what to print after the results: "written:
/// out/result.json out/result.csv", and replaced_notice().
///
/// With `json`, stdout has the document alone, so it returns nothing, and the notice goes to
/// stderr.  If the folder is the default one, which the user has not named, the line "written: .."
/// goes there too.
std::string write_results(const std::string& directory, const std::vector<OutputFile>& files,
                          bool json);

}  // namespace tricycle
