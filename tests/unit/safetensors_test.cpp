// SPDX-License-Identifier: Apache-2.0
#include "workloads/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "models/error.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/inputs.h"

namespace tricycle {
namespace {

using ::testing::HasSubstr;

class Safetensors : public ::testing::Test {
 protected:
  Safetensors() { std::filesystem::create_directories(folder_); }
  ~Safetensors() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name = "t.safetensors") const { return folder_ + "/" + name; }
  /// A file with this header and `bytes` zero bytes of data.
  std::string file(const std::string& header, std::size_t bytes, std::int64_t claimed = -1) const {
    std::ofstream out(path(), std::ios::binary);
    const auto length = static_cast<std::uint64_t>(
        claimed >= 0 ? claimed : static_cast<std::int64_t>(header.size()));
    for (int i = 0; i < 8; ++i) out.put(static_cast<char>(length >> (8 * i)));
    out << header << std::string(bytes, '\0');
    return path();
  }
  void write(const std::string& bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }
  static std::string fault(const std::string& path) {
    try {
      read_matrices(path);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
  static Tensor matrix(const std::vector<float>& values, std::int64_t rows, std::int64_t cols) {
    Tensor t{"F32", {rows, cols}, std::vector<std::uint8_t>(values.size() * 4)};
    std::copy_n(reinterpret_cast<const std::uint8_t*>(values.data()), t.bytes.size(),
                t.bytes.begin());
    return t;
  }

 private:
  std::string folder_ =
      std::filesystem::temp_directory_path().string() + "/tricycle_" + std::to_string(getpid());
};

TEST_F(Safetensors, what_is_written_is_read_back_and_writing_again_gives_the_same_bytes) {
  const std::map<std::string, Tensor> tensors{{"b", matrix({0, 0, 0.5F, 0}, 2, 2)},
                                              {"a", {"I8", {3}, {1, 255, 128}}}};
  write(to_safetensors(tensors, {{"version", "1"}}));
  const auto back = read_safetensors(path());
  EXPECT_EQ(to_doubles(back.at("b"), ""), (std::vector<double>{0, 0, 0.5, 0}));
  EXPECT_EQ(to_doubles(back.at("a"), ""), (std::vector<double>{1, -1, -128}));
  EXPECT_EQ(to_safetensors(tensors, {{"version", "1"}}), to_safetensors(back, {{"version", "1"}}));
}

TEST_F(Safetensors, integers_are_codes_with_the_fraction_bits_of_the_header) {
  // Codes 64 and -96 of Q0.7 are 1/2 and -3/4; the float beside them has no fraction bits.
  const std::map<std::string, Tensor> tensors{{"a", {"I8", {2, 2}, {0, 0, 64, 0}}},
                                              {"b", {"I16", {2, 2}, {0, 0, 0, 0, 160, 255, 0, 0}}},
                                              {"c", matrix({0, 0, 0.5F, 0}, 2, 2)}};
  const auto entry = [&](const MatrixFile& file, std::size_t i) {
    return file.matrices.at(i).a[2];
  };
  write(to_safetensors(tensors, {{std::string(kFractionBits), "7"}}));
  const MatrixFile codes = read_matrices(path());
  EXPECT_EQ(entry(codes, 0), 0.5);
  EXPECT_EQ(entry(codes, 1), -0.75);
  EXPECT_EQ(entry(codes, 2), 0.5);
  EXPECT_EQ(codes.note, "");
  EXPECT_EQ(entry(read_matrices(path(), 7), 0), 0.5);  // no contradiction
  try {
    read_matrices(path(), 6);
    ADD_FAILURE();
  } catch (const InputError& error) {
    ASSERT_EQ(error.messages().size(), 2U);  // of each
    EXPECT_THAT(error.messages()[0],
                HasSubstr("tensor \"a\" has 7 fraction bits as its header says, not 6"));
  }
  write(to_safetensors(tensors));
  const MatrixFile whole = read_matrices(path());
  EXPECT_EQ(entry(whole, 0), 64);
  EXPECT_EQ(entry(whole, 1), -96);
  EXPECT_EQ(whole.note,
            "read integers as whole numbers, their header has no fraction_bits: \"a\", \"b\"; "
            "--fraction-bits N, or input.matrices.fraction_bits of a problem, says where the point "
            "stands");
  const MatrixFile given = read_matrices(path(), 8);
  EXPECT_EQ(entry(given, 0), 0.25);
  EXPECT_EQ(entry(given, 2), 0.5);
  EXPECT_EQ(given.note, "");
}

TEST_F(Safetensors, fraction_bits_that_are_no_number_of_bits_are_refused) {
  const std::map<std::string, Tensor> tensors{{"a", {"I8", {2, 2}, {0, 0, 64, 0}}}};
  for (const char* bits : {"", "-1", "63", "7 ", "seven", "0x7"}) {
    write(to_safetensors(tensors, {{std::string(kFractionBits), bits}}));
    EXPECT_THAT(fault(path()), HasSubstr("fraction_bits: expected a whole number from 0 to 62"));
  }
  const auto with = [&](const std::string& value) {
    return fault(file(R"({"__metadata__":{"fraction_bits":)" + value +
                          R"(},"m":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]}})",
                      4));
  };
  EXPECT_THAT(with("7"), HasSubstr("as text, got another JSON value"));
  EXPECT_THAT(with("[[]]"), HasSubstr("got another JSON value"));
  EXPECT_EQ(with("\"7\""), "");
  write(to_safetensors({{"c", matrix({0, 0, 0.5F, 0}, 2, 2)}}));
  EXPECT_THROW(read_matrices(path(), 7), InputError);  // no integers
}

/// Tensors of captured layers, one head of keys of width 2, `tokens` tokens each.
std::map<std::string, Tensor> captured_layers(const std::vector<int>& numbers,
                                              std::int64_t tokens) {
  const auto zeros = [](std::vector<std::int64_t> shape) {
    Tensor t{"F32", std::move(shape), {}};
    t.bytes.resize(static_cast<std::size_t>(4 * t.elements()));
    return t;
  };
  std::map<std::string, Tensor> tensors;
  for (const int number : numbers) {
    const std::string layer = "layer" + std::to_string(number);
    tensors[layer + ".k"] = zeros({tokens, 1, 2});
    tensors[layer + ".beta"] = tensors[layer + ".g"] = zeros({tokens, 1});
  }
  return tensors;
}

TEST_F(Safetensors, captured_layers_have_the_models_numbers_and_none_is_left_out) {
  write(to_safetensors(captured_layers({0, 1, 2, 4, 5, 6, 12}, 16)));
  const CapturedChunks all = captured_chunks(path(), 8);
  ASSERT_EQ(all.chunks.size(), 14U);
  EXPECT_EQ(all.chunks[6].label, "layer4.head0.t0");
  EXPECT_EQ(all.chunks[13].label, "layer12.head0.t8");  // by number, not by name
  EXPECT_EQ(all.note, "");
}

TEST_F(Safetensors, captured_gates_of_every_channel_make_the_matrix_of_kda) {
  // Two keys (1, 0) and (0.6, 0.8); the second token forgets channel 0 to e^-1 and keeps channel 1.
  auto tensors = captured_layers({0}, 8);
  const auto put = [&](const std::string& name, std::vector<std::int64_t> shape,
                       const std::vector<float>& values) {
    Tensor& t = tensors["layer0." + name];
    t = {"F32", std::move(shape), std::vector<std::uint8_t>(4 * values.size())};
    std::memcpy(t.bytes.data(), values.data(), t.bytes.size());
  };
  std::vector<float> keys(16, 0), gates(16, 0);
  keys[0] = 1;
  keys[2] = 0.6F;
  keys[3] = 0.8F;
  gates[2] = -1;
  put("k", {8, 1, 2}, keys);
  put("beta", {8, 1}, std::vector<float>(8, 0.5F));
  put("g", {8, 1, 2}, gates);
  write(to_safetensors(tensors));
  EXPECT_NEAR(captured_chunks(path(), 8).chunks.at(0).a[8], 0.5 * 0.6 * std::exp(-1.0), 1e-7);
  put("g", {8, 1, 3}, std::vector<float>(24, 0));
  write(to_safetensors(tensors));
  EXPECT_THROW(captured_chunks(path(), 8), InputError);  // a gate more than channels
}

TEST_F(Safetensors, what_of_captured_tensors_is_left_out_is_told) {
  auto tensors = captured_layers({0, 2}, 20);
  // A does not depend on q; layer 3 is of attention, without beta and g.
  tensors["layer2.q"] = tensors["layer02.k"] = tensors["layer0.k"];
  tensors["layer3.q"] = tensors["layer3.k"] = tensors["layer0.k"];
  write(to_safetensors(tensors));
  const CapturedChunks some = captured_chunks(path(), 8);
  EXPECT_EQ(some.chunks.size(), 4U);
  EXPECT_EQ(
      some.note,
      "left out behind the last whole chunk of 8: 4 of 20 tokens of layer0, 4 of 20 tokens of "
      "layer2; left out, being no layer with k, beta and g: \"layer02.k\", layer3");
  const auto fault = [&](const std::map<std::string, Tensor>& of, std::int64_t chunk) {
    write(to_safetensors(of));
    try {
      captured_chunks(path(), chunk);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(fault(captured_layers({1, 2, 3}, 16), 8),
              HasSubstr("expected \"layer0.k\", .. beside layers 1, 2, 3"));
  EXPECT_THAT(fault(captured_layers({0, 1}, 7), 8), HasSubstr("at least 8 tokens, a chunk, got 7"));
  EXPECT_THAT(fault(tensors = {}, 8), HasSubstr("expected tensors \"layer0.k\""));
  tensors = captured_layers({0, 4}, 16);
  tensors.erase("layer4.k");
  EXPECT_THAT(fault(tensors, 8), HasSubstr("expected tensor \"layer4.k\" beside the others"));
}

TEST_F(Safetensors, every_malformed_file_is_one_line_that_says_what_is_wrong) {
  EXPECT_THAT(fault("/nonexistent/file"), HasSubstr("found no such file"));
  EXPECT_THAT(fault(std::filesystem::temp_directory_path().string()), HasSubstr("got a directory"));
  EXPECT_THAT(fault(file("", 0, 0).substr(0)), HasSubstr("expected a JSON object"));
  EXPECT_THAT(fault(file("{}", 0, 1'000'000)), HasSubstr("exceeds the file"));
  EXPECT_THAT(fault(file("{\"A\":", 0)), HasSubstr("expected a JSON object"));
  EXPECT_THAT(fault(file(R"({"A":3})", 0)),
              HasSubstr("expected dtype, shape and two data_offsets"));
  EXPECT_THAT(fault(file(R"({"A":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})", 8)),
              HasSubstr("lie outside the 8 B"));
  EXPECT_THAT(fault(file(R"({"A":{"dtype":"F32","shape":[2,2],"data_offsets":[0,12]}})", 16)),
              HasSubstr("4 elements of F32 take 16 B"));
  EXPECT_THAT(
      fault(file(R"({"A":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,16]}})",
                 16)),
      HasSubstr("more elements than the file has bytes"));
  EXPECT_THAT(fault(file(R"({"A":{"dtype":"F31","shape":[2,2],"data_offsets":[0,16]}})", 16)),
              HasSubstr("unknown dtype \"F31\""));
  EXPECT_THAT(
      fault(file(
          R"({"A":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]},"A":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]}})",
          4)),
      HasSubstr("stands twice"));
  EXPECT_THAT(
      fault(file(
          R"({"A":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]},"B":{"dtype":"I8","shape":[2,2],"data_offsets":[2,6]}})",
          6)),
      HasSubstr("overlap"));
  EXPECT_THAT(fault(file("{}", 0)),
              HasSubstr("at least one tensor [.., C, C] with C >= 2, got none"));
}

TEST_F(Safetensors, an_empty_file_is_named_as_such) {
  std::ofstream(path()).close();
  EXPECT_THAT(fault(path()), HasSubstr("got 0 B; it is empty or truncated"));
}

TEST_F(Safetensors, matrices_that_cannot_be_inverted_are_refused_by_entry) {
  const auto refused = [&](const std::vector<float>& values, std::int64_t rows, std::int64_t cols) {
    write(to_safetensors({{"M", matrix(values, rows, cols)}}));
    return fault(path());
  };
  EXPECT_THAT(refused({0, 0, 0, 0, 0, 0}, 2, 3),
              HasSubstr("at least one tensor [.., C, C] with C >= 2, got \"M\" [2, 3]"));
  EXPECT_THAT(refused({0, 1, 0, 0}, 2, 2),
              HasSubstr("entry [0, 1] is 1; expected a strictly lower triangular matrix"));
  EXPECT_THAT(refused({0, 0, std::numeric_limits<float>::quiet_NaN(), 0}, 2, 2),
              HasSubstr("entry [1, 0] is nan; every entry must be finite"));
}

TEST_F(Safetensors, every_matrix_at_fault_has_its_line) {
  write(to_safetensors({{"bad", matrix({0, 2, 0, 0}, 2, 2)},
                        {"good", matrix({0, 0, 1, 0}, 2, 2)},
                        {"worse", matrix({1, 0, 0, 0}, 2, 2)}}));
  const std::string text = fault(path());
  EXPECT_THAT(text, HasSubstr("tensor \"bad\": entry [0, 1] is 2"));
  EXPECT_THAT(text, HasSubstr("\n" + path() + ": tensor \"worse\": entry [0, 0] is 1"));
}

TEST_F(Safetensors, metadata_stand_in_the_header_and_the_data_at_a_multiple_of_8) {
  const std::string bytes =
      to_safetensors({{"M", matrix({0, 0, 0, 0}, 2, 2)}}, {{"algorithm", "x"}});
  EXPECT_EQ(bytes.substr(8, 33), R"({"__metadata__":{"algorithm":"x"})");
  EXPECT_EQ((bytes.size() - 16) % 8, 0U);  // 16 B of data behind length and header
}

TEST_F(Safetensors, a_pipe_or_device_is_refused_without_being_read) {
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_THAT(fault(path()), HasSubstr("got a device or another special file"));
  EXPECT_THAT(fault("/dev/zero"), HasSubstr("got a device or another special file"));
}

TEST_F(Safetensors, a_name_that_a_terminal_would_act_on_is_refused) {
  file(R"({"\u001b[31mred\n":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})", 16);
  EXPECT_THAT(fault(path()),
              HasSubstr("tensor \"\\x1b[31mred\\x0a\": expected a name on one line"));
}

TEST_F(Safetensors, twenty_thousand_tensors_take_no_quadratic_time) {
#ifdef TRICYCLE_SANITIZED
  constexpr double kMostSeconds = 20;
#else
  constexpr double kMostSeconds = 2;
#endif
  std::map<std::string, Tensor> tensors;
  for (int i = 0; i < 20'000; ++i) tensors["t" + std::to_string(i)] = matrix({0, 0, 0, 0}, 2, 2);
  const std::clock_t begin = std::clock();  // of the processor: a busy host does not count
  const std::string text = to_safetensors(tensors);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  EXPECT_EQ(parse_safetensors("t", {bytes, text.size()}).size(), tensors.size());
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, kMostSeconds);
}

}  // namespace
}  // namespace tricycle
