#include "server/core/casework/allegations.h"

#include <string_view>
#include <utility>
#include <vector>

#include "crypto/format/leaf.h"
#include "server/core/cases/matters.h"
#include "server/core/cases/states.h"
#include "server/core/casework/errors.h"

namespace alcove::casework {
namespace {

using cases::State;
using format::ByteWriter;

constexpr std::string_view kNotInvestigated = "not_investigated";
constexpr std::string_view kKnowinglyFalse = "knowingly_false";

bool Knows(const cases::Ports& ports, std::string_view list, std::string_view code) {
  const people::Taxonomy* taxonomy = ports.organisation.taxonomy();
  return taxonomy != nullptr && taxonomy->Knows(list, code);
}

bool TakesFinding(State state, bool first, std::string_view finding) {
  switch (state) {
    case State::kInvestigating:
    case State::kFindingsReview:
    case State::kDecided: return true;
    case State::kMeasuresRunning:
    case State::kMonitoring: return !first;
    case State::kReferred:
    case State::kOutOfScope: return finding == kNotInvestigated;
    default: return false;
  }
}

// Two others approved it, not long ago.
bool MayBeFalse(const cases::Allegation& allegation, base::Day today) {
  return allegation.false_until && today <= *allegation.false_until;
}

bool IsAssessedAtOutcome(const cases::Case& record) {
  return (record.assessed & cases::BitOf(cases::Point::kOutcome)) != 0;
}

}  // namespace

absl::StatusOr<base::Outcome<Written>> CreateAllegation(const cases::Ports& ports, const base::StaffSlug& caller,
                                                        const base::CaseId& id, const std::string& request_id,
                                                        const NewAllegation& allegation, const cases::NewEntry& entry) {
  const Asking asking{caller, id, request_id, &entry, format::EntryKind::kAllegation};
  ByteWriter asked(256);
  asked.Short("CreateAllegation").Fixed(allegation.id).Short(allegation.category.substr(0, 255));
  absl::StatusOr<Act> act = Begin(ports, asking, std::move(asked));
  if (!act.ok()) return act.status();
  base::Outcome<Written> outcome;
  if (std::optional<Written> repeated = act->Repeated()) {
    outcome.answer = *std::move(repeated);
    return outcome;
  }
  if (!Knows(ports, "category", allegation.category)) return CodeUnknown();
  const absl::StatusOr<std::vector<cases::Allegation>> all = cases::AllegationsOf(ports, id);
  if (!all.ok()) return all.status();
  if (all->size() >= kMostAllegations) return QuotaExceeded();
  for (const cases::Allegation& other : *all)
    if (other.id == allegation.id) return base::FieldInvalid("name");
  if (allegation.id.IsZero()) return base::FieldInvalid("name");

  cases::Allegation row;
  row.case_id = id;
  row.id = allegation.id;
  row.category = allegation.category;
  outcome.answer.etag = cases::EtagOf(ports, row.id.view(), row.revision);
  outcome.changes.Insert(std::move(row));
  absl::Status status = Complete(ports, asking, *std::move(act), format::LeafKind::kAllegationCreated,
                                 format::details::AllegationCreated(allegation.id, allegation.category), outcome);
  if (!status.ok()) return status;
  return outcome;
}

absl::StatusOr<base::Outcome<Written>> SetFinding(const cases::Ports& ports, const base::StaffSlug& caller,
                                                  const base::CaseId& id, const base::AllegationId& allegation,
                                                  const std::string& etag, const std::string& request_id,
                                                  const std::string& finding, const cases::NewEntry& entry) {
  const Asking asking{caller, id, request_id, &entry, format::EntryKind::kFinding};
  ByteWriter asked(256);
  asked.Short("SetFinding").Fixed(allegation).Short(etag.substr(0, 255)).Short(finding.substr(0, 255));
  return ChangeRow<cases::Allegation>(
      ports, asking, std::move(asked), base::RowKey(id, allegation), etag, format::LeafKind::kFindingSet,
      format::details::FindingSet(allegation, finding),
      [&](const cases::Case& record, cases::Allegation& row, base::ChangeSet&) -> absl::Status {
        if (!Knows(ports, "finding", finding)) return CodeUnknown();
        if (finding == kKnowinglyFalse && !MayBeFalse(row, ports.clock.Today())) return ApprovalNotGranted();
        if (!TakesFinding(record.state, row.finding.empty(), finding)) return KindRefused();
        if (!IsAssessedAtOutcome(record)) return AssessmentMissing();
        row.finding = finding;
        // What two others approved is said once.
        if (finding == kKnowinglyFalse) row.false_until.reset();
        return absl::OkStatus();
      });
}

}  // namespace alcove::casework
