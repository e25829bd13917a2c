#include "crypto/format/envelope.h"

#include "crypto/format/wire.h"
#include "crypto/hkdf.h"
#include "crypto/padme.h"
#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

using test::Filing;
using test::FilingContext;
using test::Fixed;
using test::SeededRandom;
using test::Signing;
using test::ThreadEpoch0;

// What the server and every reader ask before they keep an entry.
bool Accepted(BytesView bytes, const VerifyKey& author) {
  auto envelope = ParseEnvelope(bytes);
  return envelope.ok() && CheckBody(*envelope).ok() && VerifyAuthor(*envelope, author).ok();
}

// The envelope with some bytes of part A replaced, signed anew by its author: what an author who colludes could send.
Bytes Resigned(const Bytes& envelope, size_t offset, BytesView replacement) {
  Bytes changed = envelope;
  changed.replace(offset, replacement.size(), replacement);
  Signature signature = crypto::Sign(Signing("mailbox"), "alcove entry v1", BytesView(changed).substr(0, 356));
  changed.replace(356, 64, signature.view());
  return changed;
}

TEST(Envelope, OpensToWhatWasSealed) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Filing(epoch);
  auto envelope = ParseEnvelope(bytes);
  ASSERT_TRUE(envelope.ok()) << envelope.status();
  EXPECT_TRUE(VerifyAuthor(*envelope, Signing("mailbox").verify_key()).ok());
  EXPECT_EQ(envelope->context.kind, EntryKind::kReport);
  EXPECT_EQ(envelope->context.case_id, test::Case());
  EXPECT_EQ(envelope->context.author, crypto::KeyIdOf(Signing("mailbox").verify_key()));
  auto text = OpenEnvelope(*envelope, epoch.key);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->view(), test::kText);
}

TEST(Envelope, ItsContentKeyOpensItAndNoOther) {
  auto epoch = ThreadEpoch0();
  const Bytes bytes = Filing(epoch);
  const auto envelope = *ParseEnvelope(bytes);
  const auto key = ContentKeyOf(envelope, epoch.key);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto text = OpenWithContentKey(envelope, *key);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->view(), test::kText);

  SeededRandom random("content key");
  EXPECT_REFUSED(ContentKeyOf(envelope, EpochKey::Draw(random)), kCannotOpen);
  EXPECT_REFUSED(OpenWithContentKey(envelope, crypto::SymmetricKey::Draw(random)), kKeyCommitment);
  EnvelopeContext next = FilingContext(epoch);
  next.kind = EntryKind::kMessage;
  next.sequence = 1;
  next.previous = EntryHash(envelope);
  const Bytes other = *SealEnvelope(next, epoch.key, Signing("mailbox"), "another", random);
  EXPECT_REFUSED(OpenWithContentKey(*ParseEnvelope(other), *key), kKeyCommitment) << "of the same epoch";
  EXPECT_FALSE(OpenWithContentKey(*ParseRedacted(BytesView(bytes).substr(0, kEnvelopePrefixSize)), *key).ok());
}

TEST(Envelope, ARedactedOneKeepsHashChainAndSignatureAndHasNoContent) {
  auto epoch = ThreadEpoch0();
  const Bytes whole = Filing(epoch);
  const VerifyKey author = Signing("mailbox").verify_key();
  const Bytes redacted = whole.substr(0, kEnvelopePrefixSize);
  EXPECT_FALSE(IsRedacted(whole));
  EXPECT_TRUE(IsRedacted(redacted));
  EXPECT_REFUSED(ParseEnvelope(redacted), kMalformed) << "nobody can send one";
  EXPECT_REFUSED(ParseRedacted(whole), kMalformed);
  auto kept = ParseKept(redacted);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(EntryHash(*kept), EntryHash(*ParseKept(whole)));
  EXPECT_TRUE(VerifyAuthor(*kept, author).ok());
  EntryChain chain(kept->context.organisation, kept->context.case_id, kept->context.keyring);
  EXPECT_TRUE(chain.Append(*kept).ok());
  EXPECT_EQ(chain.head(), EntryHash(*ParseEnvelope(whole)));
  EXPECT_FALSE(CheckBody(*kept).ok());
  EXPECT_FALSE(OpenEnvelope(*kept, epoch.key).ok()) << "the key is there, the text is not";
  test::ExpectEveryFlipRefused(redacted, kEnvelopePrefixSize, [&](BytesView bytes) {
    auto envelope = ParseRedacted(bytes);
    return envelope.ok() && VerifyAuthor(*envelope, author).ok();
  });
}

