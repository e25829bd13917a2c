// Syncs and batches of tokens as messages.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "alcove/v1/hr_service.pb.h"
#include "server/core/hr/sync.h"
#include "server/core/hr/tokens.h"

namespace alcove::rpc {

// `syncs/{s}`.
std::string SyncName(const hr::SyncId& id);
absl::StatusOr<hr::SyncId> ParseSync(std::string_view name);
absl::StatusOr<hr::Mode> ParseMode(v1::SyncMode mode);
// Identifiers in their normal form. FieldInvalid of "rows.identifiers" and so on, not saying which: sizes are core's to judge.
absl::StatusOr<std::vector<hr::ClearRow>> ParseRows(const v1::UploadSyncPageRequest& request);

void Fill(const hr::Committed& committed, v1::CommitSyncResponse* out);

// Holds views into the message.
absl::StatusOr<hr::TokenBatch> ParseBatch(const v1::IssueEmploymentTokensRequest& request);
void Fill(const crypto::VoprfEvaluated& evaluated, v1::IssueEmploymentTokensResponse* out);

}  // namespace alcove::rpc
