// Rows of server/core/ledger; see codec.h.
#pragma once

#include "alcove/storage/v1/ledger.pb.h"
#include "server/core/ledger/records.h"

namespace alcove::storage {

void ToRow(const ledger::Tile& record, v1::TileRow* row);
bool FromRow(const v1::TileRow& row, ledger::Tile* record);
void ToRow(const ledger::Tree& record, v1::TreeRow* row);
bool FromRow(const v1::TreeRow& row, ledger::Tree* record);
void ToRow(const ledger::Checkpoint& record, v1::CheckpointRow* row);
bool FromRow(const v1::CheckpointRow& row, ledger::Checkpoint* record);
void ToRow(const ledger::Published& record, v1::PublishedRow* row);
bool FromRow(const v1::PublishedRow& row, ledger::Published* record);
void ToRow(const ledger::Opening& record, v1::OpeningRow* row);
bool FromRow(const v1::OpeningRow& row, ledger::Opening* record);
void ToRow(const ledger::Refusal& record, v1::RefusalRow* row);
bool FromRow(const v1::RefusalRow& row, ledger::Refusal* record);

}  // namespace alcove::storage
