// P6: every staff read, grant release, export, state change and deletion is durable in an append-only Merkle ledger
// before data is returned. Reporters check their own case's leaves offline and hold a signed proof of filing that names
// nobody.
//
// The first half stands on the real Journal and store over memory; the second on what a reporter holds in their hands.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "crypto/format/leaf.h"
#include "crypto/format/proof.h"
#include "crypto/merkle.h"
#include "server/core/ledger/cut.h"
#include "server/core/ledger/draft.h"
#include "server/core/ledger/proofs.h"
#include "server/core/ledger/refusals.h"
#include "server/storage/store.h"
#include "tests/server/core/ledger/filed_case.h"
#include "tests/server/storage/fakes.h"

namespace alcove {
namespace {

using ledger::FiledCase;
using storage::FailingStore;
using storage::JournalLimits;
using storage::MemoryStore;
using storage::Store;

class P6_Verifiable : public testing::Test {
 protected:
  void SetUp() override {
    auto rows = std::make_unique<FailingStore>(std::make_unique<MemoryStore>());
    under_ = rows.get();
    ASSERT_TRUE(storage::CreateStore(*rows, directory_.path(), keys_.kek, organisation_, crypto::SystemRandom()).ok());
    auto opened = Store::Open(std::move(rows), directory_.path(),
                              {keys_, clock_, events_, crypto::SystemRandom(), {}, {}, JournalLimits()});
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  // A staff read as a decision makes it: the answer is in hand, and may go out when the commit says so.
  base::Transaction Read(crypto::Digest* leaf_hash) {
    base::Transaction read;
    ledger::DraftLeaf(organisation_,
                      ledger::Act::OfStaff(format::LeafKind::kCasesListed, ledger::Slug("amira"), clock_.Now()),
                      crypto::SystemRandom(), read.changes, read.leaves);
    *leaf_hash = ledger::LeafHash(read.leaves[0].commitment);
    return read;
  }
  absl::Status Commit(base::Transaction transaction) {
    return storage::CommitAndWait(store_->committer(), std::move(transaction));
  }
  bool InTheTree(const crypto::Digest& leaf_hash) {
    auto place = store_->reader().Get<ledger::LeafPlace>(leaf_hash.view());
    return place.ok() && place->has_value();
  }
  uint64_t TreeSize() {
    auto tree = store_->reader().Get<ledger::Tree>({});
    return tree.ok() && *tree ? (*tree)->record.size : 0;
  }

  const storage::TemporaryDirectory directory_;
  const storage::ServerKeys keys_ = storage::DrawServerKeys();
  const base::OrganisationId organisation_ = storage::Draw<base::OrganisationId>();
  storage::FakeClock clock_;
  storage::CountingSink events_;
  FailingStore* under_ = nullptr;
  std::unique_ptr<Store> store_;
};

TEST_F(P6_Verifiable, NoAnswerLeavesBeforeItsLeafIsWritten) {
  std::atomic<bool> answered{false};
  std::atomic<bool> answered_early{false};
  under_->before_commit = [&] { answered_early = answered_early || answered; };
  crypto::Digest leaf;
  std::promise<absl::Status> told;
  store_->committer().Commit(Read(&leaf), [&](absl::Status status) {
    answered = true;
    told.set_value(std::move(status));
  });
  EXPECT_TRUE(told.get_future().get().ok());
  EXPECT_FALSE(answered_early);
  EXPECT_TRUE(InTheTree(leaf));
}

TEST_F(P6_Verifiable, ALeafIsFoundFromTheMomentThatItIsOnDisk) {
  crypto::Digest leaf;
  bool before = true;
  bool after = false;
  under_->before_commit = [&] { before = InTheTree(leaf); };
  under_->after_commit = [&] { after = InTheTree(leaf); };
  ASSERT_TRUE(Commit(Read(&leaf)).ok());
  EXPECT_FALSE(before);
  EXPECT_TRUE(after) << "a row says that the leaf is there, and a reader who follows it must not hear otherwise";
}

TEST_F(P6_Verifiable, WhereTheLeafCannotBeWrittenNothingIsReturned) {
  crypto::Digest before;
  ASSERT_TRUE(Commit(Read(&before)).ok()) << "control";
  const uint64_t size = TreeSize();
  under_->FailWith(base::StoreFull());
  crypto::Digest leaf;
  EXPECT_EQ(base::ReasonOf(Commit(Read(&leaf))), base::Reason::kStoreFull);
  EXPECT_FALSE(InTheTree(leaf));
  EXPECT_EQ(TreeSize(), size) << "a write that failed left the tree as it was";
}

TEST_F(P6_Verifiable, TheLedgerGoesOnWhereItStoodAfterARefusedWrite) {
  crypto::Digest first;
  crypto::Digest refused;
  crypto::Digest second;
  ASSERT_TRUE(Commit(Read(&first)).ok());
  under_->FailWith(base::StoreFull());
  ASSERT_FALSE(Commit(Read(&refused)).ok());
  under_->FailWith(absl::OkStatus());
  clock_.Advance(std::chrono::seconds(5));
  ASSERT_TRUE(Commit(Read(&second)).ok());
  EXPECT_EQ(TreeSize(), 2U);
  ASSERT_TRUE(Commit(ledger::DecideCut(organisation_, store_->log_keys(), clock_.Now(), crypto::SystemRandom())).ok());
  auto tree = ledger::PublishedTree::Newest(store_->reader());
  ASSERT_TRUE(tree.ok()) << tree.status();
  for (const crypto::Digest& leaf : {first, second}) {
    auto placed = tree->Find(leaf);
    ASSERT_TRUE(placed.ok());
    EXPECT_TRUE(crypto::VerifyInclusion(placed->index, tree->size(), leaf, placed->path, tree->checkpoint().root).ok());
  }
  EXPECT_FALSE(tree->Find(refused).ok());
}

TEST_F(P6_Verifiable, ARefusalIsInTheLedgerBeforeItIsTold) {
  auto decided = ledger::DecideRefusal(store_->reader(), organisation_, ledger::Slug("amira"), clock_.Now(),
                                       crypto::SystemRandom());
  ASSERT_TRUE(decided.ok());
  base::Transaction refusal{std::move(decided->changes), std::move(decided->leaves), 0, {}};
  const crypto::Digest leaf = ledger::LeafHash(refusal.leaves.at(0).commitment);
  ASSERT_TRUE(Commit(std::move(refusal)).ok());
  EXPECT_TRUE(InTheTree(leaf));
  auto again = ledger::DecideRefusal(store_->reader(), organisation_, ledger::Slug("amira"), clock_.Now(),
                                     crypto::SystemRandom());
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->leaves.empty()) << "one a minute";
}

class P6_VerifiableByTheReporter : public testing::Test {
 protected:
  P6_VerifiableByTheReporter() {
    filed.LookInto();
    filed.Cut();
  }
  FiledCase filed{61};
};

TEST_F(P6_VerifiableByTheReporter, ReportersCheckTheirLeavesOffline) {
  auto text = format::LedgerText(filed.Saved());
  ASSERT_TRUE(text.ok());
  auto parsed = format::ParseLedger(*text);
  ASSERT_TRUE(parsed.ok());
  auto verified = format::VerifyLedger(*parsed);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->published, filed.leaves.size());
  EXPECT_EQ(verified->head, filed.chain.head);
}

TEST_F(P6_VerifiableByTheReporter, AnOmittedLeafShows) {
  for (size_t hidden = 0; hidden < filed.leaves.size(); ++hidden) {
    format::SavedLedger told = filed.Saved();
    told.leaves.erase(told.leaves.begin() + static_cast<long>(hidden));
    auto verified = format::VerifyLedger(told);
    // Cutting off the end leaves a whole chain; it is the head quoted in the team's signed entries that gives it away.
    if (hidden + 1 == filed.leaves.size()) {
      ASSERT_TRUE(verified.ok());
      EXPECT_NE(verified->head, filed.chain.head);
    } else {
      EXPECT_FALSE(verified.ok()) << "without leaf " << hidden + 1;
    }
  }
  EXPECT_TRUE(format::VerifyLedger(filed.Saved()).ok()) << "control";
}

TEST_F(P6_VerifiableByTheReporter, ALeafToldDifferentlyShows) {
  for (size_t changed = 0; changed < filed.leaves.size(); ++changed) {
    for (size_t bit = 0; bit < filed.leaves[changed].content.size() * 8; bit += 11) {
      format::SavedLedger told = filed.Saved();
      crypto::Bytes& content = told.leaves[changed].content;
      content[bit / 8] = static_cast<char>(content[bit / 8] ^ (1 << (bit % 8)));
      ASSERT_FALSE(format::VerifyLedger(told).ok()) << "leaf " << changed + 1 << " bit " << bit;
    }
  }
}

TEST_F(P6_VerifiableByTheReporter, TheProofOfFilingVerifiesAndNamesNobody) {
  const format::ProofOfFiling proof = filed.Proof();
  auto shown = format::VerifyProof(proof);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->leaf.kind, format::LeafKind::kCaseFiled);
  EXPECT_EQ(shown->leaf.actor, "");
  EXPECT_EQ(shown->leaf.time, 0U) << "the day and no time (P8)";
  EXPECT_EQ(format::ProofText(proof)->find("amira"), std::string::npos);
  EXPECT_EQ(proof.leaf.find("amira"), std::string::npos);
}

