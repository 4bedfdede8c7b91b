// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <system_error>
#include <vector>

#include "models/error.h"
#include "sim/cli/cli.h"
#include "sim/host/messages.h"

namespace {

/// Descriptors 0 to 2 that were closed get a file that takes nothing and gives nothing, so that no
/// file of ours is ever taken for a standard stream, and writing results there is an error.
void open_standard_streams() {
  for (int fd = 0; fd <= STDERR_FILENO; ++fd)
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
      static_cast<void>(open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

/// What results that do not get through, such as to a full disk, end with.
class LostResults : public tricycle::RunError {
 public:
  explicit LostResults(int why)
      : RunError(fmt::format("stdout: cannot write all results ({})", std::strerror(why))),
        nobody_reads_(why == EPIPE) {}
  bool nobody_reads() const { return nobody_reads_; }

 private:
  bool nobody_reads_;
};

void flush_results() {
  errno = 0;
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) throw LostResults(errno);
}

/// A file of somebody else's may have as many faults as lines.
void tell(const std::vector<std::string>& lines) {
  constexpr std::size_t kMost = 100;
  for (std::size_t i = 0; i < lines.size() && i < kMost; ++i) tricycle::tell(lines[i]);
  if (lines.size() > kMost)
    tricycle::tell(fmt::format("{} more faults; mend these first", lines.size() - kMost));
}

int run(int argc, char** argv) {
  try {
    const int status = tricycle::cli(argc, argv);
    flush_results();
    return status;
  } catch (const std::system_error& error) {  // of a print
    if (std::ferror(stdout) != 0) throw LostResults(error.code().value());
    throw;
  }
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kRunFailed = 1, kWrongInput = 2;
  open_standard_streams();
  // A reader that has gone, such as head, ends the program only where results are lost by it.
  const bool ends_by_signal = std::signal(SIGPIPE, SIG_IGN) != SIG_IGN;
  try {
    return run(argc, argv);
  } catch (const LostResults& error) {
    if (error.nobody_reads() && ends_by_signal) {
      std::signal(SIGPIPE, SIG_DFL);
      std::raise(SIGPIPE);
    }
    tricycle::tell(error.what());
  } catch (const tricycle::InputError& error) {
    tell(error.messages());
    return kWrongInput;
  } catch (const std::exception& error) {
    tricycle::tell(error.what());
  }
  return kRunFailed;
}