TEST(Envelope, SizesComeInClasses) {
  auto epoch = ThreadEpoch0();
  SeededRandom random("sizes");
  for (size_t size : {0, 1, 4095, 4096, 5000, 131072}) {
    auto sealed = SealEnvelope(FilingContext(epoch), epoch.key, Signing("mailbox"), Bytes(size, 'x'), random);
    ASSERT_TRUE(sealed.ok());
    EXPECT_EQ(sealed->size(), kEnvelopePrefixSize + 40 + crypto::PaddedSize(size + 1, kBodyFloor));
    auto envelope = ParseEnvelope(*sealed);
    ASSERT_TRUE(envelope.ok()) << envelope.status();
    EXPECT_EQ(OpenEnvelope(*envelope, epoch.key)->view().size(), size);
  }
  EXPECT_FALSE(SealEnvelope(FilingContext(epoch), epoch.key, Signing("mailbox"), Bytes(131073, 'x'), random).ok());
}

TEST(Envelope, ABodyOutsideTheSizeClassesIsRefused) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Filing(epoch);
  // A longer body, with length, hash and signature to match: only the class is wrong.
  Bytes body = bytes.substr(420) + "x";
  ByteWriter b;
  b.U32(static_cast<uint32_t>(body.size())).Fixed(crypto::Blake2b256(body));
  Bytes longer = Resigned(bytes.substr(0, 420) + body, 320, b.bytes());
  EXPECT_REFUSED(ParseEnvelope(longer), kMalformed);
}

TEST(Envelope, EveryFlippedBitIsRefused) {
  auto epoch = ThreadEpoch0();
  VerifyKey author = Signing("mailbox").verify_key();
  test::ExpectEveryFlipRefused(Filing(epoch), kEnvelopePrefixSize, [&](BytesView bytes) { return Accepted(bytes, author); });
}

TEST(Envelope, EveryFlippedBitOutsideTheSignatureAlsoFailsToOpen) {
  auto epoch = ThreadEpoch0();
  Bytes good = Filing(epoch);
  test::ExpectEveryFlipRefused(good, kEnvelopeHeaderSize, [&](BytesView bytes) {
    if (bytes.substr(356, 64) != BytesView(good).substr(356, 64)) return false;
    auto envelope = ParseEnvelope(bytes);
    return envelope.ok() && OpenEnvelope(*envelope, epoch.key).ok();
  });
}

TEST(Envelope, EveryCutIsRefused) {
  auto epoch = ThreadEpoch0();
  test::ExpectEveryCutRefused(Filing(epoch), [](BytesView bytes) { return ParseEnvelope(bytes).ok(); });
}

TEST(Envelope, AnotherAuthorIsRefused) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Filing(epoch);
  auto envelope = ParseEnvelope(bytes);
  EXPECT_REFUSED(VerifyAuthor(*envelope, Signing("amira").verify_key()), kBadSignature);
  // The same signature under a header that names another key.
  Bytes renamed = bytes;
  renamed.replace(68, 16, crypto::KeyIdOf(Signing("amira").verify_key()).view());
  auto other = ParseEnvelope(renamed);
  ASSERT_TRUE(other.ok());
  EXPECT_REFUSED(VerifyAuthor(*other, Signing("mailbox").verify_key()), kBadSignature);
  EXPECT_REFUSED(VerifyAuthor(*other, Signing("amira").verify_key()), kBadSignature);
}

TEST(Envelope, MovedToAnotherPlaceItDoesNotOpenEvenWhenItsAuthorSigns) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Filing(epoch);
  Bytes nonzero(32, '\x55');
  struct { const char* what; size_t offset; Bytes replacement; } moves[] = {
      {"kind", 5, Bytes(1, 2)},
      {"keyring", 6, Bytes(1, 2)},
      {"organisation", 8, Fixed<OrganisationId>("another").str()},
      {"case", 24, Fixed<CaseId>("another").str()},
      {"entry", 40, Fixed<EntryId>("another").str()},
      {"epoch", 56, Bytes("\0\0\0\1", 4)},
      {"sequence and previous", 60, Bytes("\0\0\0\1", 4) + bytes.substr(64, 52) + nonzero},
      {"day", 64, Bytes("\0\0\0\1", 4)},
      {"epoch record", 84, nonzero},
      {"leaves", 148, Bytes("\0\0\0\1", 4) + nonzero},
      {"blobs", 184, nonzero},
      {"commitment", 216, nonzero},
      {"content key", 248, Bytes(72, '\x55')},
  };
  EXPECT_TRUE(OpenEnvelope(*ParseEnvelope(bytes), epoch.key).ok()) << "control";
  for (const auto& move : moves) {
    Bytes moved = Resigned(bytes, move.offset, move.replacement);
    ASSERT_TRUE(Accepted(moved, Signing("mailbox").verify_key())) << "control: " << move.what;
    EXPECT_REFUSED(OpenEnvelope(*ParseEnvelope(moved), epoch.key), kCannotOpen) << move.what;
  }
}

