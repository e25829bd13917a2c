#include "client/lib/approvals.h"

#include <algorithm>
#include <set>

#include "client/lib/identity.h"
#include "client/lib/plan.h"
#include "crypto/format/errors.h"
#include "crypto/format/grant.h"
#include "crypto/format/ids.h"
#include "crypto/hpke.h"

namespace alcove::client {
namespace {

absl::Status Invalid(std::string_view what) { return Refuse(Refusal::kApprovalInvalid, what); }

google::type::Date DateOf(format::Day day) {
  google::type::Date date;
  date.set_year(day.year());
  date.set_month(day.month());
  date.set_day(day.day_of_month());
  return date;
}

std::string PersonName(const std::string& slug) { return slug.empty() ? std::string() : format::StaffName(slug); }

// The keys of those who decide, from the checked directory: the server's list must be theirs.
absl::StatusOr<std::vector<crypto::EncryptionKey>> DecidersKeys(const format::Directory& directory,
                                                                const v1::CreateApprovalResponse& answer,
                                                                format::ApprovalKind kind) {
  std::vector<crypto::EncryptionKey> keys;
  for (const v1::Decider& decider : answer.deciders()) {
    ALCOVE_CLIENT_ASSIGN(const std::string slug, SlugOf(decider.staff()));
    const format::Person* person = directory.FindPerson(slug);
    if (person == nullptr || !HasDecidingRole(*person, kind)) {
      return Refuse(Refusal::kReaderNotInDirectory, slug + " as somebody who decides about this");
    }
    if (static_cast<size_t>(decider.key_ids_size()) != person->devices.size()) return Refuse(Refusal::kReaderKeySwapped, slug);
    for (const std::string& id : decider.key_ids()) {
      v1::Reader reader;
      reader.set_staff(decider.staff());
      reader.set_key_id(id);
      ALCOVE_CLIENT_ASSIGN(keys.emplace_back(), ReaderKey(directory, reader));
    }
  }
  return keys;
}

// Nobody whom the reporter named is let in, whatever the server and the approvers say.
absl::Status CheckNotNamed(const format::Directory& directory, const sealed::v1::Report& report, const std::string& slug) {
  std::vector<NamedPerson> named;
  for (const auto* list : {&report.subjects(), &report.keep_out()}) {
    for (const sealed::v1::Person& person : *list) {
      NamedPerson& one = named.emplace_back();
      if (const auto identifier = format::Identifier::Parse(person.identifier()); identifier.ok()) one.identifier = *identifier;
      if (const auto tag = format::SubjectTag::FromBytes(person.tag()); tag.ok()) one.tag = *tag;
    }
  }
  return NamedSlugs(directory, named).contains(slug) ? Refuse(Refusal::kReaderNamed, slug) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<v1::Approval>> ApprovalDesk::List() {
  std::vector<v1::Approval> approvals;
  v1::ListApprovalsRequest page;
  page.set_page_size(50);
  do {
    ALCOVE_CLIENT_ASSIGN(v1::ListApprovalsResponse answer,
                         desk_->connection().CallAgain(&v1::ApprovalService::Stub::ListApprovals, page, &desk_->session()));
    std::move(answer.mutable_approvals()->begin(), answer.mutable_approvals()->end(), std::back_inserter(approvals));
    page.set_page_token(answer.next_page_token());
  } while (!page.page_token().empty());
  return approvals;
}

absl::StatusOr<std::string> ApprovalDesk::ApprovalOf(const std::string& prefix) {
  const std::string full = prefix.starts_with("approvals/") ? prefix : "approvals/" + prefix;
  if (format::ParseApprovalName(full).ok()) return full;
  ALCOVE_CLIENT_ASSIGN(const std::vector<v1::Approval> approvals, List());
  std::vector<std::string> found;
  for (const v1::Approval& one : approvals) {
    if (one.name().starts_with(full)) found.push_back(one.name());
  }
  if (found.empty()) return absl::NotFoundError("no approval of yours begins like this");
  if (found.size() > 1) return Refuse(Refusal::kInputInvalid, "several approvals begin with `" + prefix + "`");
  return found.front();
}

absl::StatusOr<CheckedApproval> ApprovalDesk::Get(const std::string& name) {
  v1::GetApprovalRequest ask;
  ask.set_name(name);
  ALCOVE_CLIENT_ASSIGN(v1::GetApprovalResponse answer,
                       desk_->connection().CallAgain(&v1::ApprovalService::Stub::GetApproval, ask, &desk_->session()));
  CheckedApproval checked;
  checked.approval = std::move(*answer.mutable_approval());
  const v1::Approval& approval = checked.approval;
  const auto request = format::ParseApprovalRequest(approval.request());
  if (!request.ok()) return Invalid("the request is malformed");
  DirectoryHistory history(desk_->connection(), desk_->directory());
  ALCOVE_CLIENT_ASSIGN(checked.decisions,
                       CheckDecisions(history, desk_->connection().organisation().id, request->statement,
                                      {approval.decisions().begin(), approval.decisions().end()}));
  if (approval.name() != name || !Describes(approval, checked.decisions)) {
    return Invalid("the server describes it otherwise than it was asked for");
  }
  const auto reason = format::OpenReason(*request, desk_->keys().decryption);
  if (reason.ok()) {
    checked.reason = reason->bytes;
  } else if (format::ReasonOf(reason.status()) != format::Refusal::kGrantMismatch) {
    return Invalid("the reason does not open");
  }
  return checked;
}

absl::StatusOr<v1::CreateApprovalResponse> ApprovalDesk::Ask(const std::string& case_name, const ApprovalWish& wish,
                                                             const std::string& reason, format::Day today) {
  format::CaseId case_id;
  if (wish.kind != format::ApprovalKind::kConfirmClock) {
    ALCOVE_CLIENT_ASSIGN(case_id, format::ParseCaseName(case_name));
  }
  v1::CreateApprovalRequest ask;
  ask.set_parent(case_name);
  ask.set_kind(static_cast<v1::ApprovalKind>(wish.kind));
  ask.set_person(PersonName(wish.person));
  ask.set_code(wish.code);
  const bool adds = wish.kind == format::ApprovalKind::kAddReader;
  if (adds) ask.set_condition(wish.until ? v1::RELEASE_CONDITION_GUEST : v1::RELEASE_CONDITION_APPROVED);
  if (wish.until) *ask.mutable_until() = DateOf(*wish.until);
  ask.set_validate_only(true);
  ALCOVE_CLIENT_ASSIGN(const v1::CreateApprovalResponse who,
                       desk_->connection().CallAgain(&v1::ApprovalService::Stub::CreateApproval, ask, &desk_->session()));
  const format::Directory& directory = desk_->directory().directory();
  ALCOVE_CLIENT_ASSIGN(std::vector<crypto::EncryptionKey> deciders, DecidersKeys(directory, who, wish.kind));
  if (wish.kind == format::ApprovalKind::kReleaseIdentity) {
    // The reporter reads why, too. Their key is the one that the thread's signed records name, not one that the server says.
    ALCOVE_CLIENT_ASSIGN(const OpenedCase opened, desk_->Open(case_name, /*recompute=*/false));
    const auto mailbox = crypto::EncryptionKey::FromBytes(opened.facts.mailbox_encryption_key());
    if (!mailbox.ok()) return Refuse(Refusal::kAnswerMalformed, "the mailbox's key is none");
    deciders.push_back(*mailbox);
  }

  format::ApprovalTerms terms;
  terms.kind = wish.kind;
  if (adds && wish.until) terms.condition = format::ReleaseCondition::kGuest;
  terms.organisation = desk_->connection().organisation().id;
  terms.case_id = case_id;
  terms.approval = format::DrawId<format::ApprovalId>(desk_->random());
  terms.day = today;
  terms.until = wish.until.value_or(format::Day());
  terms.directory_version = directory.version;
  terms.person = wish.person;
  terms.code = wish.code;
  auto request = format::SealApprovalRequest(terms, deciders, reason, desk_->keys().signing, desk_->random());
  if (!request.ok()) return Refuse(Refusal::kInputInvalid, "the reason is too long (8 KiB at most), or the person's name or the code is none");
  ask.set_validate_only(false);
  ask.set_request_id(DrawRequestId(desk_->random()));
  ask.set_request(*std::move(request));
  ALCOVE_CLIENT_ASSIGN(v1::CreateApprovalResponse answer,
                       desk_->connection().CallAgain(&v1::ApprovalService::Stub::CreateApproval, ask, &desk_->session()));
  if (answer.name() != format::ApprovalName(terms.approval)) return Refuse(Refusal::kAnswerMalformed, "it is about another approval");
  return answer;
}

absl::StatusOr<v1::DecideApprovalResponse> ApprovalDesk::Decide(const CheckedApproval& checked, format::Decision decision,
                                                                format::Day today) {
  const auto request = format::ParseApprovalRequest(checked.approval.request());
  if (!request.ok()) return Invalid("the request is malformed");
  v1::DecideApprovalRequest ask;
  ask.set_name(checked.approval.name());
  ask.set_etag(checked.approval.etag());
  ask.set_request_id(DrawRequestId(desk_->random()));
  ask.set_decision(static_cast<v1::Decision>(decision));
  ask.set_signature(format::SignDecision(request->statement, decision, desk_->keys().signing).str());
  // Without one to give the server says what is missing: the reporter's answer, an approver, days.
  if (decision == format::Decision::kApprove && checked.approval.has_held_share()) {
    ALCOVE_CLIENT_ASSIGN(*ask.mutable_share(), ShareFor(*desk_, checked, today));
  }
  return desk_->connection().CallAgain(&v1::ApprovalService::Stub::DecideApproval, ask, &desk_->session());
}

absl::StatusOr<v1::CancelApprovalResponse> ApprovalDesk::Cancel(const v1::Approval& approval) {
  v1::CancelApprovalRequest ask;
  ask.set_name(approval.name());
  ask.set_etag(approval.etag());
  ask.set_request_id(DrawRequestId(desk_->random()));
  return desk_->connection().CallAgain(&v1::ApprovalService::Stub::CancelApproval, ask, &desk_->session());
}

absl::StatusOr<std::vector<std::string>> ApprovalDesk::GrantsFor(const CheckedApproval& checked) {
  const format::ApprovalTerms& terms = checked.decisions.terms;
  const format::Directory& directory = desk_->directory().directory();
  const format::Person* person = directory.FindPerson(terms.person);
  if (person == nullptr) return Refuse(Refusal::kReaderNotInDirectory, terms.person);
  ALCOVE_CLIENT_ASSIGN(const OpenedCase opened, desk_->Open(checked.approval.case_(), /*recompute=*/false));
  ALCOVE_CLIENT_TRY(CheckNotNamed(directory, opened.report(), terms.person));
  std::vector<std::string> grants;
  for (const auto& [keyring, keys] : {std::pair(format::Keyring::kThread, &opened.thread_keys),
                                      std::pair(format::Keyring::kTeam, &opened.team_keys)}) {
    if (keys->empty()) continue;
    const format::EpochKey* key = keys->KeyOf(keys->newest());
    if (key == nullptr) return Refuse(Refusal::kGrantInvalid, "the newest key is not released to you");
    for (const format::Device& device : person->devices) {
      auto grant = format::WrapGrant({terms.organisation, terms.case_id, keyring, keys->newest()}, *key,
                                     device.encryption, terms.condition, desk_->random());
      if (!grant.ok()) return Refuse(Refusal::kReaderKeyWeak, terms.person);
      grants.push_back(*std::move(grant));
    }
  }
  return grants;
}

absl::StatusOr<v1::ExecuteApprovalResponse> ApprovalDesk::Execute(const CheckedApproval& checked) {
  const format::ApprovalTerms& terms = checked.decisions.terms;
  if (checked.decisions.requester != desk_->keys().slug) return Invalid("you did not ask for it");
  // What counts now is who is still an approver.
  const format::Directory& directory = desk_->directory().directory();
  const auto approved = std::count_if(
      checked.decisions.approvers.begin(), checked.decisions.approvers.end(), [&](const std::string& slug) {
        const format::Person* person = directory.FindPerson(slug);
        return person != nullptr && HasDecidingRole(*person, terms.kind);
      });
  // How many have to approve, whatever the server says. A release has its own rules (identity.h).
  if (checked.approval.state() == v1::APPROVAL_STATE_APPROVED &&
      static_cast<size_t>(approved) < format::ApprovalRuleOf(terms.kind).needed) {
    return Invalid("fewer have signed than have to approve");
  }
  v1::ExecuteApprovalRequest ask;
  ask.set_name(checked.approval.name());
  ask.set_etag(checked.approval.etag());
  ask.set_request_id(DrawRequestId(desk_->random()));
  if (terms.kind == format::ApprovalKind::kAddReader && checked.approval.state() == v1::APPROVAL_STATE_APPROVED) {
    ALCOVE_CLIENT_ASSIGN(const std::vector<std::string> grants, GrantsFor(checked));
    for (const std::string& grant : grants) ask.add_grants(grant);
  }
  return desk_->connection().CallAgain(&v1::ApprovalService::Stub::ExecuteApproval, ask, &desk_->session());
}

absl::StatusOr<sealed::v1::Identity> ApprovalDesk::Release(const CheckedApproval& checked) {
  if (checked.decisions.terms.kind != format::ApprovalKind::kReleaseIdentity) return Invalid("it asks for something else");
  if (checked.decisions.requester != desk_->keys().slug) return Invalid("you did not ask for it");
  v1::ExecuteApprovalRequest ask;
  ask.set_name(checked.approval.name());
  ask.set_etag(checked.approval.etag());
  ask.set_request_id(DrawRequestId(desk_->random()));
  if (checked.approval.state() != v1::APPROVAL_STATE_APPROVED) {
    // The server says what is missing; were it to answer, that would be against its own word.
    const auto refused = desk_->connection().CallAgain(&v1::ApprovalService::Stub::ExecuteApproval, ask, &desk_->session());
    return refused.ok() ? Invalid("it was carried out without being approved") : refused.status();
  }
  ALCOVE_CLIENT_ASSIGN(const OpenedCase opened, desk_->Open(checked.approval.case_(), /*recompute=*/false));
  ALCOVE_CLIENT_TRY(CheckGranted(*desk_, checked, opened));
  ALCOVE_CLIENT_ASSIGN(const v1::ExecuteApprovalResponse response,
                       desk_->connection().CallAgain(&v1::ApprovalService::Stub::ExecuteApproval, ask, &desk_->session()));
  return OpenReleased(*desk_, checked, opened, response);
}

}  // namespace alcove::client
