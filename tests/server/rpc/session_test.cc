// Signing in over the wire.
#include "server/rpc/session/session.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "crypto/format/signin.h"
#include "crypto/puzzle.h"
#include "tests/server/rpc/fakes.h"
#include "tests/server/rpc/wire.h"

namespace alcove::rpc {
namespace {

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    principals_.keys["staff/amira"] = {other_.verify_key(), key_.verify_key()};
    principals_.standings["staff/amira"] = {};
  }

  crypto::Bytes Nonce(const std::string& principal) {
    grpc::ClientContext context;
    Prepare(context);
    v1::CreateChallengeRequest request;
    request.set_principal(principal);
    v1::CreateChallengeResponse response;
    EXPECT_EQ(Ended(stub_->CreateChallenge(&context, request, &response)), "OK");
    return response.nonce();
  }
  grpc::Status Answer(const std::string& principal, const crypto::Bytes& nonce, const crypto::Bytes& signature) {
    grpc::ClientContext context;
    Prepare(context);
    v1::CreateSessionRequest request;
    request.set_principal(principal);
    request.set_nonce(nonce);
    request.set_signature(signature);
    return stub_->CreateSession(&context, request, &session_);
  }
  crypto::Bytes Sign(const crypto::SigningKey& key, const std::string& principal, const crypto::Bytes& nonce) {
    return format::SignSignIn(key, organisation_, log_key_, principal, nonce)->str();
  }

  // Attempts with a key that opens nothing, until signing in has a price.
  void Flood() {
    for (int i = 0; i < 6; ++i) {
      const crypto::Bytes nonce = Nonce("staff/amira");
      ASSERT_EQ(Ended(Answer("staff/amira", nonce, Sign(nobody_, "staff/amira", nonce))), "SIGN_IN_REFUSED") << i;
    }
  }
  v1::CreateChallengeResponse Challenge(const std::string& principal) {
    grpc::ClientContext context;
    Prepare(context);
    v1::CreateChallengeRequest request;
    request.set_principal(principal);
    v1::CreateChallengeResponse response;
    EXPECT_EQ(Ended(stub_->CreateChallenge(&context, request, &response)), "OK");
    return response;
  }
  std::string Attempt(const std::string& principal, const v1::CreateChallengeResponse& challenge,
                      const crypto::SigningKey& key, const v1::Work& work) {
    grpc::ClientContext context;
    Prepare(context);
    v1::CreateSessionRequest request;
    request.set_principal(principal);
    request.set_nonce(challenge.nonce());
    request.set_signature(Sign(key, principal, challenge.nonce()));
    *request.mutable_work() = work;
    return Ended(stub_->CreateSession(&context, request, &session_));
  }
  static v1::Work Solved(const v1::CreateChallengeResponse& challenge) {
    v1::Work work;
    work.set_challenge(challenge.work_challenge());
    work.set_solution(*crypto::Solve(challenge.work_challenge(), static_cast<int>(challenge.price())));
    return work;
  }

  const base::OrganisationId organisation_ = *base::OrganisationId::FromBytes(std::string(16, 'o'));
  const ledger::LogKeys log_keys_{crypto::SigningKey::Draw(crypto::SystemRandom())};
  const crypto::VerifyKey log_key_ = log_keys_.current().verify_key();
  const crypto::SigningKey key_ = crypto::SigningKey::Draw(crypto::SystemRandom());
  const crypto::SigningKey other_ = crypto::SigningKey::Draw(crypto::SystemRandom());
  const crypto::SigningKey nobody_ = crypto::SigningKey::Draw(crypto::SystemRandom());
  const AccessTable table_ = *AccessTable::Read(AccessTable::Contract());
  FakeClock clock_;
  FakeEvents events_;
  FakeCommitter committer_;
  FakePrincipals principals_;
  Sessions sessions_{clock_, crypto::SystemRandom()};
  Nonces nonces_{clock_, crypto::SystemRandom()};
  intake::Budgets budgets_{{}, clock_};
  static intake::WorkTerms Free() { return {.base_price = 4, .most_bits = 8, .free_calls = 6, .calm_calls = 6}; }
  intake::WorkGate work_{crypto::SymmetricKey::Draw(crypto::SystemRandom()), Free(), clock_, crypto::SystemRandom()};
  Door door_{{.access = table_,
              .sessions = sessions_,
              .principals = principals_,
              .committer = committer_,
              .note_refusal = [](const base::StaffSlug&) { return base::Outcome<std::monostate>(); },
              .events = events_}};
  const Nobody absent_{{{nobody_.verify_key(), log_key_}}, crypto::SymmetricKey::Draw(crypto::SystemRandom())};
  SessionHandler handler_{
      {door_, nonces_, sessions_, principals_, budgets_, work_, organisation_, log_keys_, absent_}};
  Wire wire_{{&handler_}};
  std::unique_ptr<v1::SessionService::Stub> stub_ = v1::SessionService::NewStub(wire_.channel());
  v1::CreateSessionResponse session_;
};