TEST(Envelope, AnotherEpochsKeyDoesNotOpen) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Filing(epoch);
  SeededRandom random("another key");
  EXPECT_REFUSED(OpenEnvelope(*ParseEnvelope(bytes), EpochKey::Draw(random)), kCannotOpen);
}

TEST(Envelope, AContentKeyOtherThanTheCommittedOneIsRefused) {
  // The author seals content key 1 and commits to content key 2, everything else in order: what an attack with two keys
  // for one ciphertext needs.
  auto epoch = ThreadEpoch0();
  SeededRandom random("two keys");
  auto key_1 = crypto::SymmetricKey::Draw(random);
  auto key_2 = crypto::SymmetricKey::Draw(random);
  for (const auto* committed : {&key_1, &key_2}) {
    Bytes out = Filing(epoch).substr(0, 216);
    out += crypto::Commitment(*committed, "alcove content v1").view();
    out += crypto::Seal(EpochContentKey(epoch.key, test::Thread(0)), key_1.expose(), crypto::AssociatedData(out), random);
    Bytes body = crypto::Seal(crypto::DeriveKey(key_1, "alcove content body v1"), crypto::Pad("text", kBodyFloor),
                              crypto::AssociatedData(crypto::Sha256(out).view()), random);
    ByteWriter part_b;
    part_b.U32(static_cast<uint32_t>(body.size())).Fixed(crypto::Blake2b256(body));
    out += part_b.bytes();
    out += crypto::Sign(Signing("mailbox"), "alcove entry v1", out).view();
    out += body;
    ASSERT_TRUE(Accepted(out, Signing("mailbox").verify_key()));
    auto opened = OpenEnvelope(*ParseEnvelope(out), epoch.key);
    if (committed == &key_1) {
      EXPECT_TRUE(opened.ok()) << "control: " << opened.status();
    } else {
      EXPECT_REFUSED(opened, kKeyCommitment);
    }
  }
}

TEST(Envelope, FieldsThatExcludeEachOtherAreRefused) {
  auto epoch = ThreadEpoch0();
  SeededRandom random("rules");
  auto seal = [&](const EnvelopeContext& context) {
    return SealEnvelope(context, epoch.key, Signing("mailbox"), "text", random).status();
  };
  EnvelopeContext good = FilingContext(epoch);
  EXPECT_TRUE(seal(good).ok()) << "control";
  EnvelopeContext previous_at_first = good;
  previous_at_first.previous = Fixed<Digest>("x");
  EXPECT_REFUSED(seal(previous_at_first), kMalformed);
  EnvelopeContext no_previous = good;
  no_previous.sequence = 1;
  EXPECT_REFUSED(seal(no_previous), kMalformed);
  EnvelopeContext head_of_nothing = good;
  head_of_nothing.leaf_head = Fixed<Digest>("x");
  EXPECT_REFUSED(seal(head_of_nothing), kMalformed);
  EnvelopeContext no_head = good;
  no_head.leaf_count = 3;
  EXPECT_REFUSED(seal(no_head), kMalformed);
  EnvelopeContext no_epoch = good;
  no_epoch.epoch_record_hash = Digest();
  EXPECT_REFUSED(seal(no_epoch), kMalformed);
  EnvelopeContext far = good;
  far.day = Day(Day::kMax + 1);
  EXPECT_REFUSED(seal(far), kMalformed);
  // The parser holds the same rules.
  EXPECT_REFUSED(ParseEnvelope(Resigned(Filing(epoch), 116, Bytes(32, 'x'))), kMalformed);
  EXPECT_REFUSED(ParseEnvelope(Resigned(Filing(epoch), 152, Bytes(32, 'x'))), kMalformed);
  EXPECT_REFUSED(ParseEnvelope(Resigned(Filing(epoch), 84, Bytes(32, '\0'))), kMalformed);
}

