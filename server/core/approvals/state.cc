#include "server/core/approvals/state.h"

#include <utility>

#include "server/core/approvals/identity.h"
#include "server/core/approvals/reach.h"
#include "server/core/cases/requests.h"

namespace alcove::approvals {

State StateOf(const cases::Ports& ports, const cases::Case* record, const cases::Approval& approval) {
  if (record != nullptr && IsRelease(TermsOf(approval))) return StateOfRelease(ports, *record, approval);
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

base::Instant ExpiryOf(const cases::Approval& approval) { return approval.created + std::chrono::days(RuleOf(approval.kind).open_days); }

std::string EtagOf(const cases::Ports& ports, const cases::Approval& approval) {
  return cases::EtagOf(ports, approval.id.view(), approval.revision);
}

ApprovalView ViewOf(const cases::Ports& ports, const cases::Case* record, cases::Approval approval) {
  ApprovalView view;
  view.state = StateOf(ports, record, approval);
  view.needed = NeededFor(TermsOf(approval));
  if (record != nullptr) view.opens = OpensOn(ports, *record, approval);
  view.expires = ExpiryOf(approval);
  view.etag = EtagOf(ports, approval);
  view.approval = std::move(approval);
  return view;
}

}  // namespace alcove::approvals
