#include "server/rpc/convert/approval.h"

#include "crypto/format/ids.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {

absl::StatusOr<base::ApprovalId> ParseApproval(std::string_view name) {
  absl::StatusOr<base::ApprovalId> id = format::ParseApprovalName(name);
  if (!id.ok()) return base::FieldInvalid("name");
  return id;
}

absl::StatusOr<SaidOfApproval> ParseSaid(std::string_view name, v1::Decision decision, std::string_view signature) {
  const absl::StatusOr<base::ApprovalId> id = ParseApproval(name);
  if (!id.ok()) return id.status();
  if (decision != v1::DECISION_APPROVE && decision != v1::DECISION_REFUSE) return base::FieldInvalid("decision");
  const auto parsed = ParseFixed<crypto::Signature>(signature, "signature");
  if (!parsed.ok()) return parsed.status();
  return SaidOfApproval{*id, static_cast<format::Decision>(static_cast<int>(decision)), *parsed};
}

void Fill(const approvals::Held& held, v1::HeldShare* out) {
  out->set_index(held.index);
  out->set_threshold(held.threshold);
  out->set_custodians(held.custodians);
  out->set_sealed(held.sealed);
  out->set_handed(held.handed);
}

void Fill(const approvals::ApprovalView& view, v1::Approval* out) {
  const cases::Approval& approval = view.approval;
  out->set_name(format::ApprovalName(approval.id));
  out->set_kind(static_cast<v1::ApprovalKind>(approval.kind));
  out->set_state(static_cast<v1::ApprovalState>(view.state));
  if (!approval.case_id.IsZero()) out->set_case_(format::CaseName(approval.case_id));
  out->set_requester(StaffName(approval.requester));
  if (!approval.person.empty()) out->set_person(StaffName(approval.person));
  out->set_code(approval.code);
  if (approval.kind == format::ApprovalKind::kAddReader)
    out->set_condition(static_cast<v1::ReleaseCondition>(approval.condition));
  if (approval.until) SetDay(*approval.until, out->mutable_until());
  out->set_request(approval.request);
  for (const cases::SignedDecision& decision : approval.decisions) SetDecision(decision, out->add_decisions());
  out->set_needed(static_cast<std::uint32_t>(view.needed));
  SetInstant(approval.created, out->mutable_created());
  SetInstant(view.expires, out->mutable_expires());
  if (view.ready) SetDay(*view.ready, out->mutable_ready());
  if (!approval.cancelled_by.empty()) out->set_cancelled_by(StaffName(approval.cancelled_by));
  out->set_etag(view.etag);
  if (approval.consent) {
    out->mutable_consent()->set_decision(static_cast<v1::Decision>(approval.consent->decision));
    out->mutable_consent()->set_signature(approval.consent->signature.str());
    SetDay(approval.consent->day, out->mutable_consent()->mutable_day());
  }
  if (view.held) Fill(*view.held, out->mutable_held_share());
  if (view.opens) SetDay(*view.opens, out->mutable_opens());
  for (const crypto::KeyId& key : approval.custodians) out->add_custodian_keys(key.str());
  out->set_threshold(approval.threshold);
}

}  // namespace alcove::rpc
