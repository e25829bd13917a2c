// Asking, deciding, withdrawing, carrying out: of a case, and of the clock.
#include <algorithm>

#include "crypto/format/approval.h"
#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "server/core/approvals/approvals.h"
#include "server/core/approvals/confirm_clock.h"
#include "server/core/approvals/errors.h"
#include "server/core/approvals/identity.h"
#include "server/core/approvals/reach.h"
#include "server/core/approvals/records.h"
#include "server/core/approvals/state.h"
#include "server/core/base/errors.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/holds.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"
#include "server/core/clocks/seen.h"
#include "server/core/ledger/draft.h"

namespace alcove::approvals {
namespace {

using format::LeafKind;

// Who may ask for such a thing at all: whoever reads the case; of the clock, an administrator. The leap is not looked at yet.
absl::StatusOr<Concern> ReachToAsk(const cases::Ports& ports, const base::StaffSlug& caller, const NewApproval& asked) {
  if (asked.terms.kind == format::ApprovalKind::kConfirmClock) {
    const people::Person* person = ports.organisation.FindPerson(caller);
    if (person == nullptr || !person->Has(format::Role::kAdministrator)) return base::NothingHere();
    return Concern{person, std::nullopt, {}};
  }
  absl::StatusOr<cases::TeamReach> reach = cases::ReachAsTeam(ports, caller, asked.case_id);
  if (!reach.ok()) return reach.status();
  return Concern{reach->person, std::move(reach->found), {}};
}

// Accounts are not people.
std::size_t CountPeople(const std::vector<const people::Person*>& accounts) {
  std::vector<const people::Person*> people;
  for (const people::Person* one : accounts)
    if (!IsAmong(*one, people)) people.push_back(one);
  return people.size();
}

// Who would decide; APPROVAL_REFUSED when it may not be asked for, or too few could; what the rule says the case lacks.
absl::StatusOr<std::vector<const people::Person*>> DecidersFor(const cases::Ports& ports, Concern& concern,
                                                               const NewApproval& asked) {
  const Terms& terms = asked.terms;
  if (concern.record() == nullptr) {
    const absl::StatusOr<Leap> leap = LeapToConfirm(ports, asked);
    if (!leap.ok()) return leap.status();
    concern.leap = *leap;
  } else {
    const bool not_theirs = RuleOf(terms.kind).assignee_only && concern.record()->assignee != concern.person->slug;
    if (terms.person == concern.person->slug || not_theirs) return ApprovalRefused();
    if (absl::Status status = CheckRule(ports, *concern.record(), terms); !status.ok()) return status;
  }
  std::vector<const people::Person*> deciders = Deciders(ports, concern.record(), concern.person->slug, terms);
  // Nobody is custodian of what is no identity. Of one, so many have to be left, and somebody besides them to approve.
  std::vector<const people::Person*> custodians, others;
  for (const people::Person* person : deciders)
    if (ShareIndexOf(*person, terms) != 0) custodians.push_back(person);
  for (const people::Person* person : deciders)
    if (!IsAmong(*person, custodians)) others.push_back(person);
  if (CountPeople(custodians) < terms.threshold || CountPeople(others) < NeededFor(terms) - terms.threshold)
    return ApprovalRefused();
  return deciders;
}

// What was asked, with what the case's sealed identity adds to the terms.
absl::StatusOr<NewApproval> Completed(const cases::Ports& ports, const Concern& concern, NewApproval asked) {
  asked.terms.threshold = 0;
  asked.terms.custodians.clear();
  if (concern.record() == nullptr || !IsRelease(asked.terms)) return asked;
  if (absl::Status status = AddCustody(ports, *concern.record(), asked.terms); !status.ok()) return status;
  return asked;
}

// What is answered to who asks; id and etag are for the caller to put.
Created CreatedFrom(const std::vector<const people::Person*>& deciders, const Terms& terms) {
  Created created;
  created.needed = NeededFor(terms);
  for (const people::Person* person : deciders) {
    Decider& decider = created.deciders.emplace_back();
    decider.staff = person->slug;
    for (const people::Device& device : person->devices) decider.keys.push_back(device.encryption_key_id);
  }
  return created;
}

// The request says what the fields beside it say, is signed by the caller, today, and sealed to those who decide; `reporter` is
// the mailbox's key where its owner reads the reason too.
absl::Status CheckRequest(const cases::Ports& ports, const people::Person& caller, const NewApproval& asked,
                          const format::ParsedApprovalRequest& request, const std::vector<Decider>& deciders,
                          const std::optional<crypto::KeyId>& reporter) {
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
  if (reporter) required.push_back(*reporter);
  std::sort(sealed_to.begin(), sealed_to.end());
  std::sort(required.begin(), required.end());
  return sealed_to == required ? absl::OkStatus() : GrantsMismatch();
}

// Ids are drawn by clients: one that is taken was not drawn at random.
absl::StatusOr<bool> IsTaken(const cases::Ports& ports, const cases::Approval& approval) {
  if (approval.case_id.IsZero()) {
    const auto taken = ports.rows.Get<ClockApproval>(base::RowKey(approval.id));
    if (!taken.ok()) return taken.status();
    return taken->has_value();
  }
  const auto taken = ports.rows.Get<cases::Approval>(approval.key());
  if (!taken.ok()) return taken.status();
  return taken->has_value();
}

void PutParty(const base::StaffSlug& staff, const cases::Approval& approval, base::ChangeSet& changes) {
  Party party;
  party.staff = staff;
  party.approval = approval.id;
  party.case_id = approval.case_id;
  changes.Insert(std::move(party));
}

// A leaf of the case's chain; of the clock, one that is shown in no case.
void DraftLeaf(const cases::Ports& ports, Concern& concern, LeafKind kind, crypto::Bytes details,
               base::ChangeSet& changes, std::vector<base::LeafDraft>& drafts) {
  if (concern.found) {
    cases::CaseLeaves(ports, concern.found->record, changes, drafts)
        .ByStaff(kind, concern.person->slug, std::move(details));
  } else {
    ledger::DraftLeaf(ports.organisation.id(),
                      ledger::Act::OfStaff(kind, concern.person->slug, ports.clock.Now(), std::move(details)),
                      ports.random, changes, drafts);
  }
}

// What a change asks for; longer etags than any valid one are cut, for they are refused anyway.
format::ByteWriter Asked(std::string_view method, const base::ApprovalId& id, std::string_view etag) {
  format::ByteWriter asked(128);
  asked.Short(method).Fixed(id).Short(etag.substr(0, 255));
  return asked;
}

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
    Change change(ports, *std::move(reached), *std::move(slot));
    if (!change.repeated() && etag != EtagOf(ports, change.approval())) return base::EtagStale();
    return change;
  }