TEST(Envelope, QuotesItsEpochRecord) {
  auto epoch = ThreadEpoch0();
  Bytes bytes = Filing(epoch);
  auto envelope = ParseEnvelope(bytes);
  auto record = ParseEpoch(epoch.record);
  ASSERT_TRUE(record.ok());
  EXPECT_TRUE(CheckNewEpoch(*envelope, *record).ok());
  // The same readers, another key.
  SeededRandom random("another epoch 0");
  auto other = MakeEpoch(test::Thread(0), test::Recipients(), nullptr, record->maker, 1, random);
  EXPECT_REFUSED(CheckEpoch(*envelope, *ParseEpoch(other->record)), kHashMismatch);
  // A record made by another than the author.
  SeededRandom again("made by amira");
  auto foreign = MakeEpoch(test::Thread(0), test::Recipients(), nullptr, crypto::KeyIdOf(Signing("amira").verify_key()), 1, again);
  auto context = FilingContext(*foreign);
  Bytes quoting = *SealEnvelope(context, foreign->key, Signing("mailbox"), "text", again);
  auto parsed = ParseEnvelope(quoting);
  EXPECT_TRUE(CheckEpoch(*parsed, *ParseEpoch(foreign->record)).ok());
  EXPECT_REFUSED(CheckNewEpoch(*parsed, *ParseEpoch(foreign->record)), kBadSignature);
}

TEST(Envelope, BlobsAreNamedInOrderWithTheirSizes) {
  NamedBlob a{.blob = Fixed<BlobId>("a"), .size = 10};
  NamedBlob b{.blob = Fixed<BlobId>("b"), .size = 10};
  EXPECT_TRUE(BlobsHash({}).IsZero());
  std::vector<NamedBlob> ab{a, b}, ba{b, a}, bigger{a, b};
  bigger[1].size = 11;
  EXPECT_NE(BlobsHash(ab), BlobsHash(ba));
  EXPECT_NE(BlobsHash(ab), BlobsHash(bigger));
  EXPECT_EQ(BlobsHash(ab), BlobsHash(std::vector<NamedBlob>{a, b}));
}

class Chain : public ::testing::Test {
 protected:
  Chain() : epoch_(ThreadEpoch0()) {
    EnvelopeContext context = FilingContext(epoch_);
    SeededRandom random("chain");
    for (uint32_t i = 0; i < 3; ++i) {
      context.sequence = i;
      context.entry = Fixed<EntryId>("entry " + std::to_string(i));
      if (i > 0) context.previous = EntryHash(*ParseEnvelope(entries_.back()));
      entries_.push_back(*SealEnvelope(context, epoch_.key, Signing("mailbox"), "text", random));
    }
  }
  ParsedEnvelope Entry(size_t i) const { return *ParseEnvelope(entries_[i]); }

  NewEpoch epoch_;
  std::vector<Bytes> entries_;
};

TEST_F(Chain, IsWholeInOrder) {
  EntryChain chain(test::Organisation(), test::Case(), Keyring::kThread);
  for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(chain.Append(Entry(i)).ok());
  EXPECT_EQ(chain.length(), 3u);
  EXPECT_EQ(chain.head(), EntryHash(Entry(2)));
}

TEST_F(Chain, AGapARepeatAndAStrangerAreRefused) {
  EntryChain chain(test::Organisation(), test::Case(), Keyring::kThread);
  EXPECT_REFUSED(chain.Append(Entry(1)), kBrokenChain);
  ASSERT_TRUE(chain.Append(Entry(0)).ok());
  EXPECT_REFUSED(chain.Append(Entry(0)), kBrokenChain);
  EXPECT_REFUSED(chain.Append(Entry(2)), kBrokenChain);
  EntryChain other_case(test::Organisation(), Fixed<CaseId>("another"), Keyring::kThread);
  EXPECT_REFUSED(other_case.Append(Entry(0)), kBrokenChain);
  EntryChain other_keyring(test::Organisation(), test::Case(), Keyring::kTeam);
  EXPECT_REFUSED(other_keyring.Append(Entry(0)), kBrokenChain);
  EXPECT_TRUE(chain.Append(Entry(1)).ok()) << "control";
}

TEST_F(Chain, AnEntryThatContinuesAnotherHistoryIsRefused) {
  EnvelopeContext context = FilingContext(epoch_);
  SeededRandom random("fork");
  context.sequence = 1;
  context.previous = Fixed<Digest>("another first entry");
  Bytes fork = *SealEnvelope(context, epoch_.key, Signing("mailbox"), "text", random);
  EntryChain chain(test::Organisation(), test::Case(), Keyring::kThread);
  ASSERT_TRUE(chain.Append(Entry(0)).ok());
  EXPECT_REFUSED(chain.Append(*ParseEnvelope(fork)), kBrokenChain);
}

}  // namespace
}  // namespace alcove::format
