// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/cut_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "models/cost/cost.h"
#include "models/isa/way.h"
#include "reports/invariants.h"
#include "sim/engine/cycle_bound.h"
#include "sim/engine/steady_state.h"
#include "sim/units/npu.h"

namespace tricycle {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// A program that is this much slower with all items in flight is not tried with fewer.
constexpr double kNear = 0.1;
// The least that fewer items in flight must be able to gain to be worth another simulation.
constexpr double kWorthwhile = 0.002;
// Items in flight on all cores.  More would gain little, and each round simulates all of them.
constexpr std::int64_t kMostInFlight = 8192;

// Most items to simulate with fewer in flight; beyond, machines of many cores would take too long.
constexpr std::int64_t kMostItems = 16384;

/// Numbers of items in flight below `most`: all up to 16, then four in every doubling.
std::vector<std::int64_t> fewer_than(std::int64_t most) {
  constexpr std::int64_t kEach = 16;
  std::vector<std::int64_t> counts;
  std::int64_t step = 1;
  for (std::int64_t n = 1; n < most; n += step) {
    counts.push_back(n);
    if (n >= kEach && (n & (n - 1)) == 0) step = n / 4;
  }
  return counts;
}

class CutSearch {
 public:
  CutSearch(std::vector<CutProgram> programs, const HwConfig& hw);

  TimedProgram best();

 private:
  struct Candidate {
    Program program;
    std::string cut;
    LinearTerms linear_terms = LinearTerms::kVector;
    std::size_t place = 0;
    std::int64_t natural = 0, most = 0;  // in flight: what the memories hold, and what is tried
    ItemBounds bounds;
    bool tried = false;                 // with `most` in flight
    std::optional<std::int64_t> alone;  // cycles of one item
    std::optional<Activity> activity;
  };
  /// A candidate with so many items in flight that was simulated to its end.
  struct Trial {
    Candidate* candidate;
    std::int64_t in_flight;
    SteadyState steady;
    double cycles() const { return steady.cycles_per_item; }
  };

  void try_all_in_flight();
  void try_fewer_in_flight();
  void try_tied();
  /// Nothing where it takes more than `most` cycles.
  void simulate_steady(Candidate& c, std::int64_t in_flight, double most);
  const Trial& winner();
  bool is_better(const Trial& a, const Trial& b);
  double effort(Candidate& c, double cycles);
  std::int64_t alone(Candidate& c);
  Program limited(const Candidate& c, std::int64_t in_flight) const;
  void set_shortest_latency(TimedProgram& result);
  void check_no_worse(const Trial& chosen, const Trial& other);

