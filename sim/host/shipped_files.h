// SPDX-License-Identifier: Apache-2.0
//
// Finds the files that come with the program: machines, problems, grids, peers' tables, models.
#pragma once

#include <string>

namespace tricycle {

/// The folder that they are in.  It is the first of these:
///   1. the folder that the environment variable TRICYCLE_DATA names;
///   2. share/tricycle beside the program's bin;
///   3. the sources that this binary was built from;
///   4. the folder where the program was to be installed, or where a package of it is.
std::string data_folder();

/// The path of a shipped file or folder ("hwconfigs"): in the working directory, or if it is not
/// there, in data_folder().
std::string shipped(const std::string& path);

/// The path that a word of the command line stands for.  A bare name ("hexagon_like") stands for
/// the shipped machine, problem or grid of that name, where there is one and no file has that name.
/// Otherwise the path is the word itself.
std::string shipped_or_path(const std::string& word);

/// The path that a word in a file stands for: the path beside that file.  Where nothing is there
/// and the word is a bare name, it is as on the command line.
std::string named_in(const std::string& file, const std::string& word);

/// A hint to print after "no such file": the shipped machine, problem or grid that may be meant.
std::string shipped_hint(const std::string& word);

}  // namespace tricycle
