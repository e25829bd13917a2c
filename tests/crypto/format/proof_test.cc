#include "crypto/format/proof.h"

#include "crypto/encoding.h"
#include "crypto/merkle.h"
#include "tests/crypto/format/evidence.h"

namespace alcove::format {
namespace {

using test::CheckpointOf;
using test::FiledLeaf;
using test::Fixed;
using test::PromiseIn;
using test::SaltOf;
using test::Signing;
using test::Strangers;
using test::ThreeLeaves;
using test::WholeProof;


TEST(Promise, HoldsInEveryPlaceOfEveryGroup) {
  for (size_t count : {1, 2, 3, 5, 8, 13}) {
    for (size_t position = 0; position < count; ++position) {
      Promise promise = PromiseIn(position, count);
      auto back = ParsePromise(PromiseBytes(promise));
      ASSERT_TRUE(back.ok()) << back.status();
      EXPECT_EQ(*back, promise);
      EXPECT_TRUE(VerifyPromise(*back, Signing("log").verify_key()).ok()) << position << " of " << count;
    }
  }
}

TEST(Promise, EveryFlippedBitIsRefused) {
  Bytes good = PromiseBytes(PromiseIn(2, 7));
  Digest commitment = LeafCommitment(SaltOf(1), FiledLeaf());
  test::ExpectEveryFlipRefused(good, good.size(), [&](BytesView bytes) {
    auto promise = ParsePromise(bytes);
    return promise.ok() && promise->commitment == commitment && VerifyPromise(*promise, Signing("log").verify_key()).ok();
  });
}

TEST(Promise, EveryCutIsRefused) {
  test::ExpectEveryCutRefused(PromiseBytes(PromiseIn(2, 7)), [](BytesView bytes) { return ParsePromise(bytes).ok(); });
}

TEST(Promise, AnotherKeyOrPlaceIsRefused) {
  Promise promise = PromiseIn(2, 7);
  EXPECT_REFUSED(VerifyPromise(promise, Signing("another log").verify_key()), kBadSignature);
  Promise moved = promise;
  moved.position = 3;
  EXPECT_REFUSED(VerifyPromise(moved, Signing("log").verify_key()), kBadSignature);
  Promise shorter = promise;
  shorter.path.pop_back();
  EXPECT_REFUSED(VerifyPromise(shorter, Signing("log").verify_key()), kBadProof);
  Promise outside = promise;
  outside.position = 7;
  EXPECT_REFUSED(ParsePromise(PromiseBytes(outside)), kMalformed);
  Promise empty = promise;
  empty.count = 0;
  EXPECT_REFUSED(ParsePromise(PromiseBytes(empty)), kMalformed);
}

TEST(Checkpoint, IsSignedByTheLogOfTheOrganisation) {
  Checkpoint checkpoint{.organisation = test::Organisation(), .size = 128, .root = Fixed<Digest>("root")};
  Bytes note = SignCheckpoint(checkpoint, Signing("log"));
  auto back = VerifyCheckpoint(note, test::Organisation(), Signing("log").verify_key());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, checkpoint);
  EXPECT_REFUSED(VerifyCheckpoint(note, test::Organisation(), Signing("another").verify_key()), kBadSignature);
  EXPECT_REFUSED(VerifyCheckpoint(note, Fixed<OrganisationId>("another"), Signing("log").verify_key()), kOtherOrganisation);
  test::ExpectEveryFlipRefused(note, note.size(), [&](BytesView bytes) {
    return VerifyCheckpoint(bytes, test::Organisation(), Signing("log").verify_key()).ok();
  });
  test::ExpectEveryCutRefused(note, [&](BytesView bytes) {
    return VerifyCheckpoint(bytes, test::Organisation(), Signing("log").verify_key()).ok();
  });
}

TEST(Checkpoint, OtherFormsOfTheTextAreRefused) {
  auto verify = [](const std::string& text) {
    auto note = crypto::NewNote(text);
    crypto::SignNote(*note, LogName(test::Organisation()), Signing("log")).IgnoreError();
    return VerifyCheckpoint(note->Serialize(), test::Organisation(), Signing("log").verify_key()).status();
  };
  std::string name = LogName(test::Organisation()), root = crypto::Base64Encode(Bytes(32, 'r'));
  EXPECT_TRUE(verify(name + "\n64\n" + root + "\n").ok()) << "control";
  EXPECT_REFUSED(verify(name + "\n064\n" + root + "\n"), kMalformed);
  EXPECT_REFUSED(verify(name + "\n-1\n" + root + "\n"), kMalformed);
  EXPECT_REFUSED(verify(name + "\n64\n" + root + "\nextension\n"), kMalformed);
  EXPECT_REFUSED(verify(name + "\n64\n"), kMalformed);
}

TEST(ProofOfFiling, ComesBackFromItsTextAndHolds) {
  ProofOfFiling whole = WholeProof();
  for (int parts = 0; parts < 4; ++parts) {
    ProofOfFiling proof = whole;
    if (parts < 1) proof.inclusion.reset();
    if (parts < 2) proof.continuation.reset();
    if (parts < 3) proof.anchor.reset();
    auto text = ProofText(proof);
    ASSERT_TRUE(text.ok()) << text.status();
    auto back = ParseProof(*text);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*ProofText(*back), *text);
    auto shown = VerifyProof(*back);
    ASSERT_TRUE(shown.ok()) << shown.status();
    EXPECT_EQ(shown->leaf.kind, LeafKind::kCaseFiled);
    EXPECT_EQ(shown->leaf.case_id, test::Case());
    EXPECT_EQ(shown->tree_size, parts < 1 ? std::optional<uint64_t>() : 64u);
    EXPECT_EQ(shown->newer_size, parts < 2 ? std::optional<uint64_t>() : 128u);
    EXPECT_EQ(shown->fingerprint.has_value(), parts == 3);
    EXPECT_EQ(*EvidenceKindOf(*text), EvidenceKind::kProofOfFiling);
  }
}

