#include "crypto/format/identity.h"

#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

using test::Decrypting;
using test::Fixed;
using test::SeededRandom;
using test::ThreadEpoch0;

const char* const kCustodians[] = {"kim", "lee", "mo"};
constexpr char kWho[] = "Dana, by letter, not at home";

std::vector<EncryptionKey> Keys() {
  std::vector<EncryptionKey> keys;
  for (const char* who : kCustodians) keys.push_back(Decrypting(who).encryption_key());
  return keys;
}

Bytes Sealed(const NewEpoch& epoch) {
  SeededRandom random("identity");
  auto sealed = SealIdentity(test::Organisation(), test::Case(), Keys(), 2, 1, epoch.key, kWho, random);
  EXPECT_TRUE(sealed.ok()) << sealed.status();
  return *sealed;
}

// Opens with the shares of the custodians given.
absl::StatusOr<crypto::Plaintext> OpenWith(BytesView bytes, const std::vector<int>& custodians, const EpochKey& key) {
  auto identity = ParseIdentity(bytes);
  if (!identity.ok()) return identity.status();
  std::vector<IdentityShare> shares;
  for (int i : custodians) {
    auto share = OpenIdentityShare(*identity, Decrypting(kCustodians[i]));
    if (!share.ok()) return share.status();
    shares.push_back(std::move(*share));
  }
  return OpenIdentity(*identity, shares, key);
}

TEST(Identity, AnyTwoOfThreeWithTheThreadOpenIt) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Sealed(epoch);
  for (const auto& pair : std::vector<std::vector<int>>{{0, 1}, {0, 2}, {1, 2}, {2, 0}}) {
    auto text = OpenWith(bytes, pair, epoch.key);
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_EQ(text->view(), kWho);
  }
}

TEST(Identity, FewerCustodiansOrAnotherThreadKeyDoNot) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Sealed(epoch);
  EXPECT_REFUSED(OpenWith(bytes, {0}, epoch.key), kGrantMismatch);
  EXPECT_REFUSED(OpenWith(bytes, {0, 0}, epoch.key), kGrantMismatch);
  EXPECT_REFUSED(OpenWith(bytes, {}, epoch.key), kGrantMismatch);
  SeededRandom random("custodians alone");
  EXPECT_REFUSED(OpenWith(bytes, {0, 1}, EpochKey::Draw(random)), kKeyCommitment);
}

TEST(Identity, AWrongShareShows) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Sealed(epoch);
  SeededRandom random("identity 2");
  Bytes another = *SealIdentity(test::Organisation(), test::Case(), Keys(), 2, 1, epoch.key, kWho, random);
  std::vector<IdentityShare> shares;
  shares.push_back(*OpenIdentityShare(*ParseIdentity(bytes), Decrypting("kim")));
  shares.push_back(*OpenIdentityShare(*ParseIdentity(another), Decrypting("lee")));
  EXPECT_REFUSED(OpenIdentity(*ParseIdentity(bytes), shares, epoch.key), kKeyCommitment);
}

TEST(Identity, AStrangerHasNoShare) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Sealed(epoch);
  EXPECT_REFUSED(OpenIdentityShare(*ParseIdentity(bytes), Decrypting("amira")), kGrantMismatch);
}

TEST(Identity, MovedToAnotherCaseItsSharesDoNotOpen) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Sealed(epoch);
  bytes.replace(24, 16, Fixed<CaseId>("another").view());
  EXPECT_REFUSED(OpenIdentityShare(*ParseIdentity(bytes), Decrypting("kim")), kCannotOpen);
}

TEST(Identity, EveryFlippedBitIsRefused) {
  auto epoch = ThreadEpoch0();
  Bytes good = Sealed(epoch);
  test::ExpectEveryFlipRefused(good, 76 + 3 * 96 + 4, [&](BytesView bytes) {
    return OpenWith(bytes, {0, 1}, epoch.key).ok() && OpenWith(bytes, {1, 2}, epoch.key).ok();
  });
}

TEST(Identity, EveryCutIsRefused) {
  auto epoch = ThreadEpoch0();
  test::ExpectEveryCutRefused(Sealed(epoch), [](BytesView bytes) { return ParseIdentity(bytes).ok(); });
}

TEST(Identity, NumbersOutOfRangeAreRefused) {
  auto epoch = ThreadEpoch0();
  SeededRandom random("ranges");
  auto seal = [&](std::vector<EncryptionKey> keys, uint8_t threshold, size_t size) {
    return SealIdentity(test::Organisation(), test::Case(), keys, threshold, 1, epoch.key, Bytes(size, 'x'), random).status();
  };
  EXPECT_TRUE(seal(Keys(), 2, kMaxIdentityPlaintext).ok()) << "control";
  EXPECT_REFUSED(seal(Keys(), 1, 10), kMalformed) << "one custodian alone";
  EXPECT_REFUSED(seal(Keys(), 4, 10), kMalformed);
  EXPECT_REFUSED(seal({Keys()[0], Keys()[0]}, 2, 10), kMalformed);
  EXPECT_REFUSED(seal({Keys()[0], EncryptionKey()}, 2, 10), kMalformed);
  EXPECT_REFUSED(seal(Keys(), 2, kMaxIdentityPlaintext + 1), kMalformed);
}

}  // namespace
}  // namespace alcove::format
