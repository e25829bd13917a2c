// Every way a client refuses, by name, and every answer of the server as the same kind of value.
//
// A failure is an absl::Status whose payload carries a reason: the server's own (`PLAN_STALE`, without the enum's
// prefix) or one of the names below. What a client finds wrong in what a server sent is DATA_LOSS, always: the
// program ends with exit code 4 and nothing is sent after that. Texts never hold a secret, a name or a narrative.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace grpc {
class Status;
}

namespace alcove::client {

// What a client refuses by itself. The wire name is the enumerator in capitals, words parted by `_`.
enum class Refusal {
  // The person, or a file they gave, is wrong. INVALID_ARGUMENT.
  kOrganisationFileInvalid,
  kKeyFileInvalid,
  kInputInvalid,
  kMessageTooLarge,
  // FAILED_PRECONDITION.
  kNoTerminal,
  kCancelled,
  kPassphraseWrong,
  kCustodyNotOffered,
  kCoverageIncomplete,
  kNoKeyHere,  // the case is open to another machine of the caller's
  kKeyNeeded,  // something may depend on the key that is to go
  kShareKept,  // a share of a sealed name could not be handed over
  kWalletNeeded,  // the desk takes no report without a token
  // UNAVAILABLE.
  kServerUnreachable,
  // What the server sent does not check. DATA_LOSS.
  kDirectoryInvalid,
  kDirectoryExpired,
  kDirectoryOlder,
  kDirectoryForked,
  kCheckpointInvalid,
  kDocumentInvalid,
  kTagKeyChanged,
  kAnswerMalformed,
  kReaderNotInDirectory,
  kReaderKeySwapped,
  kReaderKeyWeak,
  kReaderNamed,
  kReaderStruckOut,
  kPlanWithoutFallback,
  kPromiseInvalid,
  kEpochInvalid,
  kGrantInvalid,
  kGrantUnopened,  // the newest key was wrapped wrongly by whoever made it
  kEntryInvalid,
  kEntryOmitted,
  kRolledBack,
  kLeafInvalid,
  kLeafOmitted,
  kAttachmentInvalid,
  kReaderSurplus,
  kReaderDropped,  // cannot read any more, and the record does not say so
  kMailboxKeySwapped,
  kApprovalInvalid,
  kSummaryInvalid,  // uses what the reporter did not release
  kTombstoneInvalid,
  kExportInvalid,  // an archive that somebody was handed
  kTokensInvalid,  // not issued under the key that everybody's are
  // An attachment that the entry names never arrived. NOT_FOUND.
  kAttachmentMissing,
  // The case is to go or is gone, and what the server says of it checks. NOT_FOUND.
  kCaseGone,
};

// The wire name: `READER_NAMED`.
std::string_view NameOf(Refusal refusal);

// The status for a refusal. `detail` is for a person: short, lower case, no secrets.
absl::Status Refuse(Refusal refusal, std::string_view detail);

// The same, with the text of what failed beneath as its detail.
absl::Status Refuse(Refusal refusal, const absl::Status& because);

// What a server answered, as an absl::Status with its ErrorInfo reason and the metadata keys `field` and `gap`.
// OK stays OK. UNAVAILABLE, DEADLINE_EXCEEDED and CANCELLED without a reason become kServerUnreachable. RESOURCE_EXHAUSTED without one is
// not the server's word but gRPC's or nginx's, who look at a message before anybody reads it: kMessageTooLarge when they
// say so, else BUDGET_EXHAUSTED as the server would.
absl::Status FromGrpc(const grpc::Status& status);

// What a server takes: a longer message is refused by gRPC beneath it, which has no reasons.
inline constexpr size_t kMostMessageBytes = 256 * 1024;
// kMessageTooLarge when a message of so many bytes would be refused.
absl::Status CheckMessageSize(size_t bytes);

// The reason a status carries; empty when it has none.
std::string ReasonOf(const absl::Status& status);
// The field or the gap that the server named; empty when none.
std::string DetailOf(const absl::Status& status);
bool Is(const absl::Status& status, Refusal refusal);
// The status came from the server, not from this client.
bool FromServer(const absl::Status& status);

}  // namespace alcove::client

// Returns the error of `expression` (absl::Status) from the enclosing function.
#define ALCOVE_CLIENT_TRY(expression)                       \
  do {                                                      \
    if (absl::Status alcove_status_ = (expression); !alcove_status_.ok()) return alcove_status_; \
  } while (false)
#define ALCOVE_CLIENT_CONCAT_(a, b) a##b
#define ALCOVE_CLIENT_CONCAT(a, b) ALCOVE_CLIENT_CONCAT_(a, b)
// Declares `target` from an absl::StatusOr, or returns its error.
#define ALCOVE_CLIENT_ASSIGN(target, expression) \
  ALCOVE_CLIENT_ASSIGN_(ALCOVE_CLIENT_CONCAT(alcove_or_, __LINE__), target, expression)
#define ALCOVE_CLIENT_ASSIGN_(holder, target, expression) \
  auto holder = (expression);                             \
  if (!holder.ok()) return holder.status();               \
  target = *std::move(holder)
