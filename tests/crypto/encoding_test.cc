#include "crypto/encoding.h"

#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"

namespace alcove::crypto {
namespace {

struct Codec {
  const char* name;
  Bytes (*encode)(BytesView);
  absl::StatusOr<Bytes> (*decode)(BytesView);
};

const Codec kCodecs[] = {{"base32", Base32Encode, Base32Decode},
                         {"base64", Base64Encode, Base64Decode},
                         {"base64url", Base64UrlEncode, Base64UrlDecode},
                         {"hex", HexEncode, HexDecode}};

TEST(Encoding, AgreesWithRfc4648) {
  EXPECT_EQ(Base32Encode("foobar"), "mzxw6ytboi");
  EXPECT_EQ(Base32Encode("f"), "my");
  EXPECT_EQ(Base64Encode("f"), "Zg==");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64UrlEncode("\xfb\xff\xfe?"), "-__-Pw");
  EXPECT_EQ(HexEncode("\xf0 a"), "f02061");
  EXPECT_EQ(Base32Encode(Bytes(16, '\xff')).size(), 26u);
}

TEST(Encoding, EveryLengthComesBack) {
  test::SeededRandom random("encoding");
  for (const Codec& codec : kCodecs) {
    for (size_t size = 0; size < 70; ++size) {
      const Bytes bytes = random.Draw(size);
      const auto back = codec.decode(codec.encode(bytes));
      ASSERT_TRUE(back.ok()) << codec.name << size;
      EXPECT_EQ(*back, bytes) << codec.name;
    }
  }
}

// Every text of up to three characters over all bytes that matter: whatever decodes must encode to itself.
TEST(Encoding, OneTextForOneValue) {
  const std::string alphabet = std::string("\0 \n=+/-_ABYZabyz012789", 22) + '\xff';
  for (const Codec& codec : kCodecs) {
    size_t accepted = 0;
    for (const char a : alphabet) {
      for (const char b : alphabet) {
        for (const char c : alphabet) {
          for (const std::string& text : {std::string{a}, std::string{a, b}, std::string{a, b, c},
                                          std::string{'a', a, b, c}, std::string{a, b, c, '='}}) {
            const auto decoded = codec.decode(text);
            if (!decoded.ok()) continue;
            ++accepted;
            EXPECT_EQ(codec.encode(*decoded), text) << codec.name;
          }
        }
      }
    }
    EXPECT_GT(accepted, 0u) << codec.name;
  }
}

TEST(Encoding, RefusesWhatIsNotCanonical) {
  EXPECT_FALSE(Base32Decode("MY").ok()) << "upper case";
  EXPECT_FALSE(Base32Decode("mz").ok()) << "unused bits are set";
  EXPECT_FALSE(Base32Decode("a").ok()) << "a character that completes no byte";
  EXPECT_FALSE(Base32Decode("my======").ok()) << "padding";
  EXPECT_FALSE(Base64Decode("Zg").ok()) << "no padding";
  EXPECT_FALSE(Base64Decode("Zh==").ok()) << "unused bits are set";
  EXPECT_FALSE(Base64Decode("Zg=a").ok()) << "padding inside";
  EXPECT_FALSE(Base64Decode("====").ok());
  EXPECT_FALSE(Base64Decode("Zm9v\n").ok());
  EXPECT_FALSE(Base64Decode("-_==").ok()) << "the other alphabet";
  EXPECT_FALSE(Base64UrlDecode("Zg==").ok()) << "padding";
  EXPECT_FALSE(HexDecode("0").ok());
  EXPECT_FALSE(HexDecode("0A").ok());
}

TEST(Encoding, FixedBytesTakeTheirLengthOnly) {
  EXPECT_TRUE(Digest::FromBytes(Bytes(32, 'x')).ok());
  EXPECT_FALSE(Digest::FromBytes(Bytes(31, 'x')).ok());
  EXPECT_FALSE(Digest::FromBytes(Bytes(33, 'x')).ok());
  EXPECT_TRUE(Digest().IsZero());
  static_assert(!std::is_convertible_v<Digest, EncryptionKey>);
  static_assert(!std::is_convertible_v<EncryptionKey, VerifyKey>);
}

TEST(Encoding, OneStringAsTwoKindsOfKeyHasTwoIds) {
  const Bytes bytes(32, 'k');
  EXPECT_NE(KeyIdOf(*EncryptionKey::FromBytes(bytes)), KeyIdOf(*VerifyKey::FromBytes(bytes)));
}

TEST(Encoding, CertificatesOfAPemTextAreWhatLiesBetweenTheirLines) {
  const std::string begin = "-----BEGIN CERTIFICATE-----\n", end = "-----END CERTIFICATE-----\n";
  const auto two = PemCertificates("subject=CN = a\n" + begin + "AQID\r\nBAUG\n" + end + "\n" + begin + "BwgJ\n" + end);
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(*two, (std::vector<Bytes>{"\1\2\3\4\5\6", "\7\10\11"}));
  EXPECT_TRUE(PemCertificates("")->empty());
  EXPECT_TRUE(PemCertificates("-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----\n")->empty());
  EXPECT_FALSE(PemCertificates(begin + "AQID\n").ok()) << "no end";
  EXPECT_FALSE(PemCertificates(begin + "AQI\n" + end).ok()) << "no base64";
  EXPECT_FALSE(PemCertificates(begin + "AQID\n" + begin + "BAUG\n" + end).ok()) << "one within another";
}

}  // namespace
}  // namespace alcove::crypto
