#include "server/core/ledger/draft.h"

#include <utility>

#include "server/core/ledger/records.h"
#include "server/core/ledger/tree.h"

namespace alcove::ledger {

// The one place where an act becomes bytes.
struct LeafMaker {
  static OpenLeaf Make(const base::OrganisationId& organisation, const base::CaseId& case_id, std::uint32_t number,
                       const Act& act, crypto::Random& random) {
    format::LeafSalt salt;
    random.Fill(salt.data(), format::LeafSalt::kSize);
    OpenLeaf leaf;
    leaf.content = format::LeafContent({.kind = act.kind_,
                                        .organisation = organisation,
                                        .case_id = case_id,
                                        .number = number,
                                        .day = act.day_,
                                        .time = act.time_,
                                        .actor = act.actor_,
                                        .details = act.details_});
    leaf.salt = salt.str();
    leaf.draft.commitment = format::LeafCommitment(salt, leaf.content);
    return leaf;
  }
};

Act Act::OfStaff(format::LeafKind kind, const base::StaffSlug& actor, base::Instant at, crypto::Bytes details) {
  Act act;
  act.kind_ = kind;
  act.day_ = base::DayOf(at);
  act.time_ = static_cast<std::uint32_t>((at - base::StartOf(act.day_)).count()) + 1;
  act.actor_ = actor.text();
  act.details_ = std::move(details);
  return act;
}

Act Act::OfReporter(format::LeafKind kind, base::Day day, crypto::Bytes details) {
  Act act;
  act.kind_ = kind;
  act.day_ = day;
  act.details_ = std::move(details);
  return act;
}

Act Act::OfServer(format::LeafKind kind, base::Day day, crypto::Bytes details) {
  return OfReporter(kind, day, std::move(details));
}

OpenLeaf DraftCaseLeaf(const base::OrganisationId& organisation, const base::CaseId& case_id, CaseChain& chain,
                       const Act& act, crypto::Random& random) {
  ++chain.count;
  OpenLeaf leaf = LeafMaker::Make(organisation, case_id, chain.count, act, random);
  chain.head = format::NextChainHead(chain.head, chain.count, leaf.draft.commitment);
  return leaf;
}

OpenLeaf DraftHiddenCaseLeaf(const base::OrganisationId& organisation, const base::CaseId& case_id, const Act& act,
                             crypto::Random& random) {
  return LeafMaker::Make(organisation, case_id, 0, act, random);
}

crypto::Digest DraftLeaf(const base::OrganisationId& organisation, const Act& act, crypto::Random& random,
               base::ChangeSet& changes, std::vector<base::LeafDraft>& leaves) {
  OpenLeaf leaf = LeafMaker::Make(organisation, {}, 0, act, random);
  Opening opening;
  opening.leaf_hash = LeafHash(leaf.draft.commitment);
  opening.content = std::move(leaf.content);
  opening.salt = std::move(leaf.salt);
  const crypto::Digest hash = opening.leaf_hash;
  changes.Put(std::move(opening));
  leaves.push_back(leaf.draft);
  return hash;
}

}  // namespace alcove::ledger
