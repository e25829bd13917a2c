#include "server/core/approvals/state.h"

#include <algorithm>
#include <utility>

#include "crypto/format/approval.h"
#include "server/core/approvals/identity.h"
#include "server/core/approvals/reach.h"
#include "server/core/cases/requests.h"

namespace alcove::approvals {

State StateOf(const cases::Ports& ports, const cases::Case* record, const cases::Approval& approval) {
  if (record != nullptr && IsRelease(TermsOf(approval))) return StateOfRelease(ports, *record, approval);
  if (approval.end == cases::ApprovalEnd::kExecuted) return State::kExecuted;
  if (approval.end == cases::ApprovalEnd::kCancelled) return State::kCancelled;
  std::vector<const people::Person*> approvers;
  for (const cases::SignedDecision& decision : approval.decisions) {
    if (decision.decision == format::Decision::kRefuse) return State::kRefused;
    const people::Person* person = ports.organisation.FindPerson(decision.staff);
    if (person != nullptr && MayDecide(ports, *person, record, approval.requester, TermsOf(approval)) &&
        !IsAmong(*person, approvers))
      approvers.push_back(person);
  }
  if (ports.clock.Now() > ExpiryOf(approval)) return State::kExpired;
  return approvers.size() >= format::ApprovalRuleOf(approval.kind).needed ? State::kApproved : State::kOpen;
}

bool IsAmong(const people::Person& person, const std::vector<const people::Person*>& others) {
  return std::any_of(others.begin(), others.end(),
                     [&](const people::Person* other) { return people::SamePerson(person, *other); });
}

std::optional<base::Day> ReadyOf(const cases::Approval& approval) {
  const format::ApprovalRule rule = format::ApprovalRuleOf(approval.kind);
  if (rule.waiting_days == 0 || approval.decisions.size() < rule.needed) return std::nullopt;
  return format::FirstDayOf(approval.kind, base::DayOf(approval.decisions.back().at));
}

base::Instant ExpiryOf(const cases::Approval& approval) {
  const std::optional<base::Day> ready = ReadyOf(approval);
  return (ready ? base::StartOf(*ready) : approval.created) +
         std::chrono::days(format::ApprovalRuleOf(approval.kind).open_days);
}

std::string EtagOf(const cases::Ports& ports, const cases::Approval& approval) {
  return cases::EtagOf(ports, approval.id.view(), approval.revision);
}

ApprovalView ViewOf(const cases::Ports& ports, const cases::Case* record, cases::Approval approval) {
  ApprovalView view;
  view.state = StateOf(ports, record, approval);
  view.needed = NeededFor(TermsOf(approval));
  if (record != nullptr) view.opens = OpensOn(ports, *record, approval);
  view.expires = ExpiryOf(approval);
  if (view.state != State::kOpen && view.state != State::kRefused) view.ready = ReadyOf(approval);
  view.etag = EtagOf(ports, approval);
  view.approval = std::move(approval);
  return view;
}

}  // namespace alcove::approvals
