// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace tricycle {

/// A least-recently-used (LRU) cache.  What many points of a grid have in common is made once.
template <typename T>
class LruCache {
 public:
  explicit LruCache(std::size_t most) : most_(most) {}

  /// The value of the key.  If the cache lacks it, calls make(); when the cache is full, the value
  /// replaces the least recently used one.
  template <typename Make>
  std::shared_ptr<const T> get(const std::string& key, const Make& make) {
    if (const auto found = places_.find(key); found != places_.end()) {
      held_.splice(held_.begin(), held_, found->second);
      return held_.front().second;
    }
    auto made = std::make_shared<const T>(make());
    if (held_.size() == most_) {
      places_.erase(held_.back().first);
      held_.pop_back();
    }
    held_.emplace_front(key, made);
    places_.emplace(key, held_.begin());
    return made;
  }

 private:
  using Held = std::list<std::pair<std::string, std::shared_ptr<const T>>>;
  std::size_t most_;
  Held held_;  // most recently used first
  std::unordered_map<std::string, typename Held::iterator> places_;
};

}  // namespace tricycle
