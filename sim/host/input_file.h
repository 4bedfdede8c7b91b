// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tricycle {

/// All bytes of a file.  Throws InputError where it cannot be read.
std::string file_text(const std::string& path);

/// Notes the files that file_text() reads while it lives, each once, in their order: of a machine
/// also its bases and cost tables.  One at a time in each thread.
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
