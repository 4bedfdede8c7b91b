// SPDX-License-Identifier: Apache-2.0
//
// Parameters of algorithms.  An algorithm declares each parameter in one row, in its own file.
// Options, run files, sweeps, tuning, listings and columns follow from that row.
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

/// The name of a parameter and the C++ type of its value: int, bool, or an enumeration.
/// Enumerators count from 0 in the order of the words.
template <typename T>
struct ParameterKey {
  std::string_view name;  // as Parameter::key
};

/// Values of parameters by name.  The names must outlive it, as those of declared parameters do.
class ParameterValues {
 public:
  template <typename T>
  ParameterValues& set(ParameterKey<T> key, T value) {
    return put(key.name, static_cast<int>(value));
  }
  /// The value; 0, or the first of the words, where it is not set.
  template <typename T>
  T get(ParameterKey<T> key) const {
    return static_cast<T>(find(key.name).value_or(0));
  }
  template <typename T>
  T get_or(ParameterKey<T> key, T otherwise) const {
    return has(key.name) ? get(key) : otherwise;
  }

  /// Sets an integer to its value, or a choice to the index of its word.
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
/// The parameters in force: every parameter that the algorithm has.
using AlgorithmParameters = ParameterValues;

/// The values an integer parameter may have.
struct ParameterRange {
  int low, high;
  // What sets the range; it follows the range in messages: "for blocks of 16".
  std::string bound = "";
  bool powers_of_two = false;
};

/// The row of a parameter.  Algorithms that share a parameter share its key, symbol, words and
/// texts; its rules may differ.  `values` has what is set so far.  In `usual` it lacks the
/// parameters that come later.
struct Parameter {
  template <typename T>
  using Rule = std::function<T(int chunk, const ParameterValues& values)>;

  std::string_view key;     // the key after `algorithm.`
  std::string_view symbol;  // its name in the column `parameters`
  std::string_view values;  // its valid values and its default
  std::string_view meaning;
  std::vector<std::string_view> words = {};  // words of a choice, or kFlagWords; empty: an integer
  Rule<int> usual;                           // its default value
  Rule<ParameterRange> range = {};           // valid values of an integer
  Rule<void> check = {};                     // further checks; throws InputError
  /// Values worth trying (`tricycle tune`), in combination with those of the parameters chosen
  /// before it.
  Rule<std::vector<int>> candidates;
  /// Whether the column `parameters` leaves it out.
  std::function<bool(const ParameterValues& values)> unsaid = {};
  bool bounds_others = false;  // checked and chosen before the others
  bool is_axis = true;         // whether sweeps may have `algorithm.KEY` as an axis
};

/// The words of a flag, ParameterKey<bool>.
inline const std::vector<std::string_view> kFlagWords{"false", "true"};

/// The words of a table of an enumeration's names, in the order of the table.
template <typename E, std::size_t kCount>
std::vector<std::string_view> words_of(const std::pair<std::string_view, E> (&names)[kCount]) {
  std::vector<std::string_view> words;
  for (const auto& entry : names) words.push_back(entry.first);
  return words;
}

/// Rules of choices: the first word is the default, and the column `parameters` leaves it out; one
/// word, or all, are worth trying.
int first_word(int chunk, const ParameterValues& values);
template <typename T>
auto is_first_word(ParameterKey<T> key) {
  return [key](const ParameterValues& values) { return values.get(key) == T{}; };
}

}  // namespace tricycle