TEST(ProofOfFiling, EveryFlippedBitIsRefused) {
  ProofOfFiling proof = WholeProof();
  proof.anchor.reset();  // its notes are flipped in the tests of directory and organisation file
  std::string text = *ProofText(proof);
  test::ExpectEveryFlipRefused(text, 0, [&](BytesView bytes) {
    auto parsed = ParseProof(bytes);
    if (!parsed.ok() || parsed->log_key != proof.log_key) return false;
    return VerifyProof(*parsed).ok();
  });
}

TEST(ProofOfFiling, EveryPartMustBelongToTheOthers) {
  auto verify = [](auto change) {
    ProofOfFiling proof = WholeProof();
    change(proof);
    return VerifyProof(proof).status();
  };
  EXPECT_TRUE(verify([](ProofOfFiling&) {}).ok()) << "control";
  EXPECT_REFUSED(verify([](ProofOfFiling& p) { p.salt = SaltOf(2); }), kBadProof);
  EXPECT_REFUSED(verify([](ProofOfFiling& p) { p.leaf = FiledLeaf(2); }), kBadProof);
  EXPECT_REFUSED(verify([](ProofOfFiling& p) { p.organisation = Fixed<OrganisationId>("x"); }), kOtherOrganisation);
  EXPECT_REFUSED(verify([](ProofOfFiling& p) { p.log_key = Signing("another").verify_key(); }), kBadSignature);
  EXPECT_REFUSED(verify([](ProofOfFiling& p) { p.inclusion->index = 6; }), kBadProof);
  EXPECT_REFUSED(verify([](ProofOfFiling& p) { p.inclusion->checkpoint = p.continuation->newer_checkpoint; }), kBadProof);
  EXPECT_REFUSED(verify([](ProofOfFiling& p) { p.continuation->path.pop_back(); }), kBadProof);
  EXPECT_REFUSED(verify([](ProofOfFiling& p) { p.continuation->newer_checkpoint = CheckpointOf(Strangers(128)); }), kBadProof);
  // An anchor that leads elsewhere.
  EXPECT_REFUSED(verify([](ProofOfFiling& p) {
                   auto directory = test::TestDirectory();
                   directory.log_key = Signing("another log").verify_key();
                   p.anchor->directory_note = test::DirectoryNoteBytes(directory, {"ada", "bo"});
                 }),
                 kBadProof);
  EXPECT_REFUSED(verify([](ProofOfFiling& p) {
                   p.anchor->directory_note = test::DirectoryNoteBytes(test::TestDirectory(), {"ada"});
                 }),
                 kUnderSigned);
}

