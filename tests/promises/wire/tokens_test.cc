// Employment tokens against a real server (P8, P9, P10): a replay, a forged one, another organisation's, another report's and
// another quarter's are refused and nothing is kept; what was spent stays spent over a kill, new keys and a restored backup; and
// nothing of issuing stands in what is kept of spending.
#include <ctime>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "alcove/v1/hr_service.grpc.pb.h"
#include "crypto/format/token.h"
#include "server/app/keys.h"
#include "server/core/hr/tokens.h"
#include "server/core/intake/spend_token.h"
#include "server/storage/codec.h"
#include "tests/promises/wire/chart.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

namespace fs = std::filesystem;

using format::TokenKind;

class WireTokens : public Scene {
 protected:
  // A key in the server's key directory, announced by the next directory.
  void StartWithKeys() {
    format::TokenKey key{TokenKind::kEmployment, Now(),
                         *app::MakeTokenKey(folder() + "/world/keys", TokenKind::kEmployment, Now(), crypto::SystemRandom())};
    ASSERT_NO_FATAL_FAILURE(Start());
    stage().PublishNext([&](format::Directory& next) { next.token_keys = {key}; });
    ASSERT_NO_FATAL_FAILURE(TellWhoWorksHere(*Hr(), SignedIn("hr"), {"emp:E1", "emp:E2"}));
  }
  std::unique_ptr<v1::HrService::Stub> Hr() const { return v1::HrService::NewStub(channel_); }
  static format::Quarter Now() { return format::Quarter::Of(format::Day::OfUnixSeconds(std::time(nullptr))); }

  v1::IssueEmploymentTokensRequest Batch(const std::string& employee, const std::vector<format::PendingToken>& pending) const {
    v1::IssueEmploymentTokensRequest request;
    request.set_request_id(support::DrawRequestId());
    request.set_employee(employee);
    request.set_kind(v1::TOKEN_KIND_EMPLOYMENT);
    request.set_quarter(Now().Text());
    for (const format::PendingToken& token : pending) request.add_blinded(token.blinded.blinded.str());
    return request;
  }
  std::vector<format::PendingToken> Draw(std::size_t count, const format::OrganisationId& organisation) const {
    std::vector<format::PendingToken> pending;
    for (std::size_t i = 0; i < count; ++i)
      pending.push_back(*format::DrawToken({organisation, TokenKind::kEmployment, Now()}, crypto::SystemRandom()));
    return pending;
  }
  // Through the portal, as an employee would.
  std::vector<format::UnspentToken> Fetch(const std::string& employee, std::size_t count,
                                          v1::IssueEmploymentTokensResponse* answer = nullptr,
                                          std::vector<format::PendingToken>* drawn = nullptr) {
    auto pending = Draw(count, world().organisation().id);
    v1::IssueEmploymentTokensResponse response;
    const auto batch = Batch(employee, pending);
    EXPECT_EQ(Ask(*Hr(), &v1::HrService::Stub::IssueEmploymentTokens, batch, SignedIn("hr"), &response).reason, "OK");
    crypto::VoprfEvaluated evaluated{{}, *crypto::VoprfProof::FromBytes(response.proof())};
    for (const std::string& element : response.evaluated())
      evaluated.elements.push_back(*crypto::RistrettoPoint::FromBytes(element));
    auto tokens = format::FinishTokens(*world().directory().FindTokenKey(TokenKind::kEmployment, Now()), pending, evaluated);
    EXPECT_TRUE(tokens.ok()) << tokens.status();
    if (answer != nullptr) *answer = response;
    if (drawn != nullptr) *drawn = std::move(pending);
    return *std::move(tokens);
  }