  bool repeated() const { return slot_.repeated.has_value(); }
  const crypto::Bytes& earlier_answer() const { return slot_.repeated->answer; }

  cases::Approval& approval() { return reached_.approval; }
  Concern& concern() { return reached_.concern; }
  const people::Person& person() const { return *reached_.concern.person; }
  bool asked() const { return reached_.asked; }
  State state() const { return StateOf(ports_, reached_.concern.record(), reached_.approval); }
  bool may_decide() const {
    return MayDecide(ports_, person(), reached_.concern.record(), reached_.approval.requester, TermsOf(reached_.approval));
  }

  // The change is made: its leaf, then Close.
  std::string Finish(LeafKind kind, crypto::Bytes details, base::ChangeSet& changes,
                     std::vector<base::LeafDraft>& drafts) {
    DraftLeaf(ports_, concern(), kind, std::move(details), changes, drafts);
    return Close(changes);
  }
  // Puts approval, case and request. Answers the new etag.
  std::string Close(base::ChangeSet& changes) {
    approval().revision += 1;
    std::string etag = EtagOf(ports_, approval());
    cases::CloseRequest(std::move(slot_), etag, changes);
    if (std::optional<base::Versioned<cases::Case>>& found = concern().found) {
      changes.Update(std::move(reached_.approval), reached_.version);
      changes.Update(std::move(found->record), found->version);
    } else {
      ClockApproval row;
      row.approval = std::move(reached_.approval);
      row.leap = concern().leap;
      changes.Update(std::move(row), reached_.version);
    }
    return etag;
  }