TEST(ProofOfFiling, NamesNobody) {
  ProofOfFiling proof = WholeProof();
  proof.anchor.reset();
  auto shown = VerifyProof(proof);
  ASSERT_TRUE(shown.ok());
  EXPECT_TRUE(shown->leaf.actor.empty());
  EXPECT_EQ(shown->leaf.time, 0u) << "to the day only";
}

TEST(SavedLedger, ComesBackFromItsTextAndHolds) {
  auto text = LedgerText(ThreeLeaves());
  ASSERT_TRUE(text.ok()) << text.status();
  auto back = ParseLedger(*text);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*LedgerText(*back), *text);
  auto shown = VerifyLedger(*back);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->leaves.size(), 3u);
  EXPECT_EQ(shown->published, 2u);
  EXPECT_EQ(shown->tree_size, 64u);
  LeafChain chain(test::Organisation(), test::Case());
  for (uint32_t i = 1; i <= 3; ++i) ASSERT_TRUE(chain.Append(FiledLeaf(i), SaltOf(i)).ok());
  EXPECT_EQ(shown->head, chain.head());
  EXPECT_EQ(*EvidenceKindOf(*text), EvidenceKind::kSavedLedger);
  EXPECT_FALSE(EvidenceKindOf("alcove.organisation.v1\n").ok());
}

TEST(SavedLedger, SaysWhoseItsLogKeyIsWhereItCarriesTheDirectory) {
  SavedLedger ledger = ThreeLeaves();
  ledger.anchor = WholeProof().anchor;
  const std::string text = *LedgerText(ledger);
  const auto back = ParseLedger(text);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*LedgerText(*back), text);
  EXPECT_EQ(VerifyLedger(*back)->fingerprint, Fingerprint(test::TestOrganisation()));
  EXPECT_EQ(VerifyLedger(ThreeLeaves())->fingerprint, std::nullopt) << "control";
  EXPECT_FALSE(ParseLedger(text.substr(0, text.rfind("directory "))).ok()) << "one without the other";
  SavedLedger wrong = ledger;
  auto directory = test::TestDirectory();
  directory.log_key = Signing("another log").verify_key();
  wrong.anchor->directory_note = test::DirectoryNoteBytes(directory, {"ada", "bo"});
  EXPECT_REFUSED(VerifyLedger(wrong), kBadProof);
  wrong.anchor->directory_note = test::DirectoryNoteBytes(test::TestDirectory(), {"ada"});
  EXPECT_REFUSED(VerifyLedger(wrong), kUnderSigned);
}

TEST(SavedLedger, EveryFlippedBitIsRefusedByProofsOrHead) {
  SavedLedger ledger = ThreeLeaves();
  Digest head = VerifyLedger(ledger)->head;
  std::string text = *LedgerText(ledger);
  test::ExpectEveryFlipRefused(text, 0, [&](BytesView bytes) {
    auto parsed = ParseLedger(bytes);
    if (!parsed.ok() || parsed->log_key != ledger.log_key) return false;
    auto shown = VerifyLedger(*parsed);
    // The head is what entries quote; a leaf not yet published hangs on it alone.
    return shown.ok() && shown->head == head;
  });
}

TEST(SavedLedger, WhatIsLeftOutShows) {
  auto verify = [](auto change) {
    SavedLedger ledger = ThreeLeaves();
    change(ledger);
    return VerifyLedger(ledger).status();
  };
  EXPECT_TRUE(verify([](SavedLedger&) {}).ok()) << "control";
  EXPECT_REFUSED(verify([](SavedLedger& l) { l.leaves.erase(l.leaves.begin() + 1); }), kBrokenChain);
  EXPECT_REFUSED(verify([](SavedLedger& l) { l.leaves.erase(l.leaves.begin()); }), kBrokenChain);
  EXPECT_REFUSED(verify([](SavedLedger& l) { std::swap(l.leaves[0], l.leaves[1]); }), kBrokenChain);
  EXPECT_REFUSED(verify([](SavedLedger& l) { l.case_id = Fixed<CaseId>("another"); }), kBrokenChain);
  EXPECT_REFUSED(verify([](SavedLedger& l) { l.leaves[0].salt = SaltOf(9); }), kBadProof);
  EXPECT_REFUSED(verify([](SavedLedger& l) { l.leaves[0].index.reset(); }), kBadProof);
  EXPECT_REFUSED(verify([](SavedLedger& l) { l.checkpoint.clear(); }), kBadProof);
}

}  // namespace
}  // namespace alcove::format
