// An employee's wallet on disk: drawn, issued, taken in, spent, and what is refused on the way.
#include "client/lib/wallet.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace alcove::client {
namespace {

namespace fs = std::filesystem;

using format::TokenKind;

constexpr const char* kPassphrase = "a passphrase of their own";

class WalletFiles : public testing::Test {
 protected:
  WalletFiles() {
    std::string name = (fs::temp_directory_path() / "alcove-wallet-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    path = folder_ / "wallet.txt";
    directory.token_keys = {{TokenKind::kEmployment, Now(), key.public_key()}};
  }
  ~WalletFiles() override { fs::remove_all(folder_); }

  format::Quarter Now() const { return format::Quarter::Of(today); }
  WalletFile Begun() { return *WalletFile::Begin(path, organisation, crypto::SecretText(kPassphrase)); }
  absl::StatusOr<WalletFile> Opened(const char* passphrase = kPassphrase) {
    return WalletFile::Open(path, organisation, crypto::SecretText(passphrase));
  }
  // As the portal brings it back.
  std::string Issued(const std::string& batch_text, const crypto::VoprfKey& by) {
    const auto batch = format::ParseTokenBatch(batch_text);
    return *format::TokenAnswerText({batch->terms, *crypto::VoprfBlindEvaluate(by, batch->blinded, random)});
  }
  static std::string Reason(const absl::Status& status) { return ReasonOf(status); }

  fs::path folder_;
  std::string path;
  crypto::Random& random = crypto::SystemRandom();
  format::Day today = *format::Day::FromCivil(2026, 11, 29);
  format::OrganisationId organisation = format::DrawId<format::OrganisationId>(random);
  crypto::VoprfKey key = crypto::VoprfKey::Draw(random);
  format::Directory directory;
};

TEST_F(WalletFiles, DrawIssueTakeAndSpendAndTheFileForgetsWhatWasSpent) {
  WalletFile wallet = Begun();
  EXPECT_FALSE(fs::exists(path)) << "nothing is written before something is drawn";
  const auto batch = wallet.DrawTokens(TokenKind::kEmployment, 4, today, random);
  ASSERT_TRUE(batch.ok()) << batch.status();
  struct stat about {};
  ASSERT_EQ(stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  WalletFile later = *Opened();
  EXPECT_EQ(later.Pending(TokenKind::kEmployment), 4u);
  EXPECT_EQ(later.Spendable(TokenKind::kEmployment, today), 0u);
  const auto taken = later.TakeTokens(Issued(*batch, key), directory, random);
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(*taken, 4u);
  const auto size = fs::file_size(path);

  WalletFile spending = *Opened();
  const auto token = spending.TakeOut(TokenKind::kEmployment, today, random);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(fs::file_size(path), size);
  EXPECT_EQ(Opened()->Spendable(TokenKind::kEmployment, today), 3u) << "gone from the file when it is handed out";
  const crypto::Digest request;
  const crypto::Bytes spent = format::SpendToken(*token, request);
  EXPECT_TRUE(format::CheckToken(*format::ParseToken(spent), key, request).ok());
  for (int i = 0; i < 3; ++i) {
    WalletFile again = *Opened();
    EXPECT_NE(again.TakeOut(TokenKind::kEmployment, today, random)->nonce, token->nonce);
  }
  EXPECT_EQ(Reason(Opened()->TakeOut(TokenKind::kEmployment, today, random).status()), "INPUT_INVALID");
}

TEST_F(WalletFiles, TokensUnderAnotherKeyThanTheAnnouncedOneAreNotTakenIn) {
  WalletFile wallet = Begun();
  const std::string batch = *wallet.DrawTokens(TokenKind::kEmployment, 2, today, random);
  const crypto::VoprfKey marked = crypto::VoprfKey::Draw(random);
  EXPECT_EQ(Reason(wallet.TakeTokens(Issued(batch, marked), directory, random).status()), "TOKENS_INVALID");
  format::Directory silent;
  EXPECT_EQ(Reason(wallet.TakeTokens(Issued(batch, key), silent, random).status()), "TOKENS_INVALID") << "no key is announced";
  EXPECT_EQ(Reason(wallet.TakeTokens("nonsense", directory, random).status()), "INPUT_INVALID");
  EXPECT_EQ(wallet.Spendable(TokenKind::kEmployment, today), 0u);
  EXPECT_TRUE(wallet.TakeTokens(Issued(batch, key), directory, random).ok()) << "control";
  EXPECT_EQ(Reason(wallet.TakeTokens(Issued(batch, key), directory, random).status()), "INPUT_INVALID") << "taken in already";
}

TEST_F(WalletFiles, ALaterBatchIsToldFromAnEarlierOneByTheProof) {
  WalletFile wallet = Begun();
  const std::string first = *wallet.DrawTokens(TokenKind::kEmployment, 2, today, random);
  const std::string second = *wallet.DrawTokens(TokenKind::kEmployment, 2, today, random);
  EXPECT_TRUE(wallet.TakeTokens(Issued(second, key), directory, random).ok());
  EXPECT_TRUE(wallet.TakeTokens(Issued(first, key), directory, random).ok());
  EXPECT_EQ(wallet.Spendable(TokenKind::kEmployment, today), 4u);
  EXPECT_EQ(wallet.Pending(TokenKind::kEmployment), 0u);
}

TEST_F(WalletFiles, TokensServeInTheirQuarterAndTheNext) {
  WalletFile wallet = Begun();
  const std::string batch = *wallet.DrawTokens(TokenKind::kEmployment, 1, today, random);
  ASSERT_TRUE(wallet.TakeTokens(Issued(batch, key), directory, random).ok());
  EXPECT_EQ(wallet.Spendable(TokenKind::kEmployment, *format::Day::FromCivil(2027, 3, 31)), 1u);
  EXPECT_EQ(wallet.Spendable(TokenKind::kEmployment, *format::Day::FromCivil(2027, 4, 1)), 0u);
  EXPECT_EQ(wallet.Spendable(TokenKind::kEscrow, today), 0u);
  // Drawing for a later quarter drops what can serve no more.
  ASSERT_TRUE(wallet.DrawTokens(TokenKind::kEmployment, 1, *format::Day::FromCivil(2027, 4, 1), random).ok());
  EXPECT_EQ(Opened()->Spendable(TokenKind::kEmployment, today), 0u);
}

TEST_F(WalletFiles, OpensForItsOwnerAndItsOrganisationAlone) {
  WalletFile wallet = Begun();
  ASSERT_TRUE(wallet.DrawTokens(TokenKind::kEmployment, 1, today, random).ok());
  EXPECT_EQ(Reason(Opened("another passphrase").status()), "PASSPHRASE_WRONG");
  const auto other = format::DrawId<format::OrganisationId>(random);
  EXPECT_EQ(Reason(WalletFile::Open(path, other, crypto::SecretText(kPassphrase)).status()), "KEY_FILE_INVALID");
  EXPECT_EQ(Reason(WalletFile::Begin(path, organisation, crypto::SecretText(kPassphrase)).status()), "INPUT_INVALID");
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(Reason(Opened().status()), "KEY_FILE_INVALID");
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_TRUE(Opened().ok()) << "control";
}

}  // namespace
}  // namespace alcove::client
