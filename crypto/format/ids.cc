#include "crypto/format/ids.h"

#include "crypto/encoding.h"
#include "crypto/format/errors.h"

namespace alcove::format {
namespace {

constexpr size_t kIdText = 26;

bool Strip(std::string_view* text, std::string_view prefix) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// `cases/{c}` and, behind it, `collection` and an id.
template <class Id>
absl::StatusOr<std::pair<CaseId, Id>> ParseChild(std::string_view name, std::string_view collection) {
  if (!Strip(&name, "cases/") || name.size() < kIdText) return Malformed("name", "collection");
  auto parent = FromText<CaseId>(name.substr(0, kIdText));
  if (!parent.ok()) return parent.status();
  name.remove_prefix(kIdText);
  if (!Strip(&name, collection)) return Malformed("name", "collection");
  auto child = FromText<Id>(name);
  if (!child.ok()) return child.status();
  return std::make_pair(*parent, *child);
}

}  // namespace

namespace internal {

std::string IdText(crypto::BytesView raw) { return crypto::Base32Encode(raw); }

absl::StatusOr<crypto::Bytes> IdBytes(std::string_view text) {
  if (text.size() != kIdText) return Malformed("id", "length");
  auto raw = crypto::Base32Decode(text);
  if (!raw.ok()) return Malformed("id", "text");
  return raw;
}

}  // namespace internal

std::string CaseName(const CaseId& id) { return "cases/" + Text(id); }
std::string MailboxName(const MailboxId& id) { return "mailboxes/" + Text(id); }
std::string BlobName(const BlobId& id) { return "blobs/" + Text(id); }
std::string ApprovalName(const ApprovalId& id) { return "approvals/" + Text(id); }
std::string EntryName(const CaseId& parent, const EntryId& id) { return CaseName(parent) + "/entries/" + Text(id); }
std::string AllegationName(const CaseId& parent, const AllegationId& id) {
  return CaseName(parent) + "/allegations/" + Text(id);
}
std::string MeasureName(const CaseId& parent, const MeasureId& id) { return CaseName(parent) + "/measures/" + Text(id); }
std::string AdverseActionName(const AdverseActionId& id) { return "adverseActions/" + Text(id); }
std::string ProtectionRequestName(const ProtectionRequestId& id) { return "protectionRequests/" + Text(id); }
std::string MeasureOrderName(const MeasureOrderId& id) { return "measureOrders/" + Text(id); }
std::string StaffName(std::string_view slug) { return "staff/" + std::string(slug); }

absl::StatusOr<CaseId> ParseCaseName(std::string_view name) {
  if (!Strip(&name, "cases/")) return Malformed("name", "collection");
  return FromText<CaseId>(name);
}

absl::StatusOr<MailboxId> ParseMailboxName(std::string_view name) {
  if (!Strip(&name, "mailboxes/")) return Malformed("name", "collection");
  return FromText<MailboxId>(name);
}

absl::StatusOr<BlobId> ParseBlobName(std::string_view name) {
  if (!Strip(&name, "blobs/")) return Malformed("name", "collection");
  return FromText<BlobId>(name);
}

absl::StatusOr<ApprovalId> ParseApprovalName(std::string_view name) {
  if (!Strip(&name, "approvals/")) return Malformed("name", "collection");
  return FromText<ApprovalId>(name);
}

absl::StatusOr<std::pair<CaseId, EntryId>> ParseEntryName(std::string_view name) {
  return ParseChild<EntryId>(name, "/entries/");
}

absl::StatusOr<std::pair<CaseId, AllegationId>> ParseAllegationName(std::string_view name) {
  return ParseChild<AllegationId>(name, "/allegations/");
}

absl::StatusOr<std::pair<CaseId, MeasureId>> ParseMeasureName(std::string_view name) {
  return ParseChild<MeasureId>(name, "/measures/");
}

absl::StatusOr<AdverseActionId> ParseAdverseActionName(std::string_view name) {
  if (!Strip(&name, "adverseActions/")) return Malformed("name", "collection");
  return FromText<AdverseActionId>(name);
}

absl::StatusOr<ProtectionRequestId> ParseProtectionRequestName(std::string_view name) {
  if (!Strip(&name, "protectionRequests/")) return Malformed("name", "collection");
  return FromText<ProtectionRequestId>(name);
}

absl::StatusOr<MeasureOrderId> ParseMeasureOrderName(std::string_view name) {
  if (!Strip(&name, "measureOrders/")) return Malformed("name", "collection");
  return FromText<MeasureOrderId>(name);
}

absl::StatusOr<std::string> ParseStaffName(std::string_view name) {
  if (!Strip(&name, "staff/")) return Malformed("name", "collection");
  if (!IsSlug(name)) return Malformed("name", "slug");
  return std::string(name);
}

bool IsSlug(std::string_view text) {
  if (text.empty() || text.size() > 32 || text.front() == '-' || text.back() == '-') return false;
  for (char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

}  // namespace alcove::format
