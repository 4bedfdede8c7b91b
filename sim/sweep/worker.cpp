// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/worker.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <new>

#include "models/error.h"
#include "models/json.h"
#include "sim/host/messages.h"
#include "sim/sweep/point_run.h"

namespace tricycle {

namespace {

constexpr std::size_t kFrameHead = 1 + sizeof(std::uint32_t);

/// The next frame; nothing: the parent is gone.
std::optional<Frame> receive_frame(int socket, std::string& received) {
  for (;;) {
    if (auto frame = take_frame(received)) return frame;
    char buffer[4096];
    const ssize_t size = recv(socket, buffer, sizeof buffer, 0);
    if (size == 0 || (size < 0 && errno != EINTR)) return std::nullopt;
    if (size > 0) received.append(buffer, static_cast<std::size_t>(size));
  }
}

void limit_memory(std::uint64_t bytes) {
  rlimit limit{0, 0};
  setrlimit(RLIMIT_CORE, &limit);  // a crash is recorded, not kept
  if (bytes == 0) return;
  limit.rlim_cur = limit.rlim_max = bytes;
#ifndef TRICYCLE_SANITIZED  // whose shadow memory is terabytes of address space
  setrlimit(RLIMIT_AS, &limit);
#endif
}

std::string one_line(std::string text) {
  const std::size_t end = text.find('\n');
  return printable(end == std::string::npos ? text : text.substr(0, end) + " ..");
}

/// Talks to the parent; ends the process where that is gone.
class Link {
 public:
  explicit Link(int socket) : socket_(socket) {}
  void tell(Message kind, const std::string& text) {
    if (!send_frame(socket_, kind, text)) _exit(0);
  }
  Frame listen() {
    const auto frame = receive_frame(socket_, received_);
    if (!frame) _exit(0);
    return *frame;
  }

 private:
  int socket_;
  std::string received_;
};

void run_point(PointRunner& runner, Link& link, std::uint64_t point) {
  try {
    const RunResult result =
        runner.run(point, [&](const std::string& key, const std::string& axes) {
          link.tell(Message::kBegun, key + axes);
        });
    std::vector<Cell> cells;
    for (const Column& column : columns()) cells.push_back(column.value(result));
    link.tell(Message::kDone, to_text(cells));
  } catch (const ConstraintBroken& constraint) {
    link.tell(Message::kFailed, std::string("constraint: ") + constraint.what());
  } catch (const InputError& error) {
    link.tell(Message::kFailed, "exit 2: " + one_line(error.messages().front()));
  } catch (const std::bad_alloc&) {
    link.tell(Message::kMemory, "");
    _exit(0);
  } catch (const std::exception& error) {
    link.tell(Message::kFailed, "exit 1: " + one_line(error.what()));
  }
}

}  // namespace

bool send_frame(int socket, Message kind, const std::string& text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  std::string bytes(kFrameHead, '\0');
  bytes[0] = static_cast<char>(kind);
  std::memcpy(bytes.data() + 1, &length, sizeof length);
  bytes += text;
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t size = send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno != EINTR) return false;
    if (size > 0) sent += static_cast<std::size_t>(size);
  }
  return true;
}

std::optional<Frame> take_frame(std::string& received) {
  if (received.size() < kFrameHead) return std::nullopt;
  std::uint32_t length = 0;
  std::memcpy(&length, received.data() + 1, sizeof length);
  if (received.size() < kFrameHead + length) return std::nullopt;
  Frame frame{static_cast<Message>(received[0]), received.substr(kFrameHead, length)};
  received.erase(0, kFrameHead + length);
  return frame;
}

std::string to_text(const std::vector<Cell>& cells) {
  Json array = Json::array();
  for (const Cell& cell : cells)
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
            array.push_back(nullptr);
          else if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>)
            array.push_back(printable(value));
          else
            array.push_back(value);
        },
        cell);
  return array.dump();
}

std::vector<Cell> cells_from_text(const std::string& text) {
  std::vector<Cell> cells;
  for (const auto& value : Json::parse(text)) {
    if (value.is_string())
      cells.emplace_back(value.text());
    else if (value.is_number_float())
      cells.emplace_back(value.real());
    else if (value.is_number())
      cells.emplace_back(value.integer());
    else
      cells.emplace_back();
  }
  return cells;
}

void work(const Points& points, int socket, std::uint64_t memory_bytes) {
  limit_memory(memory_bytes);
  Link link(socket);
  const SharedValues shared{[&](const std::string& key) -> std::optional<std::string> {
                              link.tell(Message::kFind, key);
                              const std::string answer = link.listen().text;
                              return answer.empty() ? std::nullopt
                                                    : std::optional(answer.substr(1));
                            },
                            [&](const std::string& key, const std::string& value) {
                              link.tell(Message::kSave, key + value);
                            }};
  try {
    PointRunner runner(points, shared);
    for (;;) run_point(runner, link, std::stoull(link.listen().text));
  } catch (...) {
    _exit(kWorkerLost);  // the parent sees the end and its status
  }
}

}  // namespace tricycle