  support::Filing Sealed() {
    support::Reporter reporter(world(), channel_);
    auto filing = reporter.Prepare("What happened at the harbour.");
    EXPECT_TRUE(filing.ok()) << filing.status();
    return *std::move(filing);
  }
  crypto::Bytes Spent(const support::Filing& filing, const format::UnspentToken& token) const {
    const auto& request = filing.request;
    return format::SpendToken(
        token, format::TokenRequestOf({world().organisation().id, filing.case_id, *format::ParseMailboxName(request.mailbox()),
                                       *crypto::EncryptionKey::FromBytes(request.mailbox_encryption_key()),
                                       *crypto::VerifyKey::FromBytes(request.mailbox_signing_key()),
                                       format::EntryHash(*format::ParseEnvelope(request.entry().envelope()))}));
  }
  support::Filing SealedWith(const format::UnspentToken& token) {
    support::Filing filing = Sealed();
    filing.request.set_token(Spent(filing, token));
    return filing;
  }
  std::string Submit(const support::Filing& filing, v1::SubmitReportResponse* answer = nullptr) {
    return Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, filing.request, "", answer).reason;
  }
  void ExpectRefused(const support::Filing& filing, const std::string& reason) {
    const auto before = Rows();
    EXPECT_EQ(Submit(filing), reason);
    EXPECT_EQ(Rows(), before) << "something was kept";
  }
  int Command(std::vector<std::string> words) {
    words.insert(words.begin(), ALCOVED);
    words.insert(words.end(), {"--config", world().configuration_path()});
    return support::Run(words, folder() + "/out");
  }
  bool StartAgain() {
    if (!server_->Start(world().options().port)) return false;
    Connect();
    return true;
  }
};

TEST_F(WireTokens, P8_Tokens_AReplayAndEveryKindOfForgeryIsRefusedByNameAndNothingIsKept) {
  ASSERT_NO_FATAL_FAILURE(StartWithKeys());
  const auto tokens = Fetch("emp:E1", 4);
  const support::Filing first = SealedWith(tokens[0]);
  v1::SubmitReportResponse answer, again;
  ASSERT_EQ(Submit(first, &answer), "OK");
  EXPECT_EQ(Submit(first, &again), "OK") << "the same report again is answered again";
  EXPECT_EQ(again.promise().promise(), answer.promise().promise());
  ExpectRefused(SealedWith(tokens[0]), "TOKEN_SPENT");

  support::Filing bad = SealedWith(tokens[1]);
  (*bad.request.mutable_token())[40] ^= 1;
  ExpectRefused(bad, "TOKEN_REFUSED");  // forged
  bad = Sealed();
  bad.request.set_token(Spent(SealedWith(tokens[1]), tokens[1]));
  ExpectRefused(bad, "TOKEN_REFUSED");  // of another report
  bad.request.set_token("nonsense");
  ExpectRefused(bad, "TOKEN_REFUSED");
  bad.request.set_token(std::string(100000, 'x'));
  ExpectRefused(bad, "TOKEN_REFUSED");

  // Issued under a key of somebody's own: to another organisation, and to this one; and one that says it is of an old quarter.
  const crypto::VoprfKey own = crypto::VoprfKey::Draw(crypto::SystemRandom());
  const format::OrganisationId here = world().organisation().id;
  const auto elsewhere = format::DrawId<format::OrganisationId>(crypto::SystemRandom());
  for (const auto& [organisation, quarter] :
       {std::pair(elsewhere, Now()), std::pair(here, Now()), std::pair(here, Now().Previous().Previous())}) {
    const auto pending = format::DrawToken({organisation, TokenKind::kEmployment, quarter}, crypto::SystemRandom());
    const auto evaluated = crypto::VoprfBlindEvaluate(own, std::span(&pending->blinded.blinded, 1), crypto::SystemRandom());
    const auto forged =
        format::FinishTokens({TokenKind::kEmployment, quarter, own.public_key()}, std::span(&*pending, 1), *evaluated);
    ASSERT_TRUE(forged.ok()) << forged.status();
    ExpectRefused(SealedWith((*forged)[0]), "TOKEN_REFUSED");
  }
  EXPECT_EQ(Submit(SealedWith(tokens[1])), "OK") << "control: what was tried with it did not spend it";
}

