// How many transactions a commit group waits for. What a group costs by itself (a sync, a signature, the ledger's rows) is shared by
// its members, so larger groups leave more of the machine for others; but who waits for somebody who does not come waits in vain,
// and a group of everybody leaves the processors without work while it is written. So a group waits for three in five of those who
// lately were in the Journal at once, and the others are decided while it is written.
//
// One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

namespace alcove::storage {

class Pace {
 public:
  // Below `busy` nobody is waited for, so a calm service adds no delay; above `most` there is little left to share.
  Pace(std::size_t busy, std::size_t most, std::size_t first = 1) : busy_(busy), most_(most), target_(first) {}

  // How many the next group is to have; 1: whoever is there.
  std::size_t wanted() const { return target_ < busy_ ? 1 : target_; }

  // So many are in the Journal, waiting or being written.
  void Held(std::size_t now) { held_ = std::max(held_, now); }

  // A group of `size` was taken. `dry`: it was waited for, and nobody came for a moment: the load is gone.
  void Took(std::size_t size, bool dry) {
    if (dry) {
      held_ = held_before_ = size;
    } else if (++groups_ < kGroups) {
      return;
    }
    target_ = std::clamp<std::size_t>(std::max(held_, held_before_) * 3 / 5, 1, most_);
    groups_ = 0;
    held_before_ = std::exchange(held_, 0);
  }

 private:
  static constexpr int kGroups = 16;  // the most is of so many groups and of as many before them

  const std::size_t busy_;
  const std::size_t most_;
  std::size_t target_;
  std::size_t held_ = 0;
  std::size_t held_before_ = 0;
  int groups_ = 0;
};

}  // namespace alcove::storage
