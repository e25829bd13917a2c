#include "server/core/cases/requests.h"

#include "crypto/encoding.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/cases/errors.h"

namespace alcove::cases {
namespace {

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx in lower case; y is one of 8, 9, a, b.
bool IsUuid4(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsLowerHex(text[i])) return false;
  }
  return text[14] == '4' && (text[19] == '8' || text[19] == '9' || text[19] == 'a' || text[19] == 'b');
}

}  // namespace

std::string ScopeOf(const base::StaffSlug& caller) { return "staff/" + caller.text(); }

absl::StatusOr<RequestSlot> ClaimRequest(const Ports& ports, std::string_view scope, const std::string& request_id,
                                         const crypto::Digest& digest) {
  if (!IsUuid4(request_id)) return base::FieldInvalid("request_id");
  RequestSlot slot;
  slot.row.key_hash = crypto::KeyedBlake2b256(
      ports.request_key, format::ByteWriter(128).Short("alcove request v1").Short(scope).Raw(request_id).bytes());
  slot.row.digest = digest;
  slot.row.day = ports.clock.Today();
  return slot;
}

absl::StatusOr<RequestSlot> OpenRequest(const Ports& ports, std::string_view scope, const std::string& request_id,
                                        const crypto::Digest& digest) {
  absl::StatusOr<RequestSlot> slot = ClaimRequest(ports, scope, request_id, digest);
  if (!slot.ok()) return slot;
  absl::StatusOr<std::optional<base::Versioned<Request>>> found = ports.rows.Get<Request>(slot->row.key());
  if (!found.ok()) return found.status();
  if (!*found) return slot;
  if ((*found)->record.digest != digest) return RequestIdReused();
  slot->repeated = std::move((*found)->record);
  return slot;
}

void CloseRequest(RequestSlot slot, crypto::Bytes answer, base::ChangeSet& changes) {
  slot.row.answer = std::move(answer);
  changes.Insert(std::move(slot.row));
}

absl::StatusOr<base::ChangeSet> ForgetOldRequests(const base::Reader& rows, base::Day today, std::size_t limit) {
  base::ChangeSet changes;
  std::size_t found = 0;
  absl::Status status = rows.Scan<Request>("", "", SIZE_MAX, [&](base::Versioned<Request> row) {
    if (today.DaysSince(row.record.day) < 3) return true;
    changes.Delete(Request::kTable, row.record.key());
    return ++found < limit;
  });
  if (!status.ok()) return status;
  return changes;
}

std::string EtagOf(const Ports& ports, const Case& record) { return EtagOf(ports, record.id.view(), record.revision); }

std::string EtagOf(const Ports& ports, crypto::BytesView id, std::uint32_t revision) {
  const crypto::Digest tag = crypto::KeyedBlake2b256(
      ports.request_key, format::ByteWriter(64).Short("alcove etag v1").Raw(id).U32(revision).bytes());
  return crypto::Base32Encode(tag.view().substr(0, 10));
}

}  // namespace alcove::cases
