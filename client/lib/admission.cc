#include "client/lib/admission.h"

#include <algorithm>
#include <set>

#include "client/lib/plan.h"
#include "crypto/format/ids.h"

namespace alcove::client {
namespace {

absl::Status Invalid(std::string_view what) { return Refuse(Refusal::kApprovalInvalid, what); }

// Slugs of everybody whom an epoch's record lists.
absl::StatusOr<std::set<std::string>> Listed(const KeyringView& view, const std::string& record) {
  std::set<std::string> slugs;
  const auto epoch = format::ParseEpoch(record);
  if (!epoch.ok()) return Refuse(Refusal::kEpochInvalid, "it is malformed");
  for (size_t i = 0; i < epoch->reader_count; ++i) {
    const format::EpochReader reader = epoch->ReaderAt(i);
    if (reader.condition == format::ReleaseCondition::kMailbox) continue;
    ALCOVE_CLIENT_ASSIGN(const Found found, view.history->WhoSigns(reader.key));
    slugs.insert(found.person->slug);
  }
  return slugs;
}

// The record of the case, as far as it says who was added: for each leaf its number and what it says.
struct Addition {
  uint32_t number;
  std::string by;
  crypto::Bytes details;
};

std::vector<Addition> AdditionsIn(const CheckedLeaves& leaves) {
  std::vector<Addition> additions;
  for (const format::Leaf& leaf : leaves.leaves) {
    if (leaf.kind == format::LeafKind::kReaderAdded) additions.push_back({leaf.number, leaf.actor, leaf.details});
  }
  return additions;
}

std::string PersonOf(const Addition& addition) {
  format::Leaf leaf;
  leaf.kind = format::LeafKind::kReaderAdded;
  leaf.details = addition.details;
  for (const auto& [label, text] : format::DescribeDetails(leaf)) {
    if (label == "staff") return text;
  }
  return {};
}

// One reader's admission, but for whether who asked might ask.
absl::StatusOr<Admitted> CheckAdmission(const KeyringView& view, const std::vector<Addition>& additions,
                                        const v1::Reader& reader) {
  ALCOVE_CLIENT_ASSIGN(const std::string slug, SlugOf(reader.staff()));
  const auto statement = format::ParseStatement(reader.admission().statement());
  if (!statement.ok()) return Invalid("the request about " + slug + " is malformed");
  const format::ApprovalTerms& terms = statement->terms;
  if (terms.kind != format::ApprovalKind::kAddReader || terms.case_id != view.case_id || terms.person != slug ||
      static_cast<int>(terms.condition) != static_cast<int>(reader.condition())) {
    return Invalid("the request is not about " + slug + " on this case");
  }
  ALCOVE_CLIENT_ASSIGN(const CheckedDecisions decisions,
                       CheckDecisions(*view.history, view.organisation, *statement,
                                      {reader.admission().decisions().begin(), reader.admission().decisions().end()}));
  if (decisions.approvers.empty()) return Invalid("nobody approved that " + slug + " reads");
  const crypto::Bytes details = format::details::ReaderAdded(slug, terms.condition, terms.until);
  const bool recorded = std::any_of(additions.begin(), additions.end(), [&](const Addition& addition) {
    return addition.by == decisions.requester && addition.details == details;
  });
  if (!recorded) return Invalid("the record of the case does not say that " + slug + " was added");
  return Admitted{decisions.requester, decisions.approvers, terms.until};
}

}  // namespace

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
    } else if (found.person->HasRole(format::Role::kApprover) && slug != checked.requester &&
               slug != statement.terms.person) {
      checked.approvers.push_back(slug);
    }
  }
  return checked;
}

absl::StatusOr<std::map<std::string, Admitted>> CheckAdmissions(const KeyringView& view, const KeyringKeys& keys,
                                                                const CheckedLeaves& leaves,
                                                                const std::vector<v1::Reader>& readers) {
  std::map<std::string, Admitted> admitted;
  const std::vector<Addition> additions = AdditionsIn(leaves);
  for (const v1::Reader& reader : readers) {
    if (!reader.has_admission() || reader.lost()) continue;
    ALCOVE_CLIENT_ASSIGN(Admitted one, CheckAdmission(view, additions, reader));
    ALCOVE_CLIENT_ASSIGN(std::string slug, SlugOf(reader.staff()));
    admitted.insert_or_assign(std::move(slug), std::move(one));
  }
  if (admitted.empty()) return admitted;
  // Who asked held the case. Whoever was added may ask for others; the record says so in the order in which it happened.
  std::set<std::string> held;
  for (const auto& [number, record] : keys.records()) {
    ALCOVE_CLIENT_ASSIGN(const std::set<std::string> listed, Listed(view, record));
    held.insert(listed.begin(), listed.end());
  }
  for (const Addition& addition : additions) {
    if (held.contains(addition.by)) held.insert(PersonOf(addition));
  }
  for (const auto& [slug, one] : admitted) {
    if (!held.contains(one.requester)) return Invalid("who asked that " + slug + " reads never held the case");
  }
  return admitted;
}

absl::Status CheckNewcomers(const KeyringView& view, const KeyringKeys& keys, const CheckedLeaves& leaves,
                            const std::vector<OpenedEntry>& entries) {
  const std::vector<Addition> additions = AdditionsIn(leaves);
  const auto added = [&](const std::string& slug, uint32_t before) {
    return std::any_of(additions.begin(), additions.end(), [&](const Addition& addition) {
      return addition.number <= before && PersonOf(addition) == slug;
    });
  };
  std::map<uint32_t, std::set<std::string>> listed;
  for (const auto& [number, record] : keys.records()) {
    ALCOVE_CLIENT_ASSIGN(listed[number], Listed(view, record));
    if (number == 0) continue;
    for (const std::string& slug : listed[number]) {
      if (!listed[number - 1].contains(slug) && !added(slug, UINT32_MAX)) {
        return Refuse(Refusal::kReaderSurplus, slug + ", in key generation " + std::to_string(number));
      }
    }
  }
  for (const OpenedEntry& entry : entries) {
    if (entry.author.empty() || listed[entry.entry.epoch()].contains(entry.author)) continue;
    if (!added(entry.author, entry.leaf_count)) {
      return Refuse(Refusal::kEntryInvalid, "message " + std::to_string(entry.entry.sequence() + 1) +
                                                ": its author is not among the readers");
    }
  }
  return absl::OkStatus();
}

}  // namespace alcove::client
