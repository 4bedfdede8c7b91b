// SPDX-License-Identifier: Apache-2.0
//
// Damaged and hostile safetensors files: an InputError or a correct parse, nothing else.  All
// damage is deterministic.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include "models/error.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/inputs.h"
#include "workloads/safetensors.h"

namespace tricycle {
namespace {

class DamagedTensors : public ::testing::Test {
 protected:
  DamagedTensors() { std::filesystem::create_directories(folder_); }
  ~DamagedTensors() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/t.safetensors"; }
  void write(const std::string& bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }
  void write(std::uint64_t header_bytes, const std::string& rest) const {
    std::string length;
    for (int i = 0; i < 8; ++i) length.push_back(static_cast<char>(header_bytes >> (8 * i)));
    write(length + rest);
  }
  void write_header(const std::string& header, std::size_t data_bytes) const {
    write(header.size(), header + std::string(data_bytes, '\0'));
  }

  /// Matrices and a captured layer in one file: 4 x 4, and 8 tokens of 1 key head and 2 value
  /// heads; its bytes, also written to path().
  std::string small_file() const {
    const auto tensor = [](std::vector<std::int64_t> shape) {
      Tensor t{"F32", std::move(shape), {}};
      t.bytes.assign(static_cast<std::size_t>(4 * t.elements()), 0);
      return t;
    };
    const std::string bytes = to_safetensors({{"layer0.beta", tensor({8, 2})},
                                              {"layer0.g", tensor({8, 2})},
                                              {"layer0.k", tensor({8, 1, 2})},
                                              {"m", tensor({4, 4})}},
                                             {});
    write(bytes);
    return bytes;
  }

  /// True if the reader refused the file with a message; any other exception fails the test.
  template <typename Reader>
  static bool refused(Reader&& reader) {
    try {
      reader();
    } catch (const InputError& error) {
      EXPECT_FALSE(error.messages().empty());
      return true;
    }
    return false;
  }

  /// Reads the file in all ways; what is not refused must be consistent.  True if it was refused.
  bool survives() const {
    const bool bad = refused([&] {
      for (const auto& [name, t] : read_safetensors(path())) {
        for (std::int64_t extent : t.shape) EXPECT_GE(extent, 0) << name;
        std::vector<double> values;
        if (!refused([&, &tensor = t] { values = to_doubles(tensor, "t"); })) {
          EXPECT_EQ(static_cast<std::int64_t>(values.size()), t.elements());
          EXPECT_EQ(t.bytes.empty(), values.empty());
        }
      }
    });
    if (bad) return true;
    refused([&] {
      for (const ChunkMatrix& m : read_matrices(path()).matrices)
        EXPECT_EQ(m.a.size(), static_cast<std::size_t>(m.chunk * m.chunk));
    });
    refused([&] {
      for (const ChunkMatrix& m : captured_chunks(path(), 8).chunks) EXPECT_EQ(m.a.size(), 64U);
    });
    return false;
  }

 private:
  std::string folder_ = std::filesystem::temp_directory_path().string() + "/tricycle_damage_" +
                        std::to_string(getpid());
};

TEST_F(DamagedTensors, a_file_cut_at_any_length_is_refused) {
  const std::string whole = small_file();
  EXPECT_FALSE(survives());
  EXPECT_EQ(captured_chunks(path(), 8).chunks.size(), 2U);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write(whole.substr(0, length));
    ASSERT_TRUE(survives()) << length;
  }
}

TEST_F(DamagedTensors, any_byte_of_the_header_may_have_any_of_many_values) {
  const std::string whole = small_file();
  const std::size_t header_end = whole.rfind('}') + 1;
  int parsed = 0;
  for (std::size_t at = 0; at < header_end; ++at) {
    const auto flipped = [&](int bits) { return static_cast<char>(whole[at] ^ bits); };
    for (char value : {'\0', '"', '0', '9', '-', '[', '}', '\xff', flipped(0x01), flipped(0x20)}) {
      std::string damaged = whole;
      damaged[at] = value;
      write(damaged);
      parsed += !survives();
    }
  }
  EXPECT_GT(parsed, 0);  // some only rename a tensor
}

TEST_F(DamagedTensors, a_header_length_up_to_2_to_the_64_is_checked_before_it_is_used) {
  const std::string whole = small_file(), rest = whole.substr(8);
  std::vector<std::uint64_t> lengths{std::numeric_limits<std::uint64_t>::max(),
                                     std::numeric_limits<std::uint64_t>::max() - 7};
  for (int bit = 0; bit < 64; ++bit)
    for (std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}})
      lengths.push_back((std::uint64_t{1} << bit) + offset);
  for (std::uint64_t length : lengths) {
    write(length, rest);
    ASSERT_TRUE(survives()) << length;
  }
}

/// One JSON value from a list, most of them wrong where it stands.
std::string number(std::mt19937& random) {
  static const std::vector<std::string> kNumbers{"0",
                                                 "1",
                                                 "2",
                                                 "4",
                                                 "8",
                                                 "16",
                                                 "64",
                                                 "4294967296",
                                                 "-1",
                                                 "-0",
                                                 "1.5",
                                                 "1e3",
                                                 "1e999",
                                                 "null",
                                                 "\"4\"",
                                                 "[]",
                                                 "2147483648",
                                                 "4611686018427387904",
                                                 "9223372036854775807",
                                                 "9223372036854775808",
                                                 "18446744073709551615",
                                                 "18446744073709551616",
                                                 "-9223372036854775808"};
  // Half of the time a small one, so that files get past the first check.
  return kNumbers[random() % (random() % 2 == 0 ? 6 : kNumbers.size())];
}

