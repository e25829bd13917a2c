// Steps that approvals of cases and of none have in common. Defined in change.cc.
#pragma once

#include <absl/status/status.h>

#include <string_view>
#include <vector>

#include "crypto/format/approval.h"
#include "crypto/format/wire.h"
#include "server/core/approvals/approvals.h"

namespace alcove::approvals {

// What is answered to who asks; id and etag are for the caller to put.
Created CreatedFrom(const std::vector<const people::Person*>& deciders, const Terms& terms);

// The request says what the fields beside it say, is signed by the caller, today, and sealed to those who decide.
absl::Status CheckRequest(const cases::Ports& ports, const people::Person& caller, const NewApproval& asked,
                          const format::ParsedApprovalRequest& request, const std::vector<Decider>& deciders);

// What a change asks for; longer etags than any valid one are cut, for they are refused anyway.
format::ByteWriter Asked(std::string_view method, const base::ApprovalId& id, std::string_view etag);

// The device of the person whose key signed the decision; null when none did.
const people::Device* SignerOf(const people::Person& person, const format::ParsedStatement& statement,
                               format::Decision decision, const crypto::Signature& signature);

}  // namespace alcove::approvals
