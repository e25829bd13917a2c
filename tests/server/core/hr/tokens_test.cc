// Issuing tokens: to whom, how many, under which key; what is kept; and that issuing says nothing of spending.
#include "server/core/hr/tokens.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "crypto/format/leaf.h"
#include "server/core/intake/spend_token.h"
#include "server/core/ledger/records.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using format::TokenKind;

class IssuingTokens : public testing::Test {
 protected:
  IssuingTokens() {
    std::vector<Employment> people{{.number = "E1", .also = {"E1B"}}};
    for (int i = 2; i <= 20; ++i) people.push_back({.number = "E" + std::to_string(i), .manager = "E1"});
    world.Sync(people);
    world.AnnounceTokenKey();
    world.AnnounceTokenKey(TokenKind::kEscrow);
  }

  format::Quarter Now() const { return format::Quarter::Of(world.clock.Today()); }
  std::vector<format::PendingToken> Draw(std::size_t count, TokenKind kind = TokenKind::kEmployment) {
    std::vector<format::PendingToken> pending;
    for (std::size_t i = 0; i < count; ++i)
      pending.push_back(*format::DrawToken({world.file.id, kind, Now()}, world.random));
    return pending;
  }
  absl::StatusOr<crypto::VoprfEvaluated> Issue(const std::string& employee, const std::vector<format::PendingToken>& pending,
                                               std::string request_id = {},
                                               const std::function<void(hr::TokenBatch&)>& change = {}) {
    if (request_id.empty()) request_id = world.RequestId();
    hr::TokenBatch batch{request_id, *format::Identifier::Parse(employee), TokenKind::kEmployment, Now(), {}};
    if (!pending.empty()) batch.kind = pending[0].terms.kind;
    for (const format::PendingToken& token : pending) batch.blinded.push_back(token.blinded.blinded.view());
    if (change) change(batch);
    return world.Carry(hr::IssueEmploymentTokens(world.ports(), world.secrets.tag, world.secrets.tokens, portal, batch));
  }
  void ExpectRefused(const absl::StatusOr<crypto::VoprfEvaluated>& answer, Reason reason) { EXPECT_EQ(Why(answer), reason); }
  const format::TokenKey& Announced(TokenKind kind = TokenKind::kEmployment) {
    return *world.organisation->directory()->FindTokenKey(kind, Now());
  }

  World world;
  base::StaffSlug portal = Slug("portal");
};

TEST_F(IssuingTokens, WhatIsIssuedIsTakenByTheClientAndSpentOnAReport) {
  const auto pending = Draw(4);
  const auto answer = Issue("emp:E2", pending);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto tokens = format::FinishTokens(Announced(), pending, *answer);
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  Reporter reporter = world.NewReporter();
  Submission submission = world.Prepare(reporter, world.Plan(world.Facts()));
  submission.token = format::SpendToken((*tokens)[3], world.TokenRequestOf(submission, reporter.case_id));
  EXPECT_TRUE(world.Submit(submission).ok());
}

TEST_F(IssuingTokens, NobodyGetsMoreThanThereAreForOneAQuarter) {
  ASSERT_TRUE(Issue("emp:E1", Draw(3)).ok());
  ExpectRefused(Issue("emp:E1", Draw(2)), Reason::kTokensUsedUp);
  // By another number of the same person, too.
  ExpectRefused(Issue("emp:E1B", Draw(2)), Reason::kTokensUsedUp);
  ASSERT_TRUE(Issue("emp:E1B", Draw(1)).ok()) << "all or nothing: what was refused counts for nothing";
  ExpectRefused(Issue("emp:E1", Draw(1)), Reason::kTokensUsedUp);
  EXPECT_TRUE(Issue("emp:E1", Draw(1, TokenKind::kEscrow)).ok()) << "kinds count apart";
  ExpectRefused(Issue("emp:E1", Draw(1, TokenKind::kEscrow)), Reason::kTokensUsedUp);
  EXPECT_TRUE(Issue("emp:E2", Draw(4)).ok()) << "control: people count apart";
  world.clock.Advance(std::chrono::hours(24 * 80));
  world.AnnounceTokenKey();
  EXPECT_TRUE(Issue("emp:E1", Draw(4)).ok()) << "a new quarter brings new ones";
}

