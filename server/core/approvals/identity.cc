#include "server/core/approvals/identity.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "crypto/format/leaf.h"
#include "crypto/format/share.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/approvals/custody.h"
#include "server/core/approvals/errors.h"
#include "server/core/approvals/reach.h"
#include "server/core/approvals/state.h"
#include "server/core/base/errors.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/states.h"
#include "server/core/clocks/seen.h"

namespace alcove::approvals {
namespace {

using format::Decision;

absl::StatusOr<cases::Identity> IdentityOf(const cases::Ports& ports, const cases::Case& record) {
  auto row = ports.rows.Get<cases::Identity>(base::RowKey(record.id));
  if (!row.ok()) return row.status();
  if (!*row) return IdentityNotHeld();
  return std::move((*row)->record);
}

// Who made a decision, as long as they may still make it.
const people::Person* DeciderOf(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval,
                                const Terms& terms, const cases::SignedDecision& decision) {
  const people::Person* person = ports.organisation.FindPerson(decision.staff);
  return person != nullptr && MayDecide(ports, *person, &record, approval.requester, terms) ? person : nullptr;
}

// A share of somebody who may still give it.
bool Counts(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval, const Terms& terms,
            const cases::SignedDecision& decision) {
  const people::Person* person = DeciderOf(ports, record, approval, terms, decision);
  return !decision.share.empty() && person != nullptr && ShareIndexOf(*person, terms) != 0;
}

}  // namespace

bool IsRelease(const Terms& terms) { return terms.kind == format::ApprovalKind::kReleaseIdentity; }
bool AsksReporter(const Terms& terms) { return IsRelease(terms) && terms.code == kConsentBasis; }

absl::Status AddCustody(const cases::Ports& ports, const cases::Case& record, Terms& terms) {
  const absl::StatusOr<cases::Identity> row = IdentityOf(ports, record);
  if (!row.ok()) return row.status();
  const absl::StatusOr<std::vector<cases::CustodyLine>> lines = cases::CustodyOf(*row);
  if (!lines.ok()) return lines.status();
  terms.threshold = lines->front().sealed.threshold;
  terms.custodians.clear();
  for (const cases::CustodyLine& line : *lines) terms.custodians.push_back(line.holder);
  return absl::OkStatus();
}

std::uint8_t ShareIndexOf(const people::Person& person, const Terms& terms) {
  const auto found = std::find_if(terms.custodians.begin(), terms.custodians.end(),
                                  [&](const crypto::KeyId& key) { return person.DeviceOf(key) != nullptr; });
  return found == terms.custodians.end() || !person.Has(format::Role::kCustodian)
             ? 0
             : static_cast<std::uint8_t>(found - terms.custodians.begin() + 1);
}

absl::Status CanBeReleased(const cases::Ports& ports, const cases::Case& record, const Terms& terms) {
  if (!terms.person.empty() || terms.until) return ApprovalRefused();
  if (!record.identity_held) return IdentityNotHeld();
  return cases::CheckReason(ports, "identity.basis", terms.code);
}

absl::StatusOr<bool> IsAskedAlready(const cases::Ports& ports, const cases::Case& record) {
  bool asked = false;
  absl::Status status = ports.rows.Scan<cases::Approval>(
      base::RowKey(record.id), "", SIZE_MAX, [&](base::Versioned<cases::Approval> row) {
        // What somebody asked who has the case no more cannot be carried out, and must not stand in the way.
        if (!IsRelease(TermsOf(row.record)) || row.record.requester != record.assignee) return true;
        const State state = StateOf(ports, &record, row.record);
        asked = state == State::kOpen || state == State::kApproved;
        return !asked;
      });
  if (!status.ok()) return status;
  return asked;
}

void WriteAsked(const cases::Ports& ports, cases::Case& record, const cases::Approval& approval, base::ChangeSet& changes,
                std::vector<base::LeafDraft>& drafts) {
  cases::CaseLeaves leaves(ports, record, changes, drafts);
  leaves.ByStaff(format::LeafKind::kIdentityAsked, approval.requester,
                 format::details::IdentityAsked(approval.id, approval.code));
  if (!AsksReporter(TermsOf(approval)))
    leaves.ByServer(format::LeafKind::kIdentityNotified, format::details::IdentityNotified(approval.id));
}

State StateOfRelease(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval) {
  if (approval.end == cases::ApprovalEnd::kExecuted) return State::kExecuted;
  if (approval.end == cases::ApprovalEnd::kCancelled) return State::kCancelled;
  if (approval.consent && approval.consent->decision == Decision::kRefuse) return State::kRefused;
  const Terms terms = TermsOf(approval);
  std::size_t given = 0, refused = 0;
  for (const cases::SignedDecision& decision : approval.decisions) {
    if (decision.decision == Decision::kApprove) {
      given += Counts(ports, record, approval, terms, decision);
      continue;
    }
    // A custodian's refusal leaves the others; anybody else's, and that of one who has left since, ends it.
    const people::Person* person = ports.organisation.FindPerson(decision.staff);
    if (person == nullptr || ShareIndexOf(*person, terms) == 0) return State::kRefused;
    ++refused;
  }
  if (refused + terms.threshold > terms.custodians.size()) return State::kRefused;
  if (ports.clock.Now() > ExpiryOf(approval)) return State::kExpired;
  const bool over = AsksReporter(terms) ? approval.consent.has_value() : OpensOn(ports, record, approval).has_value();
  return over && given >= terms.threshold ? State::kApproved : State::kOpen;
}

std::optional<base::Day> OpensOn(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval) {
  const Terms terms = TermsOf(approval);
  if (!IsRelease(terms) || AsksReporter(terms)) return std::nullopt;
  for (const cases::SignedDecision& decision : approval.decisions) {
    const people::Person* person = DeciderOf(ports, record, approval, terms, decision);
    if (decision.decision == Decision::kApprove && person != nullptr && ShareIndexOf(*person, terms) == 0)
      return base::DayOf(decision.at).PlusDays(1 + kNoticeDays);
  }
  return std::nullopt;
}

absl::Status PathOver(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval) {
  if (AsksReporter(TermsOf(approval))) {
    const bool agreed = approval.consent && approval.consent->decision == Decision::kApprove;
    return agreed ? absl::OkStatus() : ConsentMissing();
  }
  const std::optional<base::Day> opens = OpensOn(ports, record, approval);
  if (!opens) return ApprovalNotGranted();
  if (ports.clock.Today() < *opens) return NoticeRunning();
  const absl::StatusOr<bool> frozen = clocks::HoldsNow(ports.rows, ports.clock.Now());
  if (!frozen.ok()) return frozen.status();
  return *frozen ? ClockFrozen() : absl::OkStatus();
}

absl::StatusOr<std::optional<Held>> HeldBy(const cases::Ports& ports, const cases::Case& record,
                                           const cases::Approval& approval, const people::Person& person) {
  const Terms terms = TermsOf(approval);
  if (!IsRelease(terms)) return std::nullopt;
  const std::uint8_t index = ShareIndexOf(person, terms);
  const bool decided = std::any_of(approval.decisions.begin(), approval.decisions.end(),
                                   [&](const cases::SignedDecision& decision) { return decision.staff == person.slug; });
  const State state = StateOf(ports, &record, approval);
  if (index == 0 || decided || (state != State::kOpen && state != State::kApproved) ||
      !MayDecide(ports, person, &record, approval.requester, terms))
    return std::nullopt;
  if (absl::Status status = PathOver(ports, record, approval); !status.ok())
    return base::ReasonOf(status) ? absl::StatusOr<std::optional<Held>>(std::nullopt) : status;
  const absl::StatusOr<cases::Identity> row = IdentityOf(ports, record);
  if (!row.ok()) return row.status();
  const absl::StatusOr<std::vector<cases::CustodyLine>> lines = cases::CustodyOf(*row);
  if (!lines.ok()) return lines.status();
  if (index > lines->size()) return base::Broken("a kept identity has fewer shares than were asked for");
  const cases::CustodyLine& line = (*lines)[index - 1u];
  // Handed over since it was asked for: it opens for somebody else, whom this request does not ask.
  if (person.DeviceOf(line.holder) == nullptr) return std::nullopt;
  return HeldAs(line);
}

absl::Status CheckBrought(const cases::Ports& ports, const cases::Case* record, const cases::Approval& approval,
                          const people::Person& person, const format::ParsedStatement& statement, Decision decision,
                          crypto::BytesView bytes) {
  const Terms terms = TermsOf(approval);
  const std::uint8_t index = record != nullptr && IsRelease(terms) ? ShareIndexOf(person, terms) : 0;
  if (index == 0 || decision == Decision::kRefuse) {
    if (!bytes.empty()) return ShareRefused();
    const base::Day would_open = ports.clock.Today().PlusDays(1 + kNoticeDays);
    const bool late = IsRelease(terms) && decision == Decision::kApprove && base::StartOf(would_open) >= ExpiryOf(approval);
    return late ? ApprovalRefused() : absl::OkStatus();
  }
  if (absl::Status status = PathOver(ports, *record, approval); !status.ok()) return status;
  const absl::StatusOr<format::ParsedShare> share = format::ParseShare(bytes);
  if (!share.ok() || !share->IsFor(statement) || share->index != index) return ShareRefused();
  const auto asker = ports.organisation.FindByVerifyKey(statement.requester);
  if (!asker || asker->person->slug != approval.requester || share->recipient != asker->device->encryption_key_id)
    return ShareRefused();
  return IsSignedBy(*share, person) ? absl::OkStatus() : ShareRefused();
}

absl::StatusOr<Released> ReleasedBy(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval) {
  absl::StatusOr<cases::Identity> row = IdentityOf(ports, record);
  if (!row.ok()) return row.status();
  Released released;
  released.identity = std::move(row->sealed);
  released.handed = std::move(row->handed);
  const Terms terms = TermsOf(approval);
  for (const cases::SignedDecision& decision : approval.decisions)
    if (Counts(ports, record, approval, terms, decision)) released.shares.push_back(decision.share);
  return released;
}

absl::Status Release(const Execution& execution) {
  if (!execution.grants.empty()) return GrantsMismatch();
  if (absl::Status status = PathOver(execution.ports, execution.record, execution.approval); !status.ok()) return status;
  execution.leaves.ByStaff(format::LeafKind::kIdentityReleased, execution.approval.requester,
                           format::details::IdentityReleased(execution.approval.id));
  absl::StatusOr<Released> released = ReleasedBy(execution.ports, execution.record, execution.approval);
  if (!released.ok()) return released.status();
  execution.released = *std::move(released);
  return absl::OkStatus();
}

absl::StatusOr<base::Outcome<Decided>> DecideConsent(const cases::Ports& ports, const base::MailboxId& caller,
                                                     const base::ApprovalId& id, const std::string& etag,
                                                     const std::string& request_id, Decision decision,
                                                     const crypto::Signature& signature) {
  absl::StatusOr<cases::OwnCase> own = cases::ReachOwn(ports, caller);
  if (!own.ok()) return own.status();
  cases::Case& record = own->record;
  auto found = ports.rows.Get<cases::Approval>(base::RowKey(record.id, id));
  if (!found.ok()) return found.status();
  if (!*found || !IsRelease(TermsOf((*found)->record))) return base::NothingHere();
  cases::Approval& approval = (*found)->record;
  format::ByteWriter what(128);
  what.Fixed(id).Short(std::string_view(etag).substr(0, 255)).U8(static_cast<std::uint8_t>(decision)).Fixed(signature);
  const crypto::Digest digest = crypto::Blake2b256(what.bytes());
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(ports, "DecideConsent", request_id, digest);
  if (!slot.ok()) return slot.status();
  base::Outcome<Decided> outcome;
  if (slot->repeated) {
    outcome.answer = {EtagOf(ports, approval), StateOf(ports, &record, approval)};
    return outcome;
  }
  if (etag != EtagOf(ports, approval)) return base::EtagStale();
  const State state = StateOf(ports, &record, approval);
  const bool said = approval.consent && (approval.consent->decision == Decision::kRefuse || approval.consent->decision == decision);
  if (!AsksReporter(TermsOf(approval)) || said || (state != State::kOpen && state != State::kApproved))
    return ConsentRefused();
  const absl::StatusOr<format::ParsedApprovalRequest> request = format::ParseApprovalRequest(approval.request);
  if (!request.ok()) return base::Broken("a kept request does not parse");
  if (!format::VerifyConsent(request->statement, decision, record.mailbox_verify_key, signature).ok())
    return base::FieldInvalid("signature");

  approval.consent = cases::Consent{decision, signature, ports.clock.Today()};
  approval.revision += 1;
  cases::CaseLeaves(ports, record, outcome.changes, outcome.leaves)
      .ByReporter(format::LeafKind::kConsentDecided, format::details::ConsentDecided(id, decision));
  outcome.answer = {EtagOf(ports, approval), StateOf(ports, &record, approval)};
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  outcome.changes.Update(std::move(approval), (*found)->version);
  if (absl::Status status = cases::PutOwn(ports, *std::move(own), outcome.changes, outcome.leaves); !status.ok()) return status;
  return outcome;
}

absl::StatusOr<std::vector<ApprovalView>> ReleasesShown(const cases::Ports& ports, const base::MailboxId& caller) {
  const absl::StatusOr<cases::OwnCase> own = cases::ReachOwn(ports, caller);
  if (!own.ok()) return own.status();
  std::vector<ApprovalView> views;
  absl::Status status = ports.rows.Scan<cases::Approval>(
      base::RowKey(own->record.id), "", SIZE_MAX, [&](base::Versioned<cases::Approval> row) {
        if (IsRelease(TermsOf(row.record))) views.push_back(ViewOf(ports, &own->record, std::move(row.record)));
        return true;
      });
  if (!status.ok()) return status;
  const auto open = [](const ApprovalView& view) { return view.state == State::kOpen || view.state == State::kApproved; };
  // Of one second, what ended came before what is open.
  std::stable_sort(views.begin(), views.end(), [&](const ApprovalView& one, const ApprovalView& other) {
    return std::pair(one.approval.created, open(one)) < std::pair(other.approval.created, open(other));
  });
  // Many that ended would make the answer longer than a client takes.
  std::size_t ended = static_cast<std::size_t>(std::count_if(views.begin(), views.end(), std::not_fn(open)));
  std::erase_if(views, [&](const ApprovalView& view) { return !open(view) && ended-- > kMostEnded; });
  return views;
}

}  // namespace alcove::approvals
