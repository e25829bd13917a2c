// Looking at approvals.
#include <algorithm>

#include "crypto/format/leaf.h"
#include "server/core/approvals/approvals.h"
#include "server/core/approvals/reach.h"
#include "server/core/approvals/records.h"
#include "server/core/approvals/state.h"
#include "server/core/base/errors.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/show.h"
#include "server/core/ledger/draft.h"

namespace alcove::approvals {

State StateOf(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval) {
  if (approval.end == cases::ApprovalEnd::kExecuted) return State::kExecuted;
  if (approval.end == cases::ApprovalEnd::kCancelled) return State::kCancelled;
  std::size_t approved = 0;
  for (const cases::SignedDecision& decision : approval.decisions) {
    if (decision.decision == format::Decision::kRefuse) return State::kRefused;
    const people::Person* person = ports.organisation.FindPerson(decision.staff);
    if (person != nullptr && MayDecide(ports, *person, record, approval.requester, TermsOf(approval))) ++approved;
  }
  if (ports.clock.Now() > ExpiryOf(approval)) return State::kExpired;
  return approved >= RuleOf(approval.kind).needed ? State::kApproved : State::kOpen;
}

base::Instant ExpiryOf(const cases::Approval& approval) { return approval.created + std::chrono::days(kOpenDays); }

std::string EtagOf(const cases::Ports& ports, const cases::Approval& approval) {
  return cases::EtagOf(ports, approval.id.view(), approval.revision);
}

ApprovalView ViewOf(const cases::Ports& ports, const cases::Case& record, cases::Approval approval) {
  ApprovalView view;
  view.state = StateOf(ports, record, approval);
  view.needed = RuleOf(approval.kind).needed;
  view.expires = ExpiryOf(approval);
  view.etag = EtagOf(ports, approval);
  view.approval = std::move(approval);
  return view;
}

absl::StatusOr<ApprovalView> GetApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                         const base::ApprovalId& id) {
  absl::StatusOr<Reached> reached = ReachApproval(ports, caller, id);
  if (!reached.ok()) return reached.status();
  return ViewOf(ports, reached->found.record, std::move(reached->approval.record));
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
    absl::StatusOr<Reached> reached = ReachApproval(ports, caller, id);
    if (base::ReasonOf(reached.status()) == base::Reason::kNothingHere) continue;
    if (!reached.ok()) return reached.status();
    if (page.approvals.size() == size) {
      page.next_token = format::Text(page.approvals.back().approval.id);
      break;
    }
    page.approvals.push_back(ViewOf(ports, reached->found.record, std::move(reached->approval.record)));
    page.approvals.back().approval.request.clear();
  }
  ledger::DraftLeaf(ports.organisation.id(),
                    ledger::Act::OfStaff(format::LeafKind::kApprovalsListed, caller, ports.clock.Now()), ports.random,
                    outcome.changes, outcome.leaves);
  return outcome;
}

}  // namespace alcove::approvals
