// Ids: 16 random bytes, each kind a type of its own. As text 26 characters of lower-case base32 (RFC 4648 alphabet, no
// padding, the two unused bits zero); as a resource name `cases/{c}`, `mailboxes/{m}`, `blobs/{b}`,
// `cases/{c}/entries/{e}`, `cases/{c}/allegations/{a}`, `cases/{c}/measures/{m}`, `approvals/{a}`, `adverseActions/{a}`,
// `protectionRequests/{p}`, `measureOrders/{o}`, `staff/{slug}`. There is one text for an id, and parsing refuses every other.
//
// Threads: any.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <utility>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/receipt.h"

namespace alcove::format {

struct OrganisationIdTag { static constexpr std::string_view kName = "organisation id"; };
struct CaseIdTag { static constexpr std::string_view kName = "case id"; };
struct EntryIdTag { static constexpr std::string_view kName = "entry id"; };
struct BlobIdTag { static constexpr std::string_view kName = "blob id"; };
struct ApprovalIdTag { static constexpr std::string_view kName = "approval id"; };
struct AllegationIdTag { static constexpr std::string_view kName = "allegation id"; };
struct MeasureIdTag { static constexpr std::string_view kName = "measure id"; };
struct AdverseActionIdTag { static constexpr std::string_view kName = "adverse action id"; };
struct MeasureOrderIdTag { static constexpr std::string_view kName = "measure order id"; };
struct ProtectionRequestIdTag { static constexpr std::string_view kName = "protection request id"; };

using OrganisationId = crypto::FixedBytes<16, OrganisationIdTag>;
using CaseId = crypto::FixedBytes<16, CaseIdTag>;
using EntryId = crypto::FixedBytes<16, EntryIdTag>;
using BlobId = crypto::FixedBytes<16, BlobIdTag>;
using ApprovalId = crypto::FixedBytes<16, ApprovalIdTag>;
using AllegationId = crypto::FixedBytes<16, AllegationIdTag>;
using MeasureId = crypto::FixedBytes<16, MeasureIdTag>;
using AdverseActionId = crypto::FixedBytes<16, AdverseActionIdTag>;
using MeasureOrderId = crypto::FixedBytes<16, MeasureOrderIdTag>;
using ProtectionRequestId = crypto::FixedBytes<16, ProtectionRequestIdTag>;
// What DeriveMailboxKeys gives.
using MailboxId = crypto::RawMailboxId;

namespace internal {
std::string IdText(crypto::BytesView raw);
// 16 bytes, or INVALID_ARGUMENT.
absl::StatusOr<crypto::Bytes> IdBytes(std::string_view text);
}  // namespace internal

// `Id` is one of the types above.
template <class Id>
std::string Text(const Id& id) {
  return internal::IdText(id.view());
}

template <class Id>
absl::StatusOr<Id> FromText(std::string_view text) {
  auto raw = internal::IdBytes(text);
  if (!raw.ok()) return raw.status();
  return Id::FromBytes(*raw);
}

template <class Id>
Id DrawId(crypto::Random& random) {
  return *Id::FromBytes(random.Draw(Id::kSize));
}

std::string CaseName(const CaseId& id);
std::string MailboxName(const MailboxId& id);
std::string BlobName(const BlobId& id);
std::string ApprovalName(const ApprovalId& id);
std::string EntryName(const CaseId& parent, const EntryId& id);
std::string AllegationName(const CaseId& parent, const AllegationId& id);
std::string MeasureName(const CaseId& parent, const MeasureId& id);
std::string AdverseActionName(const AdverseActionId& id);
std::string ProtectionRequestName(const ProtectionRequestId& id);
std::string MeasureOrderName(const MeasureOrderId& id);
std::string StaffName(std::string_view slug);

// Each refuses a name of another collection with INVALID_ARGUMENT.
absl::StatusOr<CaseId> ParseCaseName(std::string_view name);
absl::StatusOr<MailboxId> ParseMailboxName(std::string_view name);
absl::StatusOr<BlobId> ParseBlobName(std::string_view name);
absl::StatusOr<ApprovalId> ParseApprovalName(std::string_view name);
absl::StatusOr<std::pair<CaseId, EntryId>> ParseEntryName(std::string_view name);
absl::StatusOr<std::pair<CaseId, AllegationId>> ParseAllegationName(std::string_view name);
absl::StatusOr<std::pair<CaseId, MeasureId>> ParseMeasureName(std::string_view name);
absl::StatusOr<AdverseActionId> ParseAdverseActionName(std::string_view name);
absl::StatusOr<ProtectionRequestId> ParseProtectionRequestName(std::string_view name);
absl::StatusOr<MeasureOrderId> ParseMeasureOrderName(std::string_view name);
absl::StatusOr<std::string> ParseStaffName(std::string_view name);

// 1 to 32 of [a-z0-9-], neither first nor last a hyphen: the chosen name of a person, service, desk or root holder.
bool IsSlug(std::string_view text);

}  // namespace alcove::format
