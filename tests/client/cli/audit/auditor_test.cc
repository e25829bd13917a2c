#include "client/cli/audit/auditor.h"

#include <gtest/gtest.h>

#include <string>

#include "client/lib/errors.h"
#include "crypto/format/proof.h"
#include "server/core/ledger/proofs.h"
#include "tests/server/core/ledger/filed_case.h"

namespace alcove::cli {
namespace {

using client::Is;
using client::Refusal;
using ledger::FiledCase;

// The server's side without a server: the ledger's own decisions.
class OwnLedger : public LedgerSource {
 public:
  explicit OwnLedger(FiledCase& filed) : filed_(filed) {}

  absl::StatusOr<v1::GetCheckpointResponse> Checkpoint() override {
    auto answer = ledger::GetCheckpoint(filed_.rows);
    if (!answer.ok()) return answer.status();
    v1::GetCheckpointResponse response;
    response.set_note(answer->note);
    return response;
  }
  absl::StatusOr<v1::GetConsistencyProofResponse> Consistency(const v1::GetConsistencyProofRequest& request) override {
    auto answer = ledger::GetConsistencyProof(filed_.rows, request.from_size(), request.to_size());
    if (!answer.ok()) return answer.status();
    v1::GetConsistencyProofResponse response;
    for (const crypto::Digest& hash : answer->hashes) response.add_hashes(hash.str());
    response.set_to_size(static_cast<uint32_t>(answer->to_size));
    if (bend && response.hashes_size() > 0) (*response.mutable_hashes(0))[5] ^= 1;
    return response;
  }
  absl::StatusOr<v1::ListLeafHashesResponse> LeafHashes(const v1::ListLeafHashesRequest& request) override {
    auto outcome =
        ledger::ListLeafHashes(filed_.rows, filed_.organisation, ledger::Slug("audit"), request.from_index(),
                               std::min(request.page_size(), page), request.page_token(), filed_.now, filed_.random);
    if (!outcome.ok()) return outcome.status();
    v1::ListLeafHashesResponse response;
    for (const crypto::Digest& hash : outcome->answer.leaf_hashes) response.add_leaf_hashes(hash.str());
    response.set_next_page_token(outcome->answer.next_page_token);
    EXPECT_TRUE(filed_.rows.Commit(*std::move(outcome)).ok());
    if (bend) (*response.mutable_leaf_hashes(0))[5] ^= 1;
    return response;
  }

  // Changes a bit of every answer.
  bool bend = false;
  uint32_t page = 100;

 private:
  FiledCase& filed_;
};

class AuditorTest : public testing::Test {
 protected:
  AuditorTest() {
    filed.LookInto();
    filed.Cut();
  }
  SignedTree Newest() {
    auto newest = FetchCheckpoint(own, log);
    EXPECT_TRUE(newest.ok()) << newest.status();
    return *newest;
  }

