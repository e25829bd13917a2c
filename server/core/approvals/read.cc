// Looking at approvals.
#include "crypto/format/leaf.h"
#include "server/core/approvals/approvals.h"
#include "server/core/approvals/identity.h"
#include "server/core/approvals/reach.h"
#include "server/core/approvals/records.h"
#include "server/core/approvals/state.h"
#include "server/core/base/errors.h"
#include "server/core/cases/show.h"
#include "server/core/ledger/draft.h"

namespace alcove::approvals {

absl::StatusOr<ApprovalView> GetApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                         const base::ApprovalId& id) {
  absl::StatusOr<Reached> reached = ReachApproval(ports, caller, id);
  if (!reached.ok()) return reached.status();
  const cases::Case* record = reached->concern.record();
  absl::StatusOr<std::optional<Held>> held = std::nullopt;
  if (record != nullptr) held = HeldBy(ports, *record, reached->approval, *reached->concern.person);
  if (!held.ok()) return held.status();
  ApprovalView view = ViewOf(ports, record, std::move(reached->approval));
  view.held = *std::move(held);
  return view;
}

absl::StatusOr<base::Outcome<ApprovalPage>> ListApprovals(const cases::Ports& ports, const base::StaffSlug& caller,
                                                          const cases::PageRequest& request) {
  if (ports.organisation.FindPerson(caller) == nullptr) return base::NothingHere();
  std::string after;
  if (!request.token.empty()) {
    absl::StatusOr<base::ApprovalId> last = format::FromText<base::ApprovalId>(request.token);
    if (!last.ok()) return base::FieldInvalid("page_token");
    after = base::RowKey(caller, *last);
  }
  std::vector<base::ApprovalId> ids;
  absl::Status status =
      ports.rows.Scan<Party>(base::RowKey(caller), after, SIZE_MAX, [&](base::Versioned<Party> row) {
        ids.push_back(row.record.approval);
        return true;
      });
  if (!status.ok()) return status;

  base::Outcome<ApprovalPage> outcome;
  ApprovalPage& page = outcome.answer;
  const std::uint32_t size = cases::SizeOf(request, 20, 50);
  // What the wall took away leaves no gap: pages fill up from what follows.
  for (const base::ApprovalId& id : ids) {
    absl::StatusOr<ApprovalView> view = GetApproval(ports, caller, id);
    if (base::ReasonOf(view.status()) == base::Reason::kNothingHere) continue;
    if (!view.ok()) return view.status();
    if (page.approvals.size() == size) {
      page.next_token = format::Text(page.approvals.back().approval.id);
      break;
    }
    page.approvals.push_back(*std::move(view));
    page.approvals.back().approval.request.clear();
    page.approvals.back().held.reset();
  }
  ledger::DraftLeaf(ports.organisation.id(),
                    ledger::Act::OfStaff(format::LeafKind::kApprovalsListed, caller, ports.clock.Now()), ports.random,
                    outcome.changes, outcome.leaves);
  return outcome;
}

}  // namespace alcove::approvals
