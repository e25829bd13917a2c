// Approvals in words.
#pragma once

#include <string>
#include <vector>

#include "client/lib/approvals.h"
#include "crypto/format/directory.h"

namespace alcove::cli {

// The part of an approval's id that is enough among a person's own.
std::string ShortApproval(std::string_view name);

std::string ApprovalsTable(const std::vector<v1::Approval>& approvals);

// Of a request for who the reporter is: what was asked, what a decision did, and the answer to it all.
std::string AskedForIdentityText(const v1::CreateApprovalResponse& response, const std::string& basis);
std::string DecidedOnIdentityText(const client::CheckedApproval& checked, format::Decision decision, v1::ApprovalState state);
std::string IdentityText(const sealed::v1::Identity& who);

// Everything about one, checked. `me` is the reader's slug: it says what they can do next.
std::string ApprovalText(const client::CheckedApproval& checked, const format::Directory& directory,
                         const std::string& me, size_t width);

}  // namespace alcove::cli
