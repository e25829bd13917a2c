#include "crypto/format/epoch.h"

#include "crypto/hpke.h"
#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

using test::Decrypting;
using test::Fixed;
using test::Recipients;
using test::SeededRandom;
using test::Signing;
using test::Thread;
using test::ThreadEpoch0;
using test::Views;

KeyId Mailbox() { return crypto::KeyIdOf(Signing("mailbox").verify_key()); }

NewEpoch ThreadEpoch1(const EpochKey& previous) {
  SeededRandom random("thread epoch 1");
  auto made = MakeEpoch(Thread(1), Recipients(), &previous, Mailbox(), 2, random);
  EXPECT_TRUE(made.ok()) << made.status();
  return std::move(*made);
}

// The record with reader `i` listing `grant` instead of its own.
Bytes Relisted(const Bytes& record, size_t i, BytesView grant) {
  Bytes changed = record;
  changed.replace(kEpochPrefixSize + i * kEpochReaderSize + 17, 32, GrantHash(grant).view());
  return changed;
}

TEST(Epoch, EveryReaderOpensTheSameKey) {
  auto epoch = ThreadEpoch0();
  auto record = ParseEpoch(epoch.record);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->scope, Thread(0));
  EXPECT_EQ(record->maker, Mailbox());
  EXPECT_EQ(record->directory_version, 1u);
  EXPECT_TRUE(CheckGrants(*record, Views(epoch.grants)).ok());
  const char* who[] = {"mailbox", "amira", "ben"};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(record->ReaderAt(i).key, crypto::KeyIdOf(Decrypting(who[i]).encryption_key()));
    auto grant = ParseGrant(epoch.grants[i]);
    ASSERT_TRUE(grant.ok());
    auto key = OpenGrant(*grant, *record, Decrypting(who[i]));
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(key->expose(), epoch.key.expose());
  }
}

TEST(Epoch, ANewerKeyOpensTheOneBefore) {
  auto first = ThreadEpoch0();
  auto second = ThreadEpoch1(first.key);
  auto older = ParseEpoch(first.record);
  auto newer = ParseEpoch(second.record);
  ASSERT_TRUE(newer.ok()) << newer.status();
  auto key = OpenPreviousKey(*newer, second.key, *older);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->expose(), first.key.expose());
  // The older opens nothing newer, and neither opens from the wrong side.
  EXPECT_REFUSED(OpenPreviousKey(*older, first.key, *newer), kBrokenChain);
  EXPECT_REFUSED(OpenPreviousKey(*newer, first.key, *older), kCannotOpen);
}

TEST(Epoch, APreviousKeyThatIsNotThePreviousEpochsIsRefused) {
  auto first = ThreadEpoch0();
  SeededRandom random("not the key of epoch 0");
  auto wrong = EpochKey::Draw(random);
  auto second = ThreadEpoch1(wrong);
  EXPECT_REFUSED(OpenPreviousKey(*ParseEpoch(second.record), second.key, *ParseEpoch(first.record)), kKeyCommitment);
}

// Everything a reader asks of an epoch that an entry quotes by `quoted`.
bool Accepted(BytesView record_bytes, const std::vector<Bytes>& grants, const Digest& quoted) {
  auto record = ParseEpoch(record_bytes);
  if (!record.ok() || EpochRecordHash(record_bytes) != quoted || !CheckGrants(*record, Views(grants)).ok()) return false;
  auto grant = ParseGrant(grants[1]);
  return grant.ok() && OpenGrant(*grant, *record, Decrypting("amira")).ok();
}

TEST(Epoch, EveryFlippedBitIsRefused) {
  auto epoch = ThreadEpoch0();
  Digest quoted = EpochRecordHash(epoch.record);
  test::ExpectEveryFlipRefused(epoch.record, epoch.record.size(),
                               [&](BytesView bytes) { return Accepted(bytes, epoch.grants, quoted); });
}

