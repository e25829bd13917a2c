#include "server/rpc/door/sessions.h"

#include <gtest/gtest.h>

#include "server/rpc/door/nonces.h"
#include "tests/server/rpc/fakes.h"

namespace alcove::rpc {
namespace {

const Principal kAmira = *Principal::Parse("staff/amira");
const Principal kBela = *Principal::Parse("staff/bela");

class SessionsTest : public testing::Test {
 protected:
  FakeClock clock_;
  Sessions sessions_{clock_, crypto::SystemRandom()};
  Nonces nonces_{clock_, crypto::SystemRandom()};
};

TEST_F(SessionsTest, ASessionLivesFifteenMinutesAndNoLonger) {
  const auto token = sessions_.Open(kAmira, {});
  ASSERT_TRUE(token.ok());
  EXPECT_EQ(token->size(), Sessions::kTokenSize);
  clock_.Pass(std::chrono::minutes(15) - std::chrono::milliseconds(1));
  ASSERT_TRUE(sessions_.Find(*token).has_value());
  EXPECT_EQ(sessions_.Find(*token)->principal, kAmira);
  clock_.Pass(std::chrono::milliseconds(1));
  EXPECT_FALSE(sessions_.Find(*token).has_value());
  ASSERT_TRUE(sessions_.Open(kBela, {}).ok());
  EXPECT_EQ(sessions_.size(), 1U) << "the expired one is gone from memory";
}

TEST_F(SessionsTest, AnotherTokenOpensNothing) {
  const auto token = sessions_.Open(kAmira, {});
  ASSERT_TRUE(token.ok());
  for (std::size_t i = 0; i < token->size() * 8; ++i) {
    crypto::Bytes changed = *token;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(sessions_.Find(changed).has_value());
  }
  EXPECT_FALSE(sessions_.Find(token->substr(1)).has_value());
  EXPECT_FALSE(sessions_.Find("").has_value());
  EXPECT_TRUE(sessions_.Find(*token).has_value());
}

TEST_F(SessionsTest, AClosedSessionIsGone) {
  const auto token = sessions_.Open(kAmira, {});
  sessions_.Close(*token);
  EXPECT_FALSE(sessions_.Find(*token).has_value());
  sessions_.Close(*token);
  EXPECT_EQ(sessions_.size(), 0U);
}

TEST_F(SessionsTest, OnePrincipalHoldsEightAndLosesTheOldest) {
  std::vector<crypto::Bytes> tokens;
  for (std::size_t i = 0; i <= Sessions::kMostOfOne; ++i) tokens.push_back(*sessions_.Open(kAmira, {}));
  const auto other = sessions_.Open(kBela, {});
  EXPECT_FALSE(sessions_.Find(tokens.front()).has_value());
  for (std::size_t i = 1; i < tokens.size(); ++i) EXPECT_TRUE(sessions_.Find(tokens[i]).has_value());
  EXPECT_TRUE(sessions_.Find(*other).has_value());
}

TEST_F(SessionsTest, ANonceIsForOnePrincipalAndOneMinute) {
  const crypto::Bytes nonce = nonces_.Give("staff/amira");
  EXPECT_EQ(nonce.size(), Nonces::kSize);
  EXPECT_TRUE(nonces_.Genuine("staff/amira", nonce));
  EXPECT_FALSE(nonces_.Genuine("staff/bela", nonce));
  for (std::size_t i = 0; i < nonce.size() * 8; ++i) {
    crypto::Bytes changed = nonce;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(nonces_.Genuine("staff/amira", changed)) << "bit " << i;
  }
  clock_.Pass(Nonces::kLifetime);
  EXPECT_TRUE(nonces_.Genuine("staff/amira", nonce));
  clock_.Pass(std::chrono::milliseconds(1));
  EXPECT_FALSE(nonces_.Genuine("staff/amira", nonce));
}

TEST_F(SessionsTest, ANonceOpensOneSession) {
  const crypto::Bytes nonce = nonces_.Give("staff/amira");
  EXPECT_TRUE(nonces_.Spend(nonce).ok());
  // Across the change of generations too: as long as it is genuine, it stays spent.
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(base::ReasonOf(nonces_.Spend(nonce)), base::Reason::kSignInRefused) << i;
    clock_.Pass(std::chrono::seconds(10));
    EXPECT_TRUE(nonces_.Spend(nonces_.Give("staff/bela")).ok());
  }
}

TEST_F(SessionsTest, NamesOfPrincipalsHaveOneForm) {
  for (const char* name : {"staff/amira", "mailboxes/aaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    const auto principal = Principal::Parse(name);
    ASSERT_TRUE(principal.ok()) << name;
    EXPECT_EQ(principal->name(), name);
  }
  for (const char* name : {"", "amira", "staff/", "staff/Amira", "staff/-a", "mailboxes/", "mailboxes/aaaa",
                           "mailboxes/AAAAAAAAAAAAAAAAAAAAAAAAAA", "mailboxes/aaaaaaaaaaaaaaaaaaaaaaaaab", "roots/a"}) {
    EXPECT_EQ(base::DetailOf(Principal::Parse(name).status(), "field"), "principal") << name;
  }
}

}  // namespace
}  // namespace alcove::rpc
