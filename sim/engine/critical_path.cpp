// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/critical_path.h"

#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "models/error.h"

namespace tricycle {

namespace {

/// What bounded the start of an instruction.
struct Predecessor {
  enum class Link { kToken, kServer, kQueue };
  Link link;
  const Execution* execution;
};

class Walk {
 public:
  explicit Walk(const RunTrace& trace);

  CriticalPath from_end(std::int64_t launch_cycles);

 private:
  std::optional<Predecessor> predecessor(const Execution& e) const;
  void add(StallCause cause, std::int64_t cycles) {
    path_.between[static_cast<std::size_t>(cause)] += cycles;
  }
  void add_execution(const Execution& e);

  /// An instruction's execution and its neighbours, all of one item.  A unit takes its instructions
  /// in program order.
  struct Node {
    const Execution* execution = nullptr;
    const Execution* before_on_server = nullptr;
    const Execution* before_in_unit = nullptr;
    std::size_t first_stall = 0;  // in trace.stalls, which has those of an instruction together
  };
  const RunTrace& trace_;
  std::vector<Node> nodes_;  // of instructions
  CriticalPath path_;
};

Walk::Walk(const RunTrace& trace)
    : trace_(trace),
      nodes_(trace.program.instructions.size(), {.first_stall = trace.stalls.size()}) {
  for (const Execution& e : trace.executions) nodes_[e.instruction].execution = &e;
  for (std::size_t i = trace.stalls.size(); i-- > 0;)
    if (trace.stalls[i].item != StallSpan::kNoItem)
      nodes_[trace.stalls[i].instruction].first_stall = i;
  std::array<const Execution*, kUnitCount> last_in_unit{};
  std::map<std::pair<Unit, std::int32_t>, const Execution*> last_on_server;
  for (Node& node : nodes_) {
    const ServerId server = node.execution->server;
    const Execution*& on_server = last_on_server[{server.unit, server.index}];
    const Execution*& in_unit = last_in_unit[static_cast<std::size_t>(server.unit)];
    node.before_on_server = std::exchange(on_server, node.execution);
    node.before_in_unit = std::exchange(in_unit, node.execution);
  }
}

/// Adds the instruction itself, and what held it between the cycle in which it was taken and its
/// begin.
void Walk::add_execution(const Execution& e) {
  path_.instructions[trace_.program.instructions[e.instruction].opcode()] += e.end - e.begin;
  for (std::size_t i = nodes_[e.instruction].first_stall; i < trace_.stalls.size(); ++i) {
    const StallSpan& s = trace_.stalls[i];
    if (s.item != e.item || s.instruction != e.instruction) return;
    if (s.begin >= e.started) add(s.cause, s.end - s.begin);
  }
}

/// What bounded the start of the instruction; none: the launch.
std::optional<Predecessor> Walk::predecessor(const Execution& e) const {
  const Instruction& in = trace_.program.instructions[e.instruction];
  if (!in.waits.empty() && e.token.visible == e.started)
    return Predecessor{Predecessor::Link::kToken, nodes_[e.token.instruction].execution};
  const Node& node = nodes_[e.instruction];
  if (node.before_on_server != nullptr && node.before_on_server->end == e.started)
    return Predecessor{Predecessor::Link::kServer, node.before_on_server};
  if (node.before_in_unit != nullptr && node.before_in_unit->started == e.started)
    return Predecessor{Predecessor::Link::kQueue, node.before_in_unit};
  return std::nullopt;
}

CriticalPath Walk::from_end(std::int64_t launch_cycles) {
  const Execution* at = &trace_.executions.back();
  const std::int64_t end = at->end;
  add_execution(*at);
  // Every link leads to an instruction earlier in the program, so this ends.
  while (const auto before = predecessor(*at)) {
    if (before->link == Predecessor::Link::kToken) {
      add(StallCause::kDrain, at->token.arrived - at->token.posted);
      add(StallCause::kToken, at->token.visible - at->token.arrived);
    }
    // An instruction that was taken in the same cycle adds no cycles of its own to the path.
    at = before->execution;
    if (before->link != Predecessor::Link::kQueue) add_execution(*at);
  }
  std::int64_t sum = 0;
  for (std::int64_t cycles : path_.instructions) sum += cycles;
  for (std::int64_t cycles : path_.between) sum += cycles;
  if (at->started != launch_cycles || sum != end - launch_cycles)
    throw InternalError("the critical path is not the latency of a chunk");
  return path_;
}

}  // namespace

CriticalPath critical_path(const RunTrace& trace, std::int64_t launch_cycles) {
  return Walk(trace).from_end(launch_cycles);
}

}  // namespace tricycle
