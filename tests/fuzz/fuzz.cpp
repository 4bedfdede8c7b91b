// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>

// libsystemc has a main that calls this one; libFuzzer's is the one that runs.
extern "C" int sc_main(int, char**) { return 1; }

namespace {

struct Harness {
  std::string_view name;
  void (*read)(const std::uint8_t* data, std::size_t size);
};

constexpr Harness kHarnesses[] = {
    {"constraint", tricycle::fuzz::read_constraint},
    {"costs", tricycle::fuzz::read_costs},
    {"gate", tricycle::fuzz::read_gate},
    {"grid", tricycle::fuzz::read_grid},
    {"machine", tricycle::fuzz::read_machine},
    {"matrices", tricycle::fuzz::read_matrices},
    {"measured_trace", tricycle::fuzz::read_measured_trace},
    {"model", tricycle::fuzz::read_model},
    {"npy", tricycle::fuzz::read_npy},
    {"problem", tricycle::fuzz::read_problem},
    {"program", tricycle::fuzz::read_program},
    {"published", tricycle::fuzz::read_published},
    {"quantity", tricycle::fuzz::read_quantity},
    {"rows", tricycle::fuzz::read_rows},
    {"run_file", tricycle::fuzz::read_run_file},
    {"safetensors", tricycle::fuzz::read_safetensors},
    {"settings", tricycle::fuzz::read_settings},
    {"store", tricycle::fuzz::read_store},
    {"tokens", tricycle::fuzz::read_tokens},
    {"trace", tricycle::fuzz::read_trace},
    {"trials", tricycle::fuzz::read_trials},
};

const Harness* chosen = nullptr;

}  // namespace

/// By the last part of the path the program is called by.
extern "C" int LLVMFuzzerInitialize(int*, char*** arguments) {
  const std::string name = std::filesystem::path((*arguments)[0]).filename().string();
  std::string names;
  for (const Harness& harness : kHarnesses) {
    if (harness.name == name) chosen = &harness;
    names += " " + std::string(harness.name);
  }
  if (chosen != nullptr) return 0;
  std::fprintf(stderr, "%s: no such harness; call the program by one of:%s\n", name.c_str(),
               names.c_str());
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->read(data, size);
  return 0;
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

/// libFuzzer's own mutations, and rarely one that it does not have: a part of the input over and
/// over again up to the largest size, for what takes time or memory by the square of the length.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  if (size == 0 || seed % 4096 != 0) return LLVMFuzzerMutate(data, size, most);
  const std::size_t begin = (seed >> 12) % size;
  const std::string piece(reinterpret_cast<const char*>(data) + begin,
                          std::min<std::size_t>(size - begin, 1 + (seed >> 16) % 64));
  const std::size_t times = ((most - size) / piece.size()) >> (seed >> 24) % 8;
  std::memmove(data + begin + times * piece.size(), data + begin, size - begin);
  for (std::size_t i = 0; i < times; ++i)
    std::memcpy(data + begin + i * piece.size(), piece.data(), piece.size());
  return size + times * piece.size();
}

namespace tricycle::fuzz {

namespace {

void remove_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder(), ignored);
}

void write_all(const std::string& path, const std::uint8_t* data, std::size_t size) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) std::abort();
  for (std::size_t done = 0; done < size;) {
    const ssize_t wrote = ::write(file, data + done, size - done);
    if (wrote < 0) std::abort();
    done += static_cast<std::size_t>(wrote);
  }
  close(file);
}

std::string make_folder() {
  const char* memory = std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
  std::string path = std::string(memory) + "/tricycle_fuzz_XXXXXX";
  if (mkdtemp(path.data()) == nullptr) std::abort();
  std::atexit(remove_folder);
  const auto put = [&](const char* name, std::string_view text) {
    write_all(path + "/" + name, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  put("base.yaml", kMachine);
  put("problem.yaml", kProblem);
  return path;
}

}  // namespace

const std::string& folder() {
  // Never destroyed: it is needed when the process ends.
  static const std::string& path = *new std::string(make_folder());
  return path;
}

void File::write(const std::uint8_t* data, std::size_t size) const { write_all(path_, data, size); }

}  // namespace tricycle::fuzz
