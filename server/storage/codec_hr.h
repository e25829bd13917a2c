// Rows of server/core/hr, requests for protection, and tokens that were spent; see codec.h.
#pragma once

#include "alcove/storage/v1/hr.pb.h"
#include "server/core/hr/actions.h"
#include "server/core/hr/records.h"
#include "server/core/hr/tokens.h"
#include "server/core/intake/protection.h"
#include "server/core/intake/spend_token.h"

namespace alcove::storage {

void ToRow(const hr::Sync& record, v1::SyncRow* row);
bool FromRow(const v1::SyncRow& row, hr::Sync* record);
void ToRow(const hr::SyncPage& record, v1::SyncPageRow* row);
bool FromRow(const v1::SyncPageRow& row, hr::SyncPage* record);
void ToRow(const hr::AdverseAction& record, v1::AdverseActionRow* row);
bool FromRow(const v1::AdverseActionRow& row, hr::AdverseAction* record);
void ToRow(const hr::NewestAction& record, v1::NewestActionRow* row);
bool FromRow(const v1::NewestActionRow& row, hr::NewestAction* record);
void ToRow(const hr::UndecidedAction& record, v1::UndecidedActionRow* row);
bool FromRow(const v1::UndecidedActionRow& row, hr::UndecidedAction* record);
void ToRow(const intake::ProtectionRequest& record, v1::ProtectionRequestRow* row);
bool FromRow(const v1::ProtectionRequestRow& row, intake::ProtectionRequest* record);
void ToRow(const intake::SpentToken& record, v1::SpentTokenRow* row);
bool FromRow(const v1::SpentTokenRow& row, intake::SpentToken* record);
void ToRow(const hr::TokensDrawn& record, v1::TokensDrawnRow* row);
bool FromRow(const v1::TokensDrawnRow& row, hr::TokensDrawn* record);

}  // namespace alcove::storage
