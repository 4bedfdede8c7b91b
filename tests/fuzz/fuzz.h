// SPDX-License-Identifier: Apache-2.0
//
// One program with a harness for every reader; the name it is called by says which.  A harness
// gives its bytes to a reader as a stranger's file would come; the reader may refuse them by
// InputError and by nothing else.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "models/error.h"

namespace tricycle::fuzz {

// The harnesses, each in a file of its name.
void read_constraint(const std::uint8_t* data, std::size_t size);
void read_costs(const std::uint8_t* data, std::size_t size);
void read_gate(const std::uint8_t* data, std::size_t size);
void read_grid(const std::uint8_t* data, std::size_t size);
void read_machine(const std::uint8_t* data, std::size_t size);
void read_matrices(const std::uint8_t* data, std::size_t size);
void read_measured_trace(const std::uint8_t* data, std::size_t size);
void read_model(const std::uint8_t* data, std::size_t size);
void read_npy(const std::uint8_t* data, std::size_t size);
void read_problem(const std::uint8_t* data, std::size_t size);
void read_program(const std::uint8_t* data, std::size_t size);
void read_published(const std::uint8_t* data, std::size_t size);
void read_quantity(const std::uint8_t* data, std::size_t size);
void read_rows(const std::uint8_t* data, std::size_t size);
void read_run_file(const std::uint8_t* data, std::size_t size);
void read_safetensors(const std::uint8_t* data, std::size_t size);
void read_settings(const std::uint8_t* data, std::size_t size);
void read_store(const std::uint8_t* data, std::size_t size);
void read_tokens(const std::uint8_t* data, std::size_t size);
void read_trace(const std::uint8_t* data, std::size_t size);
void read_trials(const std::uint8_t* data, std::size_t size);

/// A small machine and problem, which files under test may stand on as base.yaml and problem.yaml.
inline constexpr std::string_view kMachine = R"(name: tiny
clock: 1 GHz
systolic_array: {rows: 8, cols: 16, dataflow: ws}
formats: {fp16: {accumulator: fp32}, int8: {accumulator: int32}}
vector_unit:
  bytes_per_beat: 32 B
  operations:
    add: {cycles_per_beat: 1}
    add_scalar: {cycles_per_beat: 1}
    multiply: {cycles_per_beat: 1}
    multiply_scalar: {cycles_per_beat: 1}
    multiply_add: {cycles_per_beat: 1.5}
    select: {cycles_per_beat: 1}
    cast: {cycles_per_beat: 1}
    copy: {cycles_per_beat: 1, startup: 24 cycles}
scratchpad: {size: 64 KiB, width: 32, interleave: 64}
accumulator_memory: {size: 128 KiB}
topology:
  accumulator_to_vector: {bytes_per_cycle: 64}
  vector_to_matrix: {bytes_per_cycle: 32 B/cycle}
dma: {request: 64 B}
dram: {latency: 100 ns, bandwidth: 12.8 GB/s}
)";
inline constexpr std::string_view kProblem =
    "name: few\nchunk: 16\ninput: {synthetic: {ensemble: iid, matrices: 2, seed: 1}}\n";

/// A folder of this process in memory, with base.yaml and problem.yaml in it; gone with the
/// process.
const std::string& folder();

/// A file in it, written anew for every input.
class File {
 public:
  explicit File(const std::string& name) : path_(folder() + "/" + name) {}
  const std::string& path() const { return path_; }
  void write(const std::uint8_t* data, std::size_t size) const;
  void write(std::string_view text) const {
    write(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  }

 private:
  std::string path_;
};

/// Runs a reader; a refusal must say something.
template <typename Read>
void expect_read_or_refused(Read&& read) {
  try {
    std::forward<Read>(read)();
  } catch (const InputError& error) {
    if (error.messages().empty() || error.messages().front().empty()) std::abort();
  }
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace tricycle::fuzz
