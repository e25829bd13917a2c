#include "client/lib/errors.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace alcove::client {
namespace {

constexpr char kReason[] = "alcove/reason";
constexpr char kDetail[] = "alcove/detail";
constexpr char kServer[] = "alcove/server";
constexpr char kTooLarge[] = "256 KiB at most";

struct Row {
  Refusal refusal;
  std::string_view name;
  absl::StatusCode code;
};

constexpr std::array kRows = {
    Row{Refusal::kOrganisationFileInvalid, "ORGANISATION_FILE_INVALID", absl::StatusCode::kInvalidArgument},
    Row{Refusal::kKeyFileInvalid, "KEY_FILE_INVALID", absl::StatusCode::kInvalidArgument},
    Row{Refusal::kInputInvalid, "INPUT_INVALID", absl::StatusCode::kInvalidArgument},
    Row{Refusal::kMessageTooLarge, "MESSAGE_TOO_LARGE", absl::StatusCode::kInvalidArgument},
    Row{Refusal::kNoTerminal, "NO_TERMINAL", absl::StatusCode::kFailedPrecondition},
    Row{Refusal::kCancelled, "CANCELLED", absl::StatusCode::kCancelled},
    Row{Refusal::kPassphraseWrong, "PASSPHRASE_WRONG", absl::StatusCode::kFailedPrecondition},
    Row{Refusal::kCustodyNotOffered, "CUSTODY_NOT_OFFERED", absl::StatusCode::kFailedPrecondition},
    Row{Refusal::kCoverageIncomplete, "COVERAGE_INCOMPLETE", absl::StatusCode::kFailedPrecondition},
    Row{Refusal::kNoKeyHere, "NO_KEY_HERE", absl::StatusCode::kFailedPrecondition},
    Row{Refusal::kKeyNeeded, "KEY_NEEDED", absl::StatusCode::kFailedPrecondition},
    Row{Refusal::kShareKept, "SHARE_KEPT", absl::StatusCode::kFailedPrecondition},
    Row{Refusal::kWalletNeeded, "WALLET_NEEDED", absl::StatusCode::kFailedPrecondition},
    Row{Refusal::kServerUnreachable, "SERVER_UNREACHABLE", absl::StatusCode::kUnavailable},
    Row{Refusal::kDirectoryInvalid, "DIRECTORY_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kDirectoryExpired, "DIRECTORY_EXPIRED", absl::StatusCode::kDataLoss},
    Row{Refusal::kDirectoryOlder, "DIRECTORY_OLDER", absl::StatusCode::kDataLoss},
    Row{Refusal::kDirectoryForked, "DIRECTORY_FORKED", absl::StatusCode::kDataLoss},
    Row{Refusal::kCheckpointInvalid, "CHECKPOINT_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kDocumentInvalid, "DOCUMENT_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kTagKeyChanged, "TAG_KEY_CHANGED", absl::StatusCode::kDataLoss},
    Row{Refusal::kAnswerMalformed, "ANSWER_MALFORMED", absl::StatusCode::kDataLoss},
    Row{Refusal::kReaderNotInDirectory, "READER_NOT_IN_DIRECTORY", absl::StatusCode::kDataLoss},
    Row{Refusal::kReaderKeySwapped, "READER_KEY_SWAPPED", absl::StatusCode::kDataLoss},
    Row{Refusal::kReaderKeyWeak, "READER_KEY_WEAK", absl::StatusCode::kDataLoss},
    Row{Refusal::kReaderNamed, "READER_NAMED", absl::StatusCode::kDataLoss},
    Row{Refusal::kReaderStruckOut, "READER_STRUCK_OUT", absl::StatusCode::kDataLoss},
    Row{Refusal::kPlanWithoutFallback, "PLAN_WITHOUT_FALLBACK", absl::StatusCode::kDataLoss},
    Row{Refusal::kPromiseInvalid, "PROMISE_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kEpochInvalid, "EPOCH_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kGrantInvalid, "GRANT_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kGrantUnopened, "GRANT_UNOPENED", absl::StatusCode::kDataLoss},
    Row{Refusal::kEntryInvalid, "ENTRY_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kEntryOmitted, "ENTRY_OMITTED", absl::StatusCode::kDataLoss},
    Row{Refusal::kRolledBack, "ROLLED_BACK", absl::StatusCode::kDataLoss},
    Row{Refusal::kLeafInvalid, "LEAF_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kLeafOmitted, "LEAF_OMITTED", absl::StatusCode::kDataLoss},
    Row{Refusal::kAttachmentInvalid, "ATTACHMENT_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kReaderSurplus, "READER_SURPLUS", absl::StatusCode::kDataLoss},
    Row{Refusal::kReaderDropped, "READER_DROPPED", absl::StatusCode::kDataLoss},
    Row{Refusal::kMailboxKeySwapped, "MAILBOX_KEY_SWAPPED", absl::StatusCode::kDataLoss},
    Row{Refusal::kApprovalInvalid, "APPROVAL_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kSummaryInvalid, "SUMMARY_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kTombstoneInvalid, "TOMBSTONE_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kExportInvalid, "EXPORT_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kTokensInvalid, "TOKENS_INVALID", absl::StatusCode::kDataLoss},
    Row{Refusal::kAttachmentMissing, "ATTACHMENT_MISSING", absl::StatusCode::kNotFound},
    Row{Refusal::kCaseGone, "CASE_GONE", absl::StatusCode::kNotFound},
};

const Row& RowOf(Refusal refusal) {
  return *std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.refusal == refusal; });
}

std::string Payload(const absl::Status& status, const char* name) {
  const auto payload = status.GetPayload(name);
  return payload ? std::string(*payload) : "";
}

}  // namespace

std::string_view NameOf(Refusal refusal) { return RowOf(refusal).name; }

absl::Status Refuse(Refusal refusal, std::string_view detail) {
  const Row& row = RowOf(refusal);
  absl::Status status(row.code, std::string(detail));
  status.SetPayload(kReason, absl::Cord(std::string(row.name)));
  status.SetPayload(kDetail, absl::Cord(std::string(detail)));
  return status;
}

absl::Status Refuse(Refusal refusal, const absl::Status& because) {
  const auto text = because.message();
  return Refuse(refusal, std::string_view(text.data(), text.size()));
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  bool named = false;
  if (details.ParseFromString(status.error_details())) {
    for (const auto& detail : details.details()) {
      if (detail.UnpackTo(&info) && info.domain() == "alcove") {
        named = true;
        break;
      }
    }
  }
  if (!named && status.error_code() == grpc::StatusCode::UNAVAILABLE)
    return Refuse(Refusal::kServerUnreachable, "no answer at the address in the organisation file");
  if (!named && status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)
    return Refuse(Refusal::kServerUnreachable, "no answer in time");
  // What came in at the moment in which the server stopped, and nobody looked at.
  if (!named && status.error_code() == grpc::StatusCode::CANCELLED)
    return Refuse(Refusal::kServerUnreachable, "it stopped before it answered");
  if (!named && status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
    // gRPC: "Received message larger than max (A vs. B)"; deploy/nginx: "too large", "too many calls".
    const std::string& text = status.error_message();
    if (text.find("larger than max") != std::string::npos || text.find("too large") != std::string::npos) {
      return Refuse(Refusal::kMessageTooLarge, kTooLarge);
    }
    absl::Status busy(absl::StatusCode::kResourceExhausted, text);
    busy.SetPayload(kServer, absl::Cord("1"));
    busy.SetPayload(kReason, absl::Cord("ERROR_REASON_BUDGET_EXHAUSTED"));
    return busy;
  }
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  result.SetPayload(kServer, absl::Cord("1"));
  if (named) {
    result.SetPayload(kReason, absl::Cord(info.reason()));
    std::string detail;
    for (const char* key : {"field", "gap"}) {
      if (const auto found = info.metadata().find(key); found != info.metadata().end()) detail = found->second;
    }
    if (!detail.empty()) result.SetPayload(kDetail, absl::Cord(detail));
  }
  return result;
}

absl::Status CheckMessageSize(size_t bytes) {
  return bytes <= kMostMessageBytes ? absl::OkStatus() : Refuse(Refusal::kMessageTooLarge, kTooLarge);
}

std::string ReasonOf(const absl::Status& status) {
  std::string reason = Payload(status, kReason);
  constexpr std::string_view kPrefix = "ERROR_REASON_";
  if (reason.starts_with(kPrefix)) reason.erase(0, kPrefix.size());
  return reason;
}

std::string DetailOf(const absl::Status& status) { return Payload(status, kDetail); }

bool Is(const absl::Status& status, Refusal refusal) {
  return !FromServer(status) && ReasonOf(status) == NameOf(refusal);
}

bool FromServer(const absl::Status& status) { return status.GetPayload(kServer).has_value(); }

}  // namespace alcove::client
