// SPDX-License-Identifier: Apache-2.0
#include "workloads/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "models/error.h"
#include "models/json.h"
#include "models/printable.h"
#include "workloads/npy.h"

namespace tricycle {

namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLargestHeader = 100'000'000;  // the limit of the reference implementation

/// The header; duplicate names, which JSON parsers merge silently, are refused.
Json parse_header(const std::string& path, const std::uint8_t* begin, std::size_t size) {
  ForeignJson parsed = parse_foreign_json({reinterpret_cast<const char*>(begin), size});
  if (!parsed.document.is_object())
    refuse_file(path,
                "expected a JSON object as header; the file is damaged or no safetensors file");
  if (!parsed.duplicate.empty())
    refuse_file(path, fmt::format("tensor \"{}\" stands twice in the header",
                                  excerpt(parsed.duplicate, 200)));
  return std::move(parsed.document);
}

Tensor parse_tensor(const std::string& path, const std::string& name, const Json& entry,
                    std::span<const std::uint8_t> data) {
  const std::string place = fmt::format("{}: tensor \"{}\"", path, excerpt(name, 200));
  if (find_unprintable(name) != std::string::npos)
    throw InputError(place + ": expected a name on one line without control characters");
  const bool well_formed = entry.is_object() && entry.contains("dtype") &&
                           entry["dtype"].is_string() && entry.contains("shape") &&
                           entry["shape"].is_array() && entry.contains("data_offsets") &&
                           entry["data_offsets"].is_array() && entry["data_offsets"].size() == 2;
  if (!well_formed) throw InputError(place + ": expected dtype, shape and two data_offsets");
  Tensor t;
  t.dtype = entry["dtype"].text();
  std::vector<std::uint64_t> extents;
  for (const Json& size : entry["shape"]) {
    if (!size.is_number_unsigned())
      throw InputError(place + ": expected a shape of non-negative integers");
    extents.push_back(size.natural());
  }
  const auto elements = elements_within(extents, data.size());
  if (!elements)
    throw InputError(place +
                     ": the shape holds more elements than the file has bytes; the file is "
                     "truncated or damaged");
  const std::int64_t count = *elements;
  t.shape.assign(extents.begin(), extents.end());
  const Json& offsets = entry["data_offsets"];
  if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned())
    throw InputError(place + ": expected two non-negative data_offsets");
  const auto begin = offsets[0].natural(), end = offsets[1].natural();
  if (begin > end || end > data.size())
    throw InputError(fmt::format(
        "{}: data_offsets {}..{} lie outside the {} B of data; the file is truncated or damaged",
        place, begin, end, data.size()));
  const std::int64_t bytes = element_bytes(t.dtype);
  if (bytes == 0)
    throw InputError(fmt::format("{}: unknown dtype \"{}\"; expected one of {}", place,
                                 excerpt(t.dtype), known_dtypes()));
  if (static_cast<std::uint64_t>(count * bytes) != end - begin)
    throw InputError(fmt::format("{}: {} elements of {} take {} B, data_offsets give {} B", place,
                                 count, t.dtype, count * bytes, end - begin));
  t.bytes.assign(data.begin() + static_cast<std::ptrdiff_t>(begin),
                 data.begin() + static_cast<std::ptrdiff_t>(end));
  return t;
}

/// What the header's __metadata__ says about the integers of the file, if anything.
std::optional<int> parse_fraction_bits(const std::string& path, const Json& header) {
  const Json* metadata = header.find("__metadata__");
  if (metadata == nullptr || !metadata->is_object()) return std::nullopt;
  const Json* text = metadata->find(kFractionBits);
  if (text == nullptr) return std::nullopt;
  int bits = -1;
  if (text->is_string()) {
    const auto value = text->text();
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), bits);
    if (error != std::errc() || end != value.data() + value.size()) bits = -1;
  }
  if (bits < 0 || bits > kMostFractionBitsOfCodes)
    refuse_file(path,
                fmt::format("__metadata__ {}: expected a whole number from 0 to {} as text, got {}",
                            kFractionBits, kMostFractionBitsOfCodes,
                            text->is_string() ? text->dump() : "another JSON value"));
  return bits;
}

