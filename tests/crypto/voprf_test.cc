#include "crypto/voprf.h"

#include <algorithm>

#include "crypto/encoding.h"
#include "crypto/oprf.h"
#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

using test::SeededRandom;

VoprfKey KeyOf(BytesView who) {
  SeededRandom random(who);
  return VoprfKey::Draw(random);
}

// What a client keeps of a batch.
struct Batch {
  std::vector<Bytes> inputs;
  std::vector<VoprfBlinded> kept;

  std::vector<RistrettoPoint> Sent() const {
    std::vector<RistrettoPoint> sent;
    for (const VoprfBlinded& one : kept) sent.push_back(one.blinded);
    return sent;
  }
  std::vector<VoprfPending> Pending() const {
    std::vector<VoprfPending> pending;
    for (size_t i = 0; i < kept.size(); ++i) pending.push_back({inputs[i], kept[i]});
    return pending;
  }
};

Batch BatchOf(size_t count) {
  Batch batch;
  SeededRandom random("batch");
  for (size_t i = 0; i < count; ++i) {
    batch.inputs.push_back("input " + std::to_string(i));
    batch.kept.push_back(*VoprfBlind(batch.inputs[i], random));
  }
  return batch;
}

VoprfEvaluated Evaluated(const VoprfKey& key, const Batch& batch) {
  auto evaluated = VoprfBlindEvaluate(key, batch.Sent(), SystemRandom());
  EXPECT_TRUE(evaluated.ok()) << evaluated.status();
  return *evaluated;
}

TEST(Voprf, AgreesWithRfc9497) {
  // Appendix A.1.2, test vector 1.
  const auto key = VoprfKey::Derive(Bytes(32, '\xa3'), "test key");
  EXPECT_EQ(HexEncode(key->expose()), "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909");
  EXPECT_EQ(HexEncode(key->public_key().view()), "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e");
  const auto output = VoprfEvaluate(*key, BytesView("\0", 1));
  EXPECT_EQ(HexEncode(output->expose()).substr(0, 64),
            "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d");
}

TEST(Voprf, ABatchGivesWhatTheHolderOfTheKeyComputes) {
  const VoprfKey key = KeyOf("issuer");
  for (const size_t count : {1, 2, 7}) {
    const Batch batch = BatchOf(count);
    const auto outputs = VoprfFinalize(key.public_key(), batch.Pending(), Evaluated(key, batch));
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    ASSERT_EQ(outputs->size(), count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ((*outputs)[i].expose(), VoprfEvaluate(key, batch.inputs[i])->expose());
    }
  }
}

TEST(Voprf, OutputsAreNotThoseOfTheOtherMode) {
  const VoprfKey key = KeyOf("issuer");
  const auto other = OprfKey::FromBytes(key.expose());
  EXPECT_NE(VoprfEvaluate(key, "x")->expose(), Evaluate(*other, "x")->view());
  EXPECT_NE(VoprfKey::Derive(Bytes(32, 's'), "info")->expose(), OprfKey::Derive(Bytes(32, 's'), "info")->expose());
}

TEST(Voprf, AProofOfAnotherKeyIsRefused) {
  const VoprfKey key = KeyOf("issuer"), marked = KeyOf("a key for this client alone");
  const Batch batch = BatchOf(3);
  EXPECT_TRUE(VoprfFinalize(key.public_key(), batch.Pending(), Evaluated(key, batch)).ok()) << "control";
  const auto refused = VoprfFinalize(key.public_key(), batch.Pending(), Evaluated(marked, batch));
  EXPECT_TRUE(errors::IsUnverified(refused.status())) << refused.status();
}