 private:
  Change(const cases::Ports& ports, Reached reached, cases::RequestSlot slot)
      : ports_(ports), reached_(std::move(reached)), slot_(std::move(slot)) {}

  const cases::Ports& ports_;
  Reached reached_;
  cases::RequestSlot slot_;
};

// The device of the person whose key signed the decision; null when none did.
const people::Device* SignerOf(const people::Person& person, const format::ParsedStatement& statement,
                               format::Decision decision, const crypto::Signature& signature) {
  for (const people::Device& device : person.devices)
    if (format::VerifyDecision(statement, decision, device.verify_key, signature).ok()) return &device;
  return nullptr;
}

}  // namespace

absl::StatusOr<Created> WhoDecides(const cases::Ports& ports, const base::StaffSlug& caller,
                                   const NewApproval& wanted) {
  absl::StatusOr<Concern> concern = ReachToAsk(ports, caller, wanted);
  if (!concern.ok()) return concern.status();
  const absl::StatusOr<NewApproval> asked = Completed(ports, *concern, wanted);
  if (!asked.ok()) return asked.status();
  absl::StatusOr<std::vector<const people::Person*>> deciders = DecidersFor(ports, *concern, *asked);
  if (!deciders.ok()) return deciders.status();
  return CreatedFrom(*deciders, asked->terms);
}

