// RFC 9497 VOPRF(ristretto255, SHA-512), mode 0x01: an issuer evaluates inputs that it does not see, and proves for the
// whole batch at once that it used the key it has published.
//
//   client                                            issuer
//   VoprfBlind(input) -> blind, blinded; each  --->   VoprfBlindEvaluate(key, all of them)
//   VoprfFinalize(public key, all of them)     <---   evaluated, proof
//
// So an issuer cannot give one client results of a key of its own, by which it would know that client again: whoever
// finalizes compares with a public key that everybody sees. An output is a secret: it is what the client holds and the
// issuer can compute again from the input.
//
// The proof (section 2.2) is over the batch in its order: it holds for no other selection or order, and its cost to the
// issuer does not grow by more than one multiplication an element.
//
// Elements that are not canonical encodings, and the identity, are refused with INVALID_ARGUMENT at every door, as are
// scalars above the order. Threads: any.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::crypto {

struct VoprfPublicKeyTag {
  static constexpr std::string_view kName = "token key";
};
struct VoprfProofTag {
  static constexpr std::string_view kName = "batch proof";
};
struct VoprfKeyTag {
  static constexpr std::string_view kName = "token issuing key";
};
struct VoprfBlindTag {
  static constexpr std::string_view kName = "token blind";
};
struct VoprfOutputTag {
  static constexpr std::string_view kName = "VOPRF output";
};
using VoprfPublicKey = FixedBytes<32, VoprfPublicKeyTag>;  // a ristretto255 element
using VoprfProof = FixedBytes<64, VoprfProofTag>;          // challenge 32, response 32: scalars
using VoprfBlindScalar = Secret<32, VoprfBlindTag>;
using VoprfOutput = Secret<64, VoprfOutputTag>;

// In one batch. 256 cost an issuer about a twentieth of a second of one core.
inline constexpr size_t kMaxVoprfBatch = 256;

// INVALID_ARGUMENT unless the key is the canonical encoding of an element other than the identity. Ask before a key
// enters a directory; VoprfFinalize asks by itself.
absl::Status UsableKey(const VoprfPublicKey& key);

// An issuer's private scalar, canonical and not zero, with its public key.
class VoprfKey {
 public:
  static VoprfKey Draw(Random& random);
  // DeriveKeyPair of RFC 9497 section 3.2.1: 32 bytes of seed and public info of at most 65535.
  static absl::StatusOr<VoprfKey> Derive(BytesView seed, BytesView info);
  // 32 bytes, as expose() gave them. Zero and non-canonical scalars are refused.
  static absl::StatusOr<VoprfKey> FromBytes(BytesView bytes);

  const VoprfPublicKey& public_key() const { return public_; }
  BytesView expose() const { return scalar_.expose(); }
  const uint8_t* data() const { return scalar_.data(); }
  VoprfKey Clone() const { return VoprfKey(scalar_.Clone(), public_); }

 private:
  using Scalar = Secret<32, VoprfKeyTag>;
  VoprfKey(Scalar scalar, const VoprfPublicKey& shown) : scalar_(std::move(scalar)), public_(shown) {}
  static VoprfKey Of(Scalar scalar);
  Scalar scalar_;
  VoprfPublicKey public_;
};

struct VoprfBlinded {
  VoprfBlindScalar blind;  // stays with the client
  RistrettoPoint blinded;  // goes to the issuer
};

// What the issuer answers to a batch.
struct VoprfEvaluated {
  // One for each blinded element, in their order.
  std::vector<RistrettoPoint> elements;
  VoprfProof proof;
};

// One input of a batch, as the client kept it. Points at what the caller owns.
struct VoprfPending {
  BytesView input;
  const VoprfBlinded& blinded;
};

// Draws 64 bytes. INVALID_ARGUMENT when the input is longer than 65535 bytes.
absl::StatusOr<VoprfBlinded> VoprfBlind(BytesView input, Random& random);

// Draws 64 bytes for the proof; a generator that repeats itself gives the key away. INVALID_ARGUMENT for an empty
// batch, more than kMaxVoprfBatch, or any element that is not usable: nothing is evaluated then.
absl::StatusOr<VoprfEvaluated> VoprfBlindEvaluate(const VoprfKey& key, std::span<const RistrettoPoint> blinded,
                                                  Random& random);

// The outputs, in the order of the batch: all of them or none. UNAUTHENTICATED when the proof does not show that every
// element was evaluated under `key`; INVALID_ARGUMENT when key, elements or proof are not canonical, or their number is
// not that of `pending`, zero, or above kMaxVoprfBatch.
absl::StatusOr<std::vector<VoprfOutput>> VoprfFinalize(const VoprfPublicKey& key, std::span<const VoprfPending> pending,
                                                       const VoprfEvaluated& evaluated);

// What the three steps give, for whoever holds the key.
absl::StatusOr<VoprfOutput> VoprfEvaluate(const VoprfKey& key, BytesView input);

}  // namespace alcove::crypto
