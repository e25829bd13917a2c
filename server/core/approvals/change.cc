// Asking, deciding, withdrawing, carrying out.
#include <algorithm>

#include "crypto/format/approval.h"
#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/approvals/approvals.h"
#include "server/core/approvals/confirm_clock.h"
#include "server/core/approvals/errors.h"
#include "server/core/approvals/reach.h"
#include "server/core/approvals/records.h"
#include "server/core/approvals/state.h"
#include "server/core/approvals/steps.h"
#include "server/core/base/errors.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"

namespace alcove::approvals {
namespace {

// Who would decide; APPROVAL_REFUSED when it may not be asked for, or too few could; what the rule says the case lacks.
absl::StatusOr<std::vector<const people::Person*>> DecidersFor(const cases::Ports& ports, const cases::Case& record,
                                                               const base::StaffSlug& caller, const Terms& terms) {
  const Rule& rule = RuleOf(terms.kind);
  if (terms.person == caller) return ApprovalRefused();
  if (absl::Status status = rule.fits(ports, record, terms); !status.ok()) return status;
  std::vector<const people::Person*> deciders = Deciders(ports, record, caller, terms);
  if (deciders.size() < rule.needed) return ApprovalRefused();
  return deciders;
}

}  // namespace

Created CreatedFrom(const std::vector<const people::Person*>& deciders, const Terms& terms) {
  Created created;
  created.needed = RuleOf(terms.kind).needed;
  for (const people::Person* person : deciders) {
    Decider& decider = created.deciders.emplace_back();
    decider.staff = person->slug;
    for (const people::Device& device : person->devices) decider.keys.push_back(device.encryption_key_id);
  }
  return created;
}

absl::Status CheckRequest(const cases::Ports& ports, const people::Person& caller, const NewApproval& asked,
                          const format::ParsedApprovalRequest& request, const std::vector<Decider>& deciders) {
  const format::ApprovalTerms& terms = request.statement.terms;
  const bool same = terms.kind == asked.terms.kind && terms.condition == asked.terms.condition &&
                    terms.organisation == ports.organisation.id() && terms.case_id == asked.case_id &&
                    terms.person == asked.terms.person.text() && terms.code == asked.terms.code &&
                    terms.until == asked.terms.until.value_or(base::Day()) && !terms.approval.IsZero() &&
                    cases::DayCanBe(terms.day, base::Day(), ports.clock.Today());
  if (!same) return base::FieldInvalid("request");
  const auto signer = ports.organisation.FindByVerifyKey(request.statement.requester);
  if (!signer || signer->person != &caller ||
      !format::VerifyRequester(request.statement, signer->device->verify_key).ok())
    return base::FieldInvalid("request");
  if (terms.directory_version != ports.organisation.directory_version()) return base::EtagStale();
  std::vector<crypto::KeyId> sealed_to, required;
  for (std::size_t i = 0; i < request.decider_count; ++i) sealed_to.push_back(request.DeciderAt(i));
  for (const Decider& decider : deciders) required.insert(required.end(), decider.keys.begin(), decider.keys.end());
  std::sort(sealed_to.begin(), sealed_to.end());
  std::sort(required.begin(), required.end());
  return sealed_to == required ? absl::OkStatus() : GrantsMismatch();
}

namespace {

void PutParty(const base::StaffSlug& staff, const cases::Approval& approval, base::ChangeSet& changes) {
  Party party;
  party.staff = staff;
  party.approval = approval.id;
  party.case_id = approval.case_id;
  changes.Insert(std::move(party));
}

}  // namespace

format::ByteWriter Asked(std::string_view method, const base::ApprovalId& id, std::string_view etag) {
  format::ByteWriter asked(128);
  asked.Short(method).Fixed(id).Short(etag.substr(0, 255));
  return asked;
}

namespace {

// One change of an approval, from its first check to its rows.
class Change {
 public:
  // Reaches the approval, finds out whether the request is a repetition, and checks the etag.
  static absl::StatusOr<Change> Begin(const cases::Ports& ports, const base::StaffSlug& caller,
                                      const base::ApprovalId& id, const std::string& etag,
                                      const std::string& request_id, const crypto::Digest& digest) {
    absl::StatusOr<Reached> reached = ReachApproval(ports, caller, id);
    if (!reached.ok()) return reached.status();
    absl::StatusOr<cases::RequestSlot> slot =
        cases::OpenRequest(ports, cases::ScopeOf(caller), request_id, digest);
    if (!slot.ok()) return slot.status();
    Change change(ports, caller, *std::move(reached), *std::move(slot));
    if (!change.repeated() && etag != EtagOf(ports, change.approval())) return base::EtagStale();
    return change;
  }