absl::StatusOr<base::Outcome<Created>> CreateApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                      const std::string& request_id, const NewApproval& wanted) {
  absl::StatusOr<Concern> concern = ReachToAsk(ports, caller, wanted);
  if (!concern.ok()) return concern.status();
  absl::StatusOr<format::ParsedApprovalRequest> request = format::ParseApprovalRequest(wanted.request);
  if (!request.ok()) return base::FieldInvalid("request");
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(
      ports, cases::ScopeOf(caller), request_id,
      crypto::Blake2b256(format::ByteWriter(64).Short("CreateApproval").Fixed(crypto::Blake2b256(wanted.request)).bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<Created> outcome;
  if (slot->repeated) {
    outcome.answer.id = request->statement.terms.approval;
    outcome.answer.etag = slot->repeated->answer;
    return outcome;
  }
  const absl::StatusOr<NewApproval> completed = Completed(ports, *concern, wanted);
  if (!completed.ok()) return completed.status();
  const NewApproval& asked = *completed;
  absl::StatusOr<std::vector<const people::Person*>> deciders = DecidersFor(ports, *concern, asked);
  if (!deciders.ok()) return deciders.status();
  outcome.answer = CreatedFrom(*deciders, asked.terms);
  const bool releases = concern->found && IsRelease(asked.terms);
  std::optional<crypto::KeyId> reporter;
  if (releases) {
    const absl::StatusOr<bool> asked_already = IsAskedAlready(ports, *concern->record());
    if (!asked_already.ok()) return asked_already.status();
    if (*asked_already) return ApprovalRefused();
    reporter = crypto::KeyIdOf(concern->record()->mailbox_encryption_key);
  }
  if (absl::Status status = CheckRequest(ports, *concern->person, asked, *request, outcome.answer.deciders, reporter);
      !status.ok())
    return status;

  cases::Approval approval;
  approval.case_id = asked.case_id;
  approval.id = request->statement.terms.approval;
  const absl::StatusOr<bool> taken = IsTaken(ports, approval);
  if (!taken.ok()) return taken.status();
  if (*taken) return base::FieldInvalid("request");
  approval.kind = asked.terms.kind;
  approval.requester = caller;
  approval.person = asked.terms.person;
  approval.condition = asked.terms.condition;
  approval.until = asked.terms.until;
  approval.code = asked.terms.code;
  approval.threshold = asked.terms.threshold;
  approval.custodians = asked.terms.custodians;
  approval.request = crypto::Bytes(asked.request);
  approval.created = ports.clock.Now();
  if (concern->record() != nullptr) approval.written = concern->record()->written;
  PutParty(caller, approval, outcome.changes);
  for (const people::Person* decider : *deciders) PutParty(decider->slug, approval, outcome.changes);
  DraftLeaf(ports, *concern, LeafKind::kApprovalRequested,
            format::details::ApprovalRequested(approval.id, approval.kind), outcome.changes, outcome.leaves);
  if (releases)
    WriteAsked(ports, concern->found->record, approval, outcome.changes, outcome.leaves);
  outcome.answer.id = approval.id;
  outcome.answer.etag = EtagOf(ports, approval);
  cases::CloseRequest(*std::move(slot), outcome.answer.etag, outcome.changes);
  if (concern->found) {
    outcome.changes.Insert(std::move(approval));
    outcome.changes.Update(std::move(concern->found->record), concern->found->version);
  } else {
    ClockApproval row;
    row.approval = std::move(approval);
    row.leap = concern->leap;
    outcome.changes.Insert(std::move(row));
  }
  return outcome;
}

absl::StatusOr<base::Outcome<Decided>> DecideApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                      const base::ApprovalId& id, const std::string& etag,
                                                      const std::string& request_id, format::Decision decision,
                                                      const crypto::Signature& signature, crypto::BytesView share) {
  format::ByteWriter what = Asked("DecideApproval", id, etag);
  what.U8(static_cast<std::uint8_t>(decision)).Fixed(signature).Fixed(crypto::Blake2b256(share));
  absl::StatusOr<Change> change = Change::Begin(ports, caller, id, etag, request_id, crypto::Blake2b256(what.bytes()));
  if (!change.ok()) return change.status();
  base::Outcome<Decided> outcome;
  if (change->repeated()) {
    outcome.answer = {change->earlier_answer(), change->state()};
    return outcome;
  }
  cases::Approval& approval = change->approval();
  // By this account or another of the same person.
  const bool decided = std::any_of(approval.decisions.begin(), approval.decisions.end(),
                                   [&](const cases::SignedDecision& other) {
                                     const people::Person* person = ports.organisation.FindPerson(other.staff);
                                     return other.staff == caller ||
                                            (person != nullptr && people::SamePerson(*person, change->person()));
                                   });
  const State state = change->state();
  // One share more than it takes does no harm, and helps where another turns out to be wrong.
  const bool one_more = state == State::kApproved && !share.empty();
  if (decided || (state != State::kOpen && !one_more) || !change->may_decide()) return ApprovalRefused();
  const cases::Case* record = change->concern().record();
  if (decision == format::Decision::kApprove && record != nullptr && RuleOf(approval.kind).outranked && cases::IsHeld(*record))
    return cases::LegalHold();
  const absl::StatusOr<format::ParsedApprovalRequest> request = format::ParseApprovalRequest(approval.request);
  if (!request.ok()) return base::Broken("a kept request does not parse");
  const people::Device* device = SignerOf(change->person(), request->statement, decision, signature);
  if (device == nullptr) return base::FieldInvalid("signature");
  Concern& concern = change->concern();
  if (absl::Status status = CheckBrought(ports, concern.record(), approval, change->person(), request->statement, decision, share);
      !status.ok())
    return status;

  approval.decisions.push_back(
      {caller, decision, device->verify_key_id, signature, ports.clock.Now(), crypto::Bytes(share)});
  outcome.answer.state = change->state();
  DraftLeaf(ports, concern, LeafKind::kApprovalDecided, format::details::ApprovalDecided(id, decision), outcome.changes,
            outcome.leaves);
  if (!share.empty())
    DraftLeaf(ports, concern, LeafKind::kShareGiven,
              format::details::ShareGiven(id, ShareIndexOf(change->person(), TermsOf(approval))), outcome.changes,
              outcome.leaves);
  outcome.answer.etag = change->Close(outcome.changes);
  return outcome;
}

namespace {

// Who asked; and, where days go by before the act, whoever approved it.
bool MayCancel(const cases::Approval& approval, const base::StaffSlug& caller) {
  if (approval.requester == caller) return true;
  if (format::ApprovalRuleOf(approval.kind).waiting_days == 0) return false;
  return std::any_of(approval.decisions.begin(), approval.decisions.end(),
                     [&](const cases::SignedDecision& decision) { return decision.staff == caller; });
}

// The days between the last approval and the act went by, on a clock that can be believed: what buries something cannot be taken
// back. `changes` then hold the act to the time as it was seen.
absl::Status CheckTime(const cases::Ports& ports, const cases::Approval& approval, base::ChangeSet& changes) {
  const std::optional<base::Day> ready = ReadyOf(approval);
  if (!ready) return absl::OkStatus();
  if (ports.clock.Today() < *ready) return CoolingOff();
  const auto seen = clocks::LastSeen(ports.rows);
  if (!seen.ok()) return seen.status();
  if (clocks::Holds(*seen, ports.clock.Now())) return cases::ClockFrozen();
  if (*seen) changes.ExpectUnchanged(clocks::SeenTime::kTable, "", (*seen)->version);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<base::Outcome<std::string>> CancelApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                          const base::ApprovalId& id, const std::string& etag,
                                                          const std::string& request_id) {
  absl::StatusOr<Change> change = Change::Begin(ports, caller, id, etag, request_id,
                                                crypto::Blake2b256(Asked("CancelApproval", id, etag).bytes()));
  if (!change.ok()) return change.status();
  base::Outcome<std::string> outcome;
  if (change->repeated()) {
    outcome.answer = change->earlier_answer();
    return outcome;
  }
  const State state = change->state();
  if (!MayCancel(change->approval(), caller) || (state != State::kOpen && state != State::kApproved)) return ApprovalRefused();
  change->approval().end = cases::ApprovalEnd::kCancelled;
  change->approval().cancelled_by = caller;
  outcome.answer = change->Finish(LeafKind::kApprovalCancelled, format::details::ApprovalCancelled(id), outcome.changes,
                                  outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<Executed>> ExecuteApproval(const cases::Ports& ports, const base::StaffSlug& caller,
                                                        const base::ApprovalId& id, const std::string& etag,
                                                        const std::string& request_id,
                                                        std::span<const crypto::BytesView> grants) {
  format::ByteWriter digest = Asked("ExecuteApproval", id, etag);
  for (crypto::BytesView grant : grants) digest.Fixed(crypto::Blake2b256(grant));
  absl::StatusOr<Change> change =
      Change::Begin(ports, caller, id, etag, request_id, crypto::Blake2b256(digest.bytes()));
  if (!change.ok()) return change.status();
  base::Outcome<Executed> outcome;
  Concern& concern = change->concern();
  cases::Approval& approval = change->approval();
  const Terms terms = TermsOf(approval);
  const Rule& rule = RuleOf(approval.kind);
  const bool not_theirs = concern.found && rule.assignee_only && concern.record()->assignee != caller;
  if (!change->asked() || not_theirs) return ApprovalRefused();
  const State state = change->state();
  const bool releases = concern.found && IsRelease(terms);
  if (change->repeated()) {
    outcome.answer.etag = change->earlier_answer();
    // The same act: its leaf is written. Not longer than the request would have lived.
    if (!releases || state != State::kExecuted || ports.clock.Now() > ExpiryOf(approval)) return outcome;
    absl::StatusOr<Released> released = ReleasedBy(ports, *concern.record(), approval);
    if (!released.ok()) return released.status();
    outcome.answer.released = *std::move(released);
    return outcome;
  }
  if (state == State::kOpen && releases)
    if (absl::Status status = PathOver(ports, *concern.record(), approval); !status.ok()) return status;
  if (state == State::kOpen) return ApprovalNotGranted();
  if (state != State::kApproved) return ApprovalRefused();
  if (absl::Status status = CheckTime(ports, approval, outcome.changes); !status.ok()) return status;

  DraftLeaf(ports, concern, LeafKind::kApprovalExecuted, format::details::ApprovalExecuted(approval.id, approval.kind),
            outcome.changes, outcome.leaves);
  approval.end = cases::ApprovalEnd::kExecuted;
  if (concern.found) {
    cases::Case& record = concern.found->record;
    if (absl::Status status = CheckRule(ports, record, terms); !status.ok()) return status;
    cases::CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
    if (absl::Status status = rule.carry_out(
            {ports, record, approval, grants, outcome.changes, leaves, outcome.answer.released});
        !status.ok())
      return status;
  } else {
    if (!grants.empty()) return GrantsMismatch();
    if (absl::Status status = ConfirmLeap(ports, concern.leap, caller, outcome.changes, outcome.leaves); !status.ok())
      return status;
  }
  outcome.answer.etag = change->Close(outcome.changes);
  return outcome;
}

}  // namespace alcove::approvals
