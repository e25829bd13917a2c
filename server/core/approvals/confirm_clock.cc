#include "server/core/approvals/confirm_clock.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/format/leaf.h"
#include "crypto/hash.h"
#include "server/core/approvals/errors.h"
#include "server/core/approvals/state.h"
#include "server/core/approvals/steps.h"
#include "server/core/cases/requests.h"
#include "server/core/clocks/seen.h"
#include "server/core/ledger/draft.h"

namespace alcove::approvals {
namespace {

using format::LeafKind;
using format::Role;

bool MayConfirm(const people::Person& person, const base::StaffSlug& requester) {
  return person.Has(Role::kAuditor) && person.slug != requester;
}

State StateOfClock(const cases::Ports& ports, const cases::Approval& approval) {
  if (approval.end == cases::ApprovalEnd::kExecuted) return State::kExecuted;
  if (approval.end == cases::ApprovalEnd::kCancelled) return State::kCancelled;
  std::size_t approved = 0;
  for (const cases::SignedDecision& decision : approval.decisions) {
    if (decision.decision == format::Decision::kRefuse) return State::kRefused;
    const people::Person* person = ports.organisation.FindPerson(decision.staff);
    if (person != nullptr && MayConfirm(*person, approval.requester)) ++approved;
  }
  if (ports.clock.Now() > ExpiryOf(approval)) return State::kExpired;
  return approved >= RuleOf(approval.kind).needed ? State::kApproved : State::kOpen;
}

// An administrator who asks while the clock is frozen, and who would decide.
struct Asking {
  const people::Person* person;
  clocks::Freeze freeze;
  std::vector<const people::Person*> deciders;
};
absl::StatusOr<Asking> MayAsk(const cases::Ports& ports, const base::StaffSlug& caller, const NewApproval& asked) {
  const people::Person* person = ports.organisation.FindPerson(caller);
  if (person == nullptr || !person->Has(Role::kAdministrator)) return base::NothingHere();
  const auto seen = clocks::LastSeen(ports.rows);
  if (!seen.ok()) return seen.status();
  if (!asked.case_id.IsZero() || !asked.terms.person.empty() || !*seen || !(*seen)->record.freeze)
    return ApprovalRefused();
  Asking asking{person, *(*seen)->record.freeze, {}};
  for (const people::Person* auditor : ports.organisation.With(Role::kAuditor))
    if (MayConfirm(*auditor, caller)) asking.deciders.push_back(auditor);
  if (asking.deciders.size() < RuleOf(format::ApprovalKind::kConfirmClock).needed) return ApprovalRefused();
  return asking;
}

// One change, from the repetition to its rows.
class ClockChange {
 public:
  static absl::StatusOr<ClockChange> Begin(const cases::Ports& ports, ReachedClock reached, const std::string& etag,
                                           const std::string& request_id, const crypto::Digest& digest) {
    absl::StatusOr<cases::RequestSlot> slot =
        cases::OpenRequest(ports, cases::ScopeOf(reached.person->slug), request_id, digest);
    if (!slot.ok()) return slot.status();
    ClockChange change(ports, std::move(reached), *std::move(slot));
    if (!change.repeated() && etag != EtagOf(ports, change.approval())) return base::EtagStale();
    return change;
  }

  bool repeated() const { return slot_.repeated.has_value(); }
  const crypto::Bytes& earlier_answer() const { return slot_.repeated->answer; }
  cases::Approval& approval() { return reached_.approval.record.approval; }
  const ClockApproval& row() const { return reached_.approval.record; }
  const people::Person& person() const { return *reached_.person; }
  bool asked() const { return reached_.asked; }
  State state() { return StateOfClock(ports_, approval()); }

  // The change is made. Answers the new etag.
  std::string Finish(LeafKind kind, crypto::Bytes details, base::ChangeSet& changes,
                     std::vector<base::LeafDraft>& leaves) {
    ledger::DraftLeaf(ports_.organisation.id(),
                      ledger::Act::OfStaff(kind, person().slug, ports_.clock.Now(), std::move(details)), ports_.random,
                      changes, leaves);
    approval().revision += 1;
    std::string etag = EtagOf(ports_, approval());
    cases::CloseRequest(std::move(slot_), etag, changes);
    changes.Update(std::move(reached_.approval.record), reached_.approval.version);
    return etag;
  }

 private:
  ClockChange(const cases::Ports& ports, ReachedClock reached, cases::RequestSlot slot)
      : ports_(ports), reached_(std::move(reached)), slot_(std::move(slot)) {}

