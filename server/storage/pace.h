// How many transactions a commit group waits for. What a group costs by itself (a sync, a signature, the ledger's rows) is shared by
// its members, so larger groups leave more of the machine for others; but who waits for somebody who does not come waits in vain.
// So the number grows slowly while that many come, and falls when a moment brings nobody more: then everybody waits already, and a
// group of all of them would leave the processors without work while it is written. Half of them are left out: they are decided
// meanwhile.
//
// One thread.
#pragma once

#include <algorithm>
#include <cstddef>

namespace alcove::storage {

class Pace {
 public:
  // Below `busy` nobody is waited for, so a calm service adds no delay; above `most` there is little left to share.
  Pace(std::size_t busy, std::size_t most, std::size_t first = 1) : busy_(busy), most_(most), target_(first) {}

  // How many the next group is to have; 1: whoever is there.
  std::size_t wanted() const { return target_ < busy_ ? 1 : target_; }

  // A group of `size` was taken. `dry`: it was waited for, and nobody came for a moment.
  void Took(std::size_t size, bool dry) {
    if (dry) {
      filled_ = size * 2 > target_ ? -kRest : 0;  // it was too large; or the load is gone
      target_ = std::max<std::size_t>(1, size / 2);
    } else if (size < target_) {
      if (target_ < busy_) target_ = size;  // nobody was waited for
    } else if (size > 1 && ++filled_ >= kSteady) {
      target_ = std::min(most_, target_ + target_ / 8 + 1);
      filled_ = 0;
    }
  }

 private:
  static constexpr int kSteady = 2;  // groups that reach the number before it grows
  static constexpr int kRest = 128;  // further groups before it is tried anew after it was too large

  const std::size_t busy_;
  const std::size_t most_;
  std::size_t target_;
  int filled_ = 0;
};

}  // namespace alcove::storage
