// SPDX-License-Identifier: Apache-2.0
//
// NumPy's files, as NumPy wrote them (tests/golden/numpy/make.py), and damaged ones.
#include "workloads/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "models/error.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/inputs.h"
#include "workloads/safetensors.h"

namespace tricycle {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string golden(const std::string& name) {
  return std::string(TRICYCLE_SOURCE_DIR) + "/tests/golden/numpy/" + name;
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

template <typename Reader>
std::string fault_of(Reader&& reader) {
  try {
    reader();
  } catch (const InputError& error) {
    EXPECT_EQ(error.messages().size(), 1U);
    return error.what();
  }
  return "";
}
std::string fault(const std::string& path) {
  return fault_of([&] { read_matrices(path); });
}

TEST(Npy, files_of_numpy_hold_the_bits_that_safetensors_of_the_same_arrays_hold) {
  const auto tensors = read_safetensors(golden("matrices.safetensors"));
  ASSERT_EQ(tensors.size(), 6U);
  const MatrixFile all = read_matrices(golden("matrices.safetensors"));
  for (const MatrixTensor& tensor : all.tensors) {
    const MatrixFile one = read_matrices(golden(tensor.name + ".npy"));
    ASSERT_EQ(one.matrices.size(), tensor.count) << tensor.name;
    EXPECT_EQ(one.tensors[0].shape, tensor.shape);
    for (std::size_t i = 0; i < tensor.count; ++i) {
      EXPECT_EQ(one.matrices[i].label, all.matrices[tensor.first + i].label);
      EXPECT_EQ(one.matrices[i].a, all.matrices[tensor.first + i].a) << tensor.name;
    }
  }
}

TEST(Npy, versions_2_and_3_differ_in_the_header_alone) {
  const std::vector<double> a = read_matrices(golden("f4.npy")).matrices.at(0).a;
  EXPECT_EQ(read_matrices(golden("f4_version2.npy")).matrices.at(0).a, a);
  EXPECT_EQ(read_matrices(golden("f4_version3.npy")).matrices.at(0).a, a);
}

TEST(Npy, what_is_written_is_byte_for_byte_what_numpy_writes) {
  for (const auto& [name, tensor] : read_safetensors(golden("matrices.safetensors")))
    EXPECT_TRUE(to_npy(tensor) == bytes_of(golden(name + ".npy"))) << name;
  const float ones[] = {1, 1, 1};  // a tuple of one has a comma
  const auto* raw = reinterpret_cast<const std::uint8_t*>(ones);
  EXPECT_TRUE(to_npy({"F32", {3}, {raw, raw + sizeof ones}}) == bytes_of(golden("vector.npy")));
}

TEST(Npy, numpy_has_neither_bf16_nor_8_bit_floats) {
  EXPECT_EQ(npy_descr("F16"), "<f2");
  EXPECT_EQ(npy_descr("BF16"), std::nullopt);
  EXPECT_EQ(npy_descr("F8_E4M3"), std::nullopt);
}

TEST(Npy, other_arrays_are_one_line_of_what_was_found_and_what_converts_it) {
  EXPECT_THAT(fault(golden("fortran.npy")),
              AllOf(HasSubstr("expected little-endian f2, f4, f8, i1 or i2 in C order, found "
                              "'<f8' in Fortran order; numpy.save(\"A.npy\", "
                              "numpy.ascontiguousarray(numpy.load(\""),
                    HasSubstr("fortran.npy\"), \"<f8\")) converts it")));
  EXPECT_THAT(fault(golden("big_endian.npy")), HasSubstr("found '>f4'; numpy.save("));
  EXPECT_THAT(fault(golden("big_endian.npy")), HasSubstr("\"<f4\")) converts it"));
  EXPECT_THAT(fault(golden("int64.npy")),
              AllOf(HasSubstr("found '<i8'; numpy.save("), HasSubstr("\"<f8\")) converts it")));
  // What the conversion would fail on, or change the meaning of, has none.
  EXPECT_THAT(fault(golden("records.npy")),
              AllOf(HasSubstr("found [('x', '<f4'), ('y', '<i2')]; it holds no real numbers"),
                    Not(HasSubstr("numpy.save"))));
  EXPECT_THAT(fault(golden("vector.npy")),
              HasSubstr("at least one tensor [.., C, C] with C >= 2, got \"vector\" [3]"));
  EXPECT_THAT(fault(golden("archive.npz")),
              AllOf(HasSubstr("got a zip archive (numpy.savez writes those); save one array with "
                              "numpy.save(\"A.npy\", numpy.load(\""),
                    HasSubstr("archive.npz\")[\"A\"]) or all"),
                    HasSubstr("safetensors.numpy.save_file(dict(")));
}

TEST(Npy, where_several_tensors_are_needed_the_file_is_named_as_what_it_is) {
  EXPECT_THAT(fault_of([] { captured_chunks(golden("f4.npy"), 8); }),
              AllOf(HasSubstr("got one array (NumPy's .npy)"), Not(HasSubstr("exceeds"))));
  EXPECT_THAT(fault_of([] { captured_chunks(golden("archive.npz"), 8); }),
              HasSubstr("got a zip archive"));
}

/// Files that NumPy did not write.
class DamagedNpy : public ::testing::Test {
 protected:
  DamagedNpy() { std::filesystem::create_directories(folder_); }
  ~DamagedNpy() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& bytes) const {
    const std::string path = folder_ + "/m.bin";  // its first bytes say what it is, not its name
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::string with_header(const std::string& header, std::size_t data) const {
    return file(std::string("\x93NUMPY\1\0", 8) + static_cast<char>(header.size()) + '\0' + header +
                std::string(data, '\0'));
  }

 private:
  std::string folder_ =
      std::filesystem::temp_directory_path().string() + "/tricycle_npy_" + std::to_string(getpid());
};

TEST_F(DamagedNpy, a_file_cut_or_extended_is_refused) {
  const std::string whole = bytes_of(golden("f4.npy"));
  EXPECT_EQ(fault(file(whole)), "");
  for (std::size_t length = 0; length < whole.size(); ++length)
    ASSERT_NE(fault(file(whole.substr(0, length))), "") << length;
  EXPECT_THAT(fault(file(whole.substr(0, 200))), HasSubstr("more than the 72 B of data"));
  EXPECT_THAT(fault(file(whole + whole)), HasSubstr("384 B behind the array of shape (8, 8)"));
}

TEST_F(DamagedNpy, what_does_not_begin_as_one_is_refused_unread) {
  for (const std::string bytes : {"", "\x93", "\x93NUMP", "twelve bytes"})
    EXPECT_THROW(
        parse_npy("it", {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}),
        InputError);
}

TEST_F(DamagedNpy, any_byte_of_the_header_may_have_any_value) {
  const std::string whole = bytes_of(golden("f4.npy"));
  int read = 0;
  for (std::size_t at = 0; at < 128; ++at)
    for (int value = 0; value < 256; value += at < 12 ? 1 : 17) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(value);
      read += fault(file(damaged)).empty();
    }
  EXPECT_GT(read, 0);  // the padding
}

TEST_F(DamagedNpy, a_remedy_is_given_only_where_it_works) {
  const auto of = [&](const std::string& descr) {
    return fault(
        with_header("{'descr': " + descr + ", 'fortran_order': False, 'shape': (2, 2)}", 64));
  };
  for (const char* real : {"'|b1'", "'|u1'", "'<u2'", "'>i4'", "'<i8'", "'<f16'"})
    EXPECT_THAT(of(real), HasSubstr("\"<f8\")) converts it")) << real;
  EXPECT_THAT(of("'>f2'"), HasSubstr("\"<f2\")) converts it"));
  EXPECT_THAT(of("'>f8'"), HasSubstr("\"<f8\")) converts it"));
  for (const char* other : {"'|O'", "'<U1'", "'|S3'", "'<c16'", "'<M8[s]'", "'|V8'"})
    EXPECT_THAT(of(other), AllOf(HasSubstr("; it holds no real numbers"), Not(HasSubstr("numpy."))))
        << other;
}

TEST_F(DamagedNpy, headers_are_python_and_their_numbers_are_checked_before_they_are_used) {
  EXPECT_EQ(fault(with_header(R"({"shape":(2,2),"fortran_order":False,"descr":"<f4"})", 16)), "");
  const auto shape = [&](const std::string& text, std::size_t data = 16) {
    return fault(
        with_header("{'descr': '<f4', 'fortran_order': False, 'shape': " + text + ", }", data));
  };
  EXPECT_EQ(shape("(2, 2)"), "");
  EXPECT_EQ(shape("( 1,1,2,2,)"), "");
  EXPECT_THAT(shape("(4294967296, 4294967296)"), HasSubstr("takes more than the 16 B of data"));
  EXPECT_THAT(shape("(0, 9223372036854775808)", 0), HasSubstr("takes more than the 0 B"));
  EXPECT_THAT(shape("(3, 0, 0)", 0), HasSubstr("with C >= 2, got \"m\" [3, 0, 0]"));
  EXPECT_EQ(shape("(2L, 2L)"), "");  // Python 2
  EXPECT_THAT(shape("(2LL, 2)"), HasSubstr("a shape of non-negative integers"));
  EXPECT_THAT(shape("(18446744073709551616, 1)"), HasSubstr("a shape of non-negative integers"));
  EXPECT_THAT(shape("(-2, -2)"), HasSubstr("a shape of non-negative integers, found (-2, -2)"));
  EXPECT_THAT(shape("(2 2)"), HasSubstr("a shape of non-negative integers"));
  EXPECT_THAT(shape("[2, 2]"), HasSubstr("a shape of non-negative integers"));
  EXPECT_THAT(shape("(0, 2, 2)", 0), HasSubstr("got \"m\" [0, 2, 2]"));
  EXPECT_THAT(
      fault(with_header("{'descr': '<f4', 'shape': (2, 2)}", 16)),
      HasSubstr("expected a .npy header of descr, fortran_order and shape, found {'descr'"));
  EXPECT_THAT(fault(with_header("{'descr':\n", 16)), HasSubstr("expected a .npy header"));
  EXPECT_THAT(fault(file(std::string("\x93NUMPY\4\0\1\0{", 11))),
              HasSubstr("version 1 to 3, found version 4"));
}

TEST(MatrixFiles, leading_extents_are_a_batch_and_other_tensors_are_named_in_one_line) {
  const MatrixFile file = read_matrices(golden("mixed.safetensors"));
  ASSERT_EQ(file.tensors.size(), 1U);
  EXPECT_EQ(file.tensors[0].shape, (std::vector<std::int64_t>{2, 3, 8, 8}));
  ASSERT_EQ(file.matrices.size(), 6U);
  EXPECT_EQ(file.matrices[0].label, "batch[0,0]");
  EXPECT_EQ(file.matrices[5].label, "batch[1,2]");
  EXPECT_EQ(file.note, "skipped what is no [.., C, C]: \"bias\" [8], \"wide\" [2, 8]");
  EXPECT_EQ(read_matrices(golden("batch.npy")).note, "");
}

TEST(MatrixFiles, numbers_are_those_of_the_file_to_the_last_bit) {
  const auto tensor = read_safetensors(golden("matrices.safetensors")).at("f8");
  const std::vector<double> numbers = to_doubles(tensor, "f8");
  EXPECT_EQ(read_matrices(golden("f8.npy")).matrices.at(0).a, numbers);
  EXPECT_NE(numbers[8], static_cast<double>(static_cast<float>(numbers[8])));
}

TEST(MatrixFiles, the_digest_is_of_binary32_unless_that_does_not_hold_every_entry) {
  const auto digest = [](double entry) { return input_digest({{"", 2, {0, 0, entry, 0}}}); };
  // SHA-256 of 00000000 00000000 0000003f 00000000, and of eight bytes an entry (sha256sum).
  EXPECT_EQ(digest(0.5), "d1a830cd778719d297db8bd68f5db8195f61d49b0919e35191884dbc6aa06363");
  EXPECT_EQ(digest(0.1), "a5e91cd561c9adc91fc2194fa8c0fe27227e4a34680865b3145d30e8956b1df8");
  EXPECT_NE(digest(0.1), digest(std::nextafter(0.1, 1)));
  EXPECT_NE(digest(0.1), digest(static_cast<double>(0.1F)));
}

}  // namespace
}  // namespace tricycle
