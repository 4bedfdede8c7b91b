// SPDX-License-Identifier: Apache-2.0
//
// Parameters of algorithms.  An algorithm declares each of its own in one row, in its own file;
// options, run files, sweeps, tuning, listings and columns follow from the row.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tricycle {

/// A parameter's name, and the type its value has in C++: int, bool, or an enumeration from 0 on
/// in the order of the words.
template <typename T>
struct ParameterKey {
  std::string_view name;  // as Parameter::key
};

/// Values of parameters by name.  Names must outlive it, as those of declared parameters do.
class ParameterValues {
 public:
  template <typename T>
  ParameterValues& set(ParameterKey<T> key, T value) {
    return put(key.name, static_cast<int>(value));
  }
  /// 0, or the first of the words, where it is not set.
  template <typename T>
  T get(ParameterKey<T> key) const {
    return static_cast<T>(find(key.name).value_or(0));
  }
  template <typename T>
  T get_or(ParameterKey<T> key, T otherwise) const {
    return has(key.name) ? get(key) : otherwise;
  }

  /// An integer as it is, of a choice the index of its word.
  ParameterValues& put(std::string_view key, int value) {
    values_[key] = value;
    return *this;
  }
  std::optional<int> find(std::string_view key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }
  bool has(std::string_view key) const { return values_.contains(key); }

 private:
  std::map<std::string_view, int> values_;
};

/// What the user asked for; an absent parameter takes its default.
using AlgorithmOptions = ParameterValues;
/// Parameters in force: every one that the algorithm has.
using AlgorithmParameters = ParameterValues;

/// What an integer may be.
struct ParameterRange {
  int low, high;
  std::string bound = "";  // what sets it, behind the range in a message: "for blocks of 16"
  bool powers_of_two = false;
};

/// The row of a parameter.  Algorithms that share one share its key, symbol, words and texts; its
/// rules may differ.  `values` has what is set so far; in `usual` not those that come behind it.
struct Parameter {
  template <typename T>
  using Rule = std::function<T(int chunk, const ParameterValues& values)>;

  std::string_view key;     // below `algorithm.`
  std::string_view symbol;  // in the column `parameters`
  std::string_view values;  // what it may be, and its default
  std::string_view meaning;
  std::vector<std::string_view> words = {};  // of a choice; kFlagWords; none: an integer
  Rule<int> usual;                           // its default
  Rule<ParameterRange> range = {};           // of an integer
  Rule<void> check = {};                     // what else must hold; throws InputError
  /// Values worth trying (`tricycle tune`), beside those of the parameters chosen before it.
  Rule<std::vector<int>> candidates;
  /// Whether it goes without saying in the column `parameters`.
  std::function<bool(const ParameterValues& values)> unsaid = {};
  bool bounds_others = false;  // checked and chosen before the others
  bool is_axis = true;         // whether sweeps may have `algorithm.KEY` as an axis
};

/// Words of a parameter that is a flag, ParameterKey<bool>.
inline const std::vector<std::string_view> kFlagWords{"false", "true"};

/// The words of a table of an enumeration's names, in its order.
template <typename E, std::size_t kCount>
std::vector<std::string_view> words_of(const std::pair<std::string_view, E> (&names)[kCount]) {
  std::vector<std::string_view> words;
  for (const auto& entry : names) words.push_back(entry.first);
  return words;
}

/// Rules of choices: the first word by default, which goes without saying; one word, or all, to
/// try.
int first_word(int chunk, const ParameterValues& values);
template <typename T>
auto is_first_word(ParameterKey<T> key) {
  return [key](const ParameterValues& values) { return values.get(key) == T{}; };
}

}  // namespace tricycle
