// A reporter that files and looks, with nothing between it and the wire but the contract and the formats: what the
// harnesses measure and kill is the server, so they do not lean on the client library.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "alcove/v1/intake_service.grpc.pb.h"
#include "alcove/v1/mailbox_service.grpc.pb.h"
#include "crypto/format/envelope.h"
#include "crypto/format/epoch.h"
#include "crypto/format/ids.h"
#include "crypto/secret.h"
#include "tests/support/world.h"

namespace alcove::support {

// What a reporter tells and asks for.
struct Draft {
  std::string narrative;
  std::string site = {};
  std::vector<crypto::SubjectTag> subjects = {};
  std::vector<crypto::SubjectTag> keep_out = {};
  std::vector<std::string> struck_out = {};  // `staff/...`, as the plan showed them
  std::vector<format::NamedBlob> blobs = {};
  std::string identity = {};  // sealed to the plan's custodians; empty: anonymous
  bool escrow = false;  // the plan is asked for one; terms and token are for the caller to add
  int days_later = 0;  // the server's clock is so far ahead
  // Spoils whom the epoch is granted to, after the plan was followed.
  std::function<void(std::vector<format::Recipient>&)> change_recipients = {};
};

// A report, sealed and ready to send, with what its reporter must keep to read it again.
struct Filing {
  v1::SubmitReportRequest request;
  crypto::DecryptionKey decryption;
  crypto::SigningKey signing;
  format::CaseId case_id;
  std::string narrative;
  // The key of THREAD epoch 0.
  format::EpochKey epoch_key;
};

// A mailbox's keys are drawn, not derived from twelve words: Argon2id costs 0.1 s on purpose, and is timed apart.
class Reporter {
 public:
  // Uses `world` as long as it lives.
  Reporter(const World& world, std::shared_ptr<grpc::Channel> channel);

  // Asks for a plan and seals a report of that narrative to everybody in it.
  absl::StatusOr<Filing> Prepare(const std::string& narrative) { return Prepare(Draft{.narrative = narrative}); }
  absl::StatusOr<Filing> Prepare(const Draft& draft);
  absl::StatusOr<v1::SubmitReportResponse> Submit(const v1::SubmitReportRequest& request);

  // Signs in with the mailbox's keys, opens the only entry and returns its narrative. NOT_FOUND when the mailbox does
  // not let us in, DATA_LOSS when it does and anything about the report is not as it was filed.
  // Readers are those of the filing, unless the directory has given them other machines since.
  enum class Readers { kAsFiled, kChanged };
  absl::StatusOr<std::string> ReadBack(const Filing& filing, Readers readers = Readers::kAsFiled);

 private:
  const World& world_;
  const std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::IntakeService::Stub> intake_;
  std::unique_ptr<v1::MailboxService::Stub> mailbox_;
};

// UUIDv4.
std::string DrawRequestId();

}  // namespace alcove::support
