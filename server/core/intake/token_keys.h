// The keys under which this server issues tokens and checks them (crypto/format/token.h): one for each kind and quarter, each in
// a key file of its own. What a key is for stands in the signed directory; holding a file makes no key one that counts.
//
// Threads: any, once all are held.
#pragma once

#include <utility>
#include <vector>

#include "crypto/format/quarter.h"
#include "crypto/format/token.h"
#include "crypto/voprf.h"
#include "server/core/people/organisation.h"

namespace alcove::intake {

struct HeldTokenKey {
  format::TokenKind kind = format::TokenKind::kEmployment;
  format::Quarter quarter;
  crypto::VoprfKey key;
};

class TokenKeys {
 public:
  // One for each kind and quarter; of two the first counts.
  void Hold(HeldTokenKey key) { keys_.push_back(std::move(key)); }

  // To issue under: the key that the directory in force announces for the kind and quarter. Null when it announces none, or
  // one that is not held here.
  const crypto::VoprfKey* ToIssue(const people::Organisation& organisation, format::TokenKind kind,
                                  format::Quarter quarter) const;

  // To check by: the held key, unless the directory in force announces another for the same kind and quarter. A directory has
  // room for this quarter and the next, so the key of the quarter before may stand in none that is in force.
  const crypto::VoprfKey* ToCheck(const people::Organisation& organisation, format::TokenKind kind,
                                  format::Quarter quarter) const;

  // What the directory in force announces and is not held here.
  std::vector<format::TokenKey> Missing(const people::Organisation& organisation) const;

  const std::vector<HeldTokenKey>& all() const { return keys_; }

 private:
  const crypto::VoprfKey* Find(format::TokenKind kind, format::Quarter quarter) const;

  std::vector<HeldTokenKey> keys_;
};

}  // namespace alcove::intake