TEST_F(IssuingTokens, OnlyWhoWorksHereGetsAny) {
  ExpectRefused(Issue("emp:E99", Draw(1)), Reason::kEmployeeUnknown);
  EXPECT_TRUE(Issue("emp:E3", Draw(1)).ok()) << "control";
  world.Sync({{.number = "E3", .left = true}}, hr::Mode::kDelta);
  ExpectRefused(Issue("emp:E3", Draw(1)), Reason::kEmployeeUnknown);
}

TEST_F(IssuingTokens, ARepetitionGivesTheVerySameAnswerAndCountsOnce) {
  const auto pending = Draw(4);
  const std::string id = world.RequestId();
  const auto first = Issue("emp:E2", pending, id);
  ASSERT_TRUE(first.ok());
  const std::size_t rows = world.rows.size();
  const auto again = Issue("emp:E2", pending, id);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->elements, first->elements);
  EXPECT_EQ(again->proof, first->proof);
  EXPECT_EQ(world.rows.size(), rows);
  ExpectRefused(Issue("emp:E2", Draw(4), id), Reason::kRequestIdReused);
  ExpectRefused(Issue("emp:E3", pending, id), Reason::kRequestIdReused);
}

TEST_F(IssuingTokens, OnlyUnderTheKeyThatTheDirectoryAnnounces) {
  const auto pending = Draw(1);
  const format::Directory before = *world.organisation->directory();
  world.PublishDirectory([](format::Directory& next) { next.token_keys.clear(); });
  ExpectRefused(Issue("emp:E2", pending), Reason::kTokenKeyMissing);
  world.PublishDirectory([&](format::Directory& next) {
    next.token_keys = before.token_keys;
    next.token_keys[0].key = crypto::VoprfKey::Draw(world.random).public_key();
  });
  ExpectRefused(Issue("emp:E2", pending), Reason::kTokenKeyMissing);
  world.PublishDirectory([&](format::Directory& next) { next.token_keys = before.token_keys; });
  EXPECT_TRUE(Issue("emp:E2", pending).ok()) << "control";
}

TEST_F(IssuingTokens, ABatchThatIsNoneIsRefused) {
  ExpectRefused(Issue("emp:E2", {}), Reason::kFieldInvalid);
  ExpectRefused(Issue("emp:E2", Draw(1), {}, [](hr::TokenBatch& batch) { batch.quarter = batch.quarter.Next(); }),
                Reason::kFieldInvalid);
  ExpectRefused(Issue("emp:E2", Draw(1), {}, [](hr::TokenBatch& batch) { batch.quarter = batch.quarter.Previous(); }),
                Reason::kFieldInvalid);
  const crypto::Bytes zero(32, '\0'), high(32, '\xff'), cut(31, '\1');
  for (const crypto::Bytes& bad : {zero, high, cut})
    ExpectRefused(Issue("emp:E2", Draw(2), {}, [&](hr::TokenBatch& batch) { batch.blinded[1] = bad; }), Reason::kFieldInvalid);
  ExpectRefused(Issue("emp:E2", Draw(257)), Reason::kFieldInvalid);
  ExpectRefused(Issue("emp:E2", Draw(256)), Reason::kTokensUsedUp);
  EXPECT_TRUE(Issue("emp:E2", Draw(4)).ok()) << "control: nothing of it counted";
}

TEST_F(IssuingTokens, TheLeafNamesNoEmployee) {
  ASSERT_TRUE(Issue("emp:E2", Draw(2)).ok());
  int leaves = 0;
  ASSERT_TRUE(world.rows.Scan<ledger::Opening>("", "", 1000, [&](const base::Versioned<ledger::Opening>& row) {
    const auto leaf = format::ParseLeaf(row.record.content);
    if (!leaf.ok() || leaf->kind != format::LeafKind::kTokensIssued) return true;
    ++leaves;
    EXPECT_EQ(leaf->actor, "portal");
    EXPECT_TRUE(leaf->case_id.IsZero());
    EXPECT_EQ(leaf->details, format::details::TokensIssued(TokenKind::kEmployment, Now().Text(), 2));
    return true;
  }).ok());
  EXPECT_EQ(leaves, 1);
}

}  // namespace
}  // namespace alcove::world
