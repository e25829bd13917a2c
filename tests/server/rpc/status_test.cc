#include "server/rpc/door/status.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace alcove::rpc {
namespace {

google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_TRUE(details.details_size() == 1 && details.details(0).UnpackTo(&info));
  EXPECT_EQ(details.code(), status.error_code());
  EXPECT_EQ(details.message(), status.error_message());
  return info;
}

// The contract's comments name a code for each reason; this is the same list, by hand.
grpc::StatusCode CodeInContract(v1::ErrorReason reason) {
  switch (reason) {
    case v1::ERROR_REASON_NOTHING_HERE:
    case v1::ERROR_REASON_NOT_PUBLISHED: return grpc::StatusCode::NOT_FOUND;
    case v1::ERROR_REASON_SESSION_REQUIRED:
    case v1::ERROR_REASON_SIGN_IN_REFUSED: return grpc::StatusCode::UNAUTHENTICATED;
    case v1::ERROR_REASON_CALLER_NOT_ALLOWED: return grpc::StatusCode::PERMISSION_DENIED;
    case v1::ERROR_REASON_FIELD_INVALID:
    case v1::ERROR_REASON_ENVELOPE_INVALID:
    case v1::ERROR_REASON_EPOCH_INVALID:
    case v1::ERROR_REASON_GRANTS_MISMATCH:
    case v1::ERROR_REASON_PLAN_INVALID:
    case v1::ERROR_REASON_CODE_UNKNOWN:
    case v1::ERROR_REASON_NOTE_INVALID:
    case v1::ERROR_REASON_SHARE_REFUSED:
    case v1::ERROR_REASON_EVENT_TOKEN_UNKNOWN: return grpc::StatusCode::INVALID_ARGUMENT;
    case v1::ERROR_REASON_REQUEST_ID_REUSED: return grpc::StatusCode::ALREADY_EXISTS;
    case v1::ERROR_REASON_ETAG_STALE:
    case v1::ERROR_REASON_CONTENDED: return grpc::StatusCode::ABORTED;
    case v1::ERROR_REASON_BUDGET_EXHAUSTED:
    case v1::ERROR_REASON_STORE_FULL:
    case v1::ERROR_REASON_QUOTA_EXCEEDED:
    case v1::ERROR_REASON_TOKENS_USED_UP: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case v1::ERROR_REASON_STORE_FAILED:
    case v1::ERROR_REASON_STOPPING: return grpc::StatusCode::UNAVAILABLE;
    default: return grpc::StatusCode::FAILED_PRECONDITION;
  }
}

TEST(Status, EveryReasonHasItsNumberItsCodeAndATextOfItsOwn) {
  std::set<std::string> texts;
  int visited = 0;
  for (int number = v1::ErrorReason_MIN; number <= v1::ErrorReason_MAX; ++number) {
    if (number == v1::ERROR_REASON_UNSPECIFIED || !v1::ErrorReason_IsValid(number)) continue;
    ++visited;
    const auto in_contract = static_cast<v1::ErrorReason>(number);
    const auto reason = static_cast<base::Reason>(number);
    const grpc::Status status = ToGrpc(base::Refuse(reason));
    EXPECT_EQ(status.error_code(), CodeInContract(in_contract)) << v1::ErrorReason_Name(in_contract);
    const google::rpc::ErrorInfo info = InfoOf(status);
    EXPECT_EQ(info.domain(), "alcove");
    EXPECT_EQ(info.reason(), v1::ErrorReason_Name(in_contract));
    EXPECT_TRUE(info.metadata().empty());
    texts.insert(status.error_message());
  }
  EXPECT_EQ(visited, static_cast<int>(base::AllReasons().size()));
  EXPECT_EQ(texts.size(), base::AllReasons().size());
  EXPECT_EQ(texts.count("refused"), 0U);
}

TEST(Status, CarriesTheFieldAndTheGapAndNothingElse) {
  const google::rpc::ErrorInfo field = InfoOf(ToGrpc(base::FieldInvalid("entry.envelope")));
  EXPECT_EQ(field.metadata().at("field"), "entry.envelope");
  EXPECT_EQ(field.metadata_size(), 1);
  const google::rpc::ErrorInfo gap = InfoOf(ToGrpc(base::Refuse(base::Reason::kPolicyIncomplete, "gap", "two fallbacks")));
  EXPECT_EQ(gap.metadata().at("gap"), "two fallbacks");
  EXPECT_EQ(gap.metadata_size(), 1);
}

TEST(Status, AFaultOfOursTellsNothing) {
  for (const absl::Status& fault : {base::Broken("case 4711 has no head"), absl::DataLossError("row of alice"),
                                    absl::InvalidArgumentError("alice@example.com is malformed")}) {
    const grpc::Status status = ToGrpc(fault);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_EQ(status.error_message(), "a fault on our side");
    EXPECT_EQ(status.error_details(), "");
  }
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
}

}  // namespace
}  // namespace alcove::rpc
