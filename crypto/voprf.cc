#include "crypto/voprf.h"

#include <cstring>

#include "crypto/hash.h"
#include "crypto/oprf.h"
#include "crypto/oprf_steps.h"
#include "crypto/ristretto.h"
#include "crypto/sodium.h"

namespace alcove::crypto {
namespace {

using internal::AppendOprfField;
using internal::Multiply;
using internal::Raw;

constexpr internal::OprfMode kMode = internal::OprfMode::kVoprf;

RistrettoPoint PointOf(const VoprfPublicKey& key) { return *RistrettoPoint::FromBytes(key.view()); }

absl::Status CheckCount(size_t count) {
  if (count == 0 || count > kMaxVoprfBatch) return errors::OutOfRange("the number of elements of a batch");
  return absl::OkStatus();
}

RistrettoScalar HashToScalar(BytesView transcript) {
  const Bytes uniform = internal::ExpandMessageSha512(transcript, internal::OprfDomain("HashToScalar-", kMode), 64);
  RistrettoScalar scalar;
  crypto_core_ristretto255_scalar_reduce(scalar.data(), Raw(uniform));
  return scalar;
}

// The weights d of ComputeComposites, section 2.2.1: hashes of key and pair, so that nobody can choose elements whose
// errors cancel out.
std::vector<RistrettoScalar> Weights(const VoprfPublicKey& key, std::span<const RistrettoPoint> blinded,
                                     std::span<const RistrettoPoint> evaluated) {
  Bytes seed_transcript;
  AppendOprfField(seed_transcript, key.view());
  AppendOprfField(seed_transcript, internal::OprfDomain("Seed-", kMode));
  const WideDigest seed = Sha512(seed_transcript);
  std::vector<RistrettoScalar> weights;
  weights.reserve(blinded.size());
  for (size_t i = 0; i < blinded.size(); ++i) {
    Bytes transcript;
    AppendOprfField(transcript, seed.view());
    transcript.push_back(static_cast<char>(i >> 8));
    transcript.push_back(static_cast<char>(i & 0xff));
    AppendOprfField(transcript, blinded[i].view());
    AppendOprfField(transcript, evaluated[i].view());
    weights.push_back(HashToScalar(transcript.append("Composite")));
  }
  return weights;
}

// a + b. Either may be the identity, which the next multiplication refuses.
absl::StatusOr<RistrettoPoint> Add(const RistrettoPoint& a, const RistrettoPoint& b) {
  RistrettoPoint sum;
  if (crypto_core_ristretto255_add(sum.data(), a.data(), b.data()) != 0)
    return errors::WeakKey("a sum of group elements");
  return sum;
}

// Scalar times generator.
absl::StatusOr<RistrettoPoint> OfGenerator(const uint8_t* scalar) {
  RistrettoPoint product;
  if (crypto_scalarmult_ristretto255_base(product.data(), scalar) != 0)
    return errors::WeakKey("a product of the generator");
  return product;
}

// The sum of weight times element: M of the blinded elements, Z of the evaluated. Both spans have one length, not zero.
absl::StatusOr<RistrettoPoint> Composite(std::span<const RistrettoScalar> weights,
                                         std::span<const RistrettoPoint> elements) {
  auto sum = Multiply(weights[0].data(), elements[0]);
  for (size_t i = 1; sum.ok() && i < elements.size(); ++i) {
    const auto product = Multiply(weights[i].data(), elements[i]);
    if (!product.ok()) return product.status();
    sum = Add(*sum, *product);
  }
  return sum;
}

RistrettoScalar Challenge(const VoprfPublicKey& key, const RistrettoPoint& m, const RistrettoPoint& z,
                          const RistrettoPoint& commitment_to_generator, const RistrettoPoint& commitment_to_m) {
  Bytes transcript;
  AppendOprfField(transcript, key.view());
  for (const RistrettoPoint& element : {m, z, commitment_to_generator, commitment_to_m}) {
    AppendOprfField(transcript, element.view());
  }
  return HashToScalar(transcript.append("Challenge"));
}

// GenerateProof of section 2.2.1. The log of the public key is the log of z to m, and so of each evaluated element.
absl::StatusOr<VoprfProof> Prove(const VoprfKey& key, std::span<const RistrettoPoint> blinded,
                                 std::span<const RistrettoPoint> evaluated, Random& random) {
  const auto m = Composite(Weights(key.public_key(), blinded, evaluated), blinded);
  if (!m.ok()) return m.status();
  const auto z = Multiply(key.data(), *m);
  if (!z.ok()) return z.status();
  struct Tag {};
  auto nonce = Secret<32, Tag>::Blank();
  internal::DrawOprfScalar(random, nonce.mutable_bytes());
  const auto commitment_to_generator = OfGenerator(nonce.data());
  if (!commitment_to_generator.ok()) return commitment_to_generator.status();
  const auto commitment_to_m = Multiply(nonce.data(), *m);
  if (!commitment_to_m.ok()) return commitment_to_m.status();
  const RistrettoScalar challenge = Challenge(key.public_key(), *m, *z, *commitment_to_generator, *commitment_to_m);
  auto product = Secret<32, Tag>::Blank();
  crypto_core_ristretto255_scalar_mul(product.mutable_bytes(), challenge.data(), key.data());
  VoprfProof proof;
  std::memcpy(proof.data(), challenge.data(), RistrettoScalar::kSize);
  crypto_core_ristretto255_scalar_sub(proof.data() + RistrettoScalar::kSize, nonce.data(), product.data());
  return proof;
}

// VerifyProof of section 2.2.2. Every number and element here is public. Counts are equal and in range, elements
// usable. A proof in which some product is the identity is refused; an honest one has none but once in 2^250 times.
absl::Status Verify(const VoprfPublicKey& key, std::span<const RistrettoPoint> blinded,
                    std::span<const RistrettoPoint> evaluated, const VoprfProof& proof) {
  const auto challenge = *RistrettoScalar::FromBytes(proof.view().substr(0, RistrettoScalar::kSize));
  const auto response = *RistrettoScalar::FromBytes(proof.view().substr(RistrettoScalar::kSize));
  if (!internal::IsCanonicalScalar(challenge.data()) || !internal::IsCanonicalScalar(response.data())) {
    return errors::NotCanonical("the batch proof");
  }
  const absl::Status refused = errors::DoesNotVerify("the batch proof");
  const std::vector<RistrettoScalar> weights = Weights(key, blinded, evaluated);
  const auto m = Composite(weights, blinded);
  const auto z = Composite(weights, evaluated);
  if (!m.ok() || !z.ok()) return refused;
  // response * base + challenge * image.
  const auto committed = [&](const absl::StatusOr<RistrettoPoint>& of_base,
                             const RistrettoPoint& image) -> absl::StatusOr<RistrettoPoint> {
    if (!of_base.ok()) return of_base.status();
    const auto of_image = Multiply(challenge.data(), image);
    if (!of_image.ok()) return of_image.status();
    return Add(*of_base, *of_image);
  };
  const auto commitment_to_generator = committed(OfGenerator(response.data()), PointOf(key));
  const auto commitment_to_m = committed(Multiply(response.data(), *m), *z);
  if (!commitment_to_generator.ok() || !commitment_to_m.ok()) return refused;
  if (Challenge(key, *m, *z, *commitment_to_generator, *commitment_to_m) != challenge) return refused;
  return absl::OkStatus();
}

}  // namespace

absl::Status UsableKey(const VoprfPublicKey& key) { return UsableElement(PointOf(key)); }

VoprfKey VoprfKey::Of(Scalar scalar) {
  VoprfPublicKey shown;
  // Fails for zero alone, which no caller gives.
  if (crypto_scalarmult_ristretto255_base(shown.data(), scalar.data()) != 0) {
    internal::Broken("a private scalar that is zero");
  }
  return VoprfKey(std::move(scalar), shown);
}

VoprfKey VoprfKey::Draw(Random& random) {
  Scalar scalar = Scalar::Blank();
  internal::DrawOprfScalar(random, scalar.mutable_bytes());
  return Of(std::move(scalar));
}

absl::StatusOr<VoprfKey> VoprfKey::Derive(BytesView seed, BytesView info) {
  Scalar scalar = Scalar::Blank();
  if (auto derived = internal::DeriveOprfScalar(kMode, seed, info, scalar.mutable_bytes()); !derived.ok())
    return derived;
  return Of(std::move(scalar));
}

absl::StatusOr<VoprfKey> VoprfKey::FromBytes(BytesView bytes) {
  auto scalar = Scalar::FromBytes(bytes);
  if (!scalar.ok()) return scalar.status();
  if (auto usable = internal::UsableOprfScalar(scalar->data(), "the token issuing key"); !usable.ok()) return usable;
  return Of(*std::move(scalar));
}

absl::StatusOr<VoprfBlinded> VoprfBlind(BytesView input, Random& random) {
  auto blind = VoprfBlindScalar::Blank();
  const auto blinded = internal::OprfBlind(kMode, input, random, blind.mutable_bytes());
  if (!blinded.ok()) return blinded.status();
  return VoprfBlinded{std::move(blind), *blinded};
}

absl::StatusOr<VoprfEvaluated> VoprfBlindEvaluate(const VoprfKey& key, std::span<const RistrettoPoint> blinded,
                                                  Random& random) {
  if (absl::Status counted = CheckCount(blinded.size()); !counted.ok()) return counted;
  // Before the first multiplication, so that a bad element at the end costs the issuer nothing.
  for (const RistrettoPoint& element : blinded) {
    if (absl::Status usable = UsableElement(element); !usable.ok()) return usable;
  }
  VoprfEvaluated evaluated;
  evaluated.elements.reserve(blinded.size());
  for (const RistrettoPoint& element : blinded) {
    const auto product = Multiply(key.data(), element);
    if (!product.ok()) return product.status();
    evaluated.elements.push_back(*product);
  }
  const auto proof = Prove(key, blinded, evaluated.elements, random);
  if (!proof.ok()) return proof.status();
  evaluated.proof = *proof;
  return evaluated;
}

absl::StatusOr<std::vector<VoprfOutput>> VoprfFinalize(const VoprfPublicKey& key, std::span<const VoprfPending> pending,
                                                       const VoprfEvaluated& evaluated) {
  if (absl::Status counted = CheckCount(pending.size()); !counted.ok()) return counted;
  if (evaluated.elements.size() != pending.size()) return errors::OutOfRange("the number of evaluated elements");
  if (absl::Status usable = UsableKey(key); !usable.ok()) return usable;
  std::vector<RistrettoPoint> blinded;
  blinded.reserve(pending.size());
  for (size_t i = 0; i < pending.size(); ++i) {
    blinded.push_back(pending[i].blinded.blinded);
    for (const RistrettoPoint& element : {blinded[i], evaluated.elements[i]}) {
      if (absl::Status usable = UsableElement(element); !usable.ok()) return usable;
    }
  }
  if (absl::Status verified = Verify(key, blinded, evaluated.elements, evaluated.proof); !verified.ok())
    return verified;
  std::vector<VoprfOutput> outputs;
  outputs.reserve(pending.size());
  for (size_t i = 0; i < pending.size(); ++i) {
    outputs.push_back(VoprfOutput::Blank());
    const absl::Status done = internal::OprfFinalize(pending[i].input, pending[i].blinded.blind.data(),
                                                     evaluated.elements[i], outputs.back().mutable_bytes());
    if (!done.ok()) return done;
  }
  return outputs;
}

absl::StatusOr<VoprfOutput> VoprfEvaluate(const VoprfKey& key, BytesView input) {
  auto output = VoprfOutput::Blank();
  if (auto done = internal::OprfEvaluate(kMode, key.data(), input, output.mutable_bytes()); !done.ok()) return done;
  return output;
}

}  // namespace alcove::crypto
