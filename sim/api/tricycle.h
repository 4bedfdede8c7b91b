// SPDX-License-Identifier: Apache-2.0
//
// Tricycle as a library: <tricycle/tricycle.h>, find_package(Tricycle), Tricycle::tricycle.
//
//   using namespace tricycle::api;
//   const Machine machine = Machine::load("hexagon_like", {"sequencer.in_flight=2"});
//   const Problem problem = Problem::load("gdn_lm_c64");
//   const Result result = run(machine, problem, {.algorithm = "block_doubling", .format = "fp16"});
//   std::cout << result.number("cycles_per_chunk").value() << " cycles per chunk\n";
//
// This header is all that is promised: what is in namespace tricycle::api keeps its meaning within
// a minor version while the major one is 0, and within a major version from then on.  Everything
// else of the library may change with every commit.
//
// Threads: any function may be called from any thread.  Simulations take turns, because SystemC has
// one kernel a process; invert(), which simulates no time, runs side by side.  Different processes
// are independent.
//
// Bits do not depend on the rounding mode or the handling of subnormals that the calling thread has
// set; both are as before afterwards.
//
// Errors: InputError is a mistake of the caller (a file, a name, a setting), one line a fault, as
// the command prints it.  RunError is a run that failed on good input.  std::bad_alloc may pass.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace tricycle::api {

class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// "1.2.3".
std::string version();
/// Names of all algorithms, and of all number formats.
std::vector<std::string> algorithms();
std::vector<std::string> formats();

/// A machine with every default applied.  Cheap to copy; never changes.
class Machine {
 public:
  /// A YAML file, or the bare name of a machine that comes with Tricycle ("hexagon_like").
  /// `settings`: "KEY=VALUE" over the file, as of --set ("dma.queues=2").  Throws InputError.
  static Machine load(const std::string& file_or_name,
                      const std::vector<std::string>& settings = {});
  /// Exact sums in ascending order, every format, no limits: the arithmetic of the algorithms
  /// themselves, for invert().
  static Machine reference();

  std::string name() const;
  /// The whole machine as YAML, every default written out.
  std::string yaml() const;
  /// The formats it has.
  std::vector<std::string> formats() const;

  struct State;

 private:
  explicit Machine(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
  friend struct Access;
};

/// Chunk matrices with their double-precision inverses.  Cheap to copy; never changes.
class Problem {
 public:
  /// A YAML file, or the bare name of a problem that comes with Tricycle.  `settings`: "KEY=VALUE",
  /// without the prefix "problem." that --set takes.  Throws InputError.
  static Problem load(const std::string& file_or_name,
                      const std::vector<std::string>& settings = {});

  std::string name() const;
  int chunk() const;             // tokens: matrices are chunk x chunk
  std::size_t matrices() const;  // how many

  struct State;

 private:
  explicit Problem(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
  friend struct Access;
};

struct Options {
  std::string algorithm = "neumann_masked";
  std::vector<std::string> parameters{};  // "KEY=VALUE" ("order=3"); default: the published ones
  std::string format = "fp16";
  bool every_pe = false;  // step every register of the array (--fidelity pe); else formulas
};

/// The figures of one run: `tricycle list columns` names and explains them.
class Result {
 public:
  /// A figure by its column ("cycles_per_chunk", "energy_per_chunk_pj.nominal"); none where the run
  /// does not have it, such as energy of a machine without `cost`.  Throws InputError: no such
  /// column, or a text.
  std::optional<double> number(const std::string& column) const;
  /// A figure as text, also a number; empty where the run does not have it.
  std::string text(const std::string& column) const;
  /// All of them: result.json of `tricycle run`.
  std::string json() const;

  struct State;

 private:
  explicit Result(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
  friend struct Access;
};

/// Simulates all chunks of the problem with their values, bit for bit and cycle for cycle.  The
/// same on every host and in every thread.  Throws InputError, RunError.
Result run(const Machine& machine, const Problem& problem, const Options& options = {});

/// Y = (I + A)^-1 - I as the machine's arithmetic computes it, without time.
/// `a`: any number of chunk x chunk matrices, row-major, strictly lower, finite where the format is
/// of integers; values are rounded to the format first.  Returns as many values as `a` has: the
/// exact real numbers that are stored. chunk: 2 to 256.  Throws InputError.
std::vector<double> invert(const Machine& machine, std::span<const double> a, int chunk,
                           const Options& options = {});

}  // namespace tricycle::api
