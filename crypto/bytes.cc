#include "crypto/bytes.h"

#include "crypto/hash.h"

namespace alcove::crypto {
namespace {

KeyId IdOf(char type, BytesView key) {
  using namespace std::string_view_literals;
  const Digest digest = Sha256Stream().Update("alcove key id v1\0"sv).Update({&type, 1}).Update(key).Finish();
  KeyId id;
  std::memcpy(id.data(), digest.data(), KeyId::kSize);
  return id;
}

}  // namespace

KeyId KeyIdOf(const EncryptionKey& key) { return IdOf(1, key.view()); }

KeyId KeyIdOf(const VerifyKey& key) { return IdOf(2, key.view()); }

}  // namespace alcove::crypto