TEST(Epoch, EveryFlippedBitThatKeysAnswerForIsRefusedWithoutTheHash) {
  // Maker (148 to 163) and directory version (164 to 167) stand under the entry's signature alone.
  auto first = ThreadEpoch0();
  auto epoch = ThreadEpoch1(first.key);
  auto older = ParseEpoch(first.record);
  test::ExpectEveryFlipRefused(epoch.record, epoch.record.size(), [&](BytesView bytes) {
    if (bytes.substr(148, 20) != BytesView(epoch.record).substr(148, 20)) return false;
    auto record = ParseEpoch(bytes);
    if (!record.ok() || !CheckGrants(*record, Views(epoch.grants)).ok()) return false;
    auto grant = ParseGrant(epoch.grants[1]);
    auto key = OpenGrant(*grant, *record, Decrypting("amira"));
    return key.ok() && OpenPreviousKey(*record, *key, *older).ok();
  });
}

TEST(Epoch, EveryCutIsRefused) {
  auto epoch = ThreadEpoch0();
  test::ExpectEveryCutRefused(epoch.record, [](BytesView bytes) { return ParseEpoch(bytes).ok(); });
}

TEST(Epoch, ReadersAreHeldToTheRules) {
  SeededRandom random("rules");
  auto make = [&](const EpochScope& scope, const std::vector<Recipient>& recipients, const EpochKey* previous = nullptr) {
    return MakeEpoch(scope, recipients, previous, Mailbox(), 1, random).status();
  };
  auto good = Recipients();
  EXPECT_TRUE(make(Thread(0), good).ok()) << "control";
  EXPECT_REFUSED(make(Thread(0), {}), kMalformed);
  EXPECT_REFUSED(make(Thread(0), {good[1], good[2]}), kMalformed) << "THREAD without its mailbox";
  EXPECT_REFUSED(make(Thread(0), {good[1], good[0]}), kMalformed) << "the mailbox not first";
  EXPECT_REFUSED(make(Thread(0), {good[0], good[1], good[1]}), kMalformed) << "a reader twice";
  EXPECT_REFUSED(make(Thread(1), good), kMalformed) << "no previous key";
  auto key = EpochKey::Draw(random);
  EXPECT_REFUSED(make(Thread(0), good, &key), kMalformed) << "a previous key at 0";
  EpochScope team = Thread(0);
  team.keyring = Keyring::kTeam;
  EXPECT_TRUE(make(team, {good[1], good[2]}).ok()) << "control";
  EXPECT_REFUSED(make(team, good), kMalformed) << "TEAM with the mailbox";
  EXPECT_REFUSED(make(Thread(0), std::vector<Recipient>(65, good[0])), kMalformed);
  // The parser holds them too.
  auto epoch = ThreadEpoch0();
  Bytes twice = epoch.record;
  twice.replace(kEpochPrefixSize + 2 * kEpochReaderSize, 16, twice.substr(kEpochPrefixSize + kEpochReaderSize, 16));
  EXPECT_REFUSED(ParseEpoch(twice), kMalformed);
  Bytes second_mailbox = epoch.record;
  second_mailbox[kEpochPrefixSize + kEpochReaderSize + 16] = 1;
  EXPECT_REFUSED(ParseEpoch(second_mailbox), kMalformed);
  Bytes none = epoch.record.substr(0, kEpochPrefixSize);
  none[168] = none[169] = 0;
  EXPECT_REFUSED(ParseEpoch(none), kMalformed);
}

