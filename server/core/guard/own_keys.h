// Whether a person's keys are still needed: what a client asks before it deletes a retired private key, and before somebody
// asks the root holders to list a machine no longer. A lost key is never rebuilt, so a key goes only when nothing depends on it.
//
// What is answered is one bit a key, as of the newest look at all cases. No number: most grants are dormant, and whoever
// counted theirs, or saw at which moment one was gone, would learn of cases that do not exist for them (promise P3). A
// person with one machine only learns nothing at all from it.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/base/time.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::guard {

// Which keys the grants of all cases are wrapped to.
class KeyUse {
 public:
  // Adds the grants of a case, dormant ones too.
  void Add(const cases::Case& record);
  // Adds the shares of a sealed identity: each opens with one custodian's key and with no other. False when it is damaged.
  bool Add(const cases::Identity& identity);
  // Some grant is wrapped to it.
  bool Holds(const crypto::KeyId& key) const { return alone_.contains(key); }
  // Some keyring of a case is granted to it and to no other machine of the same person.
  bool HoldsAlone(const crypto::KeyId& key) const;

 private:
  std::unordered_map<crypto::KeyId, bool> alone_;
};

// The newest look. Thread-safe.
class KeyUseBoard {
 public:
  struct Look {
    KeyUse use;
    base::Day day;
  };
  void Set(KeyUse use, base::Day day);
  // Null before the first.
  std::shared_ptr<const Look> Get() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Look> look_;
};

inline constexpr std::size_t kMostRetired = 4;
// Versions of the directory, beside the newest, in which a retired key is looked for.
inline constexpr std::uint32_t kVersionsBack = 16;

struct OwnKey {
  crypto::KeyId key;
  bool listed = false;
  bool needed = true;
};
struct OwnKeys {
  std::vector<OwnKey> keys;  // those that are listed, then the retired ones
  std::optional<base::Day> as_of;
};

// `look` may be null: every key is needed then. NOTHING_HERE for nobody of the directory; FIELD_INVALID("retired") for more
// than kMostRetired, and for a key that is listed or was never the caller's within kVersionsBack.
absl::StatusOr<OwnKeys> OwnKeysOf(const cases::Ports& ports, const KeyUseBoard::Look* look, const base::StaffSlug& caller,
                                  std::span<const crypto::KeyId> retired);

}  // namespace alcove::guard
