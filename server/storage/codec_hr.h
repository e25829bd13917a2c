// Rows of server/core/hr; see codec.h.
#pragma once

#include "alcove/storage/v1/hr.pb.h"
#include "server/core/hr/records.h"

namespace alcove::storage {

void ToRow(const hr::Sync& record, v1::SyncRow* row);
bool FromRow(const v1::SyncRow& row, hr::Sync* record);
void ToRow(const hr::SyncPage& record, v1::SyncPageRow* row);
bool FromRow(const v1::SyncPageRow& row, hr::SyncPage* record);

}  // namespace alcove::storage
