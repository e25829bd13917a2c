// What a client makes of refusals that are not the server's own.
#include "client/lib/errors.h"

#include "google/rpc/error_details.pb.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

std::string Read(grpc::StatusCode code, const std::string& text) { return Reason(FromGrpc(grpc::Status(code, text))); }

TEST(Refusals, GrpcAndNginxHaveNoReasonsSoTheirWordsAreRead) {
  EXPECT_EQ(Read(grpc::RESOURCE_EXHAUSTED, "Received message larger than max (300000 vs. 262144)"), "MESSAGE_TOO_LARGE");
  EXPECT_EQ(Read(grpc::RESOURCE_EXHAUSTED, "too large"), "MESSAGE_TOO_LARGE") << "nginx";
  EXPECT_EQ(Read(grpc::RESOURCE_EXHAUSTED, "too many calls"), "BUDGET_EXHAUSTED") << "nginx";
  EXPECT_EQ(Read(grpc::RESOURCE_EXHAUSTED, ""), "BUDGET_EXHAUSTED");
  EXPECT_EQ(Read(grpc::INTERNAL, "Received message larger than max"), "") << "control";
  EXPECT_EQ(Read(grpc::CANCELLED, "CANCELLED"), "SERVER_UNREACHABLE") << "it stopped with the call on its doorstep";
  // A reason of the server's stands.
  EXPECT_EQ(Reason(FromGrpc(Impostor::Refusing(grpc::RESOURCE_EXHAUSTED, "ERROR_REASON_STORE_FULL"))), "STORE_FULL");
}

TEST(Refusals, WhatNoServerTakesIsNotSent) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.File().ok());
  const int filed = impostor.submissions;
  v1::SubmitReportRequest request = impostor.submitted;
  request.mutable_entry()->set_envelope(std::string(kMostMessageBytes, 'x'));
  EXPECT_EQ(Reason(reporter.connection->Call(&v1::IntakeService::Stub::SubmitReport, request).status()), "MESSAGE_TOO_LARGE");
  EXPECT_EQ(impostor.submissions, filed);
  EXPECT_TRUE(reporter.connection->Call(&v1::IntakeService::Stub::SubmitReport, impostor.submitted).ok()) << "control";
  EXPECT_EQ(impostor.submissions, filed + 1);
}

}  // namespace
}  // namespace alcove::client::test