TEST_F(SessionTest, TheRightKeyOpensASessionOnceForANonce) {
  const crypto::Bytes nonce = Nonce("staff/amira");
  const crypto::Bytes signature = Sign(key_, "staff/amira", nonce);
  EXPECT_EQ(Ended(Answer("staff/amira", nonce, signature)), "OK");
  EXPECT_EQ(session_.token().size(), 32U);
  EXPECT_EQ(session_.lifetime_seconds(), 900U);
  ASSERT_TRUE(sessions_.Find(session_.token()).has_value());
  EXPECT_EQ(sessions_.Find(session_.token())->key, key_.verify_key());
  EXPECT_EQ(Ended(Answer("staff/amira", nonce, signature)), "SIGN_IN_REFUSED") << "replayed";
}

TEST_F(SessionTest, EverythingElseIsRefusedAlike) {
  const crypto::Bytes nonce = Nonce("staff/amira");
  const crypto::Bytes good = Sign(key_, "staff/amira", nonce);
  const grpc::Status wrong_key = Answer("staff/amira", nonce, Sign(nobody_, "staff/amira", nonce));
  EXPECT_EQ(Ended(wrong_key), "SIGN_IN_REFUSED");
  const crypto::Bytes absent_nonce = Nonce("staff/nobody");
  EXPECT_EQ(absent_nonce.size(), nonce.size());
  // Even the key that absent names are checked against opens nothing.
  const grpc::Status absent = Answer("staff/nobody", absent_nonce, Sign(nobody_, "staff/nobody", absent_nonce));
  EXPECT_EQ(absent.error_code(), wrong_key.error_code());
  EXPECT_EQ(absent.error_message(), wrong_key.error_message());
  EXPECT_EQ(absent.error_details(), wrong_key.error_details());

  EXPECT_EQ(Ended(Answer("staff/amira", Nonce("staff/bela"), good)), "SIGN_IN_REFUSED");
  EXPECT_EQ(Ended(Answer("staff/amira", std::string(64, 'n'), good)), "SIGN_IN_REFUSED");
  EXPECT_EQ(Ended(Answer("staff/amira", "", good)), "SIGN_IN_REFUSED");
  EXPECT_EQ(Ended(Answer("staff/amira", nonce, good.substr(1))), "FIELD_INVALID");
  crypto::Bytes flipped = good;
  flipped[10] = static_cast<char>(flipped[10] ^ 1);
  EXPECT_EQ(Ended(Answer("staff/amira", nonce, flipped)), "SIGN_IN_REFUSED");
  EXPECT_EQ(sessions_.size(), 0U);
  EXPECT_EQ(Ended(Answer("staff/amira", nonce, good)), "OK") << "control: failures spend nothing";
}

TEST_F(SessionTest, ASignatureForAnotherServerOpensNothing) {
  const crypto::Bytes nonce = Nonce("staff/amira");
  const auto elsewhere = format::SignSignIn(key_, organisation_, other_.verify_key(), "staff/amira", nonce);
  EXPECT_EQ(Ended(Answer("staff/amira", nonce, elsewhere->str())), "SIGN_IN_REFUSED");
  const auto other_organisation = format::SignSignIn(key_, *base::OrganisationId::FromBytes(std::string(16, 'p')),
                                                     log_key_, "staff/amira", nonce);
  EXPECT_EQ(Ended(Answer("staff/amira", nonce, other_organisation->str())), "SIGN_IN_REFUSED");
}

TEST_F(SessionTest, AnExpiredNonceOpensNothing) {
  const crypto::Bytes nonce = Nonce("staff/amira");
  clock_.Pass(Nonces::kLifetime + std::chrono::milliseconds(1));
  EXPECT_EQ(Ended(Answer("staff/amira", nonce, Sign(key_, "staff/amira", nonce))), "SIGN_IN_REFUSED");
}

