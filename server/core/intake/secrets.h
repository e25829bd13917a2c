// The keys of intake. All but the tag key and the token keys are derived from the KEK, so that plans and retries outlive a restart.
#pragma once

#include "crypto/bytes.h"
#include "crypto/oprf.h"
#include "crypto/secret.h"
#include "server/core/intake/token_keys.h"

namespace alcove::intake {

struct Secrets {
  crypto::SymmetricKey plan;  // seals plans for the server itself
  crypto::SymmetricKey draw;  // the keyed draw of desk members
  crypto::OprfKey tag;        // evaluates blinded identifiers
  crypto::KeyId tag_key_id;
  TokenKeys tokens;  // issue and check tokens

  // `from` is a key of the KEK's that is used for nothing else.
  static Secrets Derive(const crypto::SymmetricKey& from, crypto::OprfKey tag, TokenKeys tokens = {});
};

}  // namespace alcove::intake
