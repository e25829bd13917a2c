#include "crypto/password.h"

#include "gtest/gtest.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

const AssociatedData kKind{"staff key"};

TEST(Password, OpensWithThePassphraseAndKindOnly) {
  const SecretText passphrase(BytesView("correct horse"));
  const auto sealed = SealWithPassphrase(passphrase, "private", kKind, SystemRandom());
  ASSERT_TRUE(sealed.ok());
  EXPECT_TRUE(IsPassphraseSealed(*sealed));
  EXPECT_EQ(sealed->size(), 4 + 16 + 40 + 7u);
  EXPECT_EQ(OpenWithPassphrase(passphrase, *sealed, kKind)->bytes, "private");
  EXPECT_TRUE(
      errors::IsUnverified(OpenWithPassphrase(SecretText(BytesView("correct horse ")), *sealed, kKind).status()));
  EXPECT_TRUE(errors::IsUnverified(OpenWithPassphrase(passphrase, *sealed, AssociatedData("root key")).status()));
}

// Half a second an attempt: one bit of every field, and of magic and length all of them.
TEST(Password, RefusesChangedFiles) {
  const SecretText passphrase(BytesView("p"));
  const auto sealed = SealWithPassphrase(passphrase, "private", kKind, SystemRandom());
  for (const size_t at : {size_t{4}, size_t{20}, size_t{44}, sealed->size() - 1}) {
    Bytes changed = *sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_TRUE(errors::IsUnverified(OpenWithPassphrase(passphrase, changed, kKind).status())) << at;
  }
  for (size_t at = 0; at < 4; ++at) {
    Bytes changed = *sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(OpenWithPassphrase(passphrase, changed, kKind).status().code(), absl::StatusCode::kInvalidArgument);
  }
  for (size_t size = 0; size < 60; ++size) {
    EXPECT_EQ(OpenWithPassphrase(passphrase, sealed->substr(0, size), kKind).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(Password, RefusesAnEmptyPassphrase) {
  EXPECT_FALSE(SealWithPassphrase(SecretText(), "private", kKind, SystemRandom()).ok());
}

}  // namespace
}  // namespace alcove::crypto
