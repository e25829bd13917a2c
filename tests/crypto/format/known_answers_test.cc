// The layouts against the file that a second implementation is held to.
#include "tests/crypto/format/known_answers.h"
#include "tests/tree/source_dir.h"

#include <fstream>

namespace alcove::format {
namespace {

using test::Json;

const Json& File() {
  static const Json file = [] {
    std::ifstream in(std::string(alcove::tests::kSourceDir) + "/tests/vectors/format.json");
    return Json::parse(in);
  }();
  return file;
}

TEST(KnownAnswers, AreWhatTheFileSays) {
  Json computed = test::KnownAnswers();
  ASSERT_EQ(computed.size(), File().size());
  for (const auto& [name, value] : computed.items()) {
    ASSERT_TRUE(File().contains(name)) << name;
    EXPECT_EQ(value.dump(), File()[name].dump()) << name;
  }
}

// The readers' side, from the file alone.
TEST(KnownAnswers, OpenFromTheFile) {
  auto bytes = [](const Json& value) { return *crypto::HexDecode(value.get<std::string>()); };
  auto amira = crypto::DecryptionKey::FromBytes(bytes(File()["people"]["amira"]["x25519_private"]));
  const Json& epochs = File()["epochs"];
  Bytes record_0 = bytes(epochs[0]["record"]), record_1 = bytes(epochs[1]["record"]), grant_1 = bytes(epochs[1]["grants"][1]);
  auto older = ParseEpoch(record_0), newer = ParseEpoch(record_1);
  ASSERT_TRUE(older.ok() && newer.ok());
  auto key_1 = OpenGrant(*ParseGrant(grant_1), *newer, *amira);
  ASSERT_TRUE(key_1.ok()) << key_1.status();
  auto key_0 = OpenPreviousKey(*newer, *key_1, *older);
  ASSERT_TRUE(key_0.ok()) << key_0.status();
  Bytes envelope_bytes = bytes(File()["envelope"]["envelope"]);
  auto envelope = ParseEnvelope(envelope_bytes);
  ASSERT_TRUE(envelope.ok()) << envelope.status();
  EXPECT_TRUE(CheckNewEpoch(*envelope, *older).ok());
  auto text = OpenEnvelope(*envelope, *key_0);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->view(), bytes(File()["envelope"]["plaintext"]));
  auto proof = ParseProof(File()["proof_of_filing"]["file"].get<std::string>());
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_TRUE(VerifyProof(*proof).ok());
}

}  // namespace
}  // namespace alcove::format
