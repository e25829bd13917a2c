#include "crypto/receipt.h"

#include "crypto/encoding.h"
#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

TEST(Receipt, AgreesWithBip39) {
  const std::string words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
  EXPECT_EQ(Receipt::FromEntropy(Bytes(16, '\x7f'))->Words().expose(), words);
  EXPECT_EQ(Receipt::FromWords(words)->expose(), Bytes(16, '\x7f'));
}

TEST(Receipt, WordsComeBackHoweverTheyAreTyped) {
  const Receipt receipt = Receipt::Draw(SystemRandom());
  std::string typed = "\n  ";
  for (int i = 1; i <= 12; ++i) {
    std::string word(receipt.Word(i));
    if (i % 2 == 0) word[0] = static_cast<char>(word[0] - 'a' + 'A');
    typed += word + (i % 3 == 0 ? "\r\n" : " \t ");
  }
  const auto back = Receipt::FromWords(typed);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->expose(), receipt.expose());
}

TEST(Receipt, RefusesWrongWordsWithoutRepeatingThem) {
  const std::string good = "legal winner thank year wave sausage worth useful legal winner thank yellow";
  for (const auto& [words, says] : std::vector<std::pair<std::string, std::string>>{
           {"", "0 words"},
           {"legal winner", "2 words"},
           {good + " legal", "13 words"},
           {"legal winner thank year wave sausage worth useful legal winner thank zebraz", "word 12"},
           {"legal wi nner thank year wave sausage worth useful legal winner thank yellow", "word 2"},
           {"legal winner thank year wave sausage worth useful legal winner thank thank", "checksum"},
           {"winner legal thank year wave sausage worth useful legal winner thank yellow", "checksum"},
           {std::string(2000, 'a'), "at most"},
           {"lega\xc5\x82 winner thank year wave sausage worth useful legal winner thank yellow", "word 1"}}) {
    const auto receipt = Receipt::FromWords(words);
    ASSERT_FALSE(receipt.ok()) << words;
    EXPECT_EQ(receipt.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(receipt.status().message().find(says), std::string::npos) << receipt.status();
    EXPECT_EQ(receipt.status().message().find("thank"), std::string::npos);
    EXPECT_EQ(receipt.status().message().find("legal"), std::string::npos);
  }
  EXPECT_TRUE(Receipt::FromWords(good).ok());
}

// Four bits of checksum: of all replacements of one word, one in sixteen passes.
TEST(Receipt, TheChecksumFindsMostMistakes) {
  const std::string head = "legal winner thank year wave sausage worth useful legal winner thank ";
  size_t passed = 0;
  for (int i = 0; i < 2048; ++i) {
    Bytes entropy(16, '\0');
    entropy[0] = static_cast<char>(i >> 3);
    entropy[1] = static_cast<char>((i & 7) << 5);
    const std::string word(Receipt::FromEntropy(entropy)->Word(1));
    passed += Receipt::FromWords(head + word).ok() ? 1 : 0;
  }
  EXPECT_EQ(passed, 128u);
}

TEST(Receipt, MailboxesOfTwoOrganisationsAreStrangers) {
  const auto receipt = Receipt::FromEntropy(Bytes(16, '\x7f'));
  const auto here = DeriveMailboxKeys(*receipt, Bytes(16, 'a'));
  const auto again = DeriveMailboxKeys(*receipt, Bytes(16, 'a'));
  const auto there = DeriveMailboxKeys(*receipt, Bytes(16, 'b'));
  ASSERT_TRUE(here.ok() && again.ok() && there.ok());
  EXPECT_EQ(here->id, again->id);
  EXPECT_EQ(here->signing.verify_key(), again->signing.verify_key());
  EXPECT_EQ(here->decryption.encryption_key(), again->decryption.encryption_key());
  EXPECT_NE(here->id, there->id);
  EXPECT_NE(here->signing.verify_key(), there->signing.verify_key());
  EXPECT_NE(here->decryption.encryption_key(), there->decryption.encryption_key());
  EXPECT_FALSE(ConstantTimeEquals(here->decryption.expose(), here->signing.expose()));
}

TEST(Receipt, OrganisationIdsHaveSixteenBytes) {
  EXPECT_FALSE(DeriveMailboxKeys(Receipt::Draw(SystemRandom()), Bytes(15, 'a')).ok());
  EXPECT_FALSE(Receipt::FromEntropy(Bytes(32, 'a')).ok());
}

TEST(ReceiptDeathTest, ThereAreTwelveWords) {
  const Receipt receipt = Receipt::Draw(SystemRandom());
  EXPECT_DEATH((void)receipt.Word(0), "words 1 to 12");
  EXPECT_DEATH((void)receipt.Word(13), "words 1 to 12");
}

}  // namespace
}  // namespace alcove::crypto
