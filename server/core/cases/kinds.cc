#include "server/core/cases/kinds.h"

#include <array>

namespace alcove::cases {
namespace {

using format::EntryKind;
using format::Keyring;

enum class When : std::uint8_t {
  kAlways,
  kOpen,          // not while the case is closed
  kAfterClosing,  // while it is closed, or was taken up again and nothing has followed yet
};

struct Row {
  EntryKind kind;
  Keyring keyring;
  Author author;
  When when;
};

constexpr std::array kRows = {
    // A reporter can always be heard, also after the end: retaliation starts late.
    Row{EntryKind::kMessage, Keyring::kThread, Author::kReporter, When::kAlways},
    Row{EntryKind::kEvidence, Keyring::kThread, Author::kReporter, When::kAlways},
    Row{EntryKind::kFieldsReleased, Keyring::kThread, Author::kReporter, When::kAlways},
    Row{EntryKind::kSummaryAnswer, Keyring::kThread, Author::kReporter, When::kAlways},
    Row{EntryKind::kChange, Keyring::kThread, Author::kReporter, When::kAlways},

    Row{EntryKind::kMessage, Keyring::kThread, Author::kTeam, When::kAlways},
    Row{EntryKind::kEvidence, Keyring::kThread, Author::kTeam, When::kOpen},
    Row{EntryKind::kSummary, Keyring::kThread, Author::kTeam, When::kOpen},
    // Whoever could not be reached before the end can be told after it.
    Row{EntryKind::kOutcomeNotice, Keyring::kThread, Author::kTeam, When::kAlways},

    Row{EntryKind::kNote, Keyring::kTeam, Author::kTeam, When::kOpen},
    Row{EntryKind::kEvidence, Keyring::kTeam, Author::kTeam, When::kOpen},
    // A thing has a keeper after the end as well.
    Row{EntryKind::kCustody, Keyring::kTeam, Author::kTeam, When::kAlways},
    Row{EntryKind::kInterview, Keyring::kTeam, Author::kTeam, When::kOpen},
    Row{EntryKind::kAssessmentAtIntake, Keyring::kTeam, Author::kTeam, When::kOpen},
    Row{EntryKind::kAssessmentBeforeInvestigation, Keyring::kTeam, Author::kTeam, When::kOpen},
    Row{EntryKind::kAssessmentDuringInvestigation, Keyring::kTeam, Author::kTeam, When::kOpen},
    Row{EntryKind::kAssessmentAtOutcome, Keyring::kTeam, Author::kTeam, When::kOpen},
    Row{EntryKind::kAssessmentAfterClosing, Keyring::kTeam, Author::kTeam, When::kAfterClosing},
    Row{EntryKind::kOutcomeNotice, Keyring::kTeam, Author::kTeam, When::kAlways},
    Row{EntryKind::kSummaryServed, Keyring::kTeam, Author::kTeam, When::kOpen},
};

bool IsWithin(When when, State state) {
  switch (when) {
    case When::kAlways: return true;
    case When::kOpen: return state != State::kClosed;
    case When::kAfterClosing: return state == State::kClosed || state == State::kReopened;
  }
  return false;
}

}  // namespace

bool MayWrite(EntryKind kind, Keyring keyring, Author author, State state) {
  for (const Row& row : kRows)
    if (row.kind == kind && row.keyring == keyring && row.author == author) return IsWithin(row.when, state);
  return false;
}

}  // namespace alcove::cases
