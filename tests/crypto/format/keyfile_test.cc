#include "crypto/format/keyfile.h"

#include "crypto/encoding.h"
#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

using crypto::SecretText;
using test::Decrypting;
using test::SeededRandom;
using test::Signing;

Bytes Written(KeyFileKind kind, const SecretText* passphrase = nullptr) {
  SeededRandom random("key file");
  PrivateKeys keys{.decryption = {}, .signing = Signing("amira")};
  std::optional<OrganisationId> organisation;
  if (kind != KeyFileKind::kRoot) {
    keys.decryption = Decrypting("amira");
    organisation = test::Organisation();
  }
  auto text = WriteKeyFile(kind, organisation, "amira", keys, passphrase, random);
  EXPECT_TRUE(text.ok()) << text.status();
  return Bytes(text->expose());
}

TEST(KeyFile, ComesBackInTheClear) {
  for (auto kind : {KeyFileKind::kRoot, KeyFileKind::kStaff, KeyFileKind::kService}) {
    Bytes text = Written(kind);
    auto header = ReadKeyFileHeader(text);
    ASSERT_TRUE(header.ok()) << header.status();
    EXPECT_EQ(header->kind, kind);
    EXPECT_EQ(header->name, "amira");
    EXPECT_FALSE(header->sealed);
    auto keys = ReadKeyFile(text, nullptr);
    ASSERT_TRUE(keys.ok()) << keys.status();
    EXPECT_EQ(keys->signing.expose(), Signing("amira").expose());
    EXPECT_EQ(keys->decryption.has_value(), kind != KeyFileKind::kRoot);
    if (keys->decryption) { EXPECT_EQ(keys->decryption->expose(), Decrypting("amira").expose()); }
  }
}

TEST(KeyFile, UnderAPassphraseItOpensWithThatOneOnly) {
  SecretText passphrase("correct horse"), wrong("incorrect horse");
  Bytes text = Written(KeyFileKind::kStaff, &passphrase);
  EXPECT_TRUE(ReadKeyFileHeader(text)->sealed);
  EXPECT_EQ(text.find(crypto::Base64Encode(Signing("amira").expose()).substr(0, 20)), Bytes::npos);
  auto keys = ReadKeyFile(text, &passphrase);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->signing.expose(), Signing("amira").expose());
  EXPECT_REFUSED(ReadKeyFile(text, &wrong), kWrongPassphrase);
  EXPECT_REFUSED(ReadKeyFile(text, nullptr), kWrongPassphrase);
  // The lines before the private one are under the seal.
  Bytes renamed = text;
  renamed.replace(text.find("name amira"), 10, "name amirb");
  EXPECT_REFUSED(ReadKeyFile(renamed, &passphrase), kWrongPassphrase);
}

TEST(KeyFile, EveryFlippedBitOfTheKeysIsRefused) {
  Bytes good = Written(KeyFileKind::kStaff);
  size_t name = good.find("name amira"), organisation = good.find("organisation ");
  test::ExpectEveryFlipRefused(good, good.size(), [&](BytesView bytes) {
    // In the clear, name, kind and organisation are under no seal; whoever can change them can change the keys as well.
    if (bytes.substr(name, 10) != "name amira" || bytes.substr(organisation, 39) != BytesView(good).substr(organisation, 39)) {
      return false;
    }
    auto keys = ReadKeyFile(bytes, nullptr);
    if (!keys.ok() || !keys->decryption) return false;
    // X25519 ignores 5 bits of the private key: such a flip gives the same key, and only in those bits.
    return keys->signing.expose() == Signing("amira").expose() && keys->decryption->expose() == Decrypting("amira").expose();
  });
  test::ExpectEveryCutRefused(good, [](BytesView bytes) { return ReadKeyFile(bytes, nullptr).ok(); });
}

TEST(KeyFile, PartsThatDoNotFitAreRefused) {
  SeededRandom random("odd");
  PrivateKeys staff{.decryption = Decrypting("amira"), .signing = Signing("amira")};
  PrivateKeys root{.decryption = {}, .signing = Signing("amira")};
  EXPECT_REFUSED(WriteKeyFile(KeyFileKind::kRoot, {}, "amira", staff, nullptr, random), kMalformed);
  EXPECT_REFUSED(WriteKeyFile(KeyFileKind::kStaff, test::Organisation(), "amira", root, nullptr, random), kMalformed);
  EXPECT_REFUSED(WriteKeyFile(KeyFileKind::kStaff, {}, "amira", staff, nullptr, random), kMalformed);
  EXPECT_REFUSED(WriteKeyFile(KeyFileKind::kStaff, test::Organisation(), "Amira", staff, nullptr, random), kMalformed);
  SecretText empty;
  EXPECT_FALSE(WriteKeyFile(KeyFileKind::kStaff, test::Organisation(), "amira", staff, &empty, random).ok());
  Bytes text = Written(KeyFileKind::kStaff);
  Bytes other_public = text;
  std::string mine = crypto::Base64Encode(Decrypting("amira").encryption_key().view());
  other_public.replace(text.find(mine), mine.size(), crypto::Base64Encode(Decrypting("ben").encryption_key().view()));
  EXPECT_REFUSED(ReadKeyFile(other_public, nullptr), kMalformed);
}

}  // namespace
}  // namespace alcove::format