  const cases::Ports& ports_;
  ReachedClock reached_;
  cases::RequestSlot slot_;
};

void PutParty(const base::StaffSlug& staff, const base::ApprovalId& id, base::ChangeSet& changes) {
  Party party;
  party.staff = staff;
  party.approval = id;
  changes.Insert(std::move(party));
}

}  // namespace

absl::StatusOr<std::optional<ReachedClock>> ReachClock(const cases::Ports& ports, const base::StaffSlug& caller,
                                                       const base::ApprovalId& id) {
  const people::Person* person = ports.organisation.FindPerson(caller);
  if (person == nullptr) return std::nullopt;
  const auto party = ports.rows.Get<Party>(base::RowKey(caller, id));
  if (!party.ok()) return party.status();
  if (!*party || !(*party)->record.case_id.IsZero()) return std::nullopt;
  auto approval = ports.rows.Get<ClockApproval>(base::RowKey(id));
  if (!approval.ok()) return approval.status();
  if (!*approval) return base::Broken("a party to an approval that is not there");
  const base::StaffSlug& requester = (*approval)->record.approval.requester;
  const bool asked = requester == caller;
  if (asked ? !person->Has(Role::kAdministrator) : !MayConfirm(*person, requester)) return base::NothingHere();
  return ReachedClock{**std::move(approval), person, asked};
}

ApprovalView ViewOf(const cases::Ports& ports, ClockApproval row) {
  ApprovalView view;
  view.state = StateOfClock(ports, row.approval);
  view.needed = RuleOf(row.approval.kind).needed;
  view.expires = ExpiryOf(row.approval);
  view.etag = EtagOf(ports, row.approval);
  view.approval = std::move(row.approval);
  return view;
}

absl::StatusOr<Created> WhoConfirms(const cases::Ports& ports, const base::StaffSlug& caller,
                                    const NewApproval& asked) {
  const absl::StatusOr<Asking> asking = MayAsk(ports, caller, asked);
  if (!asking.ok()) return asking.status();
  return CreatedFrom(asking->deciders, asked.terms);
}

absl::StatusOr<base::Outcome<Created>> CreateClock(const cases::Ports& ports, const base::StaffSlug& caller,
                                                   const std::string& request_id, const NewApproval& asked) {
  const people::Person* person = ports.organisation.FindPerson(caller);
  if (person == nullptr || !person->Has(Role::kAdministrator)) return base::NothingHere();
  const absl::StatusOr<format::ParsedApprovalRequest> request = format::ParseApprovalRequest(asked.request);
  if (!request.ok()) return base::FieldInvalid("request");
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(
      ports, cases::ScopeOf(caller), request_id,
      crypto::Blake2b256(format::ByteWriter(64).Short("CreateApproval").Fixed(crypto::Blake2b256(asked.request)).bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<Created> outcome;
  const base::ApprovalId id = request->statement.terms.approval;
  if (slot->repeated) {
    outcome.answer.id = id;
    outcome.answer.etag = slot->repeated->answer;
    return outcome;
  }
  const absl::StatusOr<Asking> asking = MayAsk(ports, caller, asked);
  if (!asking.ok()) return asking.status();
  outcome.answer = CreatedFrom(asking->deciders, asked.terms);
  if (absl::Status status = CheckRequest(ports, *person, asked, *request, outcome.answer.deciders); !status.ok())
    return status;

  ClockApproval row;
  row.approval.id = id;
  const auto taken = ports.rows.Get<ClockApproval>(row.key());
  if (!taken.ok()) return taken.status();
  if (*taken) return base::FieldInvalid("request");
  row.approval.kind = asked.terms.kind;
  row.approval.requester = caller;
  row.approval.request = crypto::Bytes(asked.request);
  row.approval.created = ports.clock.Now();
  row.from = asking->freeze.from;
  row.to = asking->freeze.to;
  PutParty(caller, id, outcome.changes);
  for (const people::Person* decider : asking->deciders) PutParty(decider->slug, id, outcome.changes);
  ledger::DraftLeaf(ports.organisation.id(),
                    ledger::Act::OfStaff(LeafKind::kApprovalRequested, caller, ports.clock.Now(),
                                         format::details::ApprovalRequested(id, asked.terms.kind)),
                    ports.random, outcome.changes, outcome.leaves);
  outcome.answer.id = id;
  outcome.answer.etag = EtagOf(ports, row.approval);
  cases::CloseRequest(*std::move(slot), outcome.answer.etag, outcome.changes);
  outcome.changes.Insert(std::move(row));
  return outcome;
}

absl::StatusOr<base::Outcome<Decided>> DecideClock(const cases::Ports& ports, ReachedClock reached,
                                                   const std::string& etag, const std::string& request_id,
                                                   format::Decision decision, const crypto::Signature& signature) {
  const base::ApprovalId id = reached.approval.record.approval.id;
  const crypto::Digest digest = crypto::Blake2b256(
      Asked("DecideApproval", id, etag).U8(static_cast<std::uint8_t>(decision)).Fixed(signature).bytes());
  absl::StatusOr<ClockChange> change = ClockChange::Begin(ports, std::move(reached), etag, request_id, digest);
  if (!change.ok()) return change.status();
  base::Outcome<Decided> outcome;
  if (change->repeated()) {
    outcome.answer = {change->earlier_answer(), change->state()};
    return outcome;
  }
  cases::Approval& approval = change->approval();
  // One decides, so whoever decided ended it.
  if (change->asked() || change->state() != State::kOpen) return ApprovalRefused();
  const bool decided = std::any_of(approval.decisions.begin(), approval.decisions.end(), [&](const auto& other) {
    return other.staff == change->person().slug;
  });
  if (decided) return ApprovalRefused();
  const absl::StatusOr<format::ParsedApprovalRequest> request = format::ParseApprovalRequest(approval.request);
  if (!request.ok()) return base::Broken("a kept request does not parse");
  const people::Device* device = SignerOf(change->person(), request->statement, decision, signature);
  if (device == nullptr) return base::FieldInvalid("signature");
  approval.decisions.push_back({change->person().slug, decision, device->verify_key_id, signature, ports.clock.Now()});
  outcome.answer.state = change->state();
  outcome.answer.etag = change->Finish(LeafKind::kApprovalDecided, format::details::ApprovalDecided(id, decision),
                                       outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<std::string>> CancelClock(const cases::Ports& ports, ReachedClock reached,
                                                       const std::string& etag, const std::string& request_id) {
  const base::ApprovalId id = reached.approval.record.approval.id;
  absl::StatusOr<ClockChange> change = ClockChange::Begin(ports, std::move(reached), etag, request_id,
                                                          crypto::Blake2b256(Asked("CancelApproval", id, etag).bytes()));
  if (!change.ok()) return change.status();
  base::Outcome<std::string> outcome;
  if (change->repeated()) {
    outcome.answer = change->earlier_answer();
    return outcome;
  }
  const State state = change->state();
  if (!change->asked() || (state != State::kOpen && state != State::kApproved)) return ApprovalRefused();
  change->approval().end = cases::ApprovalEnd::kCancelled;
  outcome.answer = change->Finish(LeafKind::kApprovalCancelled, format::details::ApprovalCancelled(id), outcome.changes,
                                  outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<std::string>> ExecuteClock(const cases::Ports& ports, ReachedClock reached,
                                                        const std::string& etag, const std::string& request_id,
                                                        std::span<const crypto::BytesView> grants) {
  const base::ApprovalId id = reached.approval.record.approval.id;
  format::ByteWriter digest = Asked("ExecuteApproval", id, etag);
  for (crypto::BytesView grant : grants) digest.Fixed(crypto::Blake2b256(grant));
  absl::StatusOr<ClockChange> change =
      ClockChange::Begin(ports, std::move(reached), etag, request_id, crypto::Blake2b256(digest.bytes()));
  if (!change.ok()) return change.status();
  base::Outcome<std::string> outcome;
  if (change->repeated()) {
    outcome.answer = change->earlier_answer();
    return outcome;
  }
  if (!change->asked()) return ApprovalRefused();
  const State state = change->state();
  if (state == State::kOpen) return ApprovalNotGranted();
  if (state != State::kApproved) return ApprovalRefused();
  if (!grants.empty()) return GrantsMismatch();
  const auto seen = clocks::LastSeen(ports.rows);
  if (!seen.ok()) return seen.status();
  const bool this_leap = *seen && (*seen)->record.freeze && (*seen)->record.freeze->from == change->row().from &&
                         (*seen)->record.freeze->to == change->row().to;
  if (!this_leap) return ApprovalRefused();
  const absl::StatusOr<bool> confirmed = clocks::Confirm(ports.rows, ports.organisation.id(), change->person().slug,
                                                         ports.clock.Now(), ports.random, outcome.changes,
                                                         outcome.leaves);
  if (!confirmed.ok()) return confirmed.status();
  if (!*confirmed) return ApprovalRefused();
  change->approval().end = cases::ApprovalEnd::kExecuted;
  outcome.answer = change->Finish(LeafKind::kApprovalExecuted,
                                  format::details::ApprovalExecuted(id, format::ApprovalKind::kConfirmClock),
                                  outcome.changes, outcome.leaves);
  return outcome;
}

}  // namespace alcove::approvals
