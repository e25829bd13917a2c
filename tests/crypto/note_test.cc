#include "crypto/note.h"

#include "crypto/encoding.h"
#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

class NoteTest : public ::testing::Test {
 protected:
  NoteTest() {
    EXPECT_TRUE(SignNote(note_, "root-a", a_).ok());
    EXPECT_TRUE(SignNote(note_, "root-b", b_).ok());
  }
  NoteKey Key(const std::string& name, const SigningKey& key) { return {name, key.verify_key()}; }

  SigningKey a_ = SigningKey::Draw(SystemRandom());
  SigningKey b_ = SigningKey::Draw(SystemRandom());
  SignedNote note_ = *NewNote("directory\nversion 1\n\nwith an empty line\n");
};

TEST_F(NoteTest, ComesBackFromItsBytes) {
  const auto back = ParseNote(note_.Serialize());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->text, note_.text);
  EXPECT_EQ(back->signatures, note_.signatures);
}

TEST_F(NoteTest, NamesTheKnownKeysThatSigned) {
  const SigningKey stranger = SigningKey::Draw(SystemRandom());
  EXPECT_EQ(*VerifyNote(note_, {Key("root-a", a_), Key("root-b", b_)}), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(*VerifyNote(note_, {Key("root-c", stranger), Key("root-b", b_)}), (std::vector<size_t>{1}));
  EXPECT_TRUE(VerifyNote(note_, {Key("root-c", stranger)})->empty());
  EXPECT_TRUE(VerifyNote(note_, {})->empty());
  // The right name with another key is another key.
  EXPECT_TRUE(VerifyNote(note_, {Key("root-a", stranger)})->empty());
  // The right key under another name as well.
  EXPECT_TRUE(VerifyNote(note_, {Key("root-x", a_)})->empty());
}

// Two of three must be two people: one key's signature counts once, however often it stands there.
TEST_F(NoteTest, OneKeyCountsOnce) {
  SignedNote note = *NewNote("text\n");
  ASSERT_TRUE(SignNote(note, "root-a", a_).ok());
  ASSERT_TRUE(SignNote(note, "root-a", a_).ok());
  EXPECT_EQ(note.signatures.size(), 1u);
  note.signatures.push_back(note.signatures[0]);
  EXPECT_EQ(*VerifyNote(note, {Key("root-a", a_)}), (std::vector<size_t>{0}));
}

TEST_F(NoteTest, RefusesEveryChangedBitOfTheText) {
  const std::vector<NoteKey> known = {Key("root-a", a_), Key("root-b", b_)};
  test::ForEachFlippedBit(note_.text, [&](const Bytes& changed) {
    const auto who = VerifyNote({changed, note_.signatures}, known);
    EXPECT_TRUE(errors::IsUnverified(who.status()));
  });
}

TEST_F(NoteTest, NoChangedBitOfTheWholeLeavesBothSignatures) {
  const std::vector<NoteKey> known = {Key("root-a", a_), Key("root-b", b_)};
  const Bytes whole = note_.Serialize();
  test::ForEachFlippedBit(whole, [&](const Bytes& changed) {
    const auto parsed = ParseNote(changed);
    if (!parsed.ok()) return;
    EXPECT_EQ(parsed->Serialize(), changed) << "a second spelling";
    const auto who = VerifyNote(*parsed, known);
    EXPECT_TRUE(!who.ok() || who->size() < 2);
  });
  test::ForEachWrongLength(whole, [&](const Bytes& changed) {
    const auto parsed = ParseNote(changed);
    if (!parsed.ok()) return;
    const auto who = VerifyNote(*parsed, known);
    EXPECT_TRUE(!who.ok() || who->size() < 2);
  });
}

TEST_F(NoteTest, RefusesMalformedNotes) {
  const std::string line = "\xe2\x80\x94 name " + Base64Encode(Bytes(68, 's')) + "\n";
  ASSERT_TRUE(ParseNote("text\n\n" + line).ok());
  for (const std::string& bad : std::vector<std::string>{
           std::string(),
           std::string("text\n"),
           std::string("text\n\n"),
           "text\n" + line,
           "text\n\n" + line.substr(0, line.size() - 1),
           "text\n\n" + line + "\n",
           "text\n\n" + line + "more\n",
           "te\rxt\n\n" + line,
           "te\txt\n\n" + line,
           std::string("te\0xt\n\n", 7) + line,
           "te\xffxt\n\n" + line,
           "te\xc0\xafxt\n\n" + line,
           "te\xed\xa0\x80xt\n\n" + line,
           "te\xf4\x90\x80\x80xt\n\n" + line,
           "text\n\n- name " + Base64Encode(Bytes(68, 's')) + "\n",
           "text\n\n\xe2\x80\x94 name\n",
           "text\n\n\xe2\x80\x94  " + Base64Encode(Bytes(68, 's')) + "\n",
           "text\n\n\xe2\x80\x94 na+me " + Base64Encode(Bytes(68, 's')) + "\n",
           "text\n\n\xe2\x80\x94 na\xc2\xa0me " + Base64Encode(Bytes(68, 's')) + "\n",
           "text\n\n\xe2\x80\x94 name AAAA\n",
           "text\n\n\xe2\x80\x94 name " + Base64Encode(Bytes(68, 's')) + " \n",
           "text\n\n\xe2\x80\x94 name " + Base64UrlEncode(Bytes(68, '\xff')) + "\n",
       }) {
    EXPECT_EQ(ParseNote(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  std::string crowded = "text\n\n";
  for (int i = 0; i < 100; ++i) crowded += line;
  EXPECT_TRUE(ParseNote(crowded).ok());
  EXPECT_FALSE(ParseNote(crowded + line).ok());
  EXPECT_FALSE(ParseNote(std::string(kNoteMostBytes, 'x') + "\n\n" + line).ok());
}

TEST_F(NoteTest, RefusesTextsAndNamesThatCannotStandInANote) {
  EXPECT_FALSE(NewNote("").ok());
  EXPECT_FALSE(NewNote("no line feed").ok());
  EXPECT_FALSE(NewNote("a\tb\n").ok());
  EXPECT_TRUE(NewNote("\xc3\xa4\xe4\xb8\xad\xf0\x9f\x94\x92\n").ok());
  EXPECT_FALSE(SignNote(note_, "", a_).ok());
  EXPECT_FALSE(SignNote(note_, "two words", a_).ok());
  EXPECT_FALSE(SignNote(note_, "a+b", a_).ok());
  EXPECT_FALSE(SignNote(note_, "a\nb", a_).ok());
  EXPECT_FALSE(SignNote(note_,
                        "a\xe3\x80\x80"
                        "b",
                        a_)
                   .ok());
}

TEST_F(NoteTest, KeysComeBackFromTheirText) {
  const NoteKey key = Key("root-a", a_);
  const std::string text = key.Text();
  EXPECT_EQ(*NoteKey::FromText(text), key);
  test::ForEachFlippedBit(text, [&](const Bytes& changed) { EXPECT_FALSE(NoteKey::FromText(changed).ok()); });
  test::ForEachWrongLength(text, [&](const Bytes& changed) { EXPECT_FALSE(NoteKey::FromText(changed).ok()); });
  // A key of low order with a hash that fits.
  EXPECT_FALSE(NoteKey::FromText(NoteKey{"root-a", VerifyKey()}.Text()).ok());
}

}  // namespace
}  // namespace alcove::crypto
