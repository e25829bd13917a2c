// How many streams an account has open. Every stream costs a timer and a connection for as long as it lasts, so each account has
// few.
//
// Thread-safe; in memory only.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "server/core/base/ids.h"

namespace alcove::rpc {

class Streams {
 public:
  static constexpr int kMostOfAccount = 4;

  // False when the account has kMostOfAccount open: then nothing is counted.
  bool Enter(const base::StaffSlug& account) {
    const std::lock_guard lock(mutex_);
    int& open = open_[account.text()];
    if (open >= kMostOfAccount) return false;
    ++open;
    return true;
  }
  void Leave(const base::StaffSlug& account) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(account.text());
    if (--found->second == 0) open_.erase(found);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> open_;
};

}  // namespace alcove::rpc