TEST_F(WireTokens, P9_Tokens_ASpentOneStaysSpentOverAKillNewKeysAndARestoredBackup) {
  ASSERT_NO_FATAL_FAILURE(StartWithKeys());
  const auto tokens = Fetch("emp:E1", 3);
  ASSERT_EQ(Submit(SealedWith(tokens[0])), "OK");
  Kill();
  ASSERT_TRUE(StartAgain()) << Log();
  ExpectRefused(SealedWith(tokens[0]), "TOKEN_SPENT");
  ASSERT_EQ(Command({"backup", folder() + "/backup"}), 0);
  ASSERT_EQ(server_->Terminate(), 0) << Log();
  ASSERT_EQ(Command({"keys", "rotate", "--backup", folder() + "/rotated"}), 0);
  ASSERT_TRUE(StartAgain()) << Log();
  ExpectRefused(SealedWith(tokens[0]), "TOKEN_SPENT");
  ASSERT_EQ(Submit(SealedWith(tokens[1])), "OK");
  ASSERT_EQ(server_->Terminate(), 0) << Log();
  fs::remove_all(data());
  ASSERT_EQ(Command({"restore", folder() + "/rotated"}), 0);
  ASSERT_EQ(Command({"check"}), 0);
  ASSERT_TRUE(StartAgain()) << Log();
  ExpectRefused(SealedWith(tokens[0]), "TOKEN_SPENT");
  EXPECT_EQ(Submit(SealedWith(tokens[2])), "OK") << "control";
}

TEST_F(WireTokens, P10_Tokens_NothingOfIssuingStandsInWhatIsKeptOfSpending) {
  ASSERT_NO_FATAL_FAILURE(StartWithKeys());
  v1::IssueEmploymentTokensResponse issued;
  std::vector<format::PendingToken> drawn;
  const auto tokens = Fetch("emp:E2", 2, &issued, &drawn);
  const support::Filing filing = SealedWith(tokens[0]);
  ASSERT_EQ(Submit(filing), "OK");
  Kill();
  const auto decoded = Decode();
  ASSERT_NE(decoded, nullptr);
  const std::string nullifier = format::NullifierOf(tokens[0].terms, tokens[0].nonce).str();
  const auto holding = [&](std::string_view what) {
    std::vector<std::string> tables;
    for (const base::TableTraits& traits : base::kTables) {
      if (storage::CodecOf(traits.table) == nullptr) continue;
      for (const std::string& content : decoded->Contents(traits.table))
        if (content.find(what) != std::string::npos) tables.emplace_back(traits.name);
    }
    return tables;
  };
  EXPECT_EQ(holding(nullifier), std::vector<std::string>{"spent-token"}) << "control: the search finds what is there";
  EXPECT_EQ(holding(issued.evaluated(0)), std::vector<std::string>{"request"}) << "control: kept for a repetition";
  EXPECT_TRUE(holding(filing.request.token()).empty());
  EXPECT_TRUE(holding(tokens[0].nonce.view()).empty()) << "what would name the token again is not kept";
  EXPECT_TRUE(holding(drawn[0].blinded.blinded.view()).empty());
  // The row says kind and quarter of the token, and neither case nor mailbox nor employee nor day.
  const std::string row = decoded->Contents(base::Table::kSpentToken).at(0);
  const auto& request = filing.request;
  const std::string entry_hash = format::EntryHash(*format::ParseEnvelope(request.entry().envelope())).str();
  for (const std::string& what : {filing.case_id.str(), format::ParseMailboxName(request.mailbox())->str(), entry_hash,
                                  request.mailbox_signing_key(), request.mailbox_encryption_key()}) {
    EXPECT_EQ(row.find(what), std::string::npos);
    EXPECT_FALSE(holding(what).empty()) << "control: it stands somewhere else";
  }
  for (const format::Leaf& leaf : decoded->Leaves()) {
    if (leaf.kind == format::LeafKind::kTokensIssued) {
      EXPECT_EQ(leaf.actor, "hr");
    }
  }
}

