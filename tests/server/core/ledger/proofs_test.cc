#include "server/core/ledger/proofs.h"

#include <gtest/gtest.h>

#include "crypto/format/leaf.h"
#include "crypto/merkle.h"
#include "server/core/base/errors.h"
#include "server/core/ledger/cut.h"
#include "tests/server/core/ledger/world.h"

namespace alcove::ledger {
namespace {

using base::Reason;
using base::ReasonOf;

class ProofsTest : public testing::Test {
 protected:
  void Happen(uint64_t leaves) {
    base::Transaction transaction;
    for (uint64_t i = 0; i < leaves; ++i) transaction.leaves.push_back({.commitment = DigestOf(happened++)});
    ASSERT_TRUE(rows.Commit(std::move(transaction)).ok());
  }
  void Cut() { ASSERT_TRUE(rows.Commit(DecideCut(organisation, log_keys, now, random)).ok()); }
  absl::StatusOr<base::Outcome<LeafHashPage>> List(uint32_t from, uint32_t size, const std::string& token = {}) {
    return ListLeafHashes(rows, organisation, Slug("audit"), from, size, token, now, random);
  }

  SeededRandom random{3};
  base::OrganisationId organisation = format::DrawId<format::OrganisationId>(random);
  crypto::SigningKey log_key = crypto::SigningKey::Draw(random);
  LogKeys log_keys{log_key.Clone()};
  MapRows rows;
  base::Instant now{std::chrono::seconds(1'800'000'123)};
  uint64_t happened = 0;
};

TEST_F(ProofsTest, NothingIsShownBeforeTheFirstCut) {
  Happen(100);
  EXPECT_EQ(ReasonOf(GetCheckpoint(rows).status()), Reason::kNotPublished);
  EXPECT_EQ(ReasonOf(GetInclusionProof(rows, LeafHash(DigestOf(0)).view(), 0).status()), Reason::kNotPublished);
  EXPECT_EQ(ReasonOf(GetConsistencyProof(rows, 64, 0).status()), Reason::kNotPublished);
  EXPECT_EQ(ReasonOf(List(0, 0).status()), Reason::kNotPublished);
}

TEST_F(ProofsTest, ALeafAfterTheCutIsAsUnknownAsOneThatNeverWas) {
  Happen(3);
  Cut();
  Happen(1);
  ASSERT_TRUE(GetInclusionProof(rows, LeafHash(DigestOf(2)).view(), 0).ok());
  const absl::Status waiting = GetInclusionProof(rows, LeafHash(DigestOf(3)).view(), 0).status();
  const absl::Status unknown = GetInclusionProof(rows, DigestOf(77).view(), 0).status();
  EXPECT_EQ(ReasonOf(waiting), Reason::kNotPublished);
  EXPECT_EQ(waiting, unknown);
  Cut();
  EXPECT_TRUE(GetInclusionProof(rows, LeafHash(DigestOf(3)).view(), 0).ok());
}

TEST_F(ProofsTest, EverySizeThatWasNotPublishedIsRefused) {
  Happen(200);
  Cut();  // 256
  Happen(100);
  Cut();  // 384
  for (uint64_t size = 1; size <= 400; ++size) {
    const bool published = size == 256 || size == 384;
    auto inclusion = GetInclusionProof(rows, LeafHash(DigestOf(0)).view(), size);
    auto consistency = GetConsistencyProof(rows, 256, size);
    auto from = GetConsistencyProof(rows, size, 384);
    EXPECT_EQ(inclusion.ok(), published) << size;
    if (!published) {
      EXPECT_EQ(ReasonOf(inclusion.status()), Reason::kNotPublished);
      EXPECT_EQ(ReasonOf(consistency.status()), Reason::kNotPublished);
    }
    EXPECT_EQ(from.ok(), published) << size;
  }
}

TEST_F(ProofsTest, ProofsForAnOlderTreeStillVerifyAfterItGrew) {
  Happen(70);
  Cut();
  const auto old_tree = PublishedTree::Newest(rows);
  ASSERT_TRUE(old_tree.ok());
  const Checkpoint old = old_tree->checkpoint();
  for (int i = 0; i < 5; ++i) {
    Happen(300);
    Cut();
  }
  for (uint64_t leaf : {0, 1, 63, 64, 69}) {
    auto proof = GetInclusionProof(rows, LeafHash(DigestOf(leaf)).view(), old.size);
    ASSERT_TRUE(proof.ok());
    EXPECT_EQ(proof->index, leaf);
    EXPECT_TRUE(crypto::VerifyInclusion(leaf, old.size, LeafHash(DigestOf(leaf)), proof->hashes, old.root).ok());
  }
}

TEST_F(ProofsTest, MalformedQuestionsNameTheirField) {
  Happen(1);
  Cut();
  EXPECT_EQ(base::DetailOf(GetInclusionProof(rows, "short", 0).status(), "field"), "leaf_hash");
  EXPECT_EQ(base::DetailOf(GetConsistencyProof(rows, 0, 0).status(), "field"), "from_size");
  EXPECT_EQ(base::DetailOf(GetConsistencyProof(rows, 128, 0).status(), "field"), "from_size");
  EXPECT_EQ(base::DetailOf(List(0, 1001).status(), "field"), "page_size");
  for (const char* token : {"x", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "!!", "aaaaaaaaaaaaa"})
    EXPECT_EQ(base::DetailOf(List(0, 0, token).status(), "field"), "page_token") << token;
}

TEST_F(ProofsTest, TheAuditorsPagesGiveTheWholePublishedTree) {
  Happen(500);
  Cut();
  const Checkpoint listed = PublishedTree::Newest(rows)->checkpoint();
  std::vector<crypto::Digest> hashes;
  std::string token;
  int pages = 0;
  do {
    auto page = List(0, 100, token);
    ASSERT_TRUE(page.ok()) << page.status();
    hashes.insert(hashes.end(), page->answer.leaf_hashes.begin(), page->answer.leaf_hashes.end());
    token = page->answer.next_page_token;
    ASSERT_TRUE(rows.Commit(*std::move(page)).ok());
    // The tree grows while the auditor reads; the listing stays with the tree that it began with.
    Happen(90);
    Cut();
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(pages, 6);
  ASSERT_EQ(hashes.size(), listed.size);
  EXPECT_EQ(SlowTree(hashes).Root(hashes.size()), listed.root);
}

TEST_F(ProofsTest, APageOfLeafHashesIsALeafOfTheAuditor) {
  Happen(1);
  Cut();
  auto page = List(0, 10);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->leaves.size(), 1U);
  ASSERT_EQ(page->changes.writes().size(), 1U);
  const auto& opening = static_cast<const Opening&>(*page->changes.writes()[0].record);
  auto leaf = format::ParseLeaf(opening.content);
  ASSERT_TRUE(leaf.ok());
  EXPECT_EQ(leaf->kind, format::LeafKind::kLedgerListed);
  EXPECT_EQ(leaf->actor, "audit");
  EXPECT_TRUE(leaf->case_id.IsZero());
}

TEST_F(ProofsTest, AListBeyondTheEndIsEmptyAndNotAnError) {
  Happen(1);
  Cut();
  auto page = List(64, 10);
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(page->answer.leaf_hashes.empty());
  EXPECT_TRUE(page->answer.next_page_token.empty());
}

TEST_F(ProofsTest, AMissingCheckpointOrTileIsDataLossAndNotNotFound) {
  Happen(100);
  Cut();
  const std::string key = base::RowKey(uint64_t{128});
  ASSERT_TRUE(GetCheckpoint(rows).ok());
  rows.Erase(base::Table::kTile, base::RowKey(uint8_t{0}, uint64_t{0}));
  EXPECT_TRUE(absl::IsDataLoss(GetInclusionProof(rows, LeafHash(DigestOf(0)).view(), 0).status()));
  rows.Erase(base::Table::kCheckpoint, key);
  EXPECT_TRUE(absl::IsDataLoss(GetCheckpoint(rows).status()));
}

}  // namespace
}  // namespace alcove::ledger
