#include "server/core/intake/token_keys.h"

namespace alcove::intake {
namespace {

const format::TokenKey* Announced(const people::Organisation& organisation, format::TokenKind kind, format::Quarter quarter) {
  return organisation.directory() == nullptr ? nullptr : organisation.directory()->FindTokenKey(kind, quarter);
}

}  // namespace

const crypto::VoprfKey* TokenKeys::ToIssue(const people::Organisation& organisation, format::TokenKind kind,
                                           format::Quarter quarter) const {
  return Announced(organisation, kind, quarter) == nullptr ? nullptr : ToCheck(organisation, kind, quarter);
}

const crypto::VoprfKey* TokenKeys::ToCheck(const people::Organisation& organisation, format::TokenKind kind,
                                           format::Quarter quarter) const {
  const crypto::VoprfKey* held = Find(kind, quarter);
  const format::TokenKey* announced = Announced(organisation, kind, quarter);
  return held != nullptr && announced != nullptr && announced->key != held->public_key() ? nullptr : held;
}

std::vector<format::TokenKey> TokenKeys::Missing(const people::Organisation& organisation) const {
  std::vector<format::TokenKey> missing;
  if (organisation.directory() == nullptr) return missing;
  for (const format::TokenKey& announced : organisation.directory()->token_keys)
    if (ToIssue(organisation, announced.kind, announced.quarter) == nullptr) missing.push_back(announced);
  return missing;
}

const crypto::VoprfKey* TokenKeys::Find(format::TokenKind kind, format::Quarter quarter) const {
  for (const HeldTokenKey& held : keys_)
    if (held.kind == kind && held.quarter == quarter) return &held.key;
  return nullptr;
}

}  // namespace alcove::intake
