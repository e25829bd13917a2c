// Employment tokens on filings: what a desk asks, what is taken, what is refused and that a refusal leaves nothing behind.
#include "server/core/intake/spend_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using cases::EmploymentProof;

class SpendingTokens : public testing::Test {
 protected:
  SpendingTokens() { world.AnnounceTokenKey(); }

  // A proper filing with this token on it.
  Submission With(Reporter& who, const format::UnspentToken& token) {
    Submission submission = Without(who);
    submission.token = format::SpendToken(token, world.TokenRequestOf(submission, who.case_id));
    return submission;
  }
  Submission Without(Reporter& who) { return world.Prepare(who, world.Plan(world.Facts())); }

  // Refused for this reason, with no row and no leaf.
  void ExpectRefused(const Submission& submission, Reason reason) {
    const std::uint64_t leaves = world.rows.leaves();
    const std::size_t rows = world.rows.size();
    EXPECT_EQ(Why(world.Submit(submission)), reason);
    EXPECT_EQ(world.rows.leaves(), leaves);
    EXPECT_EQ(world.rows.size(), rows);
  }
  format::Quarter Now() const { return format::Quarter::Of(world.clock.Today()); }

  World world;
  Reporter reporter = world.NewReporter();
  Reporter other = world.NewReporter();
};

TEST_F(SpendingTokens, ADeskThatDoesNotAskTakesReportsWithoutAndMarksThemSo) {
  EXPECT_EQ(world.Plan(world.Facts()).employment_proof, people::ProofPolicy::kOff);
  ASSERT_TRUE(world.Submit(Without(reporter)).ok());
  EXPECT_EQ(world.CaseOf(reporter).employment_proof, EmploymentProof::kNotAsked);
}

TEST_F(SpendingTokens, ADeskThatPrefersThemTakesBothAndMarksThem) {
  world.PublishProofPolicy("preferred");
  EXPECT_EQ(world.Plan(world.Facts()).employment_proof, people::ProofPolicy::kPreferred);
  ASSERT_TRUE(world.Submit(Without(other)).ok());
  EXPECT_EQ(world.CaseOf(other).employment_proof, EmploymentProof::kNotProved);
  ASSERT_TRUE(world.Submit(With(reporter, world.Tokens(1)[0])).ok());
  EXPECT_EQ(world.CaseOf(reporter).employment_proof, EmploymentProof::kProved);
}

TEST_F(SpendingTokens, ADeskThatRequiresThemTakesNothingWithout) {
  world.PublishProofPolicy("required");
  EXPECT_EQ(world.Plan(world.Facts()).employment_proof, people::ProofPolicy::kRequired);
  ExpectRefused(Without(other), Reason::kTokenRequired);
  ASSERT_TRUE(world.Submit(With(reporter, world.Tokens(1)[0])).ok()) << "control";
  EXPECT_EQ(world.CaseOf(reporter).employment_proof, EmploymentProof::kProved);
}

TEST_F(SpendingTokens, NobodyPublishesADeskThatRequiresThemWithoutAKeyThatIssuesThem) {
  World bare;
  const auto publish = [&](const std::string& policy) {
    const std::string text = bare.PolicyTextOf(people::Document::kRouting, ProofPolicyJson(policy), 2);
    return people::PublishPolicy(bare.people_ports(), *bare.organisation, Slug("ada"), bare.Signed(text), true).status();
  };
  EXPECT_EQ(Why(publish("required")), Reason::kPolicyIncomplete);
  EXPECT_TRUE(publish("preferred").ok()) << "control";
  bare.AnnounceTokenKey(format::TokenKind::kEscrow);
  EXPECT_EQ(Why(publish("required")), Reason::kPolicyIncomplete) << "a key of another kind is none";
  bare.AnnounceTokenKey();
  EXPECT_TRUE(publish("required").ok()) << "control";

  // Nor is the last key taken away from a desk that requires them.
  world.PublishProofPolicy("required");
  const auto without = [&](World& from) {
    format::Directory next = from.NextDirectory();
    next.token_keys.clear();
    return people::PublishDirectory(from.people_ports(), *from.organisation, Slug("ada"), from.Signed(*format::DirectoryText(next)), true)
        .status();
  };
  EXPECT_EQ(Why(without(world)), Reason::kPolicyIncomplete);
  EXPECT_TRUE(without(bare).ok()) << "control: nobody requires any there";
}

TEST_F(SpendingTokens, AnOpenCaseKeepsWhatItWasFiledWith) {
  world.PublishProofPolicy("preferred");
  ASSERT_TRUE(world.Submit(Without(reporter)).ok());
  world.PublishProofPolicy("required");
  EXPECT_EQ(world.CaseOf(reporter).employment_proof, EmploymentProof::kNotProved);
  world.PublishProofPolicy("off");
  EXPECT_EQ(world.CaseOf(reporter).employment_proof, EmploymentProof::kNotProved);
}

