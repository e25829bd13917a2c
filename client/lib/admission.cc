#include "client/lib/admission.h"

#include <algorithm>
#include <set>

#include "client/lib/plan.h"
#include "crypto/format/ids.h"

namespace alcove::client {
namespace {

absl::Status Invalid(std::string_view what) { return Refuse(Refusal::kApprovalInvalid, what); }

bool SameDay(const google::type::Date& date, format::Day day) {
  return date.year() == day.year() && date.month() == day.month() && date.day() == day.day_of_month();
}

std::string PersonName(const std::string& slug) { return slug.empty() ? std::string() : format::StaffName(slug); }

using Keys = std::set<crypto::KeyId>;

// Encryption keys of the people whom an epoch's record lists.
absl::StatusOr<Keys> Listed(const std::string& record) {
  Keys keys;
  const auto epoch = format::ParseEpoch(record);
  if (!epoch.ok()) return Refuse(Refusal::kEpochInvalid, "it is malformed");
  for (size_t i = 0; i < epoch->reader_count; ++i) {
    const format::EpochReader reader = epoch->ReaderAt(i);
    // The mailbox's key may change by a new receipt: thread.h sees to that.
    if (reader.condition != format::ReleaseCondition::kMailbox) keys.insert(reader.key);
  }
  return keys;
}

// The record of the case, as far as it says who was added: for each leaf its number and what it says.
struct Addition {
  uint32_t number;
  std::string by;
  std::string who;
  crypto::Bytes details;
};

std::vector<Addition> AdditionsIn(const CheckedLeaves& leaves) {
  std::vector<Addition> additions;
  for (const format::Leaf& leaf : leaves.leaves) {
    if (leaf.kind == format::LeafKind::kReaderAdded) {
      additions.push_back({leaf.number, leaf.actor, StaffNamedIn(leaf), leaf.details});
    }
  }
  return additions;
}

// A reader's admission, but for whether who asked held the case.
absl::StatusOr<CheckedDecisions> CheckAdmission(const KeyringView& view, const std::vector<Addition>& additions,
                                                const v1::Reader& reader, const std::string& slug) {
  const auto statement = format::ParseStatement(reader.admission().statement());
  if (!statement.ok()) return Invalid("the request about " + slug + " is malformed");
  const format::ApprovalTerms& terms = statement->terms;
  if (terms.kind != format::ApprovalKind::kAddReader || terms.case_id != view.case_id || terms.person != slug ||
      static_cast<int>(terms.condition) != static_cast<int>(reader.condition())) {
    return Invalid("the request is not about " + slug + " on this case");
  }
  ALCOVE_CLIENT_ASSIGN(CheckedDecisions decisions,
                       CheckDecisions(*view.history, view.organisation, *statement,
                                      {reader.admission().decisions().begin(), reader.admission().decisions().end()}));
  if (decisions.approvers.empty()) return Invalid("nobody approved that " + slug + " reads");
  const crypto::Bytes details = format::details::ReaderAdded(slug, terms.condition, terms.until);
  const bool recorded = std::any_of(additions.begin(), additions.end(), [&](const Addition& addition) {
    return addition.by == decisions.requester && addition.details == details;
  });
  if (!recorded) return Invalid("the record of the case does not say that " + slug + " was added");
  return decisions;
}

}  // namespace

bool HasDecidingRole(const format::Person& person, format::ApprovalKind kind) {
  if (kind == format::ApprovalKind::kConfirmClock) return person.HasRole(format::Role::kAuditor);
  if (kind == format::ApprovalKind::kReleaseIdentity && person.HasRole(format::Role::kCustodian)) return true;
  return person.HasRole(format::Role::kApprover);
}

bool Describes(const v1::Approval& approval, const CheckedDecisions& decisions) {
  const format::ApprovalTerms& terms = decisions.terms;
  const bool adds = terms.kind == format::ApprovalKind::kAddReader;
  const bool has_last_day = terms.until.number() != 0;
  return static_cast<int>(approval.kind()) == static_cast<int>(terms.kind) &&
         approval.name() == format::ApprovalName(terms.approval) &&
         approval.case_() == (terms.case_id.IsZero() ? "" : format::CaseName(terms.case_id)) &&
         approval.person() == PersonName(terms.person) && approval.code() == terms.code &&
         approval.requester() == format::StaffName(decisions.requester) &&
         static_cast<int>(approval.condition()) == (adds ? static_cast<int>(terms.condition) : 0) &&
         approval.has_until() == has_last_day && (!has_last_day || SameDay(approval.until(), terms.until));
}

absl::StatusOr<CheckedDecisions> CheckDecisions(DirectoryHistory& history, const format::OrganisationId& organisation,
                                                const format::ParsedStatement& statement,
                                                const std::vector<v1::SignedDecision>& decisions) {
  CheckedDecisions checked;
  checked.terms = statement.terms;
  if (statement.terms.organisation != organisation) return Invalid("the request is another organisation's");
  ALCOVE_CLIENT_ASSIGN(const Found requester, history.WhoSigns(statement.requester));
  if (!format::VerifyRequester(statement, requester.device->signing).ok()) {
    return Invalid("the request is not signed by whom it names");
  }
  checked.requester = requester.person->slug;
  for (const format::Device& device : requester.person->devices)
    checked.requester_keys.push_back(crypto::KeyIdOf(device.encryption));
  // Roles come and go; what counts is who was an approver when it was asked.
  ALCOVE_CLIENT_ASSIGN(const format::Directory* then, history.Version(statement.terms.directory_version));
  std::set<std::string> decided;
  for (const v1::SignedDecision& decision : decisions) {
    const auto key = crypto::KeyId::FromBytes(decision.key_id());
    const auto signature = crypto::Signature::FromBytes(decision.signature());
    if (!key.ok() || !signature.ok() || !format::IsDecision(static_cast<uint8_t>(decision.decision()))) {
      return Invalid("a decision is malformed");
    }
    const auto said = static_cast<format::Decision>(decision.decision());
    ALCOVE_CLIENT_ASSIGN(const Found found, history.WhoSigns(*key));
    const std::string& slug = found.person->slug;
    if (decision.staff() != format::StaffName(slug) ||
        !format::VerifyDecision(statement, said, found.device->signing, *signature).ok()) {
      return Invalid("a decision is not signed by whom it names");
    }
    if (!decided.insert(slug).second) return Invalid("somebody decided twice");
    if (said == format::Decision::kRefuse) {
      checked.refusers.push_back(slug);
      continue;
    }
    const format::Person* person = then->FindPerson(slug);
    const bool has_part = slug == checked.requester || slug == statement.terms.person;
    if (person != nullptr && HasDecidingRole(*person, statement.terms.kind) && !has_part) checked.approvers.push_back(slug);
  }
  return checked;
}

absl::StatusOr<std::map<std::string, Admitted>> CheckAdmissions(const KeyringView& view, const KeyringKeys& keys,
                                                                const CheckedLeaves& leaves,
                                                                const std::vector<v1::Reader>& readers) {
  const std::vector<Addition> additions = AdditionsIn(leaves);
  std::map<std::string, CheckedDecisions> checked;  // those who lost the case again included
  std::map<std::string, Admitted> admitted;
  std::set<std::string> unlisted;
  Keys ever, now;
  for (const auto& [number, record] : keys.records()) {
    ALCOVE_CLIENT_ASSIGN(now, Listed(record));
    ever.insert(now.begin(), now.end());
  }
  for (const v1::Reader& reader : readers) {
    if (!reader.has_admission()) continue;
    ALCOVE_CLIENT_ASSIGN(const std::string slug, SlugOf(reader.staff()));
    ALCOVE_CLIENT_ASSIGN(const CheckedDecisions decisions, CheckAdmission(view, additions, reader, slug));
    const auto key = crypto::KeyId::FromBytes(reader.key_id());
    if (!key.ok() || !now.contains(*key)) unlisted.insert(slug);
    checked.insert_or_assign(slug, decisions);
    if (!reader.lost()) admitted.insert_or_assign(slug, Admitted{decisions.requester, decisions.approvers, decisions.terms.until});
  }
  // Whoever was added may ask for others, so go from one to the next, at most once through all.
  const auto held = [&](const std::string& slug) {
    std::string asker = slug;
    for (size_t step = 0; step <= checked.size(); ++step) {
      const auto found = checked.find(asker);
      if (found == checked.end()) return false;
      const std::vector<crypto::KeyId>& theirs = found->second.requester_keys;
      if (std::any_of(theirs.begin(), theirs.end(), [&](const crypto::KeyId& key) { return ever.contains(key); })) return true;
      asker = found->second.requester;
    }
    return false;
  };
  for (const std::string& slug : unlisted) {
    if (!held(slug)) return Invalid("who asked that " + slug + " reads never held the case");
  }
  return admitted;
}

absl::Status CheckNewcomers(const KeyringView& view, const KeyringKeys& keys, const CheckedLeaves& leaves,
                            const std::vector<OpenedEntry>& entries) {
  const std::vector<Addition> additions = AdditionsIn(leaves);
  const auto added = [&](const std::string& slug, uint32_t before) {
    return std::any_of(additions.begin(), additions.end(), [&](const Addition& addition) {
      return addition.number <= before && addition.who == slug;
    });
  };
  std::set<std::string> before;
  for (const auto& [number, record] : keys.records()) {
    ALCOVE_CLIENT_ASSIGN(std::set<std::string> people, PeopleOf(view, record));
    for (const std::string& who : people) {
      if (number == 0 || before.contains(who) || added(who, UINT32_MAX)) continue;
      return Refuse(Refusal::kReaderSurplus, who + ", in key generation " + std::to_string(number));
    }
    before = std::move(people);
  }
  for (const OpenedEntry& entry : entries) {
    if (entry.listed || added(entry.author, entry.leaf_count)) continue;
    return Refuse(Refusal::kEntryInvalid, "message " + std::to_string(entry.entry.sequence() + 1) +
                                              ": its author is not among the readers");
  }
  return absl::OkStatus();
}

}  // namespace alcove::client
