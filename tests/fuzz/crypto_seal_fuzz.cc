// rooms: crypto
// Bytes from outside where sealed ones are expected, and public keys and elements: nothing crashes, nothing opens.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "crypto/aead.h"
#include "crypto/hpke.h"
#include "crypto/oprf.h"
#include "crypto/shamir.h"
#include "crypto/sign.h"
#include "crypto/stream.h"

using namespace alcove::crypto;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView bytes(reinterpret_cast<const char*>(data), size);
  static const SymmetricKey key = *SymmetricKey::FromBytes(Bytes(32, 'k'));
  static const FileKey file_key = *FileKey::FromBytes(Bytes(32, 'f'));
  static const DecryptionKey decryption = *DecryptionKey::FromBytes(Bytes(32, 'd'));
  static const OprfKey oprf = *OprfKey::FromBytes(Bytes(1, '\5') + Bytes(31, '\0'));

  if (Open(key, bytes, AssociatedData()).ok()) std::abort();
  if (OpenStream(file_key, bytes).ok()) std::abort();
  const BytesView head = bytes.substr(0, 32);
  if (const auto enc = EncryptionKey::FromBytes(head); enc.ok()) {
    if (HpkeOpen(decryption, {*enc, Bytes(bytes.substr(32))}, "info", AssociatedData()).ok()) std::abort();
  }
  if (const auto element = RistrettoPoint::FromBytes(head); element.ok()) {
    const bool usable = UsableElement(*element).ok();
    if (BlindEvaluate(oprf, *element).ok() != usable) std::abort();
    if (usable && (element->IsZero() || (element->data()[31] & 0x80) != 0)) std::abort();
  }
  if (const auto verify = VerifyKey::FromBytes(head); verify.ok() && bytes.size() >= 96) {
    const auto signature = Signature::FromBytes(bytes.substr(32, 64));
    if (VerifyRaw(*verify, bytes.substr(96), *signature).ok()) {
      // Nobody forges by chance: only the input's own low-order key could make this hold.
      if (!UsableKey(*verify).ok()) std::abort();
    }
  }
  if (const auto scalar = OprfKey::FromBytes(head); scalar.ok() && scalar->expose() != head) std::abort();
  std::vector<ShamirShare> shares;
  for (BytesView rest = bytes; rest.size() >= 33 && shares.size() < 8; rest.remove_prefix(33)) {
    shares.push_back({static_cast<uint8_t>(rest[0]), *Secret<32, ShamirShareTag>::FromBytes(rest.substr(1, 32))});
  }
  (void)CombineShares(shares);
  return 0;
}