void refuse_overlaps(const std::string& path, const Json& header) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const auto& [name, entry] : header.items())
    if (name != "__metadata__")
      ranges.emplace_back(entry["data_offsets"][0].natural(), entry["data_offsets"][1].natural());
  std::sort(ranges.begin(), ranges.end());
  for (std::size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i].first < ranges[i - 1].second)
      refuse_file(path, "two tensors overlap in the file; the header is damaged");
}

}  // namespace

std::map<std::string, Tensor> read_safetensors(const std::string& path) {
  constexpr std::string_view kExpected = "a safetensors file";
  const std::vector<std::uint8_t> file = read_whole_file(path, kExpected);
  refuse_archive(path, file, kExpected);
  if (is_npy(file))
    refuse_file(
        path,
        fmt::format("expected {} of several tensors, got one array (NumPy's .npy); write them "
                    "with safetensors.numpy.save_file({{\"NAME\": array}}, \"A.safetensors\")",
                    kExpected));
  return parse_safetensors(path, file);
}

std::map<std::string, Tensor> parse_safetensors(const std::string& path,
                                                std::span<const std::uint8_t> file) {
  if (file.size() < kLengthBytes)
    refuse_file(path, fmt::format("expected a safetensors file, got {} B; it is empty or truncated",
                                  file.size()));
  const std::uint64_t header_bytes = little_endian(file.data(), kLengthBytes);
  if (header_bytes > kLargestHeader || header_bytes > file.size() - kLengthBytes)
    refuse_file(
        path,
        fmt::format(
            "the header's length, {} B, exceeds the file; it is truncated or no safetensors file",
            header_bytes));
  const Json header = parse_header(path, file.data() + kLengthBytes, header_bytes);
  const std::span<const std::uint8_t> data = file.subspan(kLengthBytes + header_bytes);
  const std::optional<int> fraction_bits = parse_fraction_bits(path, header);
  std::map<std::string, Tensor> tensors;
  std::map<std::string, const Json*> entries;  // by name, so that the first fault is
  for (const auto& [name, entry] : header.items())
    if (name != "__metadata__") entries.emplace(name, &entry);
  for (const auto& [name, entry] : entries) {
    Tensor& tensor = tensors.emplace(name, parse_tensor(path, name, *entry, data)).first->second;
    if (tensor.is_integer()) tensor.fraction_bits = fraction_bits;
  }
  refuse_overlaps(path, header);
  return tensors;
}

std::string to_safetensors(const std::map<std::string, Tensor>& tensors,
                           const std::map<std::string, std::string>& metadata) {
  // Written text by text, because an object searches for every name among those before it.
  std::string text = "{";
  const auto add = [&](const std::string& name, const Json& value) {
    text += fmt::format("{}{}:{}", text.size() > 1 ? "," : "", Json(name).dump(), value.dump());
  };
  if (!metadata.empty()) {
    Json texts;
    for (const auto& [key, value] : metadata) texts[key] = value;
    add("__metadata__", texts);
  }
  std::uint64_t at = 0;
  for (const auto& [name, t] : tensors) {
    add(name,
        {{"dtype", t.dtype}, {"shape", t.shape}, {"data_offsets", {at, at + t.bytes.size()}}});
    at += t.bytes.size();
  }
  text += "}";
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes,
              ' ');  // data begin at a multiple of 8
  std::string file;
  for (std::uint64_t i = 0; i < kLengthBytes; ++i)
    file += static_cast<char>(text.size() >> (8 * i) & 0xFF);
  file += text;
  for (const auto& [name, t] : tensors)
    file.append(reinterpret_cast<const char*>(t.bytes.data()), t.bytes.size());
  return file;
}

}  // namespace tricycle
