// Allegations, findings and measures in words and tables. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alcove/v1/case_service.pb.h"
#include "client/lib/documents.h"
#include "client/lib/thread.h"

namespace alcove::cli {

// The first 10 characters of the id at the end of a name: what a person types and tables show.
std::string ShortId(std::string_view name);

// `running` for MEASURE_STATE_RUNNING, and back; nullopt for a word that is no state of a measure.
std::string MeasureWord(v1::MeasureState state);
std::optional<v1::MeasureState> MeasureStateOf(std::string_view word);

// `no contact (interim)` for `interim.no_contact`.
std::string MeasureKindText(std::string_view kind);

// One line each: id, category, finding.
std::string AllegationTable(const v1::Case& facts);
// One line each, the earliest last day first: id, last day, state, what, who sees to it, allegation, and what HR does about it.
std::string MeasureTable(const v1::Case& facts);

// The words of an entry of kind ALLEGATION, FINDING or MEASURE, lines to read; empty for every other kind.
std::string MattersText(const client::OpenedEntry& entry);

// Every kind of measure that the policy has, as `--add` takes it, with its name. What weighs on the harmed person comes last in
// its list and says so; what HR can be told to do stands beside it.
std::string KindsText(const client::Intake& intake, std::string_view language);

}  // namespace alcove::cli
