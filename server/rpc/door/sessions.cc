#include "server/rpc/door/sessions.h"

#include <algorithm>

#include "crypto/hash.h"
#include "server/core/base/errors.h"

namespace alcove::rpc {

absl::StatusOr<crypto::Bytes> Sessions::Open(const Principal& principal, const crypto::VerifyKey& key) {
  crypto::Bytes token = random_.Draw(kTokenSize);
  const crypto::Digest digest = crypto::Sha256(token);
  const std::lock_guard lock(mutex_);
  DropExpired();
  if (by_age_.size() >= kMost) return base::Refuse(base::Reason::kBudgetExhausted);
  const std::string name = principal.name();
  if (std::deque<crypto::Digest>& own = of_principal_[name]; own.size() >= kMostOfOne) DropOldestOf(name);
  of_principal_[name].push_back(digest);
  by_age_.push_back(digest);
  sessions_.emplace(digest, Session{principal, key, clock_.Elapsed() + kLifetime});
  return token;
}

std::optional<Session> Sessions::Find(crypto::BytesView token) const {
  if (token.size() != kTokenSize) return std::nullopt;
  const crypto::Digest digest = crypto::Sha256(token);
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(digest);
  if (found == sessions_.end() || found->second.expires <= clock_.Elapsed()) return std::nullopt;
  return found->second;
}

void Sessions::Close(crypto::BytesView token) {
  const crypto::Digest digest = crypto::Sha256(token);
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(digest);
  if (found == sessions_.end()) return;
  const std::string name = found->second.principal.name();
  sessions_.erase(found);
  std::deque<crypto::Digest>& own = of_principal_[name];
  own.erase(std::remove(own.begin(), own.end(), digest), own.end());
  if (own.empty()) of_principal_.erase(name);
  // by_age_ keeps the digest until its turn comes: DropExpired passes over what is gone.
}

std::size_t Sessions::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

void Sessions::DropExpired() {
  const std::chrono::milliseconds now = clock_.Elapsed();
  while (!by_age_.empty()) {
    const auto found = sessions_.find(by_age_.front());
    if (found != sessions_.end()) {
      if (found->second.expires > now) return;
      const std::string name = found->second.principal.name();
      std::deque<crypto::Digest>& own = of_principal_[name];
      own.erase(std::remove(own.begin(), own.end(), found->first), own.end());
      if (own.empty()) of_principal_.erase(name);
      sessions_.erase(found);
    }
    by_age_.pop_front();
  }
}

void Sessions::DropOldestOf(const std::string& name) {
  std::deque<crypto::Digest>& own = of_principal_[name];
  sessions_.erase(own.front());
  own.pop_front();
}

}  // namespace alcove::rpc
