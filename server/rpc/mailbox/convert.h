// Requests and answers of the reporter's side. Parsed requests hold views into the message.
#pragma once

#include <absl/status/statusor.h>

#include "alcove/v1/mailbox_service.pb.h"
#include "server/core/cases/rotation.h"
#include "server/core/cases/views.h"
#include "server/core/intake/answer_check_in.h"

namespace alcove::rpc {

void Fill(const cases::MailboxView& view, v1::GetMailboxResponse* out);

absl::StatusOr<intake::CheckInRequest> ParseCheckIn(const v1::AnswerCheckInRequest& request);
absl::StatusOr<cases::Rotation> ParseRotation(const v1::RotateReceiptRequest& request);

}  // namespace alcove::rpc
