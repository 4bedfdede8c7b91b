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
// Only this header is stable.  While the major version is 0, what is in namespace tricycle::api
// keeps its meaning within a minor version; after that, within a major version.  Everything else in
// the library may change with every commit.
//
// Threads: any function may be called from any thread.  Simulations take turns, because SystemC has
// one kernel per process.  invert() simulates no time, so its calls run in parallel.  Different
// processes are independent.
//
// The calling thread's rounding mode and its handling of subnormals do not change any bits.  Both
// are restored afterwards.
//
// Errors: InputError is a mistake of the caller (a file, a name, a setting).  Its message has one
// line per fault, as the command prints it.  RunError is a run that failed on good input.
// std::bad_alloc may also be thrown.
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

/// The version of the library: "1.2.3".
std::string version();
/// Names of all algorithms, and of all number formats.
std::vector<std::string> algorithms();
std::vector<std::string> formats();

/// A machine with every default applied.  Cheap to copy; never changes.
class Machine {
 public:
  /// Loads a machine: a YAML file, or the bare name of one that comes with Tricycle
  /// ("hexagon_like").  `settings`: "KEY=VALUE" over the file, as with --set ("dma.queues=2").
  /// Throws InputError.
  static Machine load(const std::string& file_or_name,
                      const std::vector<std::string>& settings = {});
  /// A machine for invert() with exact sums in ascending order, every format and no limits.  It
  /// shows the arithmetic of the algorithms themselves.
  static Machine reference();

  std::string name() const;
  /// The whole machine as YAML, every default written out.
  std::string yaml() const;
  /// The names of the formats that the machine has.
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
  /// Loads a problem: a YAML file, or the bare name of one that comes with Tricycle.  `settings`:
  /// "KEY=VALUE", without the prefix "problem." that --set takes.  Throws InputError.
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
  /// "KEY=VALUE" ("order=3"); unset ones: the published values
  std::vector<std::string> parameters{};
  std::string format = "fp16";
  /// Simulate every register of the array (--fidelity pe), instead of using formulas.
  bool every_pe = false;
};

/// The figures of one run.  `tricycle list columns` names and explains them.
class Result {
 public:
  /// A figure by its column name ("cycles_per_chunk", "energy_per_chunk_pj.nominal").  None where
  /// the run does not have it, such as the energy of a machine without `cost`.  Throws InputError
  /// where there is no such column, or it is a text.
  std::optional<double> number(const std::string& column) const;
  /// A figure as text; numbers, too, become text.  Empty where the run does not have the figure.
  std::string text(const std::string& column) const;
  /// All figures, as in result.json of `tricycle run`.
  std::string json() const;

  struct State;

 private:
  explicit Result(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
  friend struct Access;
};

/// Simulates all chunks of the problem with their values, bit for bit and cycle for cycle.  Results
/// are the same on every host and in every thread.  Throws InputError, RunError.
Result run(const Machine& machine, const Problem& problem, const Options& options = {});

/// Computes Y = (I + A)^-1 - I in the machine's arithmetic, without simulating time.
///
/// `a`: any number of chunk x chunk matrices, row-major, strictly lower triangular.  Their entries
/// must be finite where the format is of integers.  They are rounded to the format first.  chunk: 2
/// to 256.
///
/// Returns as many values as `a` has: the exact real values of what is stored.  Throws InputError.
std::vector<double> invert(const Machine& machine, std::span<const double> a, int chunk,
                           const Options& options = {});

}  // namespace tricycle::api