TEST(Voprf, OneElementOfAnotherKeySpoilsTheBatch) {
  const VoprfKey key = KeyOf("issuer"), marked = KeyOf("a key for this client alone");
  const Batch batch = BatchOf(5);
  for (size_t i = 0; i < 5; ++i) {
    VoprfEvaluated evaluated = Evaluated(key, batch);
    evaluated.elements[i] = Evaluated(marked, batch).elements[i];
    EXPECT_TRUE(errors::IsUnverified(VoprfFinalize(key.public_key(), batch.Pending(), evaluated).status())) << i;
  }
}

// Without weights of their own, two errors that are each other's inverse would cancel out in a sum.
TEST(Voprf, TwoElementsInEachOthersPlaceSpoilTheBatch) {
  const VoprfKey key = KeyOf("issuer");
  const Batch batch = BatchOf(4);
  VoprfEvaluated evaluated = Evaluated(key, batch);
  std::swap(evaluated.elements[1], evaluated.elements[2]);
  EXPECT_TRUE(errors::IsUnverified(VoprfFinalize(key.public_key(), batch.Pending(), evaluated).status()));
}

TEST(Voprf, AProofHoldsForItsOrderAndSelectionAlone) {
  const VoprfKey key = KeyOf("issuer");
  const Batch batch = BatchOf(3);
  const VoprfEvaluated evaluated = Evaluated(key, batch);
  ASSERT_TRUE(VoprfFinalize(key.public_key(), batch.Pending(), evaluated).ok()) << "control";
  auto pending = batch.Pending();
  // Both sides in another order: each pair is true, the proof is of the first order.
  std::vector<VoprfPending> turned{pending[2], pending[0], pending[1]};
  VoprfEvaluated other = evaluated;
  other.elements = {evaluated.elements[2], evaluated.elements[0], evaluated.elements[1]};
  EXPECT_TRUE(errors::IsUnverified(VoprfFinalize(key.public_key(), turned, other).status()));
  // The first two of the three.
  pending.pop_back();
  other = evaluated;
  other.elements.pop_back();
  EXPECT_TRUE(errors::IsUnverified(VoprfFinalize(key.public_key(), pending, other).status()));
  // The proof of the two alone is another one, and holds.
  const auto two =
      VoprfBlindEvaluate(key, std::vector{pending[0].blinded.blinded, pending[1].blinded.blinded}, SystemRandom());
  EXPECT_EQ(two->elements, other.elements);
  EXPECT_TRUE(VoprfFinalize(key.public_key(), pending, *two).ok());
}

TEST(Voprf, EveryFlippedBitOfAProofIsRefused) {
  const VoprfKey key = KeyOf("issuer");
  const Batch batch = BatchOf(2);
  VoprfEvaluated evaluated = Evaluated(key, batch);
  const Bytes good = evaluated.proof.str();
  ASSERT_TRUE(VoprfFinalize(key.public_key(), batch.Pending(), evaluated).ok()) << "control";
  test::ForEachFlippedBit(good, [&](const Bytes& changed) {
    evaluated.proof = *VoprfProof::FromBytes(changed);
    EXPECT_FALSE(VoprfFinalize(key.public_key(), batch.Pending(), evaluated).ok());
  });
}

TEST(Voprf, EveryFlippedBitOfAnElementIsRefused) {
  const VoprfKey key = KeyOf("issuer");
  const Batch batch = BatchOf(2);
  VoprfEvaluated evaluated = Evaluated(key, batch);
  const Bytes good = evaluated.elements[1].str();
  test::ForEachFlippedBit(good, [&](const Bytes& changed) {
    evaluated.elements[1] = *RistrettoPoint::FromBytes(changed);
    EXPECT_FALSE(VoprfFinalize(key.public_key(), batch.Pending(), evaluated).ok());
  });
}

