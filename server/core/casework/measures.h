// What has to be done: for now, against a subject, for who was harmed, by the organisation. The server knows kind, owner,
// last day and state; what exactly, for whom and why is sealed in an entry of TEAM.
//
// Errors of every function: NOTHING_HERE for whoever does not reach the case (cases/reach.h), and those of placing an entry
// (cases/new_entry.h).
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>

#include "server/core/base/changes.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/ports.h"
#include "server/core/casework/act.h"

namespace alcove::casework {

// Of one case.
inline constexpr std::size_t kMostMeasures = 128;
// From today to the last day of a measure.
inline constexpr int kLongestMonths = 24;

struct NewMeasure {
  base::MeasureId id;  // drawn by the client, which seals it with the words
  std::string kind;    // group and code: "interim.no_contact"; groups are interim, subject, remedy, organisation
  base::StaffSlug owner;
  base::Day due;
  std::optional<base::AllegationId> allegation;  // nothing: of the case as a whole
  bool harmed_person_agreed = false;
  // "ALO1" about an order: HR is to carry it out. Sealed to every machine of every service account with the scope `measures`;
  // nothing: the team sees to it by itself.
  std::optional<crypto::Bytes> letter = std::nullopt;
};

// In every state but closed.
//   CODE_UNKNOWN     no such group, or no code of its list
//   MEASURE_REFUSED  the policy says that it weighs on the harmed person, and they have not agreed: what the subject can
//                    change comes first
//   FIELD_INVALID    "name": a zero id, or one that is taken. "owner": somebody who does not read the case.
//                    "due": before today or before the filing, or more than kLongestMonths ahead. "allegation": none of
//                    this case.
//   QUOTA_EXCEEDED   more than kMostMeasures
// With a letter, whose id becomes the order's (cases/orders.h):
//   ORDER_REFUSED      the policy names no kind of order for this kind of measure
//   ORDERS_NOT_OFFERED, ENVELOPE_INVALID, GRANTS_MISMATCH  as cases/letters.h
//   FIELD_INVALID    "due": less than cases::kOrderLead days ahead. "order_letter": an id that is zero or taken.
absl::StatusOr<base::Outcome<Written>> CreateMeasure(const cases::Ports& ports, const base::StaffSlug& caller,
                                                     const base::CaseId& id, const std::string& request_id,
                                                     const NewMeasure& measure, const cases::NewEntry& entry);

// planned -> running, done, cancelled; running -> done, cancelled. With its end an order that HR has not answered is taken back.
//   NOTHING_HERE     no such measure
//   MEASURE_REFUSED  every other step
//   ETAG_STALE       of the measure
absl::StatusOr<base::Outcome<Written>> ChangeMeasureState(const cases::Ports& ports, const base::StaffSlug& caller,
                                                          const base::CaseId& id, const base::MeasureId& measure,
                                                          const std::string& etag, const std::string& request_id,
                                                          cases::MeasureState state, const cases::NewEntry* entry);

}  // namespace alcove::casework
