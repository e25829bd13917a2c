// Shares that change hands: a custodian who leaves wraps each of theirs to another custodian, or to their own new key, on their
// own machine. The service sees that it happened, who holds the share now, and nothing of it. The reporter sees it too.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <variant>
#include <vector>

#include "crypto/format/share.h"
#include "server/core/approvals/approvals.h"
#include "server/core/cases/custody.h"
#include "server/core/cases/views.h"

namespace alcove::approvals {

struct OwnShare {
  base::CaseId case_id;
  Held held;
};
struct SharePage {
  std::vector<OwnShare> shares;
  std::string next_token;
};
// The shares that open with a key which the directory lists for the caller, in the order of the cases' ids, which are random. What
// stands behind a wall against the caller, or is to go, is absent; nobody but custodians has any. 20 a page unless asked, at
// most 50. FIELD_INVALID("page_token").
absl::StatusOr<base::Outcome<SharePage>> ListHeldShares(const cases::Ports& ports, const base::StaffSlug& caller,
                                                        const cases::PageRequest& request);

// A request that can still be decided keeps the custodians with whom it was asked: it is over before a leaver leaves, or is asked
// anew. So many times a share can change hands, all shares of an identity taken together.
inline constexpr std::size_t kMostHandedOver = 64;

// The caller's share, wrapped to another key ("ALS1" without an approval). NOTHING_HERE unless it is listed to the caller. SHARE_REFUSED
// where it is malformed, of another case, not signed by the caller, wrapped to a key that is no custodian's of the newest directory, to
// somebody who holds another share of this identity or stands behind its wall, or to the key it is wrapped to already.
absl::StatusOr<base::Outcome<std::monostate>> HandShareOver(const cases::Ports& ports, const base::StaffSlug& caller,
                                                            const base::CaseId& id, const std::string& request_id,
                                                            crypto::BytesView share);

// Signed by one of the person's devices.
bool IsSignedBy(const format::ParsedShare& share, const people::Person& person);

// What a holder's client opens.
Held HeldAs(const cases::CustodyLine& line);

}  // namespace alcove::approvals
