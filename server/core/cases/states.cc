#include "server/core/cases/states.h"

namespace alcove::cases {

using enum State;

bool IsOpen(State state) { return state != kClosed; }

void MarkMove(State to, base::Day today, clocks::Marks& marks) {
  if (to == kAcknowledged && !marks.acknowledged) marks.acknowledged = today;
  const bool assessed = to == kInformationNeeded || to == kAccepted || to == kReferred || to == kOutOfScope ||
                        to == kInvestigating;
  if (assessed && !marks.triaged) marks.triaged = today;
  const bool told = to == kReferred || to == kOutOfScope || to == kDecided || to == kClosed;
  if (told && !marks.feedback) marks.feedback = today;
}

}  // namespace alcove::cases
