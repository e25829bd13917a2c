// Sealing a report and filing it.
//
// Everything secret is made here, on the reporter's device: the receipt and the mailbox keys that follow from it, THREAD
// epoch 0 with a grant for the mailbox and for each reader of the checked plan, the envelope, and the identity for the
// custodians. The server gets ciphertext, routing facts, tags and public keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/intake_service.pb.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "client/lib/plan.h"
#include "crypto/format/day.h"
#include "crypto/format/proof.h"
#include "crypto/receipt.h"

namespace alcove::client {

// A sealed report, ready to be sent as often as it takes.
struct SealedReport {
  v1::SubmitReportRequest request;
  crypto::Digest entry_hash;
  crypto::MailboxKeys keys;
};

// Seals. `identity` goes to the plan's custodians: given for DISCLOSURE_CONFIDENTIAL, and for a safe contact;
// kCustodyNotOffered when the plan has none. `report` gets the struck-out list of `plan_input`.
absl::StatusOr<SealedReport> SealReport(const Connection& connection, const CheckedPlan& plan,
                                        sealed::v1::Report report, const sealed::v1::Identity* identity,
                                        const std::vector<v1::BlobName>& blobs, const crypto::Receipt& receipt,
                                        format::Day today, crypto::Random& random);

struct Filed {
  v1::SubmitReportResponse response;
  format::ProofOfFiling proof;
  std::string case_name;
};

// Sends, repeating the same request while the line is broken, and checks the promise: signed by the directory's log key,
// about this organisation, this case and exactly this envelope. kPromiseInvalid otherwise.
// PLAN_STALE comes back to the caller, who asks for a new plan, shows it, and seals again.
absl::StatusOr<Filed> Submit(Connection& connection, const CheckedDirectory& directory, uint32_t price,
                             SealedReport& sealed, format::Day today);

// The check alone.
absl::StatusOr<format::ProofOfFiling> CheckPromise(const format::OrganisationFile& organisation,
                                                   const CheckedDirectory& directory,
                                                   const v1::SubmitReportRequest& request,
                                                   const crypto::Digest& entry_hash,
                                                   const v1::SubmitReportResponse& response, format::Day today);

}  // namespace alcove::client
