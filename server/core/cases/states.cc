#include "server/core/cases/states.h"

#include <algorithm>
#include <array>

#include "crypto/format/leaf.h"
#include "server/core/base/errors.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/holds.h"
#include "server/core/cases/matters.h"

namespace alcove::cases {
namespace {

using enum State;

// Codes of `closing.reason` with which nobody is left to be told: the reporter does not answer, or is told on the case that
// goes on in place of this one.
constexpr std::array<std::string_view, 2> kClosedWithoutNotice = {"insufficient_contact", "duplicate_linked"};

// What the move says about the clocks. Telling the reporter what was done is no move: an outcome notice does it.
void MarkMove(State to, base::Day today, clocks::Marks& marks) {
  if (to == kAcknowledged && !marks.acknowledged) marks.acknowledged = today;
  const bool assessed = to == kInformationNeeded || to == kAccepted || to == kReferred || to == kOutOfScope ||
                        to == kInvestigating;
  if (assessed && !marks.triaged) marks.triaged = today;
  if (to == kClosed) marks.closed = today;
}

// Whatever was done for the first ending counts no more for the next.
void BeginAnew(Case& record) {
  record.assessed = 0;
  record.notified = false;
  record.summary.reset();
  record.marks.closed.reset();
  record.closing_reason.clear();
  record.shortened.reset();
  std::erase_if(record.check_ins, [](const clocks::CheckIn& answered) { return answered.since == clocks::Since::kClosing; });
}

}  // namespace

bool IsOpen(State state) { return state != kClosed; }

std::uint8_t BitOf(Point point) { return static_cast<std::uint8_t>(1u << static_cast<unsigned>(point)); }

absl::Status CheckReason(const Ports& ports, std::string_view reason_list, const std::string& reason) {
  if (reason_list.empty()) return reason.empty() ? absl::OkStatus() : base::FieldInvalid("reason");
  const people::Taxonomy* taxonomy = ports.organisation.taxonomy();
  return taxonomy != nullptr && taxonomy->Knows(reason_list, reason) ? absl::OkStatus() : CodeUnknown();
}

absl::Status CheckReady(const Ports& ports, const Case& record, const Move& move, const std::string& reason) {
  if (move.assessed && (record.assessed & BitOf(*move.assessed)) == 0) return AssessmentMissing();
  if (move.to == kClosed) {
    const bool may_go_untold = std::find(kClosedWithoutNotice.begin(), kClosedWithoutNotice.end(), reason) !=
                               kClosedWithoutNotice.end();
    if (!record.notified && !may_go_untold) return NoticeMissing();
  }
  return MayMoveOn(ports, record.id, move.to);
}

void MakeMove(const Ports& ports, Case& record, State to, const std::string& reason, const base::StaffSlug& by,
              CaseLeaves& leaves, base::ChangeSet& changes) {
  const State from = record.state;
  if (to == kOnHold) {
    record.resumes_to = from;
  } else if (!Resumes(to)) {
    record.resumes_to.reset();
  }
  record.state = to;
  record.revision += 1;
  if (to == kReopened) BeginAnew(record);
  MarkMove(to, ports.clock.Today(), record.marks);
  if (to == kClosed) record.closing_reason = reason;
  if (IsOpen(from) != IsOpen(to) && !record.assignee.empty())
    changes.Count(base::Counter::kOpenCases, record.assignee.text(), IsOpen(to) ? 1 : -1);
  leaves.ByStaff(format::LeafKind::kStateChanged, by,
                 format::details::StateChanged(static_cast<std::uint8_t>(from), static_cast<std::uint8_t>(to), reason));
  // A charge with an authority outside, say: whoever pauses the case for it need not think of the hold.
  const people::Taxonomy* taxonomy = ports.organisation.taxonomy();
  if (to == kOnHold && taxonomy != nullptr && taxonomy->PlacesHold("holding.reason", reason))
    AddHold(ports, record, reason, by, leaves);
}

}  // namespace alcove::cases
