// Escrow against a real server (5.3, 5.9): three reports about one person go to the team together, staff are warned, their reporters
// see the same as before until the team writes, and what is refused leaves nothing behind.
#include <gmock/gmock.h>

#include <vector>

#include "alcove/v1/hr_service.grpc.pb.h"
#include "crypto/format/token.h"
#include "server/app/keys.h"
#include "server/core/cases/records.h"
#include "tests/promises/wire/chart.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using format::TokenKind;

class WireEscrow : public Scene {
 protected:
  void StartWithKeys() {
    format::TokenKey key{TokenKind::kEscrow, Now(),
                         *app::MakeTokenKey(folder() + "/world/keys", TokenKind::kEscrow, Now(), crypto::SystemRandom())};
    ASSERT_NO_FATAL_FAILURE(Start());
    stage().PublishNext([&](format::Directory& next) { next.token_keys = {key}; });
    ASSERT_NO_FATAL_FAILURE(TellWhoWorksHere(*Hr(), SignedIn("hr"), {"emp:E0", "emp:E1", "emp:E2", "emp:E3", "emp:E4"}));
  }
  std::unique_ptr<v1::HrService::Stub> Hr() const { return v1::HrService::NewStub(channel_); }
  static format::Quarter Now() { return format::Quarter::Of(Today()); }
  static format::Day Today() { return format::Day::OfUnixSeconds(std::time(nullptr)); }

  format::UnspentToken Fetch(const std::string& employee) {
    std::vector<format::PendingToken> pending;
    pending.push_back(*format::DrawToken({world().organisation().id, TokenKind::kEscrow, Now()}, crypto::SystemRandom()));
    v1::IssueEmploymentTokensRequest request;
    request.set_request_id(support::DrawRequestId());
    request.set_employee(employee);
    request.set_kind(v1::TOKEN_KIND_ESCROW);
    request.set_quarter(Now().Text());
    request.add_blinded(pending.front().blinded.blinded.str());
    v1::IssueEmploymentTokensResponse response;
    EXPECT_EQ(Ask(*Hr(), &v1::HrService::Stub::IssueEmploymentTokens, request, SignedIn("hr"), &response).reason, "OK");
    const crypto::VoprfEvaluated evaluated{{*crypto::RistrettoPoint::FromBytes(response.evaluated(0))},
                                           *crypto::VoprfProof::FromBytes(response.proof())};
    auto tokens = format::FinishTokens(*world().directory().FindTokenKey(TokenKind::kEscrow, Now()), pending, evaluated);
    EXPECT_TRUE(tokens.ok()) << tokens.status();
    return std::move(tokens->front());
  }

  // A report about E0 that waits for two others, sealed; with the token, where there is one.
  support::Filing Held(const std::string& about = "E0", const format::UnspentToken* token = nullptr, std::uint32_t others = 2) {
    support::Draft draft{.narrative = "What happened at the harbour."};
    draft.subjects = {world().TagOf(about)};
    draft.escrow = true;
    support::Reporter reporter(world(), channel_);
    support::Filing filing = *reporter.Prepare(draft);
    auto& request = filing.request;
    request.mutable_escrow()->set_others(others);
    const format::Day last = Today().PlusDays(90);
    request.mutable_escrow()->mutable_last_day()->set_year(last.year());
    request.mutable_escrow()->mutable_last_day()->set_month(last.month());
    request.mutable_escrow()->mutable_last_day()->set_day(last.day_of_month());
    if (token != nullptr)
      request.set_token(format::SpendToken(
          *token, format::TokenRequestOf({world().organisation().id, filing.case_id, *format::ParseMailboxName(request.mailbox()),
                                          *crypto::EncryptionKey::FromBytes(request.mailbox_encryption_key()),
                                          *crypto::VerifyKey::FromBytes(request.mailbox_signing_key()),
                                          format::EntryHash(*format::ParseEnvelope(request.entry().envelope()))})));
    return filing;
  }
  std::string Submit(const support::Filing& filing) {
    return Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, filing.request).reason;
  }
  void ExpectRefused(const support::Filing& filing, const std::string& reason) {
    const auto before = Rows();
    EXPECT_EQ(Submit(filing), reason);
    EXPECT_EQ(Rows(), before) << "something was kept";
  }
  v1::GetMailboxResponse Mailbox(const support::Filing& filing) {
    v1::GetMailboxResponse response;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, v1::GetMailboxRequest(), SignedIn(filing), &response).reason, "OK");
    return response;
  }
  // Cases of the caller, whoever of the desk that is.
  std::vector<v1::Case> CasesOf(const std::string& slug) {
    v1::ListCasesResponse response;
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListCases, v1::ListCasesRequest(), SignedIn(slug), &response).reason, "OK");
    return {response.cases().begin(), response.cases().end()};
  }
  std::vector<v1::Case> AllCases() {
    std::vector<v1::Case> all;
    for (const format::Person& person : world().directory().people)
      if (person.HasRole(format::Role::kInvestigator))
        for (v1::Case& one : CasesOf(person.slug)) all.push_back(std::move(one));
    return all;
  }
};

