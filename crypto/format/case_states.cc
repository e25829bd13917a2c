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

constexpr std::nullopt_t kNone = std::nullopt;
using enum Point;

// Closing always takes a second person (P5). Withdrawing is the reporter's and possible from every state but the end;
// what follows is the team's decision, for a reporter may have been made to withdraw. Whatever way a case takes past a
// point, the risk at that point was assessed: also where it ends without having been decided, for those who spoke up stay.
constexpr std::array kMoves = {
    Move{kReceived, kAcknowledged, kTeam, "", kNone},
    Move{kReceived, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kAcknowledged, kTriage, kTeam, "", kNone},
    Move{kAcknowledged, kOnHold, kTeam, kHolding, kNone},
    Move{kAcknowledged, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kTriage, kInformationNeeded, kTeam, "", kNone},
    Move{kTriage, kAccepted, kTeam, "", kIntake},
    Move{kTriage, kReferred, kTeam, "", kIntake},
    Move{kTriage, kOutOfScope, kTeam, "", kIntake},
    Move{kTriage, kOnHold, kTeam, kHolding, kNone},
    Move{kTriage, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kInformationNeeded, kTriage, kTeam, "", kNone},
    Move{kInformationNeeded, kAccepted, kTeam, "", kIntake},
    Move{kInformationNeeded, kInvestigating, kTeam, "", kDecisionToInvestigate},
    Move{kInformationNeeded, kOnHold, kTeam, kHolding, kNone},
    Move{kInformationNeeded, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kAccepted, kInformationNeeded, kTeam, "", kNone},
    Move{kAccepted, kReferred, kTeam, "", kNone},
    Move{kAccepted, kInvestigating, kTeam, "", kDecisionToInvestigate},
    Move{kAccepted, kOnHold, kTeam, kHolding, kNone},
    Move{kAccepted, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kReferred, kTriage, kTeam, "", kNone},
    Move{kReferred, kClosed, kApproval, kClosing, kOutcome},
    Move{kReferred, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kOutOfScope, kTriage, kTeam, "", kNone},
    Move{kOutOfScope, kClosed, kApproval, kClosing, kOutcome},
    Move{kOutOfScope, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kInvestigating, kInformationNeeded, kTeam, "", kNone},
    Move{kInvestigating, kReferred, kTeam, "", kNone},
    Move{kInvestigating, kFindingsReview, kTeam, "", kDuringInvestigation},
    Move{kInvestigating, kOnHold, kTeam, kHolding, kNone},
    Move{kInvestigating, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kFindingsReview, kInvestigating, kTeam, "", kDecisionToInvestigate},
    Move{kFindingsReview, kDecided, kTeam, "", kOutcome},
    Move{kFindingsReview, kOnHold, kTeam, kHolding, kNone},
    Move{kFindingsReview, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kDecided, kMeasuresRunning, kTeam, "", kNone},
    Move{kDecided, kMonitoring, kTeam, "", kNone},
    Move{kDecided, kClosed, kApproval, kClosing, kNone},
    Move{kDecided, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kMeasuresRunning, kMonitoring, kTeam, "", kNone},
    Move{kMeasuresRunning, kClosed, kApproval, kClosing, kNone},
    Move{kMeasuresRunning, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kMonitoring, kMeasuresRunning, kTeam, "", kNone},
    Move{kMonitoring, kClosed, kApproval, kClosing, kNone},
    Move{kMonitoring, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kClosed, kReopened, kTeam, kReopening, kAfterClosing},

    Move{kReopened, kTriage, kTeam, "", kNone},
    Move{kReopened, kInvestigating, kTeam, "", kDecisionToInvestigate},
    Move{kReopened, kOnHold, kTeam, kHolding, kNone},
    Move{kReopened, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kOnHold, kWithdrawnByReporter, kReporter, "", kNone},

    Move{kWithdrawnByReporter, kTriage, kTeam, "", kNone},
    Move{kWithdrawnByReporter, kInvestigating, kTeam, "", kDecisionToInvestigate},
    Move{kWithdrawnByReporter, kClosed, kApproval, kClosing, kOutcome},
};

constexpr std::array<std::string_view, kCaseStates> kNames = {
    "received",     "acknowledged", "triage",          "information_needed", "accepted",  "referred",
    "out_of_scope", "investigating", "findings_review", "decided",            "measures_running", "monitoring",
    "closed",       "reopened",     "on_hold",         "withdrawn_by_reporter"};

constexpr std::array<std::string_view, 3> kMovers = {"team", "reporter", "approval"};

constexpr std::array<std::string_view, kPoints> kPointNames = {"intake", "decision_to_investigate",
                                                               "during_investigation", "outcome", "after_closing"};

}  // namespace

std::span<const Move> AllMoves() { return kMoves; }

const Move* FindMove(CaseState from, CaseState to) {
  for (const Move& move : kMoves)
    if (move.from == from && move.to == to) return &move;
  return nullptr;
}

std::string_view NameOf(CaseState state) { return kNames[static_cast<std::size_t>(state) - 1]; }

std::string_view NameOf(Mover mover) { return kMovers[static_cast<std::size_t>(mover)]; }

std::string_view NameOf(Point point) { return kPointNames[static_cast<std::size_t>(point)]; }

bool Resumes(CaseState state) { return state == kOnHold || state == kWithdrawnByReporter; }

}  // namespace alcove::format
