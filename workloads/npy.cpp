// SPDX-License-Identifier: Apache-2.0
#include "workloads/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

#include "models/error.h"

namespace tricycle {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY", kZipMagic = "PK\x03\x04";
constexpr std::size_t kVersionBytes = 2;     // major, minor, after the magic
constexpr std::size_t kAlignment = 64;       // of the data in the file
constexpr std::size_t kLargestFound = 60;    // of a header's text in a message
constexpr std::string_view kSpaces = " \n";  // what NumPy pads with

struct Descr {
  std::string_view npy, dtype;
};
constexpr Descr kDescrs[] = {
    {"<f2", "F16"}, {"<f4", "F32"}, {"<f8", "F64"}, {"|i1", "I8"}, {"<i2", "I16"}};
constexpr Descr kCodeDescrs[] = {
    {"|u1", "U8"}, {"<u2", "U16"}, {"<u4", "U32"}, {"<i4", "I32"}, {"<i8", "I64"}};

bool begins_with(std::span<const std::uint8_t> file, std::string_view magic) {
  return file.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), file.begin(), [](char expected, std::uint8_t byte) {
           return static_cast<std::uint8_t>(expected) == byte;
         });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// A header's text for a message of one line.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, kLargestFound));
  for (char& c : out)
    if (c < ' ' || c > '~') c = '?';
  return text.size() > kLargestFound ? out + ".." : out;
}

/// Length of the Python value that `text` begins with: up to the comma or brace after it.  Those
/// inside brackets and quotes do not count.
std::size_t value_length(std::string_view text) {
  int depth = 0;
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (depth == 0 && (c == ',' || c == '}')) {
      return at;
    } else {
      depth += c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
    }
  }
  return text.size();
}

std::optional<std::string_view> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != text.back()) return std::nullopt;
  if (text.front() != '\'' && text.front() != '"') return std::nullopt;
  return text.substr(1, text.size() - 2);
}

/// Parses the header, a Python dict on one line: the texts of its values by name.  None if it is
/// not one.
std::optional<std::map<std::string, std::string_view, std::less<>>> parse_dict(
    std::string_view text) {
  std::map<std::string, std::string_view, std::less<>> fields;
  text = trimmed(text);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return std::nullopt;
  text = trimmed(text.substr(1));
  while (text != "}") {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto name = unquoted(trimmed(text.substr(0, colon)));
    text.remove_prefix(colon + 1);
    const std::size_t length = value_length(text);
    if (length == text.size() || !name) return std::nullopt;
    if (!fields.emplace(*name, trimmed(text.substr(0, length))).second) return std::nullopt;
    text = trimmed(text.substr(text[length] == ',' ? length + 1 : length));
  }
  return fields;
}

/// "(2, 64, 64)", "(4,)", "()", "(8L, 8L)".
std::optional<std::vector<std::uint64_t>> parse_shape(std::string_view text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return std::nullopt;
  std::vector<std::uint64_t> extents;
  text = trimmed(text.substr(1, text.size() - 2));
  while (!text.empty()) {
    std::uint64_t extent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), extent);
    if (error != std::errc()) return std::nullopt;
    extents.push_back(extent);
    text = text.substr(static_cast<std::size_t>(end - text.data()));
    if (!text.empty() && text.front() == 'L') text.remove_prefix(1);  // Python 2 wrote 8L
    text = trimmed(text);
    if (!text.empty() && text.front() != ',') return std::nullopt;
    if (!text.empty()) text = trimmed(text.substr(1));
  }
  return extents;
}

/// A Python text that holds exactly this.
std::string python_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c >= ' ')
      out += c;
    else
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out + "\"";
}