TEST(Voprf, EveryFlippedBitOfAPublicKeyIsRefused) {
  const VoprfKey key = KeyOf("issuer");
  const Batch batch = BatchOf(1);
  const VoprfEvaluated evaluated = Evaluated(key, batch);
  size_t unusable = 0;
  test::ForEachFlippedBit(key.public_key().view(), [&](const Bytes& changed) {
    const auto other = *VoprfPublicKey::FromBytes(changed);
    if (!UsableKey(other).ok()) ++unusable;
    EXPECT_FALSE(VoprfFinalize(other, batch.Pending(), evaluated).ok());
  });
  EXPECT_GT(unusable, 100u);
  EXPECT_TRUE(UsableKey(key.public_key()).ok()) << "control";
  EXPECT_FALSE(UsableKey(VoprfPublicKey()).ok());
}

// A second spelling of a scalar would be a second proof of one statement.
TEST(Voprf, ScalarsOfAProofAboveTheOrderAreRefused) {
  const VoprfKey key = KeyOf("issuer");
  const Batch batch = BatchOf(1);
  const VoprfEvaluated good = Evaluated(key, batch);
  const Bytes order = *HexDecode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  for (const size_t at : {0, 32}) {
    Bytes proof = good.proof.str();
    unsigned carry = 0;
    for (size_t i = 0; i < 32; ++i) {
      carry += static_cast<uint8_t>(proof[at + i]) + static_cast<uint8_t>(order[i]);
      proof[at + i] = static_cast<char>(carry & 0xff);
      carry >>= 8;
    }
    VoprfEvaluated respelled = good;
    respelled.proof = *VoprfProof::FromBytes(proof);
    EXPECT_EQ(VoprfFinalize(key.public_key(), batch.Pending(), respelled).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  for (const Bytes& proof : {Bytes(64, '\0'), good.proof.str().substr(0, 32) + Bytes(32, '\0'),
                             Bytes(32, '\0') + good.proof.str().substr(32)}) {
    VoprfEvaluated zero = good;
    zero.proof = *VoprfProof::FromBytes(proof);
    EXPECT_TRUE(errors::IsUnverified(VoprfFinalize(key.public_key(), batch.Pending(), zero).status()));
  }
}

TEST(Voprf, ElementsThatAreNotCanonicalAreRefusedWhereverTheyStand) {
  const VoprfKey key = KeyOf("issuer");
  const Batch batch = BatchOf(3);
  RistrettoPoint masked = batch.kept[0].blinded;
  masked.data()[31] |= 0x80;
  for (const RistrettoPoint& bad :
       {RistrettoPoint(), masked,
        *RistrettoPoint::FromBytes(*HexDecode("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")),
        *RistrettoPoint::FromBytes(*HexDecode("0100000000000000000000000000000000000000000000000000000000000000"))}) {
    for (size_t at = 0; at < 3; ++at) {
      auto sent = batch.Sent();
      sent[at] = bad;
      EXPECT_EQ(VoprfBlindEvaluate(key, sent, SystemRandom()).status().code(), absl::StatusCode::kInvalidArgument);
      VoprfEvaluated evaluated = Evaluated(key, batch);
      evaluated.elements[at] = bad;
      EXPECT_EQ(VoprfFinalize(key.public_key(), batch.Pending(), evaluated).status().code(),
                absl::StatusCode::kInvalidArgument);
    }
  }
}

TEST(Voprf, BatchesOfTheWrongSizeAreRefused) {
  const VoprfKey key = KeyOf("issuer");
  const Batch batch = BatchOf(2);
  const VoprfEvaluated good = Evaluated(key, batch);
  EXPECT_EQ(VoprfBlindEvaluate(key, {}, SystemRandom()).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(VoprfFinalize(key.public_key(), {}, {{}, good.proof}).status().code(), absl::StatusCode::kInvalidArgument);
  for (const size_t count : {0, 1, 3}) {
    VoprfEvaluated evaluated = good;
    evaluated.elements.resize(count, good.elements[0]);
    EXPECT_EQ(VoprfFinalize(key.public_key(), batch.Pending(), evaluated).status().code(),
              absl::StatusCode::kInvalidArgument)
        << count;
  }
  const std::vector<RistrettoPoint> most(kMaxVoprfBatch, batch.kept[0].blinded);
  EXPECT_TRUE(VoprfBlindEvaluate(key, most, SystemRandom()).ok()) << "control";
  const std::vector<RistrettoPoint> more(kMaxVoprfBatch + 1, batch.kept[0].blinded);
  EXPECT_EQ(VoprfBlindEvaluate(key, more, SystemRandom()).status().code(), absl::StatusCode::kInvalidArgument);
  const std::vector<VoprfPending> many(kMaxVoprfBatch + 1, batch.Pending()[0]);
  const VoprfEvaluated as_many{std::vector(kMaxVoprfBatch + 1, good.elements[0]), good.proof};
  EXPECT_EQ(VoprfFinalize(key.public_key(), many, as_many).status().code(), absl::StatusCode::kInvalidArgument);
}

// The proof is about elements; which input they stand for is the client's own to know.
TEST(Voprf, AnotherInputGivesAnotherOutput) {
  const VoprfKey key = KeyOf("issuer");
  const Batch batch = BatchOf(1);
  const VoprfEvaluated evaluated = Evaluated(key, batch);
  const auto other = VoprfFinalize(key.public_key(), std::vector<VoprfPending>{{"another", batch.kept[0]}}, evaluated);
  ASSERT_TRUE(other.ok());
  EXPECT_NE((*other)[0].expose(), VoprfEvaluate(key, "another")->expose());
  EXPECT_NE((*other)[0].expose(), VoprfEvaluate(key, batch.inputs[0])->expose());
}

TEST(Voprf, ABlindThatIsNoScalarIsRefused) {
  const VoprfKey key = KeyOf("issuer");
  Batch batch = BatchOf(1);
  const VoprfEvaluated evaluated = Evaluated(key, batch);
  for (const Bytes& blind : {Bytes(32, '\0'), Bytes(32, '\xff')}) {
    batch.kept[0].blind = *VoprfBlindScalar::FromBytes(blind);
    EXPECT_EQ(VoprfFinalize(key.public_key(), batch.Pending(), evaluated).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(Voprf, OneInputIsBlindedDifferentlyEachTimeAndProvedDifferentlyEachTime) {
  const VoprfKey key = KeyOf("issuer");
  EXPECT_NE(VoprfBlind("x", SystemRandom())->blinded, VoprfBlind("x", SystemRandom())->blinded);
  const Batch batch = BatchOf(1);
  const VoprfEvaluated once = Evaluated(key, batch), again = Evaluated(key, batch);
  EXPECT_EQ(once.elements, again.elements);
  EXPECT_NE(once.proof, again.proof);
}

TEST(Voprf, KeysComeBackFromTheirBytesAndUnusableOnesAreRefused) {
  const VoprfKey key = KeyOf("issuer");
  const auto again = VoprfKey::FromBytes(key.expose());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->public_key(), key.public_key());
  EXPECT_EQ(key.Clone().public_key(), key.public_key());
  EXPECT_FALSE(VoprfKey::FromBytes(Bytes(32, '\0')).ok());
  EXPECT_FALSE(VoprfKey::FromBytes(Bytes(32, '\xff')).ok());
  EXPECT_FALSE(VoprfKey::FromBytes(Bytes(31, '\1')).ok());
  EXPECT_FALSE(VoprfKey::Derive(Bytes(31, 's'), "info").ok());
}

TEST(Voprf, RefusesInputsThatTheLengthFieldCannotHold) {
  const VoprfKey key = KeyOf("issuer");
  EXPECT_TRUE(VoprfEvaluate(key, Bytes(65535, 'x')).ok());
  EXPECT_FALSE(VoprfEvaluate(key, Bytes(65536, 'x')).ok());
  EXPECT_FALSE(VoprfBlind(Bytes(65536, 'x'), SystemRandom()).ok());
}

}  // namespace
}  // namespace alcove::crypto