TEST_F(SpendingTokens, ATokenServesOnce) {
  const auto tokens = world.Tokens(2);
  ASSERT_TRUE(world.Submit(With(reporter, tokens[0])).ok());
  ExpectRefused(With(other, tokens[0]), Reason::kTokenSpent);
  EXPECT_TRUE(world.Submit(With(other, tokens[1])).ok()) << "control";
}

TEST_F(SpendingTokens, ARepetitionOfTheFilingGivesTheSameAnswer) {
  const Submission submission = With(reporter, world.Tokens(1)[0]);
  const auto first = world.Submit(submission);
  ASSERT_TRUE(first.ok());
  const std::size_t rows = world.rows.size();
  // Also when the token's quarter and the one after it are long over.
  world.clock.Advance(std::chrono::hours(24 * 300));
  const auto again = world.Submit(submission);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->promise, first->promise);
  EXPECT_EQ(world.rows.size(), rows);
}

TEST_F(SpendingTokens, AnotherTokenUnderAKnownRequestIdIsRefused) {
  const auto tokens = world.Tokens(2);
  Submission submission = With(reporter, tokens[0]);
  ASSERT_TRUE(world.Submit(submission).ok());
  submission.token = format::SpendToken(tokens[1], world.TokenRequestOf(submission, reporter.case_id));
  ExpectRefused(submission, Reason::kRequestIdReused);
  submission.token.clear();
  ExpectRefused(submission, Reason::kRequestIdReused);
}

TEST_F(SpendingTokens, OfTwoThatSpendOneAtOnceTheSecondFindsIt) {
  const auto tokens = world.Tokens(1);
  Submission first = With(reporter, tokens[0]), second = With(other, tokens[0]);
  first.look = second.look = false;
  // Decided on the same rows: neither saw the other's.
  const cases::Ports ports = world.ports();
  auto one = intake::SubmitReport({ports, world.secrets}, first.request());
  auto two = intake::SubmitReport({ports, world.secrets}, second.request());
  ASSERT_TRUE(one.ok() && two.ok());
  ASSERT_TRUE(world.Carry(std::move(one)).ok());
  EXPECT_EQ(Why(world.Carry(std::move(two))), Reason::kContended);
  second.look = true;
  ExpectRefused(second, Reason::kTokenSpent);

  // Control: commits that look at no expectation would have taken both.
  World careless;
  careless.AnnounceTokenKey();
  careless.rows.BeCareless(true);
  const auto token = careless.Tokens(1);
  for (int i = 0; i < 2; ++i) {
    Reporter who = careless.NewReporter();
    Submission submission = careless.Prepare(who, careless.Plan(careless.Facts()));
    submission.token = format::SpendToken(token[0], careless.TokenRequestOf(submission, who.case_id));
    submission.look = false;
    EXPECT_TRUE(careless.Submit(submission).ok());
  }
}

TEST_F(SpendingTokens, AChangedTokenIsRefused) {
  const Submission good = With(reporter, world.Tokens(1)[0]);
  for (std::size_t i = 0; i < good.token.size(); i += 3) {
    Submission bad = good;
    bad.token[i] = static_cast<char>(bad.token[i] ^ 1);
    ExpectRefused(bad, Reason::kTokenRefused);
  }
  Submission cut = good;
  cut.token.pop_back();
  ExpectRefused(cut, Reason::kTokenRefused);
  EXPECT_TRUE(world.Submit(good).ok()) << "control";
}

TEST_F(SpendingTokens, ATokenOfAnotherRequestIsRefused) {
  const auto tokens = world.Tokens(1);
  const Submission seen = With(other, tokens[0]);
  Submission mine = Without(reporter);
  mine.token = seen.token;
  ExpectRefused(mine, Reason::kTokenRefused);
  EXPECT_TRUE(world.Submit(seen).ok()) << "control: the attempt did not spend it";
}

