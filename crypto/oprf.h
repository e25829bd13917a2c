// RFC 9497 OPRF(ristretto255, SHA-512), mode 0x00: the server turns an identifier into a tag without seeing it.
//
//   client                                     server
//   Blind(identifier) -> blind, blinded  --->  BlindEvaluate(key, blinded)
//   Finalize(identifier, blind, ...)     <---  evaluated
//
// A result cannot be checked against the server's key (that is VOPRF, voprf.h): a lying server yields tags that match
// nothing, which the reporter sees as "unknown".
//
// Elements that are not canonical encodings, and the identity, are refused with INVALID_ARGUMENT at every door:
// libsodium 1.0.18 by itself would take the identity, and any element with its highest bit set.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::crypto {

struct OprfKeyTag {
  static constexpr std::string_view kName = "tag key";
};
struct OprfBlindTag {
  static constexpr std::string_view kName = "blind";
};
using OprfBlindScalar = Secret<32, OprfBlindTag>;

// A server's private scalar: canonical and not zero.
class OprfKey {
 public:
  static OprfKey Draw(Random& random);
  // DeriveKeyPair of RFC 9497 section 3.2.1: 32 bytes of seed and public info of at most 65535.
  static absl::StatusOr<OprfKey> Derive(BytesView seed, BytesView info);
  // 32 bytes, as expose() gave them. Zero and non-canonical scalars are refused.
  static absl::StatusOr<OprfKey> FromBytes(BytesView bytes);

  BytesView expose() const { return scalar_.expose(); }
  const uint8_t* data() const { return scalar_.data(); }
  OprfKey Clone() const { return OprfKey(scalar_.Clone()); }

 private:
  explicit OprfKey(Secret<32, OprfKeyTag> scalar) : scalar_(std::move(scalar)) {}
  Secret<32, OprfKeyTag> scalar_;
};

struct OprfBlinded {
  OprfBlindScalar blind;   // stays with the client
  RistrettoPoint blinded;  // goes to the server
};

// Draws 64 bytes. INVALID_ARGUMENT when the input is longer than 65535 bytes.
absl::StatusOr<OprfBlinded> Blind(BytesView input, Random& random);
absl::StatusOr<RistrettoPoint> BlindEvaluate(const OprfKey& key, const RistrettoPoint& blinded);
absl::StatusOr<SubjectTag> Finalize(BytesView input, const OprfBlindScalar& blind, const RistrettoPoint& evaluated);
// What the three steps give, for whoever holds the key.
absl::StatusOr<SubjectTag> Evaluate(const OprfKey& key, BytesView input);

// INVALID_ARGUMENT unless a canonical encoding of an element other than the identity.
absl::Status UsableElement(const RistrettoPoint& element);

}  // namespace alcove::crypto
