#include "client/cli/frame/frame.h"

#include <gtest/gtest.h>

#include "alcove/v1/error_reason.pb.h"
#include "client/cli/frame/table.h"
#include "client/lib/errors.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace alcove::cli {
namespace {

absl::Status FromServer(grpc::StatusCode code, const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_domain("alcove");
  info.set_reason(reason);
  google::rpc::Status status;
  status.add_details()->PackFrom(info);
  return client::FromGrpc(grpc::Status(code, "refused", status.SerializeAsString()));
}

TEST(Explain, HasASentenceForEveryReasonOfTheContract) {
  const auto* reasons = v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    if (reasons->value(i)->number() == 0) continue;
    const std::string text = Explain(FromServer(grpc::StatusCode::FAILED_PRECONDITION, reasons->value(i)->name()));
    EXPECT_EQ(text.find("too old"), std::string::npos) << reasons->value(i)->name();
    EXPECT_GT(text.size(), 40u) << reasons->value(i)->name();
  }
  // Control: a reason that does not exist is admitted.
  EXPECT_NE(Explain(FromServer(grpc::StatusCode::INTERNAL, "ERROR_REASON_FROM_THE_FUTURE")).find("too old"), std::string::npos);
}

TEST(Explain, HasASentenceForEveryRefusalOfTheLibrary) {
  for (int i = 0; i <= static_cast<int>(client::Refusal::kCaseGone); ++i) {
    const auto refusal = static_cast<client::Refusal>(i);
    const absl::Status status = client::Refuse(refusal, "x");
    // Where a person's own file or input is wrong, the detail is the sentence; everything else says more.
    if (Explain(status).rfind("X.", 0) == 0) {
      EXPECT_TRUE(refusal == client::Refusal::kOrganisationFileInvalid || refusal == client::Refusal::kKeyFileInvalid ||
                  refusal == client::Refusal::kInputInvalid || refusal == client::Refusal::kNoTerminal);
    }
  }
}

TEST(ExitCodes, AreThoseOfTheContract) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), ExitCode::kDone);
  EXPECT_EQ(ExitCodeOf(FromServer(grpc::StatusCode::FAILED_PRECONDITION, "ERROR_REASON_PLAN_STALE")), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(FromServer(grpc::StatusCode::INVALID_ARGUMENT, "ERROR_REASON_FIELD_INVALID")), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(client::Refuse(client::Refusal::kInputInvalid, "x")), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeOf(client::FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""))), ExitCode::kUnreachable);
  EXPECT_EQ(ExitCodeOf(client::Refuse(client::Refusal::kReaderNamed, "x")), ExitCode::kUnverified);
  EXPECT_EQ(ExitCodeOf(FromServer(grpc::StatusCode::NOT_FOUND, "ERROR_REASON_NOTHING_HERE")), ExitCode::kNothingHere);
  EXPECT_EQ(ExitCodeOf(FromServer(grpc::StatusCode::UNAUTHENTICATED, "ERROR_REASON_SIGN_IN_REFUSED")), ExitCode::kNothingHere);
}

TEST(Table, AlignsByColumnsAndLetsNoEscapeSequenceThrough) {
  Table table({"Who", "When"});
  table.Row({"Zoë", "now"});
  table.Row({"a\x1b[2Jb\nc", "later"});
  EXPECT_EQ(table.Text(), "Who       When\nZoë       now\na?[2Jb c  later\n");
  EXPECT_EQ(Harmless("ok\x7f\xC2\x9B" "31m"), "ok??31m");
}

TEST(Wrapped, BreaksAtBlanksAndKeepsIndentedLinesIndented) {
  EXPECT_EQ(Wrapped("one two three", 8), "one two\nthree");
  EXPECT_EQ(Wrapped("  1  a long choice", 12), "  1  a long\n  choice");
  EXPECT_EQ(Wrapped("a\n\nb", 10), "a\n\nb");
}

}  // namespace
}  // namespace alcove::cli
