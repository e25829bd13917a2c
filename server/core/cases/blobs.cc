#include "server/core/cases/blobs.h"

#include <algorithm>

#include "crypto/format/leaf.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/nearest.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/reach.h"

namespace alcove::cases {
namespace {

struct BlobReach {
  base::Versioned<Blob> blob;
  base::Versioned<Case> found;
};

// A blob for whoever may read the entry that names it, or could if that were not to go.
absl::StatusOr<BlobReach> ReachKept(const Ports& ports, const BlobCaller& caller, const base::BlobId& id) {
  // A blob that is not there is a neighbour's in all but the answer, so that saying so takes as long.
  auto blob = Nearest<Blob>(ports.rows, base::RowKey(id));
  if (!blob.ok()) return blob.status();
  if (!*blob) return base::NothingHere();
  const Blob& row = (*blob)->record;
  const bool there = row.id == id;
  if (const auto* staff = std::get_if<base::StaffSlug>(&caller)) {
    absl::StatusOr<TeamReach> reach = ReachAsTeam(ports, *staff, row.case_id);
    if (!reach.ok()) return reach.status();
    if (!there) return base::NothingHere();
    return BlobReach{**std::move(blob), std::move(reach->found)};
  }
  absl::StatusOr<OwnCase> own = ReachOwn(ports, std::get<base::MailboxId>(caller));
  if (!own.ok()) return own.status();
  if (!there || own->record.id != row.case_id || row.keyring != format::Keyring::kThread) return base::NothingHere();
  return BlobReach{**std::move(blob), *std::move(own)};
}

absl::StatusOr<BlobReach> ReachBlob(const Ports& ports, const BlobCaller& caller, const base::BlobId& id) {
  absl::StatusOr<BlobReach> reach = ReachKept(ports, caller, id);
  if (!reach.ok()) return reach;
  const Blob& blob = reach->blob.record;
  const auto doomed = DoomOf(ports.rows, blob.case_id);
  if (!doomed.ok()) return doomed.status();
  if (*doomed && IsDoomed((*doomed)->record, blob.keyring, blob.sequence)) return base::NothingHere();
  return reach;
}

bool IsAuthor(const BlobCaller& caller, const Blob& blob) {
  const auto* staff = std::get_if<base::StaffSlug>(&caller);
  return staff == nullptr ? blob.author.empty() : blob.author == *staff;
}

std::uint32_t PartSize(const Blob& blob, std::uint32_t offset) { return std::min(kBlobPartBytes, blob.size - offset); }

std::string PartKey(const Blob& blob, std::uint32_t offset) {
  return base::RowKey(blob.case_id, blob.id, std::uint32_t{offset / kBlobPartBytes});
}

}  // namespace

absl::StatusOr<BlobStatus> GetBlob(const Ports& ports, const BlobCaller& caller, const base::BlobId& id) {
  absl::StatusOr<BlobReach> reach = ReachBlob(ports, caller, id);
  if (!reach.ok()) return reach.status();
  return BlobStatus{reach->blob.record.size, reach->blob.record.received};
}

absl::StatusOr<base::Outcome<std::uint32_t>> WriteBlobPart(const Ports& ports, const BlobCaller& caller,
                                                           const base::BlobId& id, std::uint32_t offset,
                                                           crypto::BytesView data) {
  absl::StatusOr<BlobReach> reach = ReachBlob(ports, caller, id);
  // To a writer, a blob that is not theirs and one that no entry names are the same.
  if (!reach.ok())
    return base::ReasonOf(reach.status()) == base::Reason::kNothingHere ? BlobNotNamed() : reach.status();
  Blob& blob = reach->blob.record;
  if (!IsAuthor(caller, blob)) return BlobNotNamed();
  if (offset % kBlobPartBytes != 0 || offset > blob.received || offset >= blob.size) return BlobPartRefused();
  if (data.size() != PartSize(blob, offset)) return BlobPartRefused();

  base::Outcome<std::uint32_t> outcome;
  if (offset < blob.received) {
    auto known = ports.rows.Get<BlobPart>(PartKey(blob, offset));
    if (!known.ok()) return known.status();
    if (!*known) return base::Broken("a received part is missing");
    if ((*known)->record.data != data) return BlobPartRefused();
    outcome.answer = blob.received;
    return outcome;
  }
  BlobPart part;
  part.case_id = blob.case_id;
  part.blob = blob.id;
  part.part = offset / kBlobPartBytes;
  part.data = crypto::Bytes(data);
  blob.received = offset + static_cast<std::uint32_t>(data.size());
  outcome.answer = blob.received;
  outcome.changes.Put(std::move(part));
  outcome.changes.Update(std::move(blob), reach->blob.version);
  return outcome;
}

absl::StatusOr<base::Outcome<crypto::Bytes>> ReadBlobPart(const Ports& ports, const BlobCaller& caller,
                                                          const base::BlobId& id, std::uint32_t offset) {
  absl::StatusOr<BlobReach> reach = ReachBlob(ports, caller, id);
  if (!reach.ok()) return reach.status();
  const Blob& blob = reach->blob.record;
  if (offset % kBlobPartBytes != 0) return base::FieldInvalid("offset");
  base::Outcome<crypto::Bytes> outcome;
  if (offset >= blob.received) return outcome;
  auto part = ports.rows.Get<BlobPart>(PartKey(blob, offset));
  if (!part.ok()) return part.status();
  if (!*part) return base::Broken("a received part is missing");
  outcome.answer = std::move((*part)->record.data);
  const auto* staff = std::get_if<base::StaffSlug>(&caller);
  if (staff == nullptr || offset != 0) return outcome;
  Case& record = reach->found.record;
  CaseLeaves(ports, record, outcome.changes, outcome.leaves)
      .ByStaffIn(blob.keyring, format::LeafKind::kBlobRead, *staff, format::details::BlobRead(blob.id));
  outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

}  // namespace alcove::cases
