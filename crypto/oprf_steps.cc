#include "crypto/oprf_steps.h"

#include <cstring>

#include "crypto/hash.h"
#include "crypto/oprf.h"
#include "crypto/ristretto.h"
#include "crypto/secret.h"
#include "crypto/sodium.h"

namespace alcove::crypto::internal {
namespace {

absl::Status CheckInput(BytesView input) {
  if (input.size() > kMostOprfInput) return errors::TooLong("the input of the OPRF", kMostOprfInput, input.size());
  return absl::OkStatus();
}

absl::StatusOr<RistrettoPoint> HashToGroup(OprfMode mode, BytesView input) {
  if (absl::Status fits = CheckInput(input); !fits.ok()) return fits;
  Bytes uniform = ExpandMessageSha512(input, OprfDomain("HashToGroup-", mode), crypto_core_ristretto255_HASHBYTES);
  const RistrettoPoint point = ElementFromUniform(uniform);
  Wipe(uniform);
  if (point.IsZero()) return errors::WeakKey("the image of the input");
  return point;
}

// `input` is not longer than the length field holds.
void Output(BytesView input, const RistrettoPoint& unblinded, uint8_t* output) {
  Plaintext transcript;
  transcript.bytes.reserve(input.size() + RistrettoPoint::kSize + 12);
  AppendOprfField(transcript.bytes, input);
  AppendOprfField(transcript.bytes, unblinded.view());
  transcript.bytes.append("Finalize");
  WideDigest hashed = Sha512(transcript.view());
  std::memcpy(output, hashed.data(), kOprfOutput);
  Wipe(hashed.data(), kOprfOutput);
}

}  // namespace

Bytes OprfDomain(BytesView purpose, OprfMode mode) {
  Bytes domain(purpose);
  domain.append("OPRFV1-").push_back(static_cast<char>(mode));
  return domain.append("-ristretto255-SHA512");
}

void AppendOprfField(Bytes& transcript, BytesView field) {
  transcript.push_back(static_cast<char>(field.size() >> 8));
  transcript.push_back(static_cast<char>(field.size() & 0xff));
  transcript.append(field);
}

absl::Status DeriveOprfScalar(OprfMode mode, BytesView seed, BytesView info, uint8_t* scalar) {
  if (seed.size() != 32) return errors::WrongLength("the seed of an OPRF key", 32, seed.size());
  if (info.size() > kMostOprfInput) return errors::TooLong("the info of an OPRF key", kMostOprfInput, info.size());
  const Bytes domain = OprfDomain("DeriveKeyPair", mode);
  Plaintext input;
  input.bytes.reserve(seed.size() + info.size() + 3);
  input.bytes.append(seed);
  AppendOprfField(input.bytes, info);
  input.bytes.push_back('\0');
  for (int counter = 0; counter <= 255; ++counter) {
    input.bytes.back() = static_cast<char>(counter);
    Bytes uniform = ExpandMessageSha512(input.view(), domain, 64);
    crypto_core_ristretto255_scalar_reduce(scalar, Raw(uniform));
    Wipe(uniform);
    if (!IsZeroScalar(scalar)) return absl::OkStatus();
  }
  return errors::WeakKey("the derived OPRF key");
}

absl::Status UsableOprfScalar(const uint8_t* scalar, BytesView what) {
  if (!IsCanonicalScalar(scalar)) return errors::NotCanonical(what);
  if (IsZeroScalar(scalar)) return errors::WeakKey(what);
  return absl::OkStatus();
}

void DrawOprfScalar(Random& random, uint8_t* scalar) {
  // Zero comes once in 2^252 draws; four in a row mean a generator that is broken.
  for (int i = 0; i < 4; ++i) {
    DrawScalar(random, scalar);
    if (!IsZeroScalar(scalar)) return;
  }
  Broken("the source of randomness gives only zeros");
}

absl::StatusOr<RistrettoPoint> Multiply(const uint8_t* scalar, const RistrettoPoint& element) {
  if (absl::Status usable = UsableElement(element); !usable.ok()) return usable;
  RistrettoPoint product;
  if (crypto_scalarmult_ristretto255(product.data(), scalar, element.data()) != 0) {
    return errors::WeakKey("a product of group elements");
  }
  return product;
}

absl::StatusOr<RistrettoPoint> OprfBlind(OprfMode mode, BytesView input, Random& random, uint8_t* blind) {
  const auto point = HashToGroup(mode, input);
  if (!point.ok()) return point.status();
  DrawOprfScalar(random, blind);
  return Multiply(blind, *point);
}

absl::Status OprfFinalize(BytesView input, const uint8_t* blind, const RistrettoPoint& evaluated, uint8_t* output) {
  if (absl::Status fits = CheckInput(input); !fits.ok()) return fits;
  if (absl::Status usable = UsableOprfScalar(blind, "the blind"); !usable.ok()) return usable;
  struct Tag {};
  auto inverse = Secret<32, Tag>::Blank();
  if (crypto_core_ristretto255_scalar_invert(inverse.mutable_bytes(), blind) != 0) return errors::WeakKey("the blind");
  auto unblinded = Multiply(inverse.data(), evaluated);
  if (!unblinded.ok()) return unblinded.status();
  Output(input, *unblinded, output);
  Wipe(unblinded->data(), RistrettoPoint::kSize);
  return absl::OkStatus();
}

absl::Status OprfEvaluate(OprfMode mode, const uint8_t* key, BytesView input, uint8_t* output) {
  const auto point = HashToGroup(mode, input);
  if (!point.ok()) return point.status();
  auto evaluated = Multiply(key, *point);
  if (!evaluated.ok()) return evaluated.status();
  Output(input, *evaluated, output);
  Wipe(evaluated->data(), RistrettoPoint::kSize);
  return absl::OkStatus();
}

}  // namespace alcove::crypto::internal
