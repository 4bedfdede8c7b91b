// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "sim/sweep/grid.h"

namespace tricycle {

/// SHA-256 of the bytes of a file.  Throws InputError where it cannot be read.
std::string file_digest(const std::string& path);

/// Every file that the rows of a sweep depend on, apart from its grid: machines and problems, all
/// their bases, cost tables, tensor files.  The bytes of a file count, not what this program makes
/// of them.
class SourceFiles {
 public:
  /// Reads the files.  Throws InputError.
  explicit SourceFiles(const Grid& grid);

  /// JSON object: name -> SHA-256.  Each file counts under its name alone, with "NAME (2)" for the
  /// second file of a name.  So it does not matter where the files are.
  std::string digests() const;

  /// Throws RunError that names the file where one was written, replaced or removed since.
  void check_unchanged() const;

 private:
  struct File {
    std::string path, digest;
    struct stat status;
  };
  void add(const std::string& path);

  std::vector<File> files_;
};

}  // namespace tricycle
