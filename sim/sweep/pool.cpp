// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/pool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "models/error.h"

namespace tricycle {

namespace {

constexpr std::size_t kDigestLength = 64;  // SHA-256 in hexadecimal digits

/// How often a point is run if its process is ended from outside.
constexpr int kMostTries = 3;

/// Waits for the end of a process: its wait status.
int end_of(int pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string text_of_end(int status) {
  if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
  return fmt::format("exit {}: the process ended", WEXITSTATUS(status));
}

/// Whether a process ended itself by a fault, which would happen again.  All else comes from
/// outside: the kernel out of memory, a scheduler, a person, a limit on the process.
bool is_crash(int status) {
  if (!WIFSIGNALED(status))  // of a sanitizer, say
    return WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != kWorkerLost;
  switch (WTERMSIG(status)) {
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGTRAP:
    case SIGSYS:
    case SIGABRT: return true;
    default: return false;
  }
}

}  // namespace

Pool::Pool(const Points& points, const PoolLimits& limits, PoolClient client,
           const StopSignals& stop)
    : points_(points), specs_(points), limits_(limits), client_(std::move(client)), stop_(stop) {
  for (std::int64_t i = 0; i < limits.jobs; ++i) workers_.push_back(std::make_unique<Worker>());
}

Pool::~Pool() {
  for (const auto& worker : workers_) {
    if (worker->pid < 0) continue;
    kill(worker->pid, SIGKILL);
    end_of(worker->pid);
    close(worker->socket);
  }
}

void Pool::run() {
  for (;;) {
    give_points();
    std::vector<pollfd> sockets;
    bool busy = false;
    for (const auto& worker : workers_) {
      sockets.push_back({worker->socket, POLLIN, 0});
      busy = busy || worker->point;
    }
    if (!busy) return;
    const int left = milliseconds_to_deadline();
    const timespec deadline{left / 1000, left % 1000 * 1'000'000L};
    if (ppoll(sockets.data(), sockets.size(), left < 0 ? nullptr : &deadline,
              stop_.mask_to_wait()) < 0 &&
        errno != EINTR)
      throw RunError(fmt::format("cannot wait for the processes ({})", std::strerror(errno)));
    if (stop_.received() != 0) return;
    for (std::size_t i = 0; i < sockets.size(); ++i)
      if (sockets[i].fd >= 0 && sockets[i].revents != 0) receive(*workers_[i]);
    kill_late();
  }
}

void Pool::start(Worker& worker) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw RunError(fmt::format("cannot start a process ({})", std::strerror(errno)));
  std::fflush(stdout);
  std::fflush(stderr);
  const int parent = getpid();
  const int pid = fork();
  if (pid < 0) {
    close(ends[0]);
    close(ends[1]);
    throw RunError(fmt::format("cannot start a process ({})", std::strerror(errno)));
  }
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);  // it died before that
    for (const auto& other : workers_)
      if (other->socket >= 0) close(other->socket);
    close(ends[0]);
    client_.in_child();
    work(points_, ends[1], static_cast<std::uint64_t>(limits_.memory_mib) << 20);
  }
  close(ends[1]);
  worker = Worker{};
  worker.pid = pid;
  worker.socket = ends[0];
}

std::optional<std::uint64_t> Pool::next_point() {
  std::optional<std::uint64_t> point;
  if (!exhausted_) point = client_.next();
  exhausted_ = !point;
  if (!point && !once_more_.empty()) {
    point = once_more_.front();
    once_more_.pop_front();
  }
  return point;
}

void Pool::give_points() {
  for (const auto& worker : workers_) {
    if (worker->point) continue;
    const std::optional<std::uint64_t> point = next_point();
    if (!point) return;
    if (worker->pid < 0) start(*worker);
    worker->point = point;
    worker->begin = worker->resumed = Clock::now();
    send_frame(worker->socket, Message::kPoint, std::to_string(*point));
  }
}

int Pool::milliseconds_to_deadline() const {
  if (limits_.timeout_seconds == 0) return -1;
  std::int64_t least = -1;
  for (const auto& worker : workers_) {
    if (!worker->point || worker->waits) continue;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        worker->resumed + std::chrono::seconds(limits_.timeout_seconds) - Clock::now());
    const std::int64_t ms = std::clamp<std::int64_t>(left.count() + 1, 0, 1'000'000);
    if (least < 0 || ms < least) least = ms;
  }
  return static_cast<int>(least);
}

