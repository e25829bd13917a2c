#include "crypto/format/export.h"

#include "crypto/format/organisation.h"
#include "tests/crypto/format/evidence.h"

namespace alcove::format {
namespace {

using test::Fixed;

ExportProofs Proofs() {
  ExportProofs proofs;
  proofs.organisation = test::Organisation();
  proofs.case_id = test::Case();
  proofs.purpose = ExportPurpose::kCourt;
  proofs.day = Day(20786);
  proofs.log_key = test::Signing("log").verify_key();
  proofs.organisation_file = "file";
  proofs.directories = {"newest", "older"};
  proofs.mailbox_keys = {test::Signing("mailbox").verify_key()};
  proofs.leaves = {{SavedLeaf{test::FiledLeaf(), test::SaltOf(1), 5, {Fixed<Digest>("path")}}, {}}, {std::nullopt, Fixed<Digest>("head")}};
  proofs.entries = {{Keyring::kThread, Bytes(420, 'x'), {}}, {Keyring::kTeam, {}, Fixed<Digest>("hash")}};
  proofs.members = {{"case.json", Fixed<Digest>("case")}};
  proofs.exporter = "amira";
  EXPECT_TRUE(SignExport(test::Signing("amira"), &proofs).ok());
  return proofs;
}

TEST(ExportedCase, IsReadAsItWasWritten) {
  const std::string text = *ExportText(Proofs());
  const auto back = ParseExport(text);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*ExportText(*back), text);
  EXPECT_EQ(back->purpose, ExportPurpose::kCourt);
  EXPECT_EQ(back->directories.size(), 2u);
  EXPECT_TRUE(back->leaves[0].leaf && !back->leaves[1].leaf);
  EXPECT_EQ(back->entries[1].hash, Fixed<Digest>("hash"));
  EXPECT_EQ(back->exporter_key, test::Signing("amira").verify_key());
}

TEST(ExportedCase, HasOneText) {
  const std::string text = *ExportText(Proofs());
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = text;
    const size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return ParseExport(changed.replace(at, from.size(), to)).ok();
  };
  ASSERT_TRUE(ParseExport(text).ok()) << "control";
  EXPECT_FALSE(ParseExport(text + "\n").ok());
  EXPECT_FALSE(ParseExport(text.substr(0, text.size() - 1)).ok());
  EXPECT_FALSE(with("COURT", "court"));
  EXPECT_FALSE(with("COURT", "EVERYBODY"));
  EXPECT_FALSE(with("purpose COURT\n", ""));
  EXPECT_FALSE(with("entry THREAD", "entry OTHER"));
  EXPECT_FALSE(with("checkpoint -", "checkpoint"));
  EXPECT_FALSE(with("member case.json", "member ../case.json"));
  EXPECT_FALSE(with("member case.json", "member .case"));
  EXPECT_FALSE(with("exporter amira", "exporter Amira"));
  EXPECT_FALSE(with("\nleaf ", "\r\nleaf "));
}

TEST(ExportedCase, EveryLineIsUnderTheSignature) {
  const std::string text = *ExportText(Proofs());
  const ExportProofs good = *ParseExport(text);
  for (size_t at = 0; at < text.size(); at += 3) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto proofs = ParseExport(changed);
    if (!proofs.ok()) continue;
    ExportProofs again = *proofs;
    ASSERT_TRUE(SignExport(test::Signing("amira"), &again).ok());
    EXPECT_FALSE(again.signature == good.signature && proofs->signature == good.signature &&
                 proofs->exporter_key == good.exporter_key)
        << "byte " << at;
  }
}

TEST(Openings, AreReadAsTheyWereWrittenAndInNoOtherWay) {
  std::vector<Opening> openings;
  openings.push_back({Keyring::kThread, 7, *crypto::SymmetricKey::FromBytes(Bytes(32, 'k')), "body"});
  const std::string text = *OpeningsText(openings);
  const auto back = ParseOpenings(text);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ((*back)[0].content_key.expose(), openings[0].content_key.expose());
  EXPECT_EQ((*back)[0].sequence, 7u);
  EXPECT_TRUE(ParseOpenings("alcove.openings.v1\n").ok()) << "of a case of which something is left out everywhere";
  for (const char* wrong : {"", "alcove.openings.v1", "alcove.openings.v2\n", "alcove.openings.v1\nopening THREAD 7 a2V5 Ym9keQ==\n",
                            "alcove.openings.v1\nopening THREAD 07 a2V5 Ym9keQ==\n", "alcove.openings.v1\nopening THREAD\n"}) {
    EXPECT_FALSE(ParseOpenings(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace alcove::format
