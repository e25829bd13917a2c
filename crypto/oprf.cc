#include "crypto/oprf.h"

#include "crypto/hash.h"
#include "crypto/ristretto.h"
#include "crypto/sodium.h"

namespace alcove::crypto {
namespace {

using internal::Raw;
using namespace std::string_view_literals;

constexpr BytesView kHashToGroup = "HashToGroup-OPRFV1-\x00-ristretto255-SHA512"sv;
constexpr BytesView kDeriveKeyPair = "DeriveKeyPairOPRFV1-\x00-ristretto255-SHA512"sv;
constexpr size_t kMostInput = 65535;

void AppendLength(Bytes& bytes, size_t length) {
  bytes.push_back(static_cast<char>(length >> 8));
  bytes.push_back(static_cast<char>(length & 0xff));
}

absl::StatusOr<RistrettoPoint> HashToGroup(BytesView input) {
  if (input.size() > kMostInput) return errors::TooLong("the input of a tag", kMostInput, input.size());
  Bytes uniform = internal::ExpandMessageSha512(input, kHashToGroup, crypto_core_ristretto255_HASHBYTES);
  const RistrettoPoint point = internal::ElementFromUniform(uniform);
  Wipe(uniform);
  if (point.IsZero()) return errors::WeakKey("the image of the input");
  return point;
}

// scalar must be canonical and not zero.
absl::StatusOr<RistrettoPoint> Multiply(const uint8_t* scalar, const RistrettoPoint& element) {
  if (absl::Status usable = UsableElement(element); !usable.ok()) return usable;
  RistrettoPoint product;
  if (crypto_scalarmult_ristretto255(product.data(), scalar, element.data()) != 0) {
    return errors::WeakKey("a product of group elements");
  }
  return product;
}

SubjectTag Output(BytesView input, const RistrettoPoint& unblinded) {
  Plaintext hashed;
  hashed.bytes.reserve(input.size() + 64);
  AppendLength(hashed.bytes, input.size());
  hashed.bytes.append(input);
  AppendLength(hashed.bytes, RistrettoPoint::kSize);
  hashed.bytes.append(unblinded.view()).append("Finalize");
  return *SubjectTag::FromBytes(Sha512(hashed.view()).view());
}

template <class Scalar>
Scalar DrawNonZero(Random& random) {
  Scalar scalar = Scalar::Blank();
  // Zero comes once in 2^252 draws; four in a row mean a generator that is broken.
  for (int i = 0; i < 4; ++i) {
    internal::DrawScalar(random, scalar.mutable_bytes());
    if (!internal::IsZeroScalar(scalar.data())) return scalar;
  }
  internal::Broken("the source of randomness gives only zeros");
}

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

OprfKey OprfKey::Draw(Random& random) { return OprfKey(DrawNonZero<Secret<32, OprfKeyTag>>(random)); }

absl::StatusOr<OprfKey> OprfKey::Derive(BytesView seed, BytesView info) {
  if (seed.size() != 32) return errors::WrongLength("the seed of a tag key", 32, seed.size());
  if (info.size() > kMostInput) return errors::TooLong("the info of a tag key", kMostInput, info.size());
  Plaintext input;
  input.bytes.reserve(seed.size() + info.size() + 3);
  input.bytes.append(seed);
  AppendLength(input.bytes, info.size());
  input.bytes.append(info).push_back('\0');
  auto scalar = Secret<32, OprfKeyTag>::Blank();
  for (int counter = 0; counter <= 255; ++counter) {
    input.bytes.back() = static_cast<char>(counter);
    Bytes uniform = internal::ExpandMessageSha512(input.view(), kDeriveKeyPair, 64);
    crypto_core_ristretto255_scalar_reduce(scalar.mutable_bytes(), Raw(uniform));
    Wipe(uniform);
    if (!internal::IsZeroScalar(scalar.data())) return OprfKey(std::move(scalar));
  }
  return errors::WeakKey("the derived tag key");
}

absl::StatusOr<OprfKey> OprfKey::FromBytes(BytesView bytes) {
  auto scalar = Secret<32, OprfKeyTag>::FromBytes(bytes);
  if (!scalar.ok()) return scalar.status();
  if (!internal::IsCanonicalScalar(scalar->data())) return errors::NotCanonical("the tag key");
  if (internal::IsZeroScalar(scalar->data())) return errors::WeakKey("the tag key");
  return OprfKey(*std::move(scalar));
}

absl::StatusOr<OprfBlinded> Blind(BytesView input, Random& random) {
  const auto point = HashToGroup(input);
  if (!point.ok()) return point.status();
  OprfBlindScalar blind = DrawNonZero<OprfBlindScalar>(random);
  auto blinded = Multiply(blind.data(), *point);
  if (!blinded.ok()) return blinded.status();
  return OprfBlinded{std::move(blind), *blinded};
}

absl::StatusOr<RistrettoPoint> BlindEvaluate(const OprfKey& key, const RistrettoPoint& blinded) {
  return Multiply(key.data(), blinded);
}

absl::StatusOr<SubjectTag> Finalize(BytesView input, const OprfBlindScalar& blind, const RistrettoPoint& evaluated) {
  if (input.size() > kMostInput) return errors::TooLong("the input of a tag", kMostInput, input.size());
  if (!internal::IsCanonicalScalar(blind.data())) return errors::NotCanonical("the blind");
  auto inverse = OprfBlindScalar::Blank();
  if (crypto_core_ristretto255_scalar_invert(inverse.mutable_bytes(), blind.data()) != 0) {
    return errors::WeakKey("the blind");
  }
  const auto unblinded = Multiply(inverse.data(), evaluated);
  if (!unblinded.ok()) return unblinded.status();
  return Output(input, *unblinded);
}

absl::StatusOr<SubjectTag> Evaluate(const OprfKey& key, BytesView input) {
  const auto point = HashToGroup(input);
  if (!point.ok()) return point.status();
  const auto evaluated = Multiply(key.data(), *point);
  if (!evaluated.ok()) return evaluated.status();
  return Output(input, *evaluated);
}

}  // namespace alcove::crypto
