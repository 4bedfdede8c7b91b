// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "models/error.h"
#include "sim/config/load_hw.h"

namespace tricycle {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

/// A complete machine; tests change one line of it.
inline constexpr const char* kMachine = R"(name: tiny
clock: 1 GHz
systolic_array:
  rows: 8
  cols: 16
  dataflow: ws
formats:
  fp16: {accumulator: fp32}
  int8: {accumulator: int32}
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

/// A scratch directory as the working directory, and the faults of hw.yaml in it.
class Config : public ::testing::Test {
 protected:
  void SetUp() override {
    home_ = fs::current_path();
    directory_ = fs::temp_directory_path() / ("tricycle_config_test_" + std::to_string(::getpid()));
    fs::create_directories(directory_);
    fs::current_path(directory_);
  }
  void TearDown() override {
    fs::current_path(home_);
    fs::remove_all(directory_);
  }

  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  /// kMachine as hw.yaml with the first `from` replaced by `to`.
  static void write_machine(const std::string& from = "", const std::string& to = "",
                            const std::string& path = "hw.yaml") {
    std::string text = kMachine;
    if (!from.empty()) {
      ASSERT_NE(text.find(from), std::string::npos);
      text.replace(text.find(from), from.size(), to);
    }
    write(path, text);
  }
  static Lines faults_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const InputError& e) {
      return e.messages();
    }
    return {};
  }
  static Lines faults(const std::vector<std::string>& overrides = {}) {
    return faults_of([&] { load_hw_config("hw.yaml", overrides); });
  }
  static Lines faults_after(const std::string& from, const std::string& to) {
    write_machine(from, to);
    return faults();
  }
  static Lines faults_of_text(const std::string& text) {
    write("hw.yaml", text);
    return faults();
  }

 private:
  fs::path home_, directory_;
};

}  // namespace tricycle