TEST(Epoch, GrantsOtherThanThoseListedAreRefused) {
  auto epoch = ThreadEpoch0();
  auto record = ParseEpoch(epoch.record);
  auto check = [&](std::vector<Bytes> grants) { return CheckGrants(*record, Views(grants)); };
  EXPECT_TRUE(check(epoch.grants).ok()) << "control";
  EXPECT_REFUSED(check({epoch.grants[0], epoch.grants[1]}), kGrantMismatch);
  EXPECT_REFUSED(check({epoch.grants[0], epoch.grants[2], epoch.grants[1]}), kGrantMismatch);
  EXPECT_REFUSED(check({epoch.grants[0], epoch.grants[1], epoch.grants[1]}), kGrantMismatch);
  auto another = epoch.grants;
  SeededRandom random("a grant wrapped anew");
  another[1] = *WrapGrant(Thread(0), epoch.key, Decrypting("amira").encryption_key(), ReleaseCondition::kAssigned, random);
  EXPECT_REFUSED(check(another), kGrantMismatch);
}

TEST(Grant, EveryFlippedBitIsRefusedEvenWhenTheRecordListsIt) {
  auto epoch = ThreadEpoch0();
  test::ExpectEveryFlipRefused(epoch.grants[1], kGrantSize, [&](BytesView bytes) {
    Bytes record_bytes = Relisted(epoch.record, 1, bytes);
    auto record = ParseEpoch(record_bytes);
    auto grant = ParseGrant(bytes);
    return grant.ok() && OpenGrant(*grant, *record, Decrypting("amira")).ok();
  });
}

TEST(Grant, EveryCutIsRefused) {
  auto epoch = ThreadEpoch0();
  test::ExpectEveryCutRefused(epoch.grants[1], [](BytesView bytes) { return ParseGrant(bytes).ok(); });
}

TEST(Grant, OpensForNobodyElseAndNowhereElse) {
  auto epoch = ThreadEpoch0();
  auto record = ParseEpoch(epoch.record);
  auto grant = ParseGrant(epoch.grants[1]);
  EXPECT_TRUE(OpenGrant(*grant, *record, Decrypting("amira")).ok()) << "control";
  EXPECT_REFUSED(OpenGrant(*grant, *record, Decrypting("ben")), kGrantMismatch);
  EXPECT_REFUSED(OpenGrant(*grant, *record, Decrypting("stranger")), kGrantMismatch);

  // The same key wrapped for another organisation, case, keyring, epoch or condition, under a record that lists the bytes.
  struct { const char* what; size_t offset; Bytes replacement; } moves[] = {
      {"organisation", 8, Fixed<OrganisationId>("another").str()},
      {"case", 24, Fixed<CaseId>("another").str()},
  };
  for (const auto& move : moves) {
    Bytes moved = epoch.record;
    moved.replace(move.offset, move.replacement.size(), move.replacement);
    EXPECT_REFUSED(OpenGrant(*grant, *ParseEpoch(moved), Decrypting("amira")), kCannotOpen) << move.what;
  }
  auto tampered = [&](size_t offset, char value) {
    Bytes bytes = epoch.grants[1];
    bytes[offset] = value;
    return bytes;
  };
  // Condition: dormant (LAPSED) to ASSIGNED and back, in grant and record alike.
  Bytes lapsed = tampered(6, 3);
  Bytes record_lapsed = Relisted(epoch.record, 1, lapsed);
  record_lapsed[kEpochPrefixSize + kEpochReaderSize + 16] = 3;
  EXPECT_REFUSED(OpenGrant(*ParseGrant(lapsed), *ParseEpoch(record_lapsed), Decrypting("amira")), kCannotOpen);
  // Epoch number.
  Bytes later = tampered(11, 1);
  auto second = ThreadEpoch1(epoch.key);
  Bytes record_later = Relisted(second.record, 1, later);
  EXPECT_REFUSED(OpenGrant(*ParseGrant(later), *ParseEpoch(record_later), Decrypting("amira")), kCannotOpen);
  EXPECT_REFUSED(OpenGrant(*grant, *ParseEpoch(second.record), Decrypting("amira")), kGrantMismatch);
  // Keyring.
  Bytes team = tampered(5, 2);
  EXPECT_REFUSED(OpenGrant(*ParseGrant(team), *record, Decrypting("amira")), kGrantMismatch);
}

