// The reporter's view of a case as a message.
#pragma once

#include "alcove/v1/mailbox_service.pb.h"
#include "server/core/cases/views.h"

namespace alcove::rpc {

void Fill(const cases::MailboxView& view, v1::GetMailboxResponse* out);

}  // namespace alcove::rpc
