#include "server/core/intake/secrets.h"

#include <utility>

#include "crypto/hash.h"
#include "crypto/hkdf.h"

namespace alcove::intake {

Secrets Secrets::Derive(const crypto::SymmetricKey& from, crypto::OprfKey tag, TokenKeys tokens) {
  // The id names the key without telling anything of it, and changes with it.
  const crypto::Digest name = crypto::HmacSha256(tag.expose(), "alcove tag key id v1");
  return Secrets{crypto::DeriveKey(from, "alcove plan v1"), crypto::DeriveKey(from, "alcove draw v1"), std::move(tag),
                 *crypto::KeyId::FromBytes(name.view().substr(0, crypto::KeyId::kSize)), std::move(tokens)};
}

}  // namespace alcove::intake
