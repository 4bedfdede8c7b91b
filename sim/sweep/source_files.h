// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "sim/sweep/grid.h"

namespace tricycle {

/// SHA-256 of the bytes of a file.  Throws InputError where it cannot be read.
std::string file_digest(const std::string& path);

/// Every file the rows of a sweep depend on beside its grid: machines and problems, all their
/// bases, cost tables, tensor files.  What a file says counts, not what this program makes of it.
class SourceFiles {
 public:
  /// Reads them.  Throws InputError.
  explicit SourceFiles(const Grid& grid);

  /// JSON object: name -> SHA-256, each file under its name alone, "NAME (2)" for the second one
  /// of a name: where files stand does not matter.
  std::string digests() const;

  /// Throws RunError that names the file: one was written, replaced or taken away since.
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
