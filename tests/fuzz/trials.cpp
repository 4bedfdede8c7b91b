// SPDX-License-Identifier: Apache-2.0
//
// The file of `tricycle stress --state`, below the line that names the build; and as it stands,
// where the input begins with that line's first letter.
#include <string>

#include "sim/host/input_file.h"
#include "sim/stress/trial_store.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

namespace {

/// The first line of a file that was begun here.
std::string build_line() {
  const fuzz::File file("empty_trials");
  file.write("");
  { const TrialStore store(file.path()); }
  return file_text(file.path());
}

}  // namespace

void fuzz::read_trials(const std::uint8_t* data, std::size_t size) {
  static const std::string head = build_line();
  static const fuzz::File file("trials");
  const std::string text(fuzz::text_of(data, size));
  file.write(text.starts_with(head[0]) ? text : head + text);
  fuzz::expect_read_or_refused([&] {
    TrialStore store(file.path());
    const std::size_t read = store.read_count();
    // What was accepted is kept as it is, and takes one more.
    store.add(trial_key("one more", {}), {1, 2});
    store.flush();
    if (store.read_count() != read) std::abort();
  });
}
