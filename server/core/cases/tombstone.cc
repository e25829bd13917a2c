#include "server/core/cases/tombstone.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "crypto/format/leaf.h"
#include "server/core/base/errors.h"
#include "server/core/ledger/draft.h"

namespace alcove::cases {
namespace {

absl::Status Forget(const base::Reader& rows, const GoneCase& gone, base::ChangeSet& changes) {
  for (const base::CaseId& id : gone.linked) {
    auto other = rows.Get<Case>(base::RowKey(id));
    if (!other.ok()) return other.status();
    if (!*other) continue;  // went with this one
    Case record = std::move((*other)->record);
    std::erase(record.linked, gone.id);
    changes.Update(std::move(record), (*other)->version);
  }
  for (const base::EmployeeId& employee : gone.about) {
    auto roll = rows.Get<EscrowRoll>(base::RowKey(employee));
    if (!roll.ok()) return roll.status();
    if (!*roll || std::erase((*roll)->record.cases, gone.id) == 0) continue;
    if ((*roll)->record.cases.empty()) {
      changes.ExpectUnchanged(EscrowRoll::kTable, base::RowKey(employee), (*roll)->version);
      changes.Delete(EscrowRoll::kTable, base::RowKey(employee));
    } else {
      changes.Update(std::move((*roll)->record), (*roll)->version);
    }
  }
  return absl::OkStatus();
}

absl::Status Erase(const base::Reader& rows, const base::CaseId& id, base::ChangeSet& changes) {
  const absl::StatusOr<bool> erased = Spare(rows, id, changes);
  if (!erased.ok()) return erased.status();
  return *erased ? absl::OkStatus() : base::Broken("a case was shredded that was not to go");
}

}  // namespace

GoneCase GoneCaseOf(const Case& record, const Cause& cause) {
  return {record.id,        record.mailbox,  cause,        record.leaf_count,
          record.leaf_head, record.leaf_day, record.linked, record.escrow ? record.escrow->about : std::vector<base::EmployeeId>()};
}

absl::StatusOr<base::Transaction> DecideTombstone(const base::Reader& rows, const base::OrganisationId& organisation,
                                                  base::Day today, const GoneCase& gone, std::uint32_t key_epoch,
                                                  crypto::Random& random) {
  base::Transaction transaction;
  if (absl::Status status = Erase(rows, gone.id, transaction.changes); !status.ok()) return status;
  if (absl::Status status = Forget(rows, gone, transaction.changes); !status.ok()) return status;
  ledger::CaseChain chain{gone.leaf_count, gone.leaf_head};
  std::uint8_t cause = gone.cause.kind ? static_cast<std::uint8_t>(*gone.cause.kind) : 0;
  if (gone.cause.escrow_over) cause = format::kEscrowOver;
  ledger::OpenLeaf leaf = ledger::DraftCaseLeaf(
      organisation, gone.id, chain,
      ledger::Act::OfServer(format::LeafKind::kCaseShredded, std::max(today, gone.leaf_day),
                            format::details::CaseShredded(format::TombstoneMailbox(organisation, gone.mailbox), cause,
                                                          gone.cause.approval, gone.cause.day, key_epoch)),
      random);
  leaf.draft.wants_promise = true;
  transaction.leaves.push_back(leaf.draft);
  auto tombstone = std::make_shared<Tombstone>();
  tombstone->case_id = gone.id;
  tombstone->content = std::move(leaf.content);
  tombstone->salt = std::move(leaf.salt);
  transaction.changes.ExpectAbsent(Tombstone::kTable, tombstone->key());
  transaction.stamp = [tombstone](const base::Stamps& stamps, base::ChangeSet& changes) {
    tombstone->promise = stamps.leaves.front().promise;
    changes.Put(Tombstone(*tombstone));
  };
  return transaction;
}

absl::StatusOr<base::Transaction> DecideRedacted(const base::Reader& rows, const base::CaseId& id) {
  base::Transaction transaction;
  if (absl::Status status = Erase(rows, id, transaction.changes); !status.ok()) return status;
  return transaction;
}

}  // namespace alcove::cases
