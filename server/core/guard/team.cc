#include "server/core/guard/team.h"

#include <algorithm>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/access/tags.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"
#include "server/core/guard/errors.h"
#include "server/core/guard/group.h"

namespace alcove::guard {
namespace {

using format::ByteWriter;

// Method and case; what else is asked for follows.
ByteWriter Asked(std::string_view method, const base::CaseId& id) {
  ByteWriter asked(256);
  asked.Short(method).Fixed(id);
  return asked;
}

}  // namespace

absl::StatusOr<base::Outcome<std::monostate>> RecuseFromCase(const cases::Ports& ports, const base::StaffSlug& caller,
                                                             const base::CaseId& id, const std::string& request_id) {
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(
      ports, cases::ScopeOf(caller), request_id, crypto::Blake2b256(Asked("RecuseFromCase", id).bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<std::monostate> outcome;
  if (slot->repeated) return outcome;
  absl::StatusOr<cases::TeamReach> reach = cases::ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  absl::StatusOr<Group> group = GroupOf(ports, std::move(reach->found));
  if (!group.ok()) return group.status();

  group->front().record.wall.recused.push_back(caller);
  if (absl::Status status = StandBehindOneWall(ports, *group, cases::Leaving{caller, true}, outcome.changes, outcome.leaves);
      !status.ok())
    return status;
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  Put(*std::move(group), outcome.changes);
  return outcome;
}

absl::StatusOr<base::Outcome<Corrected>> CorrectSubjects(const cases::Ports& ports, const base::StaffSlug& caller,
                                                         const base::CaseId& id, const std::string& etag,
                                                         const std::string& request_id,
                                                         std::span<const crypto::BytesView> subjects) {
  if (subjects.empty() || subjects.size() > kMostTags) return base::FieldInvalid("subjects");
  absl::StatusOr<access::Tags> tags = access::HashTags(ports.organisation, subjects, "subjects");
  if (!tags.ok()) return tags.status();
  ByteWriter asked = Asked("CorrectSubjects", id);
  asked.Short(etag.substr(0, 255));
  for (const people::TagHash& hash : tags->hashes) asked.Fixed(hash);
  absl::StatusOr<cases::RequestSlot> slot =
      cases::OpenRequest(ports, cases::ScopeOf(caller), request_id, crypto::Blake2b256(asked.bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<Corrected> outcome;
  outcome.answer.unknown = std::move(tags->unknown);
  if (slot->repeated) {
    outcome.answer.etag = slot->repeated->answer;
    return outcome;
  }
  absl::StatusOr<cases::TeamReach> reach = cases::ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  if (etag != cases::EtagOf(ports, reach->found.record)) return base::EtagStale();
  absl::StatusOr<Group> group = GroupOf(ports, std::move(reach->found));
  if (!group.ok()) return group.status();

  cases::Case& record = group->front().record;
  access::Wall wider = record.wall;
  for (const people::TagHash& hash : tags->hashes) wider.subjects.push_back(access::NameOf(ports.organisation, hash));
  record.wall = access::Union(record.wall, wider);
  if (!HasRoom(record.wall)) return base::FieldInvalid("subjects");
  record.revision += 1;
  cases::CaseLeaves(ports, record, outcome.changes, outcome.leaves)
      .ByStaff(format::LeafKind::kSubjectsCorrected, caller,
               format::details::PeopleAdded(static_cast<std::uint8_t>(subjects.size())));
  if (absl::Status status = StandBehindOneWall(ports, *group, std::nullopt, outcome.changes, outcome.leaves); !status.ok())
    return status;
  outcome.answer.etag = cases::EtagOf(ports, record);
  cases::CloseRequest(*std::move(slot), outcome.answer.etag, outcome.changes);
  Put(*std::move(group), outcome.changes);
  return outcome;
}

absl::StatusOr<base::Outcome<std::string>> LinkCases(const cases::Ports& ports, const base::StaffSlug& caller,
                                                     const base::CaseId& id, const std::string& etag,
                                                     const std::string& request_id, const base::CaseId& other) {
  ByteWriter asked = Asked("LinkCases", id);
  asked.Short(etag.substr(0, 255)).Fixed(other);
  absl::StatusOr<cases::RequestSlot> slot =
      cases::OpenRequest(ports, cases::ScopeOf(caller), request_id, crypto::Blake2b256(asked.bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<std::string> outcome;
  if (slot->repeated) {
    outcome.answer = slot->repeated->answer;
    return outcome;
  }
  absl::StatusOr<cases::TeamReach> one = cases::ReachAsTeam(ports, caller, id);
  if (!one.ok()) return one.status();
  absl::StatusOr<cases::TeamReach> two = cases::ReachAsTeam(ports, caller, other);
  if (!two.ok()) return two.status();
  if (etag != cases::EtagOf(ports, one->found.record)) return base::EtagStale();
  const std::vector<base::CaseId>& linked = one->found.record.linked;
  if (id == other || std::find(linked.begin(), linked.end(), other) != linked.end()) return LinkRefused();

  absl::StatusOr<Group> group = GroupOf(ports, std::move(one->found));
  if (!group.ok()) return group.status();
  absl::StatusOr<Group> joining = GroupOf(ports, std::move(two->found));
  if (!joining.ok()) return joining.status();
  if (group->size() + joining->size() > cases::kMostLinked) return LinkRefused();
  for (cases::Case* record : {&group->front().record, &joining->front().record}) {
    cases::CaseLeaves(ports, *record, outcome.changes, outcome.leaves)
        .HiddenByStaff(format::LeafKind::kCasesLinked, caller);
    record->revision += 1;
  }
  for (base::Versioned<cases::Case>& member : *joining) group->push_back(std::move(member));
  if (absl::Status status = StandBehindOneWall(ports, *group, std::nullopt, outcome.changes, outcome.leaves); !status.ok())
    return status;
  if (!HasRoom(group->front().record.wall)) return LinkRefused();
  outcome.answer = cases::EtagOf(ports, group->front().record);
  cases::CloseRequest(*std::move(slot), outcome.answer, outcome.changes);
  Put(*std::move(group), outcome.changes);
  return outcome;
}

absl::StatusOr<base::Outcome<std::monostate>> ReportBadGrant(const cases::Ports& ports, const base::StaffSlug& caller,
                                                             const base::CaseId& id, const std::string& request_id,
                                                             const BadGrant& bad) {
  ByteWriter asked = Asked("ReportBadGrant", id);
  asked.U8(static_cast<std::uint8_t>(bad.keyring)).U32(bad.epoch);
  absl::StatusOr<cases::RequestSlot> slot =
      cases::OpenRequest(ports, cases::ScopeOf(caller), request_id, crypto::Blake2b256(asked.bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<std::monostate> outcome;
  if (slot->repeated) return outcome;
  absl::StatusOr<cases::TeamReach> reach = cases::ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  std::vector<crypto::KeyId> keys;
  for (const people::Device& device : reach->person->devices) keys.push_back(device.encryption_key_id);
  cases::Case& record = reach->found.record;
  cases::CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  const absl::StatusOr<bool> marked = MarkBadGrant(ports, record, bad, keys, caller, leaves);
  if (!marked.ok()) return marked.status();
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  if (*marked) outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

}  // namespace alcove::guard
