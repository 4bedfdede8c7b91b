// SPDX-License-Identifier: Apache-2.0
//
// Files the user asked for: each is there whole or not at all.  A place that cannot take files is
// wrong input (InputError); a write that fails on the way, such as on a full disk, is a failed run
// (RunError).
#pragma once

#include <string>
#include <vector>

namespace tricycle {

struct OutputFile {
  std::string name;  // inside the directory
  std::string text;
};

/// Refuses a directory that cannot take files, whether it exists or would be created.  Called
/// before the work, so that hours of it are not lost at the end.  Throws InputError.
void check_output_directory(const std::string& path);

/// Refuses a name that cannot become a file: a directory, a device, a folder that does not exist or
/// cannot be written.  Throws InputError.
void check_output_file(const std::string& path);

/// Writes to a temporary name beside `path` and renames.  Throws InputError, RunError.
void write_file(const std::string& path, const std::string& text);

/// Creates the directory and its parents if need be and writes all files, or leaves everything as
/// it was: names change only when every text is on disk.  Whatever else writes there, and wherever
/// the process is killed, the files of these names are of one call.  Throws InputError, RunError.
void write_files(const std::string& directory, const std::vector<OutputFile>& files);

}  // namespace tricycle
