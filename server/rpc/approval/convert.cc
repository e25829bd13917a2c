#include "server/rpc/approval/convert.h"

#include "crypto/format/approval.h"
#include "crypto/format/ids.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

// Bytes of a code of the taxonomy.
constexpr std::size_t kMostCode = 64;

// Concerns no case and nobody.
absl::StatusOr<approvals::NewApproval> ParseConfirmClock(const v1::CreateApprovalRequest& request) {
  if (!request.parent().empty()) return base::FieldInvalid("parent");
  if (!request.code().empty()) return base::FieldInvalid("code");
  if (!request.person().empty()) return base::FieldInvalid("person");
  if (request.condition() != v1::RELEASE_CONDITION_UNSPECIFIED) return base::FieldInvalid("condition");
  if (request.has_until()) return base::FieldInvalid("until");
  approvals::NewApproval asked;
  asked.terms.kind = format::ApprovalKind::kConfirmClock;
  asked.request = request.request();
  return asked;
}

}  // namespace

absl::StatusOr<approvals::NewApproval> ParseNewApproval(const v1::CreateApprovalRequest& request) {
  approvals::NewApproval asked;
  if (request.kind() == v1::APPROVAL_KIND_CONFIRM_CLOCK) return ParseConfirmClock(request);
  const absl::StatusOr<base::CaseId> case_id = ParseCase(request.parent(), "parent");
  if (!case_id.ok()) return case_id.status();
  asked.case_id = *case_id;
  const int kind = request.kind();
  if (kind < 1 || kind > 0xff || !format::IsApprovalKind(static_cast<std::uint8_t>(kind))) return base::FieldInvalid("kind");
  asked.terms.kind = static_cast<format::ApprovalKind>(kind);
  const bool adds = asked.terms.kind == format::ApprovalKind::kAddReader;
  if (format::ConcernsAPerson(asked.terms.kind)) {
    absl::StatusOr<base::StaffSlug> person = ParseStaff(request.person(), "person");
    if (!person.ok()) return person.status();
    asked.terms.person = *std::move(person);
  } else if (!request.person().empty()) {
    return base::FieldInvalid("person");
  }
  if (format::HasCode(asked.terms.kind) == request.code().empty() || request.code().size() > kMostCode)
    return base::FieldInvalid("code");
  asked.terms.code = request.code();
  const bool guest = request.condition() == v1::RELEASE_CONDITION_GUEST;
  const v1::ReleaseCondition plain = adds ? v1::RELEASE_CONDITION_APPROVED : v1::RELEASE_CONDITION_UNSPECIFIED;
  if (request.condition() != plain && !(adds && guest)) return base::FieldInvalid("condition");
  if (guest) asked.terms.condition = format::ReleaseCondition::kGuest;
  if (request.has_until()) {
    const absl::StatusOr<base::Day> until = ParseDay(request.until(), "until");
    if (!until.ok()) return until.status();
    asked.terms.until = *until;
  }
  const bool has_last_day = guest || asked.terms.kind == format::ApprovalKind::kShorten;
  if (has_last_day != request.has_until()) return base::FieldInvalid("until");
  asked.request = request.request();
  return asked;
}

void Fill(const approvals::Created& created, v1::CreateApprovalResponse* out) {
  if (!created.id.IsZero()) out->set_name(format::ApprovalName(created.id));
  out->set_etag(created.etag);
  for (const approvals::Decider& decider : created.deciders) {
    v1::Decider* line = out->add_deciders();
    line->set_staff(StaffName(decider.staff));
    for (const crypto::KeyId& key : decider.keys) line->add_key_ids(key.str());
  }
  out->set_needed(static_cast<std::uint32_t>(created.needed));
}

void Fill(const approvals::Executed& executed, v1::ExecuteApprovalResponse* out) {
  out->set_etag(executed.etag);
  out->set_identity(executed.released.identity);
  for (const crypto::Bytes& share : executed.released.shares) out->add_shares(share);
  for (const crypto::Bytes& share : executed.released.handed) out->add_handed(share);
}

}  // namespace alcove::rpc