TEST_F(WireTokens, P10_Tokens_OnlyThePortalHasThemIssuedAndNothingWrongIsKept) {
  ASSERT_NO_FATAL_FAILURE(StartWithKeys());
  const auto pending = Draw(4, world().organisation().id);
  const auto issue = [&](const v1::IssueEmploymentTokensRequest& request, const std::string& authorization) {
    return Ask(*Hr(), &v1::HrService::Stub::IssueEmploymentTokens, request, authorization).reason;
  };
  const std::string hr = SignedIn("hr");
  const v1::IssueEmploymentTokensRequest good = Batch("emp:E1", pending);
  for (const char* slug : {"admin", "investigator-a", "auditor", "officer"})
    EXPECT_EQ(issue(good, SignedIn(slug)), "CALLER_NOT_ALLOWED") << slug;
  EXPECT_EQ(issue(good, ""), "SESSION_REQUIRED");
  const auto with = [&](const std::function<void(v1::IssueEmploymentTokensRequest&)>& change) {
    v1::IssueEmploymentTokensRequest request = good;
    change(request);
    return issue(request, hr);
  };
  EXPECT_EQ(with([](auto& r) { r.set_employee("nobody in particular"); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.set_employee("emp:E99"); }), "EMPLOYEE_UNKNOWN");
  EXPECT_EQ(with([](auto& r) { r.set_kind(v1::TOKEN_KIND_UNSPECIFIED); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.set_kind(static_cast<v1::TokenKind>(7)); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.set_kind(v1::TOKEN_KIND_ESCROW); }), "TOKEN_KEY_MISSING");
  EXPECT_EQ(with([](auto& r) { r.set_quarter("2026-q4"); }), "FIELD_INVALID");
  EXPECT_EQ(with([&](auto& r) { r.set_quarter(Now().Next().Text()); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.clear_blinded(); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.set_blinded(3, std::string(32, '\xff')); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.set_blinded(0, std::string(32, '\0')); }), "FIELD_INVALID");
  EXPECT_EQ(with([](auto& r) { r.add_blinded(r.blinded(0)); }), "TOKENS_USED_UP");
  EXPECT_EQ(with([](auto& r) { r.set_request_id("mine"); }), "FIELD_INVALID");
  EXPECT_EQ(Rows()[base::Table::kTokensDrawn], 0u);
  EXPECT_EQ(issue(good, hr), "OK") << "control";
  EXPECT_EQ(Rows()[base::Table::kTokensDrawn], 1u);
}

TEST_F(WireTokens, P9_Tokens_AnAnnouncedKeyThatIsNotHeldIsNamedAndReportsGoOn) {
  ASSERT_NO_FATAL_FAILURE(StartWithKeys());
  const auto tokens = Fetch("emp:E1", 1);
  ASSERT_EQ(server_->Terminate(), 0) << Log();
  const std::string file = app::TokenKeyFileName(TokenKind::kEmployment, Now());
  EXPECT_EQ(Log().find(file), std::string::npos) << "control";
  fs::rename(folder() + "/world/keys/" + file, folder() + "/lost.key");
  ASSERT_TRUE(StartAgain()) << Log();
  EXPECT_NE(Log().find(file), std::string::npos) << Log();
  const auto batch = Batch("emp:E2", Draw(1, world().organisation().id));
  EXPECT_EQ(Ask(*Hr(), &v1::HrService::Stub::IssueEmploymentTokens, batch, SignedIn("hr")).reason, "TOKEN_KEY_MISSING");
  ExpectRefused(SealedWith(tokens[0]), "TOKEN_REFUSED");
  EXPECT_EQ(Submit(Sealed()), "OK");
}

}  // namespace
}  // namespace alcove::promises
