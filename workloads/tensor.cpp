// SPDX-License-Identifier: Apache-2.0
#include "workloads/tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "models/error.h"
#include "models/numerics/convert.h"

namespace tricycle {

namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{8} << 30;  // it is held in memory

}  // namespace

std::int64_t Tensor::elements() const {
  std::int64_t count = 1;
  for (std::int64_t extent : shape) count *= extent;
  return count;
}

std::vector<double> to_doubles(const Tensor& tensor, std::string_view place) {
  const auto count = static_cast<std::size_t>(tensor.elements());
  const std::int64_t bytes = element_bytes(tensor.dtype);
  std::vector<double> out(count);
  const auto convert = [&](auto&& value) {
    for (std::size_t i = 0; i < count; ++i)
      out[i] =
          value(little_endian(tensor.bytes.data() + i * static_cast<std::size_t>(bytes), bytes));
  };
  for (const FormatInfo& f : kFormats) {
    if (f.safetensors_dtype != tensor.dtype) continue;
    if (f.is_float())
      convert([&](std::uint64_t bits) { return decode_float(f.id, bits); });
    else  // sign extension
      convert([&](std::uint64_t bits) {
        const auto code = static_cast<std::int64_t>(bits << (64 - f.bits)) >> (64 - f.bits);
        return std::ldexp(static_cast<double>(code), -tensor.fraction_bits.value_or(0));
      });
    return out;
  }
  throw InputError(
      fmt::format("{}: expected one of {}, got {}", place, known_dtypes(), tensor.dtype));
}

std::string known_dtypes() {
  std::string text;
  for (const FormatInfo& f : kFormats)
    if (text.find(f.safetensors_dtype) == std::string::npos)
      text += (text.empty() ? "" : ", ") + std::string(f.safetensors_dtype);
  return text;
}

std::int64_t element_bytes(std::string_view dtype) {
  for (const FormatInfo& f : kFormats)
    if (f.safetensors_dtype == dtype) return f.file_bytes();
  if (dtype == "I64" || dtype == "U64") return 8;
  if (dtype == "I32" || dtype == "U32") return 4;
  if (dtype == "U16") return 2;
  if (dtype == "U8" || dtype == "BOOL") return 1;
  return 0;
}

std::uint64_t little_endian(const std::uint8_t* bytes, std::int64_t count) {
  std::uint64_t value = 0;
  for (std::int64_t i = 0; i < count; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}

std::optional<std::int64_t> elements_within(std::span<const std::uint64_t> extents,
                                            std::size_t file_bytes) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  // Every extent must fit, even where a zero extent makes the product zero.
  if (std::any_of(extents.begin(), extents.end(), [](std::uint64_t e) { return e > kMost; }))
    return std::nullopt;
  if (std::find(extents.begin(), extents.end(), 0U) != extents.end()) return 0;
  std::uint64_t count = 1;
  for (const std::uint64_t extent : extents) {
    if (count > file_bytes / extent) return std::nullopt;
    count *= extent;
  }
  return static_cast<std::int64_t>(count);
}

std::vector<std::uint8_t> read_whole_file(const std::string& path, std::string_view expected) {
  const auto fail = [&](const std::string& what) { throw InputError(path + ": " + what); };
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found)
    fail(fmt::format("expected {}, found no such file", expected));
  if (fs::is_directory(status)) fail(fmt::format("expected {}, got a directory", expected));
  if (!fs::is_regular_file(status))  // reading a pipe or a device might never end
    fail(fmt::format("expected {}, got a device or another special file", expected));
  if (const std::uintmax_t size = fs::file_size(path, error); !error && size > kLargestFile)
    fail(fmt::format("expected {} of at most {} GiB, got {} B; split it", expected,
                     kLargestFile >> 30, size));
  std::ifstream in(path, std::ios::binary);
  if (!in) fail("cannot open the file; may it be read?");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace tricycle
