#include "server/core/cases/leaves.h"

#include <algorithm>

#include "server/core/cases/escrow.h"

namespace alcove::cases {

base::Instant CaseLeaves::Now() {
  const base::Instant now = std::max(ports_.clock.Now(), base::StartOf(record_.leaf_day));
  record_.leaf_day = base::DayOf(now);
  return now;
}

base::Day CaseLeaves::Today() {
  record_.leaf_day = std::max(ports_.clock.Today(), record_.leaf_day);
  return record_.leaf_day;
}

CaseLeaf CaseLeaves::Chain(const ledger::Act& act) {
  ledger::CaseChain chain{record_.leaf_count, record_.leaf_head};
  ledger::OpenLeaf leaf = ledger::DraftCaseLeaf(ports_.organisation.id(), record_.id, chain, act, ports_.random);
  record_.leaf_count = chain.count;
  record_.leaf_head = chain.head;
  drafts_.push_back(leaf.draft);
  CaseLeaf row;
  row.case_id = record_.id;
  row.number = chain.count;
  row.head = chain.head;
  row.content = std::move(leaf.content);
  row.salt = std::move(leaf.salt);
  return row;
}

void CaseLeaves::ByStaff(format::LeafKind kind, const base::StaffSlug& actor, crypto::Bytes details) {
  if (IsVeiled(record_)) return HiddenByStaff(kind, actor, std::move(details));
  changes_.Put(Chain(ledger::Act::OfStaff(kind, actor, Now(), std::move(details))));
}

void CaseLeaves::ByReporter(format::LeafKind kind, crypto::Bytes details) {
  changes_.Put(Chain(ledger::Act::OfReporter(kind, Today(), std::move(details))));
}

void CaseLeaves::ByServer(format::LeafKind kind, crypto::Bytes details) {
  if (IsVeiled(record_)) return HiddenByServer(kind, std::move(details));
  changes_.Put(Chain(ledger::Act::OfServer(kind, Today(), std::move(details))));
}

void CaseLeaves::HiddenByStaff(format::LeafKind kind, const base::StaffSlug& actor, crypto::Bytes details) {
  Hidden(ledger::Act::OfStaff(kind, actor, Now(), std::move(details)));
}

void CaseLeaves::HiddenByServer(format::LeafKind kind, crypto::Bytes details) {
  Hidden(ledger::Act::OfServer(kind, Today(), std::move(details)));
}

void CaseLeaves::Hidden(const ledger::Act& act) {
  ledger::OpenLeaf leaf = ledger::DraftHiddenCaseLeaf(ports_.organisation.id(), record_.id, act, ports_.random);
  drafts_.push_back(leaf.draft);
  HistoryLeaf row;
  row.case_id = record_.id;
  row.number = ++record_.history_length;
  row.after = record_.leaf_count;
  row.content = std::move(leaf.content);
  row.salt = std::move(leaf.salt);
  changes_.Put(std::move(row));
}

void CaseLeaves::ByStaffIn(format::Keyring keyring, format::LeafKind kind, const base::StaffSlug& actor,
                           crypto::Bytes details) {
  if (keyring == format::Keyring::kThread) {
    ByStaff(kind, actor, std::move(details));
  } else {
    HiddenByStaff(kind, actor, std::move(details));
  }
}

CaseLeaf CaseLeaves::Filed(crypto::Bytes details) {
  CaseLeaf row = Chain(ledger::Act::OfReporter(format::LeafKind::kCaseFiled, Today(), std::move(details)));
  drafts_.back().wants_promise = true;
  return row;
}

}  // namespace alcove::cases
