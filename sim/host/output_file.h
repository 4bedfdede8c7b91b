// SPDX-License-Identifier: Apache-2.0
//
// Writes the files that the user asked for.  Each file is written completely or not at all.  A
// place that cannot take files is wrong input (InputError).  A write that fails on the way, for
// example on a full disk, is a failed run (RunError).
#pragma once

#include <string>
#include <vector>

namespace tricycle {

struct OutputFile {
  std::string name;  // inside the directory
  std::string text;
};

/// Throws InputError for a directory that cannot take files, whether it exists or would be created.
/// Called before the work, so that hours of it are not lost at the end.
void check_output_directory(const std::string& path);

/// Throws InputError for a name that cannot become a file: a directory, a device, or a name in a
/// folder that does not exist or cannot be written.
void check_output_file(const std::string& path);

/// Writes to a temporary file beside `path` and renames it.  Throws InputError, RunError.
void write_file(const std::string& path, const std::string& text);

/// Writes all files, or leaves everything as it was.  Creates the directory and its parents if
/// needed.  Names change only when every text is on disk.  So the files of these names always come
/// from one call, whatever else writes there, and wherever the process is killed.  Throws
/// InputError, RunError.
void write_files(const std::string& directory, const std::vector<OutputFile>& files);

}  // namespace tricycle
