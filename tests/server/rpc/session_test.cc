// Signing in over the wire.
#include "server/rpc/session/session.h"

#include <gtest/gtest.h>

#include <memory>

#include "crypto/format/signin.h"
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

  const base::OrganisationId organisation_ = *base::OrganisationId::FromBytes(std::string(16, 'o'));
  const crypto::VerifyKey log_key_ = crypto::SigningKey::Draw(crypto::SystemRandom()).verify_key();
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
  Door door_{{.access = table_,
              .sessions = sessions_,
              .principals = principals_,
              .committer = committer_,
              .note_refusal = [](const base::StaffSlug&) { return base::Outcome<std::monostate>(); },
              .events = events_}};
  SessionHandler handler_{{door_, nonces_, sessions_, principals_, budgets_, organisation_, log_key_,
                           {nobody_.verify_key(), log_key_}}};
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

}  // namespace
}  // namespace alcove::rpc
