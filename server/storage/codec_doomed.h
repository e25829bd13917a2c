// Rows of what is to go and what is left of it (server/core/cases/doomed.h); see codec.h.
#pragma once

#include "alcove/storage/v1/cases.pb.h"
#include "server/core/cases/doomed.h"

namespace alcove::storage {

void ToRow(const cases::Doomed& record, v1::DoomedRow* row);
bool FromRow(const v1::DoomedRow& row, cases::Doomed* record);
void ToRow(const cases::Tombstone& record, v1::TombstoneRow* row);
bool FromRow(const v1::TombstoneRow& row, cases::Tombstone* record);

}  // namespace alcove::storage
