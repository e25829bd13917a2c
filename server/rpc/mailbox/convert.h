// Requests and answers of the reporter's side. Parsed requests hold views into the message.
#pragma once

#include <absl/status/statusor.h>

#include "alcove/v1/mailbox_service.pb.h"
#include "server/core/cases/rotation.h"
#include "server/core/cases/views.h"
#include "server/core/intake/answer_check_in.h"

namespace alcove::rpc {

void Fill(const cases::MailboxView& view, v1::GetMailboxResponse* out);
// Why the case is not there any more, with the proof of its last leaf.
absl::Status FillGone(const base::Reader& rows, const cases::GoneView& gone, v1::CaseGone* out);

absl::StatusOr<intake::CheckInRequest> ParseCheckIn(const v1::AnswerCheckInRequest& request);
absl::StatusOr<cases::Rotation> ParseRotation(const v1::RotateReceiptRequest& request);

}  // namespace alcove::rpc