void Pool::receive(Worker& worker) {
  char buffer[65536];
  const ssize_t size = recv(worker.socket, buffer, sizeof buffer, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return retire(worker, "");
  worker.received.append(buffer, static_cast<std::size_t>(size));
  while (const auto frame = take_frame(worker.received)) handle(worker, *frame);
}

void Pool::handle(Worker& worker, const Frame& frame) {
  switch (frame.kind) {
    case Message::kBegun:
      worker.key = frame.text.substr(0, kDigestLength);
      worker.axes = frame.text.substr(kDigestLength);
      return;
    case Message::kFind: return find_values(worker, frame.text);
    case Message::kSave:
      return save_values(frame.text.substr(0, kDigestLength), frame.text.substr(kDigestLength));
    case Message::kDone: return finish(worker, true, "", cells_from_text(frame.text));
    case Message::kFailed: return finish(worker, false, frame.text);
    case Message::kMemory:  // its last word; without a limit of ours it was the host's
      return retire(worker,
                    limits_.memory_mib > 0 ? fmt::format("memory {} MiB", limits_.memory_mib) : "");
    case Message::kPoint:
    case Message::kAnswer: return;  // the parent's own
  }
}

void Pool::answer(Worker& worker, const std::optional<std::string>& value) {
  worker.waits = false;
  worker.resumed = Clock::now();
  send_frame(worker.socket, Message::kAnswer, value ? "=" + *value : "");
}

void Pool::find_values(Worker& worker, const std::string& key) {
  if (const auto value = client_.shared.find(key)) return answer(worker, value);
  const auto pending = pending_.find(key);
  if (pending == pending_.end()) {
    pending_.emplace(key, Pending{&worker, {}});
    return answer(worker, std::nullopt);
  }
  worker.waits = true;
  pending->second.waiting.push_back(&worker);
}

void Pool::save_values(const std::string& key, const std::string& value) {
  client_.shared.save(key, value);
  const auto pending = pending_.find(key);
  if (pending == pending_.end()) return;
  const std::vector<Worker*> waiting = std::move(pending->second.waiting);
  pending_.erase(pending);
  for (Worker* worker : waiting) answer(*worker, value);
}

void Pool::release_values(Worker& worker) {
  for (auto at = pending_.begin(); at != pending_.end();) {
    Pending& pending = at->second;
    std::erase(pending.waiting, &worker);
    if (pending.computes == &worker && !pending.waiting.empty()) {
      pending.computes = pending.waiting.front();
      pending.waiting.erase(pending.waiting.begin());
      answer(*pending.computes, std::nullopt);
    }
    at = pending.computes == &worker ? pending_.erase(at) : std::next(at);
  }
}

void Pool::finish(Worker& worker, bool done, const std::string& reason, std::vector<Cell> cells) {
  release_values(worker);
  if (!worker.point) return;
  const std::chrono::duration<double> seconds = Clock::now() - worker.begin;
  PointRow row{worker.key,  *worker.point,   done, reason, seconds.count(),
               worker.axes, std::move(cells)};
  if (row.key.empty()) {  // it ended before it knew
    const AxisIndices indices = points_.axis_indices(row.point);
    row.key = specs_.key_without_run(indices);
    row.axes = specs_.axes(indices);
  }
  worker.point.reset();
  worker.key.clear();
  worker.axes.clear();
  client_.finished(row);
}

void Pool::retire(Worker& worker, const std::string& reason) {
  const int end = end_of(worker.pid);
  close(worker.socket);
  if (!reason.empty() || is_crash(end))
    finish(worker, false, reason.empty() ? text_of_end(end) : reason);
  else
    try_again(worker, text_of_end(end));
  worker = Worker{};
}

void Pool::try_again(Worker& worker, const std::string& how) {
  release_values(worker);
  if (!worker.point) return;
  if (++tries_[*worker.point] < kMostTries)
    once_more_.push_back(*worker.point);
  else
    client_.interrupted(how);
}

void Pool::kill_late() {
  if (limits_.timeout_seconds == 0) return;
  for (const auto& worker : workers_) {
    if (!worker->point || worker->waits) continue;
    if (Clock::now() < worker->resumed + std::chrono::seconds(limits_.timeout_seconds)) continue;
    kill(worker->pid, SIGKILL);
    retire(*worker, fmt::format("timeout {} s", limits_.timeout_seconds));
  }
}

}  // namespace tricycle
