// What a reporter does about who reads: keeping more people out, and saying that a grant does not open. The caller is a
// mailbox whose keys were proved to the session, and every function concerns that mailbox's one case.
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

struct Exclusion {
  std::vector<crypto::BytesView> tags;   // 64 bytes each
  std::vector<base::StaffSlug> readers;  // people on the case's list of readers
};

// From now on these people are kept out of the case: their grants are deleted, the case goes to the next where one of
// them had it, and the next entry brings a new epoch. Answers the positions of tags that nobody known has; they stay on
// the wall all the same.
//   FIELD_INVALID("tags")     nobody named, more than 16 people, a malformed tag, or nobody who may read would be left
//   FIELD_INVALID("readers")  not on the list, or the last reader from outside: every epoch is also granted to one
absl::StatusOr<base::Outcome<std::vector<std::uint32_t>>> ExcludeReaders(const cases::Ports& ports,
                                                                         const base::MailboxId& caller,
                                                                         const std::string& request_id,
                                                                         const Exclusion& exclusion);

// FIELD_INVALID("keyring") for anything but THREAD.
absl::StatusOr<base::Outcome<std::monostate>> ReportBadGrant(const cases::Ports& ports, const base::MailboxId& caller,
                                                             const std::string& request_id, const BadGrant& bad);

}  // namespace alcove::guard
