// Allegations, findings and measures on the reading side: which is meant, and whether the codes that the server shows are those
// that the team sealed beside their words. The methods are StaffDesk's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/v1/case_service.pb.h"
#include "client/lib/staff_case.h"

namespace alcove::client {

// The one of the case whose id begins with `prefix` (the collection's name may be left out). NOT_FOUND when none does,
// kInputInvalid when several do.
absl::StatusOr<v1::Allegation> AllegationOf(const v1::Case& facts, std::string_view prefix);
absl::StatusOr<v1::Measure> MeasureOf(const v1::Case& facts, std::string_view prefix);

// `cases/{c}/entries/{e}` of the one entry of either keyring whose id begins with `prefix`; errors as above.
absl::StatusOr<std::string> EntryOf(const OpenedCase& opened, std::string_view prefix);

// Holds every allegation, finding and measure of `opened.facts` to what was sealed: a code that the server changed, an
// allegation that nobody wrote or one that it leaves out is a sentence that begins with CAUTION. One sentence when all fit, none
// where there is nothing to compare, or where TEAM did not open.
std::vector<std::string> CompareCodes(const OpenedCase& opened);

// The server kept this entry as the newest of its keyring: kEntryInvalid otherwise.
absl::Status CheckKept(const v1::NewEntry& entry, const std::string& head);

}  // namespace alcove::client
