// What the server knows of a case as messages.
#pragma once

#include "alcove/v1/case_service.pb.h"
#include "server/core/cases/views.h"
#include "server/core/casework/tasks.h"

namespace alcove::rpc {

// A line of a list: without epochs, readers and keys.
void Fill(const cases::CaseSummary& summary, v1::Case* out);
void Fill(const cases::CaseDetail& detail, v1::Case* out);
void Fill(const casework::Task& task, v1::Task* out);
// FIELD_INVALID("state") for what is no state.
absl::StatusOr<cases::MeasureState> ParseMeasureState(v1::MeasureState state);
// Kind, day, time and actor stand in the leaf's content. A content that does not parse shows as a leaf alone: whoever
// reads it sees the bytes and the proof.
void Fill(const v1::LeafOpening& leaf, v1::HistoryEvent* out);

}  // namespace alcove::rpc
