#include "server/core/cases/kinds.h"

#include <array>
#include <initializer_list>

namespace alcove::cases {
namespace {

using enum State;
using format::EntryKind;
using format::Keyring;

// A set of states.
using States = std::uint32_t;
constexpr States In(std::initializer_list<State> states) {
  States set = 0;
  for (const State state : states) set |= States{1} << static_cast<unsigned>(state);
  return set;
}
constexpr States kAlways = ~States{0};
constexpr States kWhileOpen = kAlways & ~In({kClosed});
// While it is closed, or was taken up again and nothing has followed yet.
constexpr States kAfterClosing = In({kClosed, kReopened});
// What is alleged is settled before it is decided: what comes up later is a case of its own, or reopens this one.
constexpr States kUntilDecided = kWhileOpen & ~In({kDecided, kMeasuresRunning, kMonitoring});
// Which finding in which of them: server/core/casework/allegations.h.
constexpr States kWhileFinding =
    In({kInvestigating, kFindingsReview, kDecided, kMeasuresRunning, kMonitoring, kReferred, kOutOfScope});

struct Row {
  EntryKind kind;
  Keyring keyring;
  Author author;
  States states;
  Way way = Way::kPlain;
};

constexpr std::array kRows = {
    // A reporter can always be heard, also after the end: retaliation starts late.
    Row{EntryKind::kMessage, Keyring::kThread, Author::kReporter, kAlways},
    Row{EntryKind::kEvidence, Keyring::kThread, Author::kReporter, kAlways},
    Row{EntryKind::kFieldsReleased, Keyring::kThread, Author::kReporter, kAlways},
    Row{EntryKind::kSummaryAnswer, Keyring::kThread, Author::kReporter, kAlways},
    Row{EntryKind::kChange, Keyring::kThread, Author::kReporter, kAlways},
    Row{EntryKind::kCheckIn, Keyring::kThread, Author::kReporter, kAlways, Way::kOwnMethod},
    Row{EntryKind::kReceiptRotated, Keyring::kThread, Author::kReporter, kAlways, Way::kOwnMethod},

    Row{EntryKind::kMessage, Keyring::kThread, Author::kTeam, kAlways},
    Row{EntryKind::kEvidence, Keyring::kThread, Author::kTeam, kWhileOpen},
    Row{EntryKind::kSummary, Keyring::kThread, Author::kTeam, kWhileOpen},
    // Whoever could not be reached before the end can be told after it.
    Row{EntryKind::kOutcomeNotice, Keyring::kThread, Author::kTeam, kAlways},

    Row{EntryKind::kNote, Keyring::kTeam, Author::kTeam, kWhileOpen},
    Row{EntryKind::kEvidence, Keyring::kTeam, Author::kTeam, kWhileOpen},
    // A thing has a keeper after the end as well.
    Row{EntryKind::kCustody, Keyring::kTeam, Author::kTeam, kAlways},
    Row{EntryKind::kInterview, Keyring::kTeam, Author::kTeam, kWhileOpen},
    Row{EntryKind::kAssessmentAtIntake, Keyring::kTeam, Author::kTeam, kWhileOpen},
    Row{EntryKind::kAssessmentBeforeInvestigation, Keyring::kTeam, Author::kTeam, kWhileOpen},
    Row{EntryKind::kAssessmentDuringInvestigation, Keyring::kTeam, Author::kTeam, kWhileOpen},
    Row{EntryKind::kAssessmentAtOutcome, Keyring::kTeam, Author::kTeam, kWhileOpen},
    Row{EntryKind::kAssessmentAfterClosing, Keyring::kTeam, Author::kTeam, kAfterClosing},
    Row{EntryKind::kOutcomeNotice, Keyring::kTeam, Author::kTeam, kAlways},
    Row{EntryKind::kSummaryServed, Keyring::kTeam, Author::kTeam, kWhileOpen},

    Row{EntryKind::kAllegation, Keyring::kTeam, Author::kTeam, kUntilDecided, Way::kOwnMethod},
    Row{EntryKind::kFinding, Keyring::kTeam, Author::kTeam, kWhileFinding, Way::kOwnMethod},
    Row{EntryKind::kMeasure, Keyring::kTeam, Author::kTeam, kWhileOpen, Way::kOwnMethod},
};

}  // namespace

bool MayWrite(EntryKind kind, Keyring keyring, Author author, State state, Way way) {
  for (const Row& row : kRows)
    if (row.kind == kind && row.keyring == keyring && row.author == author && row.way == way)
      return (row.states & In({state})) != 0;
  return false;
}

}  // namespace alcove::cases