TEST(Grant, AnotherKeyForOneReaderIsRefused) {
  // The maker wraps key 2 to ben, key 1 to the others, and lists it all properly.
  auto epoch = ThreadEpoch0();
  SeededRandom random("two keys");
  auto other = EpochKey::Draw(random);
  Bytes odd = *WrapGrant(Thread(0), other, Decrypting("ben").encryption_key(), ReleaseCondition::kFallback, random);
  Bytes record_bytes = Relisted(epoch.record, 2, odd);
  auto record = ParseEpoch(record_bytes);
  EXPECT_TRUE(CheckGrants(*record, std::vector<BytesView>{epoch.grants[0], epoch.grants[1], odd}).ok()) << "control";
  EXPECT_TRUE(OpenGrant(*ParseGrant(epoch.grants[1]), *record, Decrypting("amira")).ok()) << "control";
  EXPECT_REFUSED(OpenGrant(*ParseGrant(odd), *record, Decrypting("ben")), kKeyCommitment);
}

TEST(Grant, AWeakKeyIsNotWrappedTo) {
  auto epoch = ThreadEpoch0();
  SeededRandom random("weak");
  EXPECT_REFUSED(WrapGrant(Thread(0), epoch.key, EncryptionKey(), ReleaseCondition::kAssigned, random), kMalformed);
  Bytes one(32, '\0');
  one[0] = 1;
  EXPECT_REFUSED(WrapGrant(Thread(0), epoch.key, *EncryptionKey::FromBytes(one), ReleaseCondition::kAssigned, random),
                 kMalformed);
  auto recipients = Recipients();
  recipients[2].key = EncryptionKey();
  EXPECT_REFUSED(MakeEpoch(Thread(0), recipients, nullptr, Mailbox(), 1, random), kMalformed);
}

TEST(AddedGrant, OpensForWhomItWasMadeAndOnTheConditionsOfAnApprovalOnly) {
  auto epoch = ThreadEpoch0();
  auto record = *ParseEpoch(epoch.record);
  SeededRandom random("added");
  auto open = [&](ReleaseCondition condition, BytesView who) {
    Bytes grant = *WrapGrant(Thread(0), epoch.key, Decrypting("zoe").encryption_key(), condition, random);
    EXPECT_REFUSED(OpenGrant(*ParseGrant(grant), record, Decrypting("zoe")), kGrantMismatch) << "no record lists it";
    return OpenAddedGrant(*ParseGrant(grant), record, Decrypting(who)).status();
  };
  EXPECT_TRUE(open(ReleaseCondition::kApproved, "zoe").ok()) << "control";
  EXPECT_TRUE(open(ReleaseCondition::kGuest, "zoe").ok()) << "control";
  EXPECT_REFUSED(open(ReleaseCondition::kAssigned, "zoe"), kGrantMismatch);
  EXPECT_REFUSED(open(ReleaseCondition::kApproved, "kim"), kGrantMismatch);
}

TEST(AddedGrant, OfAnotherKeyOrWithABitFlippedIsRefused) {
  auto epoch = ThreadEpoch0();
  auto record = *ParseEpoch(epoch.record);
  SeededRandom random("added");
  auto other = EpochKey::Draw(random);
  Bytes bad = *WrapGrant(Thread(0), other, Decrypting("zoe").encryption_key(), ReleaseCondition::kApproved, random);
  EXPECT_REFUSED(OpenAddedGrant(*ParseGrant(bad), record, Decrypting("zoe")), kKeyCommitment);
  Bytes good = *WrapGrant(Thread(0), epoch.key, Decrypting("zoe").encryption_key(), ReleaseCondition::kApproved, random);
  test::ExpectEveryFlipRefused(good, good.size(), [&](BytesView bytes) {
    auto grant = ParseGrant(bytes);
    return grant.ok() && OpenAddedGrant(*grant, record, Decrypting("zoe")).ok();
  });
}

}  // namespace
}  // namespace alcove::format
