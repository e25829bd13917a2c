// What the team reads. Every read is a leaf first.
#include "crypto/format/leaf.h"
#include "server/core/base/errors.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/kept.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/matters.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/show.h"
#include "server/core/cases/team.h"
#include "server/core/ledger/draft.h"

namespace alcove::cases {
namespace {

// The next membership rows of a person after a case, with the cases they lead to where the wall lets them through.
struct Stretch {
  std::vector<base::CaseId> ids;
};
absl::StatusOr<Stretch> NextMemberships(const Ports& ports, const base::StaffSlug& caller, const std::string& after,
                                        std::size_t limit) {
  Stretch stretch;
  absl::Status status = ports.rows.Scan<Membership>(base::RowKey(caller), after, limit,
                                                    [&](base::Versioned<Membership> row) {
                                                      stretch.ids.push_back(row.record.case_id);
                                                      return true;
                                                    });
  if (!status.ok()) return status;
  return stretch;
}

}  // namespace

absl::StatusOr<base::Outcome<CasePage>> ListCases(const Ports& ports, const base::StaffSlug& caller,
                                                  const PageRequest& request) {
  const people::Person* person = ports.organisation.FindPerson(caller);
  if (person == nullptr) return base::NothingHere();
  const std::uint32_t size = SizeOf(request, 50, 100);
  std::string after;
  if (!request.token.empty()) {
    absl::StatusOr<base::CaseId> last = format::FromText<base::CaseId>(request.token);
    if (!last.ok()) return base::FieldInvalid("page_token");
    after = base::RowKey(caller, *last);
  }

  base::Outcome<CasePage> outcome;
  CasePage& page = outcome.answer;
  // A case that the wall took away leaves no gap: pages fill up from what follows, and the last page is the one after
  // which nothing visible comes.
  for (bool more = true; more;) {
    absl::StatusOr<Stretch> stretch = NextMemberships(ports, caller, after, size + 1);
    if (!stretch.ok()) return stretch.status();
    more = stretch->ids.size() == size + 1;
    for (const base::CaseId& id : stretch->ids) {
      after = base::RowKey(caller, id);
      auto found = ports.rows.Get<Case>(base::RowKey(id));
      if (!found.ok()) return found.status();
      if (!*found || !MayReach(ports, *person, (*found)->record)) continue;
      const absl::StatusOr<bool> doomed = IsDoomed(ports.rows, id);
      if (!doomed.ok()) return doomed.status();
      if (*doomed) continue;
      if (page.cases.size() == size) {
        page.next_token = format::Text(page.cases.back().id);
        more = false;
        break;
      }
      page.cases.push_back(Summarise(ports, (*found)->record));
    }
  }
  ledger::DraftLeaf(ports.organisation.id(),
                    ledger::Act::OfStaff(format::LeafKind::kCasesListed, caller, ports.clock.Now()), ports.random,
                    outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<CaseDetail>> GetCase(const Ports& ports, const base::StaffSlug& caller,
                                                  const base::CaseId& id) {
  absl::StatusOr<TeamReach> reach = ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  const Case& record = reach->found.record;
  absl::StatusOr<std::vector<Epoch>> thread = EpochsOf(ports, record, format::Keyring::kThread);
  if (!thread.ok()) return thread.status();
  absl::StatusOr<std::vector<Epoch>> team = EpochsOf(ports, record, format::Keyring::kTeam);
  if (!team.ok()) return team.status();

  base::Outcome<CaseDetail> outcome;
  CaseDetail& detail = outcome.answer;
  detail.summary = Summarise(ports, record);
  AddEpochViews(ports, record, format::Keyring::kThread, *std::move(thread), detail.epochs);
  AddEpochViews(ports, record, format::Keyring::kTeam, *std::move(team), detail.epochs);
  detail.readers = ReadersOf(ports, record);
  if (absl::Status status = AddAdmissions(ports, record, detail.readers); !status.ok()) return status;
  if (absl::Status status = AddMatters(ports, record, detail); !status.ok()) return status;
  detail.heads = {record.thread.head, record.thread.length, record.team.head,
                  record.team.length, record.leaf_head,     record.leaf_count};
  detail.mailbox_encryption_key = record.mailbox_encryption_key;
  detail.mailbox_verify_key = record.mailbox_verify_key;
  detail.former_mailbox_keys = record.former_mailbox_keys;
  const absl::StatusOr<std::optional<base::Day>> last = LastDayOf(ports, record);
  if (!last.ok()) return last.status();
  detail.kept_until = *last;
  for (const base::CaseId& other : record.linked) {
    const absl::StatusOr<TeamReach> reached = ReachAsTeam(ports, caller, other);
    if (reached.ok()) {
      detail.linked.push_back(other);
    } else if (base::ReasonOf(reached.status()) != base::Reason::kNothingHere) {
      return reached.status();
    }
  }
  return outcome;
}

absl::StatusOr<base::Outcome<std::vector<ReleasedGrant>>> OpenCase(const Ports& ports, const base::StaffSlug& caller,
                                                                   const base::CaseId& id, format::Keyring keyring) {
  absl::StatusOr<TeamReach> reach = ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  Case& record = reach->found.record;
  std::vector<grants::Holder>& holders =
      keyring == format::Keyring::kThread ? record.thread.holders : record.team.holders;
  std::vector<crypto::KeyId> keys;
  for (grants::Holder& holder : holders) {
    if (!IsHandedOut(holder, *reach->person, ports.clock.Today())) continue;
    keys.push_back(holder.key_id);
    if (!holder.opened) holder.opened = ports.clock.Now();
  }
  absl::StatusOr<std::vector<Epoch>> epochs = EpochsOf(ports, record, keyring);
  if (!epochs.ok()) return epochs.status();

  base::Outcome<std::vector<ReleasedGrant>> outcome;
  outcome.answer = GrantsTo(*epochs, keys);
  CaseLeaves(ports, record, outcome.changes, outcome.leaves)
      .ByStaffIn(keyring, format::LeafKind::kCaseOpened, caller, format::details::Opened(keyring));
  outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

absl::StatusOr<base::Outcome<EntryPage>> ListEntries(const Ports& ports, const base::StaffSlug& caller,
                                                     const base::CaseId& id, format::Keyring keyring,
                                                     const PageRequest& page) {
  absl::StatusOr<TeamReach> reach = ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  absl::StatusOr<EntryPage> entries = PageOf(ports, id, keyring, page);
  if (!entries.ok()) return entries.status();

  base::Outcome<EntryPage> outcome;
  outcome.answer = *std::move(entries);
  // An empty page showed nothing.
  if (outcome.answer.entries.empty()) return outcome;
  Case& record = reach->found.record;
  const std::uint32_t first = outcome.answer.entries.front().sequence;
  const auto count = static_cast<std::uint32_t>(outcome.answer.entries.size());
  CaseLeaves(ports, record, outcome.changes, outcome.leaves)
      .ByStaffIn(keyring, format::LeafKind::kEntriesRead, caller, format::details::EntriesRead(keyring, first, count));
  if (keyring == format::Keyring::kThread) MarkRead(ports, record, first, count);
  outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

}  // namespace alcove::cases
