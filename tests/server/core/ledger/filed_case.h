// A case that was filed, opened, claimed and answered on a small ledger, among other people's leaves; and the two files
// that its reporter can take home.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "crypto/format/proof.h"
#include "server/core/ledger/cut.h"
#include "server/core/ledger/draft.h"
#include "server/core/ledger/proofs.h"
#include "tests/server/core/ledger/world.h"

namespace alcove::ledger {

class FiledCase {
 public:
  explicit FiledCase(uint64_t seed)
      : random(seed),
        organisation(format::DrawId<format::OrganisationId>(random)),
        case_id(format::DrawId<format::CaseId>(random)),
        log_key(crypto::SigningKey::Draw(random)),
        log_keys(log_key.Clone()) {
    rows.organisation = organisation;
    rows.day = base::DayOf(now);
    rows.log_key = &log_key;
    Do(Act::OfReporter(format::LeafKind::kCaseFiled, base::DayOf(now), format::details::Filed(DigestOf(1))));
    Do(Act::OfServer(format::LeafKind::kCaseAssigned, base::DayOf(now), format::details::Assigned("amira")));
  }

  // The case as an investigator leaves it after a first look.
  void LookInto() {
    Do(Act::OfStaff(format::LeafKind::kCaseOpened, Slug("amira"), now,
                    format::details::Opened(format::Keyring::kThread)));
    Do(Act::OfStaff(format::LeafKind::kCaseClaimed, Slug("amira"), now));
    Do(Act::OfStaff(
        format::LeafKind::kEntryAppended, Slug("amira"), now,
        format::details::Appended(format::Keyring::kThread, 1, format::DrawId<format::EntryId>(random), DigestOf(2))));
  }

  // A leaf of the case, in a commit group with leaves of others around it.
  void Do(const Act& act) {
    base::Transaction transaction;
    for (int i = 0; i < 3; ++i) transaction.leaves.push_back({.commitment = DigestOf(++others_)});
    OpenLeaf leaf = DraftCaseLeaf(organisation, case_id, chain, act, random);
    leaf.draft.wants_promise = act.kind() == format::LeafKind::kCaseFiled;
    transaction.leaves.push_back(leaf.draft);
    transaction.stamp = [&](const base::Stamps& stamps, base::ChangeSet&) {
      if (!stamps.leaves[3].promise.empty()) promise = stamps.leaves[3].promise;
    };
    EXPECT_TRUE(rows.Commit(std::move(transaction)).ok());
    leaves.push_back(std::move(leaf));
  }
  void OthersDo(uint64_t count) {
    base::Transaction transaction;
    for (uint64_t i = 0; i < count; ++i) transaction.leaves.push_back({.commitment = DigestOf(++others_)});
    EXPECT_TRUE(rows.Commit(std::move(transaction)).ok());
  }
  void Cut() {
    now += std::chrono::hours(1);
    EXPECT_TRUE(rows.Commit(DecideCut(organisation, log_keys, now, random)).ok());
  }

  // The proof of filing as it can be saved now.
  format::ProofOfFiling Proof() {
    format::ProofOfFiling proof{.organisation = organisation,
                                .log_key = log_key.verify_key(),
                                .leaf = leaves[0].content,
                                .salt = *format::LeafSalt::FromBytes(leaves[0].salt),
                                .promise = promise,
                                .inclusion = {},
                                .continuation = {},
                                .anchor = {}};
    auto tree = PublishedTree::Newest(rows);
    if (!tree.ok()) return proof;
    auto placed = tree->Find(LeafHash(leaves[0].draft.commitment));
    EXPECT_TRUE(placed.ok());
    proof.inclusion =
        format::Inclusion{.index = placed->index, .path = placed->path, .checkpoint = tree->checkpoint().note};
    return proof;
  }

  // The case's ledger as it can be saved now.
  format::SavedLedger Saved() {
    format::SavedLedger saved{.organisation = organisation,
                              .case_id = case_id,
                              .log_key = log_key.verify_key(),
                              .checkpoint = {},
                              .leaves = {}};
    auto tree = PublishedTree::Newest(rows);
    if (tree.ok()) saved.checkpoint = tree->checkpoint().note;
    for (const OpenLeaf& leaf : leaves) {
      format::SavedLeaf line{
          .content = leaf.content, .salt = *format::LeafSalt::FromBytes(leaf.salt), .index = {}, .path = {}};
      if (tree.ok()) {
        if (auto placed = tree->Find(LeafHash(leaf.draft.commitment)); placed.ok()) {
          line.index = placed->index;
          line.path = placed->path;
        }
      }
      saved.leaves.push_back(std::move(line));
    }
    return saved;
  }

  SeededRandom random;
  base::OrganisationId organisation;
  base::CaseId case_id;
  crypto::SigningKey log_key;
  LogKeys log_keys;
  MapRows rows;
  base::Instant now{std::chrono::seconds(1'763'700'000)};
  CaseChain chain;
  std::vector<OpenLeaf> leaves;
  crypto::Bytes promise;

 private:
  uint64_t others_ = 50'000;
};

}  // namespace alcove::ledger
