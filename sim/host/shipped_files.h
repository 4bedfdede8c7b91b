// SPDX-License-Identifier: Apache-2.0
//
// Files that come with the program: machines, problems, grids, peers' tables, models.
#pragma once

#include <string>

namespace tricycle {

/// The folder they are in: that of the environment variable TRICYCLE_DATA, else share/tricycle
/// beside the program's bin, else the sources this binary was built from, else where it was to be
/// installed, or a package of it is.
std::string data_folder();

/// A file or folder of them ("hwconfigs"): that of the working directory or, where it has none, of
/// data_folder().
std::string shipped(const std::string& path);

/// What a word of the command line stands for: the path of the shipped machine, problem or grid of
/// that bare name ("hexagon_like"), where there is one and no file is called so; else the word.
std::string shipped_or_path(const std::string& word);

/// What a word in a file stands for: the path beside that file or, where nothing is there and it is
/// a bare name, as on the command line.
std::string named_in(const std::string& file, const std::string& word);

/// Behind "no such file": the shipped machine, problem or grid that may have been meant.
std::string shipped_hint(const std::string& word);

}  // namespace tricycle