/// What holds every value of an element type that is real numbers, or integers up to 2^53; nothing
/// for others: objects, texts, dates, records, complex numbers.
std::optional<std::string_view> convertible_to(std::string_view descr) {
  const auto text = unquoted(descr);
  if (!text || text->size() < 2) return std::nullopt;
  const std::string_view kind = text->substr(1);
  for (const Descr& known : kDescrs)
    if (known.npy.substr(1) == kind) return known.npy;
  constexpr std::string_view kReal[] = {"f12", "f16", "b1", "u1", "u2", "u4", "u8", "i4", "i8"};
  if (std::find(std::begin(kReal), std::end(kReal), kind) != std::end(kReal)) return "<f8";
  return std::nullopt;
}

/// Another element type or order than those that are read.
[[noreturn]] void refuse_elements(const std::string& path, std::string_view descr,
                                  std::string_view order, NpyTypes types) {
  if (types == NpyTypes::kCodesToo)
    refuse_file(path,
                fmt::format("expected little-endian f2, f4, f8, i1, i2, i4, i8, u1, u2 or u4 in "
                            "C order, found {}{}; numpy.ascontiguousarray, and astype with "
                            "\"<\" before the type, make one",
                            shown(descr), order == "False" ? "" : " in Fortran order"));
  const auto target = convertible_to(descr);
  const std::string remedy =
      target ? fmt::format(
                   "; numpy.save(\"A.npy\", numpy.ascontiguousarray(numpy.load({}), "
                   "\"{}\")) converts it",
                   python_text(path), *target)
             : "; it holds no real numbers";
  refuse_file(path,
              fmt::format("expected little-endian f2, f4, f8, i1 or i2 in C order, found {}{}{}",
                          shown(descr), order == "False" ? "" : " in Fortran order", remedy));
}

const Descr* find_descr(std::optional<std::string_view> npy, NpyTypes types) {
  for (const Descr& row : kDescrs)
    if (npy == row.npy) return &row;
  if (types == NpyTypes::kCodesToo)
    for (const Descr& row : kCodeDescrs)
      if (npy == row.npy) return &row;
  return nullptr;
}

/// The name of the first array in an archive, as numpy.load gives it; NAME where it has none.
std::string first_array(std::span<const std::uint8_t> file) {
  constexpr std::size_t kLengthAt = 26, kNameAt = 30;  // of a zip file's local header
  constexpr std::string_view kExtension = ".npy";
  if (file.size() < kNameAt) return "NAME";
  const auto length = static_cast<std::size_t>(little_endian(file.data() + kLengthAt, 2));
  if (file.size() - kNameAt < length) return "NAME";
  const std::string name(reinterpret_cast<const char*>(file.data()) + kNameAt, length);
  const bool plain =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!plain || !name.ends_with(kExtension)) return "NAME";
  return name.substr(0, name.size() - kExtension.size());
}

struct Header {
  std::string_view text;
  std::span<const std::uint8_t> data;
};

/// Versions differ in the number of bytes for the header's length: two in 1.0, four from 2.0 on.
Header split(const std::string& path, std::span<const std::uint8_t> file) {
  if (!begins_with(file, kMagic))
    refuse_file(path,
                "expected a .npy file, which begins with \\x93NUMPY; numpy.save writes those");
  std::span<const std::uint8_t> rest = file.subspan(kMagic.size());
  const std::size_t version = rest.empty() ? 0 : rest[0];
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  if (!rest.empty() && (version < 1 || version > 3))
    refuse_file(path,
                fmt::format("expected a .npy file of version 1 to 3, found version {}; write it "
                            "again with numpy.save",
                            version));
  if (rest.size() < kVersionBytes + length_bytes)
    refuse_file(path,
                fmt::format("expected a .npy file, got {} B of one; it is truncated", file.size()));
  const std::uint64_t length =
      little_endian(rest.data() + kVersionBytes, static_cast<std::int64_t>(length_bytes));
  rest = rest.subspan(kVersionBytes + length_bytes);
  if (length > rest.size())
    refuse_file(path,
                fmt::format("the .npy header's length, {} B, exceeds the file; it is truncated or "
                            "damaged",
                            length));
  return {{reinterpret_cast<const char*>(rest.data()), static_cast<std::size_t>(length)},
          rest.subspan(static_cast<std::size_t>(length))};
}

}  // namespace

