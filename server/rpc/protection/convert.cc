#include "server/rpc/protection/convert.h"

#include "crypto/format/ids.h"
#include "server/core/base/errors.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {

absl::StatusOr<hr::Verdict> ParseVerdict(v1::AdverseActionVerdict verdict) {
  if (verdict != v1::ADVERSE_ACTION_VERDICT_CLEARED && verdict != v1::ADVERSE_ACTION_VERDICT_NOT_CLEARED)
    return base::FieldInvalid("verdict");
  return static_cast<hr::Verdict>(verdict);
}

void Fill(const intake::ProtectionRequest& request, v1::ProtectionRequest* out) {
  out->set_name(format::ProtectionRequestName(request.id));
  SetDay(request.day, out->mutable_day());
  out->set_letter(request.letter);
}

void Fill(const hr::ActionView& view, v1::AdverseAction* out) {
  out->set_name(format::AdverseActionName(view.action.id));
  out->set_account(format::StaffName(view.action.by.text()));
  out->set_employee(view.employee);
  for (const people::TagHash& tag : view.tags) out->add_tags(tag.str());
  out->set_letter(view.action.letter);
  SetDay(view.action.day, out->mutable_day());
  SetDay(view.action.visible, out->mutable_visible());
  out->set_repeats(view.action.repeats);
  out->set_cancelled(view.action.cancelled);
  out->set_verdict(static_cast<v1::AdverseActionVerdict>(view.action.verdict));
}

void Fill(const hr::Alert& alert, v1::ProtectionAlert* out) {
  out->set_kind(static_cast<v1::ProtectionAlertKind>(alert.kind));
  Fill(alert.about, out->mutable_action());
}

}  // namespace alcove::rpc
