// A case in words and tables. Pure: text from checked values, so that it can be read in tests.
//
// Everything a reporter or a colleague wrote passes through Harmless(): escape sequences reach no terminal.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alcove/v1/case_service.pb.h"
#include "client/lib/staff_case.h"

namespace alcove::cli {

// `information_needed` for CASE_STATE_INFORMATION_NEEDED, and back; nullopt for a word that is no state.
std::string StateWord(v1::CaseState state);
std::optional<v1::CaseState> StateOf(std::string_view word);

// The first 10 characters of a case's id: what a person types and tables show.
std::string ShortCase(std::string_view name);

// `2026-11-21`; empty for an absent day.
std::string DayText(const google::type::Date& day);

// `information needed` for `information_needed`.
std::string Words(std::string code);

// Name, number and relation of somebody that people speak of.
std::string PersonText(const sealed::v1::Person& person);

// The next deadline that is not met, `acknowledge by 2026-11-28`; `none` when all are.
std::string NextDeadline(const v1::Case& facts);

// One row a case, the most urgent and the earliest due first. Cases that no token vouches for, where the desk prefers one, stand in
// a table of their own after the others.
std::string InboxTable(const std::vector<v1::Case>& cases);

// The whole case: facts, what was checked, mismatches, readers, the report, the thread, the team's notes.
std::string CaseText(const client::OpenedCase& opened, size_t width);

// What was done, a line each, oldest first; marks what the reporter sees.
std::string HistoryTable(const std::vector<v1::HistoryEvent>& events);

}  // namespace alcove::cli