  FiledCase filed{41};
  OwnLedger own{filed};
  Log log{.organisation = filed.organisation, .key = filed.log_key.verify_key()};
};

TEST_F(AuditorTest, ALedgerThatOnlyGrowsPassesAtEveryStep) {
  SignedTree kept = Newest();
  for (int i = 0; i < 8; ++i) {
    filed.OthersDo(static_cast<uint64_t>(i) * 37);
    filed.Cut();
    const SignedTree newest = Newest();
    v1::GetConsistencyProofResponse proof;
    EXPECT_TRUE(CheckContinues(own, kept, newest, &proof).ok());
    EXPECT_EQ(proof.to_size(), newest.tree.size);
    kept = newest;
  }
  EXPECT_TRUE(CheckContinues(own, kept, kept, nullptr).ok());
}

TEST_F(AuditorTest, ABentProofIsRefused) {
  const SignedTree kept = Newest();
  filed.OthersDo(100);
  filed.Cut();
  const SignedTree newest = Newest();
  ASSERT_TRUE(CheckContinues(own, kept, newest, nullptr).ok());
  own.bend = true;
  EXPECT_TRUE(Is(CheckContinues(own, kept, newest, nullptr), Refusal::kCheckpointInvalid));
}

TEST_F(AuditorTest, ALedgerThatWasSetBackIsFound) {
  const SignedTree early = Newest();
  filed.OthersDo(100);
  filed.Cut();
  const SignedTree late = Newest();
  EXPECT_TRUE(Is(CheckContinues(own, late, early, nullptr), Refusal::kRolledBack));
}

TEST_F(AuditorTest, AForkedLedgerIsFoundHoweverItGrows) {
  // The same organisation and key, another history: what a server shows that lies to one side.
  FiledCase fork(41);
  fork.LookInto();
  fork.OthersDo(1);
  fork.Cut();
  OwnLedger forked(fork);
  const SignedTree kept = Newest();
  auto shown = FetchCheckpoint(forked, log);
  ASSERT_TRUE(shown.ok()) << "its signature is good";
  ASSERT_EQ(shown->tree.size, kept.tree.size);
  EXPECT_TRUE(Is(CheckContinues(forked, kept, *shown, nullptr), Refusal::kCheckpointInvalid))
      << "two trees of one size";
  fork.OthersDo(100);
  fork.Cut();
  EXPECT_TRUE(Is(CheckContinues(forked, kept, *FetchCheckpoint(forked, log), nullptr), Refusal::kCheckpointInvalid));
}

TEST_F(AuditorTest, ATreeThatTheServerSignedAndNoLongerKnowsIsFound) {
  const SignedTree kept = Newest();
  filed.OthersDo(100);
  filed.Cut();
  filed.rows.Erase(base::Table::kCheckpoint, base::RowKey(kept.tree.size));
  EXPECT_TRUE(Is(CheckContinues(own, kept, Newest(), nullptr), Refusal::kRolledBack));
}

TEST_F(AuditorTest, ACheckpointByAnotherKeyOrOfAnotherOrganisationIsRefused) {
  const std::string note = Newest().note;
  ASSERT_TRUE(OpenCheckpoint(log, note).ok());
  Log other = log;
  other.key = crypto::SigningKey::Draw(filed.random).verify_key();
  EXPECT_TRUE(Is(OpenCheckpoint(other, note).status(), Refusal::kCheckpointInvalid));
  other = log;
  other.organisation = format::DrawId<format::OrganisationId>(filed.random);
  EXPECT_TRUE(Is(OpenCheckpoint(other, note).status(), Refusal::kCheckpointInvalid));
  for (size_t bit = 0; bit < note.size() * 8; ++bit) {
    std::string bent = note;
    bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(OpenCheckpoint(log, bent).ok()) << "bit " << bit;
  }
}

TEST_F(AuditorTest, ASizeThatIsNoMultipleOfSixtyFourIsRefused) {
  class Counting : public LedgerSource {
   public:
    explicit Counting(FiledCase& filed) : filed_(filed) {}
    absl::StatusOr<v1::GetCheckpointResponse> Checkpoint() override {
      v1::GetCheckpointResponse response;
      response.set_note(format::SignCheckpoint(
          {.organisation = filed_.organisation, .size = size, .root = ledger::DigestOf(1)}, filed_.log_key));
      return response;
    }
    absl::StatusOr<v1::GetConsistencyProofResponse> Consistency(const v1::GetConsistencyProofRequest&) override {
      return absl::UnimplementedError("");
    }
    absl::StatusOr<v1::ListLeafHashesResponse> LeafHashes(const v1::ListLeafHashesRequest&) override {
      return absl::UnimplementedError("");
    }
    uint64_t size = 64;

   private:
    FiledCase& filed_;
  } counting(filed);
  EXPECT_TRUE(FetchCheckpoint(counting, log).ok());
  for (uint64_t size : {0, 1, 63, 65, 100}) {
    counting.size = size;
    EXPECT_TRUE(Is(FetchCheckpoint(counting, log).status(), Refusal::kCheckpointInvalid)) << size;
  }
}

TEST_F(AuditorTest, AllLeafHashesLeadToTheRoot) {
  filed.OthersDo(333);
  filed.Cut();
  const SignedTree newest = Newest();
  // The listing is of a newer tree when a cut falls between.
  filed.OthersDo(90);
  filed.Cut();
  auto hashes = FetchLeafHashes(own, newest);
  ASSERT_TRUE(hashes.ok()) << hashes.status();
  EXPECT_EQ(hashes->size(), newest.tree.size);
  own.bend = true;
  EXPECT_TRUE(Is(FetchLeafHashes(own, newest).status(), Refusal::kCheckpointInvalid));
}

TEST_F(AuditorTest, TheCheckpointOfAReportersFileIsTaken) {
  auto of_proof = CheckpointOfFile(log, *format::ProofText(filed.Proof()));
  ASSERT_TRUE(of_proof.ok()) << of_proof.status();
  EXPECT_EQ(of_proof->tree, Newest().tree);
  auto of_ledger = CheckpointOfFile(log, *format::LedgerText(filed.Saved()));
  ASSERT_TRUE(of_ledger.ok());
  EXPECT_EQ(of_ledger->tree, Newest().tree);
  auto of_note = CheckpointOfFile(log, Newest().note);
  ASSERT_TRUE(of_note.ok());
  EXPECT_EQ(of_note->tree, Newest().tree);
  FiledCase unpublished(43);
  EXPECT_TRUE(Is(CheckpointOfFile(log, *format::ProofText(unpublished.Proof())).status(), Refusal::kInputInvalid));
}

TEST(RootOfLeaves, IsTheRootOfTheRecursion) {
  const ledger::SlowTree slow = ledger::SlowTree::OfSize(300);
  RootOfLeaves root;
  EXPECT_EQ(root.Root(), slow.Root(0));
  for (uint64_t i = 0; i < 300; ++i) {
    root.Append(slow.leaf_hash(i));
    ASSERT_EQ(root.Root(), slow.Root(i + 1));
  }
}

}  // namespace
}  // namespace alcove::cli