TEST_F(SessionTest, UnderAFloodEveryAttemptIsPaidForWhetherOrNotItSucceeds) {
  const v1::CreateChallengeResponse calm = Challenge("staff/amira");
  EXPECT_EQ(calm.price(), 0U);
  EXPECT_EQ(calm.work_challenge(), "");
  ASSERT_NO_FATAL_FAILURE(Flood());

  // The price is the same for a name that does not exist.
  const v1::CreateChallengeResponse absent = Challenge("staff/nobody");
  const v1::CreateChallengeResponse there = Challenge("staff/amira");
  EXPECT_EQ(there.price(), 4U);
  EXPECT_EQ(absent.price(), there.price());
  EXPECT_EQ(absent.work_challenge().size(), there.work_challenge().size());

  EXPECT_EQ(Attempt("staff/amira", there, key_, {}), "WORK_REQUIRED") << "the right key alone";
  EXPECT_EQ(Attempt("staff/amira", calm, key_, {}), "WORK_REQUIRED") << "a challenge that was collected while it was calm";
  const v1::Work paid = Solved(there);
  EXPECT_EQ(Attempt("staff/amira", there, nobody_, paid), "SIGN_IN_REFUSED");
  EXPECT_EQ(Attempt("staff/amira", there, key_, paid), "WORK_REQUIRED") << "a payment is for one attempt";
  EXPECT_EQ(Attempt("staff/amira", there, key_, Solved(Challenge("staff/amira"))), "OK");
  EXPECT_EQ(Attempt("staff/nobody", absent, nobody_, Solved(absent)), "SIGN_IN_REFUSED");
}

TEST_F(SessionTest, WhoPaysNothingUsesUpNobodysBudget) {
  std::array<intake::Rate, intake::kCallCount> rates{};
  rates[static_cast<std::size_t>(intake::Call::kSignIn)] = {1, 8};
  intake::Budgets tight(rates, clock_);
  SessionHandler handler(
      {door_, nonces_, sessions_, principals_, tight, work_, organisation_, log_keys_, absent_});
  const auto attempt = [&](const crypto::SigningKey& key, bool pays) {
    v1::CreateChallengeRequest ask;
    ask.set_principal("staff/amira");
    v1::CreateChallengeResponse challenge;
    EXPECT_TRUE(handler.Challenge(ask, &challenge).ok());
    v1::CreateSessionRequest request;
    request.set_principal("staff/amira");
    request.set_nonce(challenge.nonce());
    request.set_signature(Sign(key, "staff/amira", challenge.nonce()));
    if (pays && challenge.price() > 0) *request.mutable_work() = Solved(challenge);
    return base::ReasonOf(handler.SignIn(request, &session_));
  };
  for (int i = 0; i < 6; ++i) EXPECT_EQ(attempt(nobody_, false), base::Reason::kSignInRefused) << i;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(attempt(nobody_, false), base::Reason::kWorkRequired) << i;
  EXPECT_EQ(attempt(key_, true), std::nullopt) << "two of eight are left";
  EXPECT_EQ(attempt(nobody_, true), base::Reason::kSignInRefused);
  EXPECT_EQ(attempt(key_, true), base::Reason::kBudgetExhausted) << "control: who pays spends it";
}

TEST_F(SessionTest, SigningOutEndsTheSession) {
  const crypto::Bytes nonce = Nonce("staff/amira");
  ASSERT_EQ(Ended(Answer("staff/amira", nonce, Sign(key_, "staff/amira", nonce))), "OK");
  for (const char* expected : {"OK", "SESSION_REQUIRED"}) {
    grpc::ClientContext context;
    Prepare(context, session_.token());
    v1::DeleteSessionResponse response;
    EXPECT_EQ(Ended(stub_->DeleteSession(&context, {}, &response)), expected);
  }
}

TEST_F(SessionTest, AMalformedNameIsAMalformedField) {
  grpc::ClientContext context;
  Prepare(context);
  v1::CreateChallengeRequest request;
  request.set_principal("staff/Amira Strange");
  v1::CreateChallengeResponse response;
  EXPECT_EQ(Ended(stub_->CreateChallenge(&context, request, &response)), "FIELD_INVALID");
}

TEST(NobodyTest, ANameKeepsItsKeysAndNamesHaveManyDifferentOnes) {
  const Nobody nobody(crypto::SystemRandom());
  std::set<std::string> keys;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "staff/absent-" + std::to_string(i);
    const Nobody::Pair pair = nobody.KeysFor(name);
    EXPECT_EQ(nobody.KeysFor(name), pair);
    for (const crypto::VerifyKey& key : pair) keys.insert(key.str());
  }
  // Of 256 pairs a hundred names meet about 83.
  EXPECT_GT(keys.size(), 120U);
  const Nobody other(crypto::SystemRandom());
  for (const crypto::VerifyKey& key : other.KeysFor("staff/absent-0")) EXPECT_FALSE(keys.contains(key.str()));
}

}  // namespace
}  // namespace alcove::rpc