std::string random_header(std::mt19937& random) {
  static const std::vector<std::string> kNames{"m",        "layer0.k", "layer0.beta",
                                               "layer0.g", "\\u0000",  "__metadata__"},
      kDtypes{"\"F32\"", "\"F64\"", "\"I8\"", "\"F16\"", "\"BF16\"",
              "\"U8\"",  "\"F8\"",  "\"\"",   "3",       "null"};
  std::string header = "{";
  for (auto tensors = random() % 5; tensors > 0; --tensors) {
    std::string shape, offsets;
    for (auto rank = random() % 5; rank > 0; --rank)
      shape += (shape.empty() ? "" : ",") + number(random);
    for (auto count = random() % 8 == 0 ? random() % 4 : 2UL; count > 0; --count)
      offsets += (offsets.empty() ? "" : ",") + number(random);
    header += (header.size() > 1 ? ",\"" : "\"") + kNames[random() % kNames.size()] +
              "\":{\"dtype\":" + kDtypes[random() % (random() % 2 == 0 ? 3 : kDtypes.size())] +
              ",\"shape\":[" + shape + "],\"data_offsets\":[" + offsets + "]}";
  }
  return header + (random() % 32 == 0 ? "" : "}");
}

TEST_F(DamagedTensors, random_headers_are_refused_or_read_correctly) {
  std::mt19937 random(18);
  int parsed = 0;
  for (int round = 0; round < 3000; ++round) {
    write_header(random_header(random), random() % 80);
    parsed += !survives();
  }
  EXPECT_GT(parsed, 100);
  EXPECT_LT(parsed, 2500);
}

TEST_F(DamagedTensors, shapes_whose_product_leaves_64_bits_are_refused) {
  for (const std::string shape :
       {"4294967296,4294967296", "9223372036854775808,2", "18446744073709551615",
        "4611686018427387904,4", "2,9223372036854775808", "0,9223372036854775808",
        "18446744073709551615,0", "3037000500,3037000500,3037000500"}) {
    write_header(R"({"m":{"dtype":"F32","shape":[)" + shape + R"(],"data_offsets":[0,0]}})", 64);
    EXPECT_TRUE(survives()) << shape;
  }
}

TEST_F(DamagedTensors, a_layer_without_tokens_is_refused_whatever_its_other_extents) {
  // Nothing is stored, so any extent fits the file; loops over heads must not run 2^62 times.
  write_header(
      R"({"layer0.k":{"dtype":"F32","shape":[0,1,128],"data_offsets":[0,0]},)"
      R"("layer0.beta":{"dtype":"F32","shape":[0,4611686018427387904],"data_offsets":[0,0]},)"
      R"("layer0.g":{"dtype":"F32","shape":[0,4611686018427387904],"data_offsets":[0,0]}})",
      0);
  EXPECT_TRUE(refused([&] { captured_chunks(path(), 8); }));
}

TEST_F(DamagedTensors, deep_nesting_does_not_exhaust_the_stack) {
  constexpr std::size_t kDepth = 1'000'000;
  const std::string arrays = std::string(kDepth, '[') + std::string(kDepth, ']');
  write_header("{\"__metadata__\":" + arrays + "}", 0);
  EXPECT_TRUE(survives());  // the format has texts there, one level deep
  write_header("{\"m\":" + arrays + "}", 0);
  EXPECT_TRUE(survives());
  write_header(std::string(kDepth, '['), 0);
  EXPECT_TRUE(survives());
  std::string maps;
  for (std::size_t depth = 0; depth < kDepth / 10; ++depth) maps += "{\"m\":";
  write_header(maps, 0);
  EXPECT_TRUE(survives());
}

TEST_F(DamagedTensors, values_that_are_not_finite_are_refused_before_they_reach_a_format) {
  const auto doubles = [](std::vector<std::int64_t> shape, double value) {
    Tensor t{"F64", std::move(shape), {}};
    std::vector<double> values(static_cast<std::size_t>(t.elements()), value);
    const auto* raw = reinterpret_cast<const std::uint8_t*>(values.data());
    t.bytes.assign(raw, raw + 8 * values.size());
    return t;
  };
  for (double value :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1e300}) {
    // A gate or a key; and a finite double that is no finite binary32.
    for (const char* name : {"layer0.k", "layer0.beta", "layer0.g"}) {
      std::map<std::string, Tensor> layer{{"layer0.k", doubles({8, 1, 2}, 0.5)},
                                          {"layer0.beta", doubles({8, 1}, 0.5)},
                                          {"layer0.g", doubles({8, 1}, 0.0)}};
      layer[name] = doubles(layer[name].shape, value);
      write(to_safetensors(layer, {}));
      EXPECT_TRUE(refused([&] { captured_chunks(path(), 8); })) << name << " " << value;
    }
    Tensor matrix = doubles({2, 2}, 0);
    const Tensor one = doubles({1}, value);
    std::copy(one.bytes.begin(), one.bytes.end(), matrix.bytes.begin() + 16);  // [1, 0]
    write(to_safetensors({{"m", matrix}}, {}));
    EXPECT_EQ(refused([&] { read_matrices(path()); }), !std::isfinite(value)) << value;
  }
}

}  // namespace
}  // namespace tricycle