TEST_F(WireEscrow, P3_Escrow_ThreeReportsGoTogetherAndTheirReportersSeeWhatTheySawBefore) {
  ASSERT_NO_FATAL_FAILURE(StartWithKeys());
  std::vector<support::Filing> filings;
  std::vector<std::string> before;
  for (const char* employee : {"emp:E1", "emp:E2"}) {
    const format::UnspentToken token = Fetch(employee);
    filings.push_back(Held("E0", &token));
    ASSERT_EQ(Submit(filings.back()), "OK");
    before.push_back(Mailbox(filings.back()).SerializeAsString());
    const v1::GetMailboxResponse mailbox = Mailbox(filings.back());
    EXPECT_EQ(mailbox.escrow().terms().others(), 2u);
    EXPECT_TRUE(mailbox.assignee().empty());
    for (const v1::Reader& reader : mailbox.readers()) {
      EXPECT_FALSE(reader.released());
      EXPECT_NE(reader.condition(), v1::RELEASE_CONDITION_ASSIGNED);
    }
  }
  EXPECT_TRUE(AllCases().empty()) << "nobody can tell that they exist";
  const format::UnspentToken token = Fetch("emp:E3");
  filings.push_back(Held("E0", &token));
  ASSERT_EQ(Submit(filings.back()), "OK");
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(Mailbox(filings[i]).SerializeAsString(), before[i]) << i;
  const std::vector<v1::Case> cases = AllCases();
  ASSERT_EQ(cases.size(), 3u) << "control: the team has them";
  for (const v1::Case& one : cases) {
    EXPECT_TRUE(one.has_escrow()) << "and is warned";
    EXPECT_TRUE(one.escrow().reporter_unaware());
    EXPECT_EQ(one.escrow().terms().others(), 2u);
    EXPECT_TRUE(one.escrow().has_released());
  }
  const v1::GetMailboxResponse last = Mailbox(filings.back());
  EXPECT_TRUE(last.assignee().empty());
  EXPECT_FALSE(last.escrow().has_released()) << "whose own report completed it is not told either";
  // What was kept is whole, and says it again after a kill.
  Kill();
  ASSERT_TRUE(server_->Start(world().options().port));
  Connect();
  EXPECT_EQ(AllCases().size(), 3u);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(Mailbox(filings[i]).SerializeAsString(), before[i]) << i;
  Kill();
  EXPECT_EQ(support::Run({ALCOVED, "check", "--config", world().configuration_path()}, folder() + "/out"), 0);
}

TEST_F(WireEscrow, P8_Escrow_WhatIsRefusedIsNamedAndLeavesNothing) {
  ASSERT_NO_FATAL_FAILURE(StartWithKeys());
  const format::UnspentToken token = Fetch("emp:E1");
  ExpectRefused(Held("E0"), "TOKEN_REQUIRED");
  support::Filing bad = Held("E0", &token);
  bad.request.set_token("nonsense");
  ExpectRefused(bad, "TOKEN_REFUSED");
  ExpectRefused(Held("E0", &token, 1), "FIELD_INVALID");
  ExpectRefused(Held("E0", &token, 6), "FIELD_INVALID");
  bad = Held("E0", &token);
  bad.request.mutable_escrow()->mutable_last_day()->set_year(2020);
  ExpectRefused(bad, "FIELD_INVALID");
  bad = Held("E0", &token);
  bad.request.mutable_escrow()->mutable_last_day()->set_month(13);
  ExpectRefused(bad, "FIELD_INVALID");
  bad = Held("E0", &token);
  bad.request.clear_escrow();  // the plan was made for one
  ExpectRefused(bad, "FIELD_INVALID");
  v1::PlanReportRequest plan;
  plan.mutable_facts()->add_categories("harassment.protected_basis");
  plan.add_subjects(world().TagOf("NOBODY-KNOWN").str());
  EXPECT_EQ(Ask(*intake_, &v1::IntakeService::Stub::PlanReport, plan).reason, "OK") << "control: without waiting it may name anybody";
  plan.set_escrow(true);
  const auto before = Rows();
  EXPECT_EQ(Ask(*intake_, &v1::IntakeService::Stub::PlanReport, plan).reason, "ESCROW_SUBJECT_UNKNOWN");
  EXPECT_EQ(Rows(), before);
  EXPECT_EQ(Submit(Held("E0", &token)), "OK") << "control: nothing was spent by what was refused";
  ExpectRefused(Held("E0", &token), "TOKEN_SPENT");
}

}  // namespace
}  // namespace alcove::promises
