#include "crypto/oprf.h"

#include "crypto/oprf_steps.h"
#include "crypto/sodium.h"

namespace alcove::crypto {
namespace {

constexpr internal::OprfMode kMode = internal::OprfMode::kOprf;

}  // namespace

absl::Status UsableElement(const RistrettoPoint& element) {
  // libsodium 1.0.18 accepts the identity, whose encoding is all-zero, and ignores the highest bit, which gives every
  // element a second spelling.
  if (element.IsZero() || (element.data()[31] & 0x80) != 0 ||
      crypto_core_ristretto255_is_valid_point(element.data()) != 1) {
    return errors::WeakKey("the group element");
  }
  return absl::OkStatus();
}

OprfKey OprfKey::Draw(Random& random) {
  auto scalar = Secret<32, OprfKeyTag>::Blank();
  internal::DrawOprfScalar(random, scalar.mutable_bytes());
  return OprfKey(std::move(scalar));
}

absl::StatusOr<OprfKey> OprfKey::Derive(BytesView seed, BytesView info) {
  auto scalar = Secret<32, OprfKeyTag>::Blank();
  if (auto derived = internal::DeriveOprfScalar(kMode, seed, info, scalar.mutable_bytes()); !derived.ok())
    return derived;
  return OprfKey(std::move(scalar));
}

absl::StatusOr<OprfKey> OprfKey::FromBytes(BytesView bytes) {
  auto scalar = Secret<32, OprfKeyTag>::FromBytes(bytes);
  if (!scalar.ok()) return scalar.status();
  if (auto usable = internal::UsableOprfScalar(scalar->data(), "the tag key"); !usable.ok()) return usable;
  return OprfKey(*std::move(scalar));
}

absl::StatusOr<OprfBlinded> Blind(BytesView input, Random& random) {
  auto blind = OprfBlindScalar::Blank();
  const auto blinded = internal::OprfBlind(kMode, input, random, blind.mutable_bytes());
  if (!blinded.ok()) return blinded.status();
  return OprfBlinded{std::move(blind), *blinded};
}

absl::StatusOr<RistrettoPoint> BlindEvaluate(const OprfKey& key, const RistrettoPoint& blinded) {
  return internal::Multiply(key.data(), blinded);
}

absl::StatusOr<SubjectTag> Finalize(BytesView input, const OprfBlindScalar& blind, const RistrettoPoint& evaluated) {
  SubjectTag tag;
  if (auto done = internal::OprfFinalize(input, blind.data(), evaluated, tag.data()); !done.ok()) return done;
  return tag;
}

absl::StatusOr<SubjectTag> Evaluate(const OprfKey& key, BytesView input) {
  SubjectTag tag;
  if (auto done = internal::OprfEvaluate(kMode, key.data(), input, tag.data()); !done.ok()) return done;
  return tag;
}

}  // namespace alcove::crypto
