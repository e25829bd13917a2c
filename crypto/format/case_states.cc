#include "crypto/format/case_states.h"

#include <array>

namespace alcove::format {
namespace {

using enum CaseState;
constexpr std::string_view kClosing = "closing.reason";
constexpr std::string_view kHolding = "holding.reason";
constexpr std::string_view kReopening = "reopening.reason";

constexpr Mover kTeam = Mover::kTeam;
constexpr Mover kReporter = Mover::kReporter;
constexpr Mover kApproval = Mover::kApproval;

// Closing always takes a second person (P5). Withdrawing is the reporter's and possible from every state but the end;
// what follows is the team's decision, for a reporter may have been made to withdraw.
constexpr std::array kMoves = {
    Move{kReceived, kAcknowledged, kTeam, ""},
    Move{kReceived, kWithdrawnByReporter, kReporter, ""},

    Move{kAcknowledged, kTriage, kTeam, ""},
    Move{kAcknowledged, kOnHold, kTeam, kHolding},
    Move{kAcknowledged, kWithdrawnByReporter, kReporter, ""},

    Move{kTriage, kInformationNeeded, kTeam, ""},
    Move{kTriage, kAccepted, kTeam, ""},
    Move{kTriage, kReferred, kTeam, ""},
    Move{kTriage, kOutOfScope, kTeam, ""},
    Move{kTriage, kOnHold, kTeam, kHolding},
    Move{kTriage, kWithdrawnByReporter, kReporter, ""},

    Move{kInformationNeeded, kTriage, kTeam, ""},
    Move{kInformationNeeded, kAccepted, kTeam, ""},
    Move{kInformationNeeded, kInvestigating, kTeam, ""},
    Move{kInformationNeeded, kOnHold, kTeam, kHolding},
    Move{kInformationNeeded, kWithdrawnByReporter, kReporter, ""},

    Move{kAccepted, kInformationNeeded, kTeam, ""},
    Move{kAccepted, kReferred, kTeam, ""},
    Move{kAccepted, kInvestigating, kTeam, ""},
    Move{kAccepted, kOnHold, kTeam, kHolding},
    Move{kAccepted, kWithdrawnByReporter, kReporter, ""},

    Move{kReferred, kTriage, kTeam, ""},
    Move{kReferred, kClosed, kApproval, kClosing},
    Move{kReferred, kWithdrawnByReporter, kReporter, ""},

    Move{kOutOfScope, kTriage, kTeam, ""},
    Move{kOutOfScope, kClosed, kApproval, kClosing},
    Move{kOutOfScope, kWithdrawnByReporter, kReporter, ""},

    Move{kInvestigating, kInformationNeeded, kTeam, ""},
    Move{kInvestigating, kReferred, kTeam, ""},
    Move{kInvestigating, kFindingsReview, kTeam, ""},
    Move{kInvestigating, kOnHold, kTeam, kHolding},
    Move{kInvestigating, kWithdrawnByReporter, kReporter, ""},

    Move{kFindingsReview, kInvestigating, kTeam, ""},
    Move{kFindingsReview, kDecided, kTeam, ""},
    Move{kFindingsReview, kOnHold, kTeam, kHolding},
    Move{kFindingsReview, kWithdrawnByReporter, kReporter, ""},

    Move{kDecided, kMeasuresRunning, kTeam, ""},
    Move{kDecided, kMonitoring, kTeam, ""},
    Move{kDecided, kClosed, kApproval, kClosing},
    Move{kDecided, kWithdrawnByReporter, kReporter, ""},

    Move{kMeasuresRunning, kMonitoring, kTeam, ""},
    Move{kMeasuresRunning, kClosed, kApproval, kClosing},
    Move{kMeasuresRunning, kWithdrawnByReporter, kReporter, ""},

    Move{kMonitoring, kMeasuresRunning, kTeam, ""},
    Move{kMonitoring, kClosed, kApproval, kClosing},
    Move{kMonitoring, kWithdrawnByReporter, kReporter, ""},

    Move{kClosed, kReopened, kTeam, kReopening},

    Move{kReopened, kTriage, kTeam, ""},
    Move{kReopened, kInvestigating, kTeam, ""},
    Move{kReopened, kOnHold, kTeam, kHolding},
    Move{kReopened, kWithdrawnByReporter, kReporter, ""},

    Move{kOnHold, kWithdrawnByReporter, kReporter, ""},

    Move{kWithdrawnByReporter, kTriage, kTeam, ""},
    Move{kWithdrawnByReporter, kInvestigating, kTeam, ""},
    Move{kWithdrawnByReporter, kClosed, kApproval, kClosing},
};

constexpr std::array<std::string_view, kCaseStates> kNames = {
    "received",     "acknowledged", "triage",          "information_needed", "accepted",  "referred",
    "out_of_scope", "investigating", "findings_review", "decided",            "measures_running", "monitoring",
    "closed",       "reopened",     "on_hold",         "withdrawn_by_reporter"};

constexpr std::array<std::string_view, 3> kMovers = {"team", "reporter", "approval"};

}  // namespace

std::span<const Move> AllMoves() { return kMoves; }

const Move* FindMove(CaseState from, CaseState to) {
  for (const Move& move : kMoves)
    if (move.from == from && move.to == to) return &move;
  return nullptr;
}

std::string_view NameOf(CaseState state) { return kNames[static_cast<std::size_t>(state) - 1]; }

std::string_view NameOf(Mover mover) { return kMovers[static_cast<std::size_t>(mover)]; }

bool Resumes(CaseState state) { return state == kOnHold || state == kWithdrawnByReporter; }

}  // namespace alcove::format