bool is_npy(std::span<const std::uint8_t> file) { return begins_with(file, kMagic); }

void refuse_archive(const std::string& path, std::span<const std::uint8_t> file,
                    std::string_view expected) {
  if (begins_with(file, kZipMagic))
    refuse_file(path,
                fmt::format("expected {}, got a zip archive (numpy.savez writes those); save one "
                            "array with numpy.save(\"A.npy\", numpy.load({})[{}]) or all "
                            "with safetensors.numpy.save_file(dict(numpy.load({})), "
                            "\"A.safetensors\")",
                            expected, python_text(path), python_text(first_array(file)),
                            python_text(path)));
}

Tensor parse_npy(const std::string& path, std::span<const std::uint8_t> file, NpyTypes types) {
  const Header header = split(path, file);
  const auto fields = parse_dict(header.text);
  if (!fields || fields->size() != 3 || !fields->contains("descr") ||
      !fields->contains("fortran_order") || !fields->contains("shape"))
    refuse_file(path,
                fmt::format("expected a .npy header of descr, fortran_order and shape, found {}; "
                            "the file is damaged",
                            shown(trimmed(header.text))));
  const std::string_view descr = fields->find("descr")->second;
  const std::string_view order = fields->find("fortran_order")->second;
  const Descr* const row = find_descr(unquoted(descr), types);
  if (row == nullptr || order != "False") refuse_elements(path, descr, order, types);
  const std::string_view shape = fields->find("shape")->second;
  const auto extents = parse_shape(shape);
  if (!extents)
    refuse_file(path,
                fmt::format("expected a shape of non-negative integers, found {}; the .npy file is "
                            "damaged",
                            shown(shape)));
  const auto count = elements_within(*extents, header.data.size());
  const auto wanted = count ? *count * element_bytes(row->dtype) : 0;
  if (!count || header.data.size() < static_cast<std::size_t>(wanted))
    refuse_file(path,
                fmt::format("shape {} of {} takes more than the {} B of data; the .npy file is "
                            "truncated or damaged",
                            shown(shape), row->npy, header.data.size()));
  if (header.data.size() > static_cast<std::size_t>(wanted))
    refuse_file(path,
                fmt::format("{} B behind the array of shape {}; expected one array; save each to a "
                            "file of its own",
                            header.data.size() - static_cast<std::size_t>(wanted), shown(shape)));
  return {std::string(row->dtype),
          {extents->begin(), extents->end()},
          {header.data.begin(), header.data.end()}};
}

std::optional<std::string_view> npy_descr(std::string_view dtype) {
  for (const Descr& row : kDescrs)
    if (row.dtype == dtype) return row.npy;
  for (const Descr& row : kCodeDescrs)
    if (row.dtype == dtype) return row.npy;
  return std::nullopt;
}

std::string to_npy(const Tensor& tensor) {
  std::string shape;
  for (const std::int64_t extent : tensor.shape)
    shape += fmt::format("{}{}", shape.empty() ? "" : ", ", extent);
  if (tensor.shape.size() == 1) shape += ",";
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                   npy_descr(tensor.dtype).value(), shape);
  const std::size_t before = kMagic.size() + kVersionBytes + 2;  // 2: the length, version 1.0
  const std::size_t end = before + header.size() + 1;            // 1: the newline
  header.append((kAlignment - end % kAlignment) % kAlignment, ' ');
  header += '\n';
  std::string file(kMagic);
  file += {'\1', '\0', static_cast<char>(header.size() & 0xFF),
           static_cast<char>(header.size() >> 8 & 0xFF)};
  file += header;
  return file.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
}

}  // namespace tricycle
