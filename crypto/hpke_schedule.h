// The inside of hpke.h, for its tests: RFC 9180 gives values for the key schedule and for later sequence numbers,
// which the single-shot door never uses.
#pragma once

#include <array>
#include <cstdint>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::crypto::internal {

struct HpkeSchedule {
  SymmetricKey key;
  std::array<uint8_t, 12> base_nonce;
};

struct HpkeSender {
  EncryptionKey enc;
  HpkeSchedule schedule;
};

// SetupBaseS and SetupBaseR of RFC 9180 section 5.1.1.
absl::StatusOr<HpkeSender> HpkeSetupSender(const EncryptionKey& to, BytesView info, Random& random);
absl::StatusOr<HpkeSchedule> HpkeSetupReceiver(const DecryptionKey& key, const EncryptionKey& enc, BytesView info);

Bytes HpkeSealAt(const HpkeSchedule& schedule, uint64_t sequence, AssociatedData associated, BytesView plaintext);
absl::StatusOr<Plaintext> HpkeOpenAt(const HpkeSchedule& schedule, uint64_t sequence, AssociatedData associated,
                                     BytesView ciphertext);

}  // namespace alcove::crypto::internal