  bool repeated() const { return slot_.repeated.has_value(); }
  const crypto::Bytes& earlier_answer() const { return slot_.repeated->answer; }

  cases::Approval& approval() { return reached_.approval.record; }
  cases::Case& record() { return reached_.found.record; }
  const people::Person& person() const { return *reached_.person; }
  bool asked() const { return reached_.asked; }
  State state() { return StateOf(ports_, record(), approval()); }

  // The change is made: its leaf, then Close.
  std::string Finish(format::LeafKind kind, crypto::Bytes details, base::ChangeSet& changes,
                     std::vector<base::LeafDraft>& drafts) {
    cases::CaseLeaves(ports_, record(), changes, drafts).ByStaff(kind, caller_, std::move(details));
    return Close(changes);
  }
  // Puts approval, case and request. Answers the new etag.
  std::string Close(base::ChangeSet& changes) {
    approval().revision += 1;
    std::string etag = EtagOf(ports_, approval());
    cases::CloseRequest(std::move(slot_), etag, changes);
    changes.Update(std::move(reached_.approval.record), reached_.approval.version);
    changes.Update(std::move(reached_.found.record), reached_.found.version);
    return etag;
  }

 private:
  Change(const cases::Ports& ports, base::StaffSlug caller, Reached reached, cases::RequestSlot slot)
      : ports_(ports), caller_(std::move(caller)), reached_(std::move(reached)), slot_(std::move(slot)) {}

