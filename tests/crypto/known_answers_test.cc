// tests/vectors/crypto.json holds what this room gives. A change here is a change of every client and every stored
// byte: make it on purpose, with `crypto_known_answers_test --write`.
#include "tests/crypto/known_answers.h"

#include <fstream>
#include <iostream>

#include "gtest/gtest.h"
#include "tests/tree/source_dir.h"

namespace alcove::crypto {
namespace {

const std::string kFile = std::string(alcove::tests::kSourceDir) + "/tests/vectors/crypto.json";

TEST(KnownAnswers, AreWhatTheFileSays) {
  std::ifstream in(kFile);
  ASSERT_TRUE(in) << kFile;
  const auto stored = nlohmann::ordered_json::parse(in);
  const auto computed = test::KnownAnswers();
  ASSERT_EQ(stored.size(), computed.size());
  for (const auto& [name, value] : computed.items()) EXPECT_EQ(stored.at(name).dump(1), value.dump(1)) << name;
}

}  // namespace
}  // namespace alcove::crypto

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--write") {
    std::ofstream out(alcove::crypto::kFile);
    out << alcove::crypto::test::KnownAnswers().dump(1) << "\n";
    return out.good() ? 0 : 1;
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