  const HwConfig& hw_;
  std::vector<Candidate> candidates_;  // the most promising first
  std::vector<Trial> trials_;
  double fastest_ = kInfinity;
};

CutSearch::CutSearch(std::vector<CutProgram> programs, const HwConfig& hw) : hw_(hw) {
  const std::int64_t most = std::max<std::int64_t>(1, kMostInFlight / hw.cores);
  for (CutProgram& p : programs) {
    Candidate c;
    c.program = std::move(p.program);
    c.cut = std::move(p.cut);
    c.linear_terms = p.linear_terms;
    c.place = candidates_.size();
    c.natural = items_in_flight(c.program, hw);
    c.most = std::min(c.natural, most);
    c.program = limited(c, c.most);
    c.bounds = item_bounds(c.program, hw);
    candidates_.push_back(std::move(c));
  }
  std::stable_sort(
      candidates_.begin(), candidates_.end(),
      [](const Candidate& a, const Candidate& b) { return a.bounds.least() < b.bounds.least(); });
}

Program CutSearch::limited(const Candidate& c, std::int64_t in_flight) const {
  Program program = c.program;
  program.most_in_flight = in_flight < c.natural ? in_flight : 0;
  return program;
}

void CutSearch::simulate_steady(Candidate& c, std::int64_t in_flight, double most) {
  SteadyState steady;
  if (in_flight == c.most) {
    c.tried = true;
    steady = steady_state(c.program, hw_, c.bounds, most);
  } else {
    const Program program = limited(c, in_flight);
    steady = steady_state(program, hw_, item_bounds(program, hw_), most);
  }
  if (steady.cycles_per_item == kInfinity) return;
  fastest_ = std::min(fastest_, steady.cycles_per_item);
  trials_.push_back({&c, in_flight, steady});
}

void CutSearch::try_all_in_flight() {
  for (Candidate& c : candidates_) {
    if (c.bounds.least() >= fastest_) return;
    simulate_steady(c, c.most, fastest_ * (1 + kNear));
  }
}

void CutSearch::try_fewer_in_flight() {
  struct Fewer {
    Candidate* candidate;
    std::int64_t in_flight;
    double least, all;  // cycles at the least; with all in flight
  };
  std::vector<Fewer> open;
  for (const Trial& t : trials_)
    for (const std::int64_t n : fewer_than(t.candidate->most))
      open.push_back({t.candidate, n, t.candidate->bounds.least_with(hw_.cores * n), t.cycles()});
  std::stable_sort(open.begin(), open.end(), [](const Fewer& a, const Fewer& b) {
    return std::pair(a.least, -a.in_flight) < std::pair(b.least, -b.in_flight);
  });
  std::int64_t items = 0;
  for (const Fewer& f : open) {
    if (f.least > fastest_ * (1 - kWorthwhile)) return;
    items += SteadyWindow(limited(*f.candidate, f.in_flight), hw_).items();
    if (items > kMostItems) return;
    simulate_steady(*f.candidate, f.in_flight, std::min(fastest_ * (1 + kTiedCycles), f.all));
  }
}

/// What an item costs beside time: energy, or multiply-accumulates where nothing has a price.
double CutSearch::effort(Candidate& c, double cycles) {
  if (!c.activity) c.activity = activity(c.program, hw_);
  if (!hw_.cost_model.present) return static_cast<double>(c.activity->macs);
  return energy_pj(hw_, c.program.format, *c.activity, 1, cycles).total().nominal;
}

std::int64_t CutSearch::alone(Candidate& c) {
  if (!c.alone)
    c.alone = simulate(slowest_alone(c.program, hw_), hw_, 1, nullptr).total_cycles -
              hw_.sequencer.launch_cycles;
  return *c.alone;
}

bool CutSearch::is_better(const Trial& a, const Trial& b) {
  const double effort_a = effort(*a.candidate, a.cycles()),
               effort_b = effort(*b.candidate, b.cycles());
  if (effort_a != effort_b) return effort_a < effort_b;
  if (a.candidate != b.candidate && alone(*a.candidate) != alone(*b.candidate))
    return alone(*a.candidate) < alone(*b.candidate);
  const auto rest = [](const Trial& t) {
    return std::tuple(t.cycles(), t.candidate->program.instructions.size(), t.in_flight,
                      t.candidate->place);
  };
  return rest(a) < rest(b);
}

const CutSearch::Trial& CutSearch::winner() {
  const Trial* best = nullptr;
  for (const Trial& t : trials_)
    if (t.cycles() <= fastest_ * (1 + kTiedCycles) && (best == nullptr || is_better(t, *best)))
      best = &t;
  return *best;
}

/// Those that cannot be faster but may be as fast, if they could win among equals.
void CutSearch::try_tied() {
  const double most = fastest_ * (1 + kTiedCycles);
  std::vector<Candidate*> open;
  for (Candidate& c : candidates_)
    if (!c.tried && c.bounds.least() <= most) open.push_back(&c);
  if (open.empty()) return;
  const auto least = [&](Candidate* c) { return effort(*c, c->bounds.least()); };
  std::stable_sort(open.begin(), open.end(),
                   [&](Candidate* a, Candidate* b) { return least(a) < least(b); });
  for (Candidate* c : open) {
    const Trial& best = winner();
    const double known = effort(*best.candidate, best.cycles());
    if (least(c) > known) return;
    if (least(c) == known && c->bounds.latency_cycles > alone(*best.candidate)) continue;
    simulate_steady(*c, c->most, most);
  }
}

void CutSearch::set_shortest_latency(TimedProgram& result) {
  std::vector<Candidate*> order;
  for (Candidate& c : candidates_) order.push_back(&c);
  std::stable_sort(order.begin(), order.end(), [](const Candidate* a, const Candidate* b) {
    return std::pair(a->bounds.latency_cycles, a->place) <
           std::pair(b->bounds.latency_cycles, b->place);
  });
  const Candidate* best = nullptr;
  for (Candidate* c : order) {
    if (best != nullptr && c->bounds.latency_cycles >= *best->alone) break;
    if (best == nullptr || alone(*c) < *best->alone) {
      alone(*c);
      best = c;
    }
  }
  result.shortest_latency_cycles = *best->alone;
  result.shortest_latency_cut = best->cut;
}

/// The worse of two known programs is never taken: not the slower one, and of those that tie not
/// the one that costs more.
void CutSearch::check_no_worse(const Trial& chosen, const Trial& other) {
  check_part("cycles_per_chunk of the chosen cut", chosen.cycles(),
             other.cycles() * (1 + kTiedCycles));
  if (other.cycles() <= fastest_ * (1 + kTiedCycles))
    check_part("effort of the chosen cut", effort(*chosen.candidate, chosen.cycles()),
               effort(*other.candidate, other.cycles()));
}

TimedProgram CutSearch::best() {
  try_all_in_flight();
  try_fewer_in_flight();
  try_tied();
  const Trial& chosen = winner();
  TimedProgram result;
  set_shortest_latency(result);
  result.program = limited(*chosen.candidate, chosen.in_flight);
  result.cut = chosen.candidate->cut;
  result.linear_terms = chosen.candidate->linear_terms;
  result.steady = chosen.steady;
  result.cycles_per_item = chosen.cycles();
  for (std::size_t i = 0; i < kResourceCount; ++i)
    check_part(fmt::format("lower_bound_cycles.{}", kResources[i].name),
               result.steady.lower_bounds[i], result.cycles_per_item);
  for (const Trial& t : trials_) check_no_worse(chosen, t);
  return result;
}

}  // namespace

TimedProgram best_cut(std::vector<CutProgram> programs, const HwConfig& hw) {
  return CutSearch(std::move(programs), hw).best();
}

}  // namespace tricycle
