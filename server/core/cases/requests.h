// Requests that may come twice: a client that lost the answer repeats the call with the same `request_id` and gets the
// same answer. Other bytes under a known id are refused.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>

#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

// Where a request stands. `row` is to be put with the decision; `repeated` is what stood there already.
struct RequestSlot {
  Request row;
  std::optional<Request> repeated;
};

// The scope of a staff caller's requests: "staff/mira".
std::string ScopeOf(const base::StaffSlug& caller);

// `scope` is the caller for staff and the method for reporters and strangers, so that the row names no
// reporter. `digest` is of everything the request asks for. FIELD_INVALID("request_id") unless a UUIDv4;
// REQUEST_ID_REUSED when the id is known with another digest.
absl::StatusOr<RequestSlot> OpenRequest(const Ports& ports, std::string_view scope, const std::string& request_id,
                                        const crypto::Digest& digest);

// The same without looking whether the id is known: for a first decision that leaves it to the expectation of
// `CloseRequest`. When that fails the decision is made again, with a look.
absl::StatusOr<RequestSlot> ClaimRequest(const Ports& ports, std::string_view scope, const std::string& request_id,
                                         const crypto::Digest& digest);

// Puts the row, expecting that nobody took the id meanwhile. `answer` only for staff.
void CloseRequest(RequestSlot slot, crypto::Bytes answer, base::ChangeSet& changes);

// Rows older than two days are of no use to anybody: at most `limit` of them, as deletions.
absl::StatusOr<base::ChangeSet> ForgetOldRequests(const base::Reader& rows, base::Day today, std::size_t limit);

// What a caller quotes to say which version of a case it has seen: changes with every change of state, assignment and
// claim. Keyed, so that it counts nothing.
std::string EtagOf(const Ports& ports, const Case& record);
// The same for any thing of a case that counts its changes. `id` is random and 16 bytes.
std::string EtagOf(const Ports& ports, crypto::BytesView id, std::uint32_t revision);

}  // namespace alcove::cases
