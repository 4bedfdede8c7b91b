// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/host/output_file.h"

namespace tricycle {

/// The value of --out where none is given.
inline constexpr const char* kDefaultOut = "out";

/// A line for the user where `files`, about to be written to `directory`, replace other results
/// than their own: which ones.  Results are deterministic, so the same run again says nothing: its
/// document (the first .json of `files`) has the bytes that are there.
std::string replaced_notice(const std::string& directory, const std::vector<OutputFile>& files);

/// Writes the files as write_files() does.  What is to be printed behind the results: "written:
/// out/result.json out/result.csv", and replaced_notice().  With `json`, where stdout is the
/// document alone: nothing; the notice goes to stderr, and so does the first line where the folder
/// is the default one, which the user has not named.
std::string write_results(const std::string& directory, const std::vector<OutputFile>& files,
                          bool json);

}  // namespace tricycle