TEST_F(SpendingTokens, EveryPartOfTheFilingIsVouchedFor) {
  const Submission submission = Without(reporter);
  const format::FilingOfToken filing{world.file.id, reporter.case_id, submission.mailbox, submission.encryption_key,
                                     submission.verify_key, crypto::Digest()};
  std::vector<crypto::Digest> digests = {format::TokenRequestOf(filing)};
  const auto changed = [&](auto change) {
    format::FilingOfToken one = filing;
    change(one);
    digests.push_back(format::TokenRequestOf(one));
  };
  changed([](auto& one) { one.organisation.data()[0] ^= 1; });
  changed([](auto& one) { one.case_id.data()[0] ^= 1; });
  changed([](auto& one) { one.mailbox.data()[0] ^= 1; });
  changed([](auto& one) { one.mailbox_encryption_key.data()[0] ^= 1; });
  changed([](auto& one) { one.mailbox_verify_key.data()[0] ^= 1; });
  changed([](auto& one) { one.entry_hash.data()[0] ^= 1; });
  for (std::size_t i = 0; i < digests.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(digests[i], digests[j]) << i << " and " << j;
}

TEST_F(SpendingTokens, ATokenOfAnotherOrganisationIsRefused) {
  World elsewhere(2);
  elsewhere.AnnounceTokenKey();
  Submission submission = Without(reporter);
  submission.token = format::SpendToken(elsewhere.Tokens(1)[0], world.TokenRequestOf(submission, reporter.case_id));
  ExpectRefused(submission, Reason::kTokenRefused);
}

TEST_F(SpendingTokens, ATokenOfAnotherKindIsRefused) {
  world.AnnounceTokenKey(format::TokenKind::kEscrow);
  ExpectRefused(With(reporter, world.Tokens(1, format::TokenKind::kEscrow)[0]), Reason::kTokenRefused);
  // Control: whoever asks for that kind takes it.
  const auto token = world.Tokens(1, format::TokenKind::kEscrow);
  const crypto::Digest request;
  const cases::Ports ports = world.ports();
  base::ChangeSet changes;
  const auto spent = intake::SpendToken({ports, world.secrets}, format::TokenKind::kEscrow,
                                        format::SpendToken(token[0], request), request, true, changes);
  ASSERT_TRUE(spent.ok()) << spent.status();
  EXPECT_EQ(*spent, format::NullifierOf(token[0].terms, token[0].nonce));
  EXPECT_EQ(changes.writes().size(), 1u);
}

TEST_F(SpendingTokens, ATokenServesInItsQuarterAndInTheNext) {
  const auto tokens = world.Tokens(2);
  world.clock.Advance(std::chrono::hours(24 * 80));
  ASSERT_EQ(Now(), tokens[0].terms.quarter.Next());
  world.PublishDirectory();  // names no key of the quarter that is over
  ASSERT_EQ(world.organisation->directory()->token_keys.size(), 0u);
  EXPECT_TRUE(world.Submit(With(reporter, tokens[0])).ok());
  world.clock.Advance(std::chrono::hours(24 * 80));
  world.PublishDirectory();
  ASSERT_EQ(Now(), tokens[0].terms.quarter.Next().Next());
  ExpectRefused(With(other, tokens[1]), Reason::kTokenRefused);
}

TEST_F(SpendingTokens, WithoutTheKeyATokenCannotBeCheckedAndReportsWithoutOneGoOn) {
  const auto tokens = world.Tokens(1);
  world.secrets.tokens = {};
  ASSERT_EQ(world.secrets.tokens.Missing(*world.organisation).size(), 1u);
  ExpectRefused(With(reporter, tokens[0]), Reason::kTokenRefused);
  EXPECT_TRUE(world.Submit(Without(other)).ok());
}

TEST_F(SpendingTokens, AHeldKeyDoesNotCountWhereTheDirectoryAnnouncesAnother) {
  const auto tokens = world.Tokens(1);
  const format::Directory before = *world.organisation->directory();
  world.PublishDirectory([&](format::Directory& next) { next.token_keys[0].key = crypto::VoprfKey::Draw(world.random).public_key(); });
  EXPECT_EQ(world.secrets.tokens.ToIssue(*world.organisation, format::TokenKind::kEmployment, Now()), nullptr);
  ExpectRefused(With(reporter, tokens[0]), Reason::kTokenRefused);
  world.PublishDirectory([&](format::Directory& next) { next.token_keys = before.token_keys; });
  EXPECT_TRUE(world.Submit(With(other, tokens[0])).ok()) << "control";
}

TEST_F(SpendingTokens, TheRowOfASpentTokenNamesNeitherCaseNorMailbox) {
  const auto tokens = world.Tokens(1);
  ASSERT_TRUE(world.Submit(With(reporter, tokens[0])).ok());
  int rows = 0;
  ASSERT_TRUE(world.rows.Scan<intake::SpentToken>("", "", 10, [&](const base::Versioned<intake::SpentToken>& row) {
    ++rows;
    EXPECT_EQ(row.record.nullifier, format::NullifierOf(tokens[0].terms, tokens[0].nonce));
    EXPECT_EQ(row.record.kind, format::TokenKind::kEmployment);
    EXPECT_EQ(row.record.quarter, Now());
    return true;
  }).ok());
  EXPECT_EQ(rows, 1);
}

}  // namespace
}  // namespace alcove::world