TEST_F(P6_VerifiableByTheReporter, ThePromiseHoldsBeforeAnythingIsPublished) {
  FiledCase fresh(62);
  const format::ProofOfFiling early = fresh.Proof();
  ASSERT_FALSE(early.inclusion.has_value());
  ASSERT_TRUE(format::VerifyProof(early).ok());
  // What was promised is kept at the next cut.
  fresh.Cut();
  const format::ProofOfFiling later = fresh.Proof();
  ASSERT_TRUE(later.inclusion.has_value());
  EXPECT_EQ(later.promise, early.promise);
  EXPECT_TRUE(format::VerifyProof(later).ok());
}

TEST_F(P6_VerifiableByTheReporter, WhatWasPublishedCannotBeRewritten) {
  const auto before = *ledger::PublishedTree::Newest(filed.rows);
  const ledger::Checkpoint kept = before.checkpoint();
  filed.OthersDo(150);
  filed.Cut();
  auto after = ledger::PublishedTree::Newest(filed.rows);
  ASSERT_TRUE(after.ok());
  auto honest = after->Consistency(kept.size);
  ASSERT_TRUE(honest.ok());
  EXPECT_TRUE(crypto::VerifyConsistency(kept.size, after->size(), *honest, kept.root, after->checkpoint().root).ok());

  // The same key signs another past: the same case without its first look, and as many leaves of others instead.
  FiledCase rewritten(61);
  rewritten.OthersDo(12);
  rewritten.Cut();
  rewritten.OthersDo(150);
  rewritten.Cut();
  auto lie = ledger::PublishedTree::Newest(rewritten.rows);
  ASSERT_TRUE(lie.ok());
  ASSERT_EQ(lie->size(), after->size());
  ASSERT_TRUE(format::VerifyCheckpoint(lie->checkpoint().note, filed.organisation, filed.log_key.verify_key()).ok());
  auto forged = lie->Consistency(kept.size);
  ASSERT_TRUE(forged.ok());
  EXPECT_FALSE(crypto::VerifyConsistency(kept.size, lie->size(), *forged, kept.root, lie->checkpoint().root).ok());
}

// P8, as far as the ledger goes: growth is no counter, and promises count nobody.

TEST(P8_NoTraces, APublishedTreeGrowsInAnHourOfNothingAsInAnHourOfSixtyThreeActs) {
  FiledCase filed(81);
  filed.Cut();
  for (uint64_t acts : {0, 1, 10, 63}) {
    const uint64_t before = ledger::PublishedTree::Newest(filed.rows)->size();
    if (acts > 0) filed.OthersDo(acts);
    filed.Cut();
    EXPECT_EQ(ledger::PublishedTree::Newest(filed.rows)->size(), before + 64) << acts << " acts";
  }
}

TEST(P8_NoTraces, APromiseSaysTheDayAndNotHowManyFiledThen) {
  FiledCase filed(82);
  auto promise = format::ParsePromise(filed.promise);
  ASSERT_TRUE(promise.ok());
  EXPECT_EQ(promise->day, base::DayOf(filed.now));
  EXPECT_EQ(promise->count, ledger::kPromisePlaces);
}

}  // namespace
}  // namespace alcove
