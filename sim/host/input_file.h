// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tricycle {

/// All bytes of a file.  Throws InputError where it cannot be read.
std::string file_text(const std::string& path);

/// Records the files that file_text() reads while this object lives.  Each file is listed once, in
/// the order of the reads.  For a machine, they include its bases and cost tables.  Use one at a
/// time per thread.
class FilesRead {
 public:
  FilesRead();
  ~FilesRead();
  FilesRead(const FilesRead&) = delete;
  FilesRead& operator=(const FilesRead&) = delete;

  const std::vector<std::string>& paths() const { return paths_; }

 private:
  friend std::string file_text(const std::string& path);
  std::vector<std::string> paths_;
};

}  // namespace tricycle
