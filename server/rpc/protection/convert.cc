#include "server/rpc/protection/convert.h"

#include "crypto/format/ids.h"
#include "server/core/base/errors.h"
#include "server/rpc/convert/leaves.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {

absl::StatusOr<hr::Verdict> ParseVerdict(v1::AdverseActionVerdict verdict) {
  if (verdict != v1::ADVERSE_ACTION_VERDICT_CLEARED && verdict != v1::ADVERSE_ACTION_VERDICT_NOT_CLEARED)
    return base::FieldInvalid("verdict");
  return static_cast<hr::Verdict>(verdict);
}

absl::StatusOr<v1::ListProtectionRequestsResponse> Proven(const base::Reader& rows, const hr::ProtectionRequestPage& page) {
  std::vector<cases::OpenedLeaf> leaves;
  for (const hr::ProtectionRequestView& view : page.requests) leaves.push_back(view.leaf);
  absl::StatusOr<ProvenLeaves> proven = Prove(rows, leaves);
  if (!proven.ok()) return proven.status();
  v1::ListProtectionRequestsResponse response;
  for (std::size_t i = 0; i < page.requests.size(); ++i) {
    const intake::ProtectionRequest& request = page.requests[i].request;
    v1::ProtectionRequest& one = *response.add_requests();
    one.set_name(format::ProtectionRequestName(request.id));
    SetDay(request.day, one.mutable_day());
    one.set_letter(request.letter);
    *one.mutable_leaf() = std::move(proven->leaves[i]);
  }
  response.set_checkpoint(std::move(proven->checkpoint));
  response.set_next_page_token(page.next_token);
  return response;
}

absl::StatusOr<v1::ListAdverseActionsResponse> Proven(const base::Reader& rows, const hr::ActionPage& page) {
  v1::ListAdverseActionsResponse response;
  std::vector<cases::OpenedLeaf> leaves;
  for (const hr::ActionView& view : page.actions) {
    Fill(view, response.add_actions());
    leaves.insert(leaves.end(), view.leaves.begin(), view.leaves.end());
  }
  response.set_next_page_token(page.next_token);
  if (leaves.empty()) return response;
  absl::StatusOr<ProvenLeaves> proven = Prove(rows, leaves);
  if (!proven.ok()) return proven.status();
  auto next = proven->leaves.begin();
  for (std::size_t i = 0; i < page.actions.size(); ++i)
    for (std::size_t j = 0; j < page.actions[i].leaves.size(); ++j)
      *response.mutable_actions(static_cast<int>(i))->add_leaves() = std::move(*next++);
  response.set_checkpoint(std::move(proven->checkpoint));
  return response;
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
