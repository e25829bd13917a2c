#include "server/core/guard/reporter.h"

#include <algorithm>
#include <array>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/access/tags.h"
#include "server/core/base/errors.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"
#include "server/core/grants/readers.h"
#include "server/core/guard/group.h"
#include "server/core/guard/team.h"

namespace alcove::guard {
namespace {

bool IsReader(const cases::Case& record, const base::StaffSlug& slug) {
  return std::any_of(record.thread.holders.begin(), record.thread.holders.end(),
                     [&](const grants::Holder& holder) { return holder.staff == slug; });
}

// How many lines may be read with behind this wall: all, and those of people from outside.
struct Left {
  std::size_t all = 0;
  std::size_t outside = 0;
};
Left LeftBehind(const cases::Ports& ports, const cases::Case& record, const access::Wall& wall) {
  Left left;
  for (const grants::Holder& holder :
       grants::Remaining(record.thread.holders, ports.organisation, wall, ports.clock.Today())) {
    ++left.all;
    if (holder.condition == format::ReleaseCondition::kFallback) ++left.outside;
  }
  return left;
}

// `group` is the face of an escrow, from which people were just kept out; they lose the case behind it as well, and whatever is
// linked with that. `group` becomes what there is to put.
absl::Status ExcludeBehind(const cases::Ports& ports, Group& group, cases::Case behind, base::ChangeSet& changes,
                           std::vector<base::LeafDraft>& drafts) {
  const access::Wall wall = group.front().record.wall;
  cases::OwnCase own;
  own.record = std::move(group.front().record);
  own.version = group.front().version;
  own.behind = std::move(behind);
  absl::StatusOr<base::Versioned<cases::Case>> settled = cases::Settle(ports, std::move(own), changes, drafts);
  if (!settled.ok()) return settled.status();
  access::Wall& kept = settled->record.wall;
  const std::vector<base::StaffSlug> lifted = kept.lifted;
  kept = access::Union(kept, wall);
  kept.lifted = lifted;  // what two approvers lifted since, the face does not know
  absl::StatusOr<Group> others = GroupOf(ports, *std::move(settled));
  if (!others.ok()) return others.status();
  group = *std::move(others);
  return StandBehindOneWall(ports, group, std::nullopt, changes, drafts);
}

}  // namespace

absl::StatusOr<base::Outcome<std::vector<std::uint32_t>>> ExcludeReaders(const cases::Ports& ports,
                                                                         const base::MailboxId& caller,
                                                                         const std::string& request_id,
                                                                         const Exclusion& exclusion) {
  const std::size_t count = exclusion.tags.size() + exclusion.readers.size();
  if (count == 0 || count > kMostTags) return base::FieldInvalid("tags");
  absl::StatusOr<access::Tags> tags = access::HashTags(ports.organisation, exclusion.tags, "tags");
  if (!tags.ok()) return tags.status();
  absl::StatusOr<cases::OwnCase> own = cases::ReachOwn(ports, caller);
  if (!own.ok()) return own.status();
  format::ByteWriter asked(512);
  asked.Fixed(caller).U8(static_cast<std::uint8_t>(tags->hashes.size()));
  for (const people::TagHash& hash : tags->hashes) asked.Fixed(hash);
  for (const base::StaffSlug& slug : exclusion.readers) asked.Short(slug.text());
  absl::StatusOr<cases::RequestSlot> slot =
      cases::OpenRequest(ports, "ExcludeReaders", request_id, crypto::Blake2b256(asked.bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<std::vector<std::uint32_t>> outcome;
  outcome.answer = std::move(tags->unknown);
  if (slot->repeated) return outcome;

  const cases::Case& was = own->record;
  access::Wall named = was.wall;
  for (const people::TagHash& hash : tags->hashes) named.kept_out.push_back(access::NameOf(ports.organisation, hash));
  access::Wall wall = named;
  for (const base::StaffSlug& slug : exclusion.readers) {
    if (!IsReader(was, slug)) return base::FieldInvalid("readers");
    wall.struck_out.push_back(slug);
  }
  const Left left = LeftBehind(ports, was, wall);
  if (left.outside == 0 && LeftBehind(ports, was, named).outside > 0) return base::FieldInvalid("readers");
  if (left.all == 0 || !HasRoom(wall)) return base::FieldInvalid("tags");

  // Of a veiled escrow, the face stands alone, and what was said of it is done to the case behind it.
  std::optional<cases::Case> behind = std::move(own->behind);
  const base::RowVersion read = own->version;
  const bool quiet = cases::IsWaiting(own->record);
  absl::StatusOr<Group> group = GroupOf(ports, base::Versioned<cases::Case>{std::move(own->record), read});
  if (!group.ok()) return group.status();
  cases::Case& record = group->front().record;
  record.wall = std::move(wall);
  record.revision += 1;
  cases::CaseLeaves(ports, record, outcome.changes, outcome.leaves)
      .ByReporter(format::LeafKind::kReadersExcluded, format::details::PeopleAdded(static_cast<std::uint8_t>(count)));
  if (absl::Status status = StandBehindOneWall(ports, *group, std::nullopt, outcome.changes, outcome.leaves); !status.ok())
    return status;
  if (behind) {
    absl::Status status = ExcludeBehind(ports, *group, *std::move(behind), outcome.changes, outcome.leaves);
    if (!status.ok()) return status;
  }
  if (quiet) cases::PadLeaves(ports.random, outcome.leaves);
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  Put(*std::move(group), outcome.changes);
  return outcome;
}

absl::StatusOr<base::Outcome<std::monostate>> ReportBadGrant(const cases::Ports& ports, const base::MailboxId& caller,
                                                             const std::string& request_id, const BadGrant& bad) {
  if (bad.keyring != format::Keyring::kThread) return base::FieldInvalid("keyring");
  absl::StatusOr<cases::OwnCase> own = cases::ReachOwn(ports, caller);
  if (!own.ok()) return own.status();
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(
      ports, "ReportBadGrant", request_id,
      crypto::Blake2b256(format::ByteWriter(32).Fixed(caller).U32(bad.epoch).bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<std::monostate> outcome;
  if (slot->repeated) return outcome;
  cases::Case& record = own->record;
  cases::CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  const std::array keys = {crypto::KeyIdOf(record.mailbox_encryption_key)};
  const absl::StatusOr<bool> marked = MarkBadGrant(ports, record, bad, keys, {}, leaves);
  if (!marked.ok()) return marked.status();
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  if (*marked)
    if (absl::Status status = cases::PutOwn(ports, *std::move(own), outcome.changes, outcome.leaves); !status.ok()) return status;
  return outcome;
}

}  // namespace alcove::guard
