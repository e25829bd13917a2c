// Rows about time; see codec.h.
#pragma once

#include "alcove/storage/v1/clocks.pb.h"
#include "server/core/approvals/records.h"
#include "server/core/clocks/seen.h"
#include "server/core/mail/queue.h"

namespace alcove::storage {

void ToRow(const clocks::SeenTime& record, v1::SeenTimeRow* row);
bool FromRow(const v1::SeenTimeRow& row, clocks::SeenTime* record);
void ToRow(const approvals::ClockApproval& record, v1::ClockApprovalRow* row);
bool FromRow(const v1::ClockApprovalRow& row, approvals::ClockApproval* record);
void ToRow(const mail::Queue& record, v1::MailQueueRow* row);
bool FromRow(const v1::MailQueueRow& row, mail::Queue* record);

}  // namespace alcove::storage
