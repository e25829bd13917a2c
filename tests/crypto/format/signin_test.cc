#include "crypto/format/signin.h"

#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

using test::Signing;

TEST(SignIn, OnlyTheSameStatementVerifies) {
  Bytes nonce(64, 'n');
  auto key = Signing("amira");
  auto log = Signing("log").verify_key();
  auto signature = SignSignIn(key, test::Organisation(), log, "staff/amira", nonce);
  ASSERT_TRUE(signature.ok());
  auto verify = [&](const VerifyKey& who, const OrganisationId& organisation, const VerifyKey& log_key,
                    std::string_view principal, BytesView n) {
    return VerifySignIn(who, organisation, log_key, principal, n, *signature);
  };
  EXPECT_TRUE(verify(key.verify_key(), test::Organisation(), log, "staff/amira", nonce).ok()) << "control";
  EXPECT_REFUSED(verify(Signing("ben").verify_key(), test::Organisation(), log, "staff/amira", nonce), kBadSignature);
  EXPECT_REFUSED(verify(key.verify_key(), test::Fixed<OrganisationId>("x"), log, "staff/amira", nonce), kBadSignature);
  EXPECT_REFUSED(verify(key.verify_key(), test::Organisation(), Signing("other log").verify_key(), "staff/amira", nonce),
                 kBadSignature);
  EXPECT_REFUSED(verify(key.verify_key(), test::Organisation(), log, "staff/amirb", nonce), kBadSignature);
  Bytes other = nonce;
  other[63] ^= 1;
  EXPECT_REFUSED(verify(key.verify_key(), test::Organisation(), log, "staff/amira", other), kBadSignature);
}

TEST(SignIn, OddLengthsAreRefused) {
  auto key = Signing("amira");
  auto log = Signing("log").verify_key();
  auto sign = [&](std::string_view principal, size_t nonce) {
    return SignSignIn(key, test::Organisation(), log, principal, Bytes(nonce, 'n')).status();
  };
  EXPECT_TRUE(sign(std::string(64, 'p'), 64).ok()) << "control";
  EXPECT_REFUSED(sign("", 64), kMalformed);
  EXPECT_REFUSED(sign(std::string(65, 'p'), 64), kMalformed);
  EXPECT_REFUSED(sign("staff/amira", 63), kMalformed);
  EXPECT_REFUSED(sign("staff/amira", 65), kMalformed);
}

}  // namespace
}  // namespace alcove::format
