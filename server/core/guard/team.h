// What a member of the team does about who reads. The caller is a person of the directory who reaches the case
// (cases/reach.h); NOTHING_HERE for everybody else. Repetitions are answered even to a caller who has lost the case by the
// very request.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "server/core/base/changes.h"
#include "server/core/cases/ports.h"
#include "server/core/guard/bad_grant.h"

namespace alcove::guard {

inline constexpr std::size_t kMostTags = 16;  // of one request

// The caller steps back from the case, and with it from every case that is linked: they read none of it from now on, and
// it goes to the next. There is no etag: whoever must not read does not have to look first. Nobody is asked why.
absl::StatusOr<base::Outcome<std::monostate>> RecuseFromCase(const cases::Ports& ports, const base::StaffSlug& caller,
                                                             const base::CaseId& id, const std::string& request_id);

struct Corrected {
  std::string etag;
  std::vector<std::uint32_t> unknown;  // positions of tags that nobody known has
};
// More people are complained about than the report said. Subjects are added, never taken away. The reporter sees that it
// was done, not whom it names. FIELD_INVALID("subjects"): none, more than kMostTags, malformed, or more than one wall
// names.
absl::StatusOr<base::Outcome<Corrected>> CorrectSubjects(const cases::Ports& ports, const base::StaffSlug& caller,
                                                         const base::CaseId& id, const std::string& etag,
                                                         const std::string& request_id,
                                                         std::span<const crypto::BytesView> subjects);

// Both cases, and whatever either is linked with, stand behind one wall from now on. The caller reaches both. Answers the
// new etag of `id`. LINK_REFUSED. Reporters are not told: that another case exists is nobody's business.
absl::StatusOr<base::Outcome<std::string>> LinkCases(const cases::Ports& ports, const base::StaffSlug& caller,
                                                     const base::CaseId& id, const std::string& etag,
                                                     const std::string& request_id, const base::CaseId& other);

absl::StatusOr<base::Outcome<std::monostate>> ReportBadGrant(const cases::Ports& ports, const base::StaffSlug& caller,
                                                             const base::CaseId& id, const std::string& request_id,
                                                             const BadGrant& bad);

}  // namespace alcove::guard
