// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/format_aliases.h"

#include <string>
#include <utility>
#include <vector>

#include "models/closest_name.h"
#include "models/numerics/format.h"

namespace tricycle {

namespace {

/// Names used by PyTorch, NumPy, safetensors, MLIR and vendors' manuals, in lower case without
/// separators.
constexpr std::pair<std::string_view, Format> kAliases[] = {
    {"float64", Format::kFp64},
    {"double", Format::kFp64},
    {"f64", Format::kFp64},
    {"binary64", Format::kFp64},
    {"float32", Format::kFp32},
    {"float", Format::kFp32},
    {"f32", Format::kFp32},
    {"single", Format::kFp32},
    {"binary32", Format::kFp32},
    {"tensorfloat32", Format::kTf32},
    {"float16", Format::kFp16},
    {"f16", Format::kFp16},
    {"half", Format::kFp16},
    {"binary16", Format::kFp16},
    {"bfloat16", Format::kBf16},
    {"bfloat", Format::kBf16},
    {"brainfloat16", Format::kBf16},
    {"fp8", Format::kFloat8E4m3fn},
    {"float8", Format::kFloat8E4m3fn},
    {"f8e4m3", Format::kFloat8E4m3fn},
    {"fp8e4m3", Format::kFloat8E4m3fn},
    {"f8e4m3fn", Format::kFloat8E4m3fn},
    {"float8e4m3", Format::kFloat8E4m3fn},
    {"fp8e4m3fn", Format::kFloat8E4m3fn},
    {"e4m3", Format::kFloat8E4m3fn},
    {"e4m3fn", Format::kFloat8E4m3fn},
    {"hf8", Format::kFloat8E4m3fn},
    {"fp8e5m2", Format::kFloat8E5m2},
    {"f8e5m2", Format::kFloat8E5m2},
    {"e5m2", Format::kFloat8E5m2},
    {"bf8", Format::kFloat8E5m2},
    {"i16", Format::kInt16},
    {"s16", Format::kInt16},
    {"short", Format::kInt16},
    {"w16", Format::kInt16},
    {"i8", Format::kInt8},
    {"s8", Format::kInt8},
    {"char", Format::kInt8},
    {"i4", Format::kInt4},
    {"s4", Format::kInt4},
};

}  // namespace

std::string_view closest_format(std::string_view given) {
  std::string plain;
  for (const char c : given) {
    if (c == '_' || c == '-' || c == ' ' || c == '.') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (plain.starts_with("torch")) plain.erase(0, std::string_view("torch").size());
  for (const auto& [alias, format] : kAliases)
    if (plain == alias) return name(format);
  std::vector<std::string_view> names;
  for (const FormatInfo& row : kFormats) {
    std::string bare;
    for (const char c : row.name)
      if (c != '_') bare += c;
    if (bare == plain) return row.name;
    names.push_back(row.name);
  }
  return closest_name(given, names);
}

}  // namespace tricycle