  const cases::Ports& ports_;
  base::StaffSlug caller_;
  Reached reached_;
  cases::RequestSlot slot_;
};

}  // namespace

const people::Device* SignerOf(const people::Person& person, const format::ParsedStatement& statement,
                               format::Decision decision, const crypto::Signature& signature) {
  for (const people::Device& device : person.devices)
    if (format::VerifyDecision(statement, decision, device.verify_key, signature).ok()) return &device;
  return nullptr;
}

absl::StatusOr<Created> WhoDecides(const cases::Ports& ports, const base::StaffSlug& caller,
                                   const NewApproval& asked) {
  if (asked.terms.kind == format::ApprovalKind::kConfirmClock) return WhoConfirms(ports, caller, asked);
  absl::StatusOr<cases::TeamReach> reach = cases::ReachAsTeam(ports, caller, asked.case_id);
  if (!reach.ok()) return reach.status();
  absl::StatusOr<std::vector<const people::Person*>> deciders =
      DecidersFor(ports, reach->found.record, caller, asked.terms);
  if (!deciders.ok()) return deciders.status();
  return CreatedFrom(*deciders, asked.terms);
}

absl::StatusOr<base::Outcome<Created>> CreateApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                      const std::string& request_id, const NewApproval& asked) {
  if (asked.terms.kind == format::ApprovalKind::kConfirmClock) return CreateClock(ports, caller, request_id, asked);
  absl::StatusOr<cases::TeamReach> reach = cases::ReachAsTeam(ports, caller, asked.case_id);
  if (!reach.ok()) return reach.status();
  absl::StatusOr<format::ParsedApprovalRequest> request = format::ParseApprovalRequest(asked.request);
  if (!request.ok()) return base::FieldInvalid("request");
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(
      ports, cases::ScopeOf(caller), request_id,
      crypto::Blake2b256(format::ByteWriter(64).Short("CreateApproval").Fixed(crypto::Blake2b256(asked.request)).bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<Created> outcome;
  if (slot->repeated) {
    outcome.answer.id = request->statement.terms.approval;
    outcome.answer.etag = slot->repeated->answer;
    return outcome;
  }
  cases::Case& record = reach->found.record;
  absl::StatusOr<std::vector<const people::Person*>> deciders = DecidersFor(ports, record, caller, asked.terms);
  if (!deciders.ok()) return deciders.status();
  outcome.answer = CreatedFrom(*deciders, asked.terms);
  if (absl::Status status = CheckRequest(ports, *reach->person, asked, *request, outcome.answer.deciders); !status.ok())
    return status;

  cases::Approval approval;
  approval.case_id = record.id;
  approval.id = request->statement.terms.approval;
  // Ids are drawn by clients: one that is taken was not drawn at random.
  auto taken = ports.rows.Get<cases::Approval>(approval.key());
  if (!taken.ok()) return taken.status();
  if (*taken) return base::FieldInvalid("request");
  approval.kind = asked.terms.kind;
  approval.requester = caller;
  approval.person = asked.terms.person;
  approval.condition = asked.terms.condition;
  approval.until = asked.terms.until;
  approval.code = asked.terms.code;
  approval.request = crypto::Bytes(asked.request);
  approval.created = ports.clock.Now();
  PutParty(caller, approval, outcome.changes);
  for (const people::Person* decider : *deciders) PutParty(decider->slug, approval, outcome.changes);
  cases::CaseLeaves(ports, record, outcome.changes, outcome.leaves)
      .ByStaff(format::LeafKind::kApprovalRequested, caller,
               format::details::ApprovalRequested(approval.id, approval.kind));
  outcome.answer.id = approval.id;
  outcome.answer.etag = EtagOf(ports, approval);
  cases::CloseRequest(*std::move(slot), outcome.answer.etag, outcome.changes);
  outcome.changes.Insert(std::move(approval));
  outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

absl::StatusOr<base::Outcome<Decided>> DecideApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                      const base::ApprovalId& id, const std::string& etag,
                                                      const std::string& request_id, format::Decision decision,
                                                      const crypto::Signature& signature) {
  absl::StatusOr<std::optional<ReachedClock>> clock = ReachClock(ports, caller, id);
  if (!clock.ok()) return clock.status();
  if (*clock) return DecideClock(ports, **std::move(clock), etag, request_id, decision, signature);
  const crypto::Digest digest = crypto::Blake2b256(
      Asked("DecideApproval", id, etag).U8(static_cast<std::uint8_t>(decision)).Fixed(signature).bytes());
  absl::StatusOr<Change> change = Change::Begin(ports, caller, id, etag, request_id, digest);
  if (!change.ok()) return change.status();
  base::Outcome<Decided> outcome;
  if (change->repeated()) {
    outcome.answer = {change->earlier_answer(), change->state()};
    return outcome;
  }
  cases::Approval& approval = change->approval();
  const bool decided = std::any_of(approval.decisions.begin(), approval.decisions.end(),
                                   [&](const cases::SignedDecision& other) { return other.staff == caller; });
  if (decided || change->state() != State::kOpen ||
      !MayDecide(ports, change->person(), change->record(), approval.requester, TermsOf(approval)))
    return ApprovalRefused();
  const absl::StatusOr<format::ParsedApprovalRequest> request = format::ParseApprovalRequest(approval.request);
  if (!request.ok()) return base::Broken("a kept request does not parse");
  const people::Device* device = SignerOf(change->person(), request->statement, decision, signature);
  if (device == nullptr) return base::FieldInvalid("signature");

  approval.decisions.push_back({caller, decision, device->verify_key_id, signature, ports.clock.Now()});
  outcome.answer.state = change->state();
  outcome.answer.etag = change->Finish(format::LeafKind::kApprovalDecided,
                                       format::details::ApprovalDecided(id, decision), outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<std::string>> CancelApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                          const base::ApprovalId& id, const std::string& etag,
                                                          const std::string& request_id) {
  absl::StatusOr<std::optional<ReachedClock>> clock = ReachClock(ports, caller, id);
  if (!clock.ok()) return clock.status();
  if (*clock) return CancelClock(ports, **std::move(clock), etag, request_id);
  absl::StatusOr<Change> change = Change::Begin(ports, caller, id, etag, request_id,
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
  outcome.answer = change->Finish(format::LeafKind::kApprovalCancelled, format::details::ApprovalCancelled(id),
                                  outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<std::string>> ExecuteApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                           const base::ApprovalId& id, const std::string& etag,
                                                           const std::string& request_id,
                                                           std::span<const crypto::BytesView> grants) {
  absl::StatusOr<std::optional<ReachedClock>> clock = ReachClock(ports, caller, id);
  if (!clock.ok()) return clock.status();
  if (*clock) return ExecuteClock(ports, **std::move(clock), etag, request_id, grants);
  format::ByteWriter digest = Asked("ExecuteApproval", id, etag);
  for (crypto::BytesView grant : grants) digest.Fixed(crypto::Blake2b256(grant));
  absl::StatusOr<Change> change =
      Change::Begin(ports, caller, id, etag, request_id, crypto::Blake2b256(digest.bytes()));
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
  cases::Approval& approval = change->approval();
  const Rule& rule = RuleOf(approval.kind);
  if (ports.clock.Now() < approval.decisions.back().at + std::chrono::days(rule.waiting_days))
    return ApprovalNotGranted();
  if (absl::Status status = rule.fits(ports, change->record(), TermsOf(approval)); !status.ok()) return status;

  cases::CaseLeaves leaves(ports, change->record(), outcome.changes, outcome.leaves);
  leaves.ByStaff(format::LeafKind::kApprovalExecuted, caller,
                 format::details::ApprovalExecuted(approval.id, approval.kind));
  approval.end = cases::ApprovalEnd::kExecuted;
  if (absl::Status status =
          rule.carry_out({ports, change->record(), approval, grants, outcome.changes, leaves});
      !status.ok())
    return status;
  outcome.answer = change->Close(outcome.changes);
  return outcome;
}

}  // namespace alcove::approvals
