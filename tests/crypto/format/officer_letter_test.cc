#include "crypto/format/officer_letter.h"

#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

using test::Decrypting;
using test::Fixed;
using test::SeededRandom;

std::vector<EncryptionKey> Keys(std::vector<const char*> who = {"pia", "petra"}) {
  std::vector<EncryptionKey> keys;
  for (const char* one : who) keys.push_back(Decrypting(one).encryption_key());
  return keys;
}

template <class Id = AdverseActionId>
absl::StatusOr<Bytes> Sealed(BytesView text, const std::vector<EncryptionKey>& keys = Keys(), BytesView id = "id") {
  SeededRandom random("letter");
  return SealOfficerLetter(test::Organisation(), Fixed<Id>(id), keys, text, random);
}

TEST(OfficerLetter, OpensForEveryOfficerAndForNobodyElse) {
  const Bytes bytes = *Sealed("emp:4711 is to be dismissed");
  const auto letter = ParseOfficerLetter(bytes);
  ASSERT_TRUE(letter.ok()) << letter.status();
  EXPECT_EQ(letter->subject, LetterSubject::kAdverseAction);
  EXPECT_EQ(letter->organisation, test::Organisation());
  EXPECT_EQ(letter->id, Fixed<AdverseActionId>("id").view());
  for (const char* who : {"pia", "petra"}) {
    const auto text = OpenOfficerLetter(*letter, Decrypting(who));
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_EQ(text->view(), "emp:4711 is to be dismissed");
  }
  EXPECT_REFUSED(OpenOfficerLetter(*letter, Decrypting("amira")), kGrantMismatch);
}

TEST(OfficerLetter, IsOfOneSizeWhateverItSays) {
  for (const size_t length : {size_t{0}, size_t{1}, size_t{100}, kMaxLetterText}) {
    const auto bytes = Sealed(Bytes(length, 'x'));
    ASSERT_TRUE(bytes.ok()) << length;
    EXPECT_EQ(bytes->size(), OfficerLetterSize(2)) << length;
    const auto text = OpenOfficerLetter(*ParseOfficerLetter(*bytes), Decrypting("pia"));
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(text->view(), Bytes(length, 'x'));
  }
  EXPECT_EQ(Sealed<ProtectionRequestId>("me")->size(), OfficerLetterSize(2)) << "and whoever wrote it";
  EXPECT_REFUSED(Sealed(Bytes(kMaxLetterText + 1, 'x')), kMalformed);
}

TEST(OfficerLetter, OpensAsWhatItWasWrittenAsAndUnderItsOwnId) {
  Bytes request = *Sealed<ProtectionRequestId>("me");
  ASSERT_TRUE(OpenOfficerLetter(*ParseOfficerLetter(request), Decrypting("pia")).ok()) << "control";
  request[5] = static_cast<char>(LetterSubject::kAdverseAction);
  EXPECT_REFUSED(OpenOfficerLetter(*ParseOfficerLetter(request), Decrypting("pia")), kCannotOpen) << "a request is no action";
  Bytes order = *Sealed<MeasureOrderId>("them");
  EXPECT_EQ(ParseOfficerLetter(order)->subject, LetterSubject::kMeasureOrder);
  EXPECT_EQ(order.size(), OfficerLetterSize(2)) << "of the same size as any letter";
  ASSERT_TRUE(OpenOfficerLetter(*ParseOfficerLetter(order), Decrypting("pia")).ok()) << "control";
  order[5] = static_cast<char>(LetterSubject::kAdverseAction);
  EXPECT_REFUSED(OpenOfficerLetter(*ParseOfficerLetter(order), Decrypting("pia")), kCannotOpen) << "an order is no action";
  for (const char subject : {'\0', '\4'}) {
    order[5] = subject;
    EXPECT_REFUSED(ParseOfficerLetter(order), kMalformed) << static_cast<int>(subject);
  }
  for (const size_t at : {size_t{8}, size_t{24}}) {
    Bytes moved = *Sealed("x");
    moved[at] = static_cast<char>(moved[at] ^ 1);
    EXPECT_REFUSED(OpenOfficerLetter(*ParseOfficerLetter(moved), Decrypting("pia")), kCannotOpen) << at;
  }
}

TEST(OfficerLetter, NobodyTwiceTooManyAndWeakKeysAreRefused) {
  EXPECT_REFUSED(Sealed("x", {}), kMalformed);
  EXPECT_REFUSED(Sealed("x", Keys({"pia", "pia"})), kMalformed);
  EXPECT_REFUSED(Sealed("x", {EncryptionKey()}), kMalformed);
  std::vector<EncryptionKey> many;
  for (size_t i = 0; i < kMaxOfficerKeys; ++i) many.push_back(Decrypting(std::to_string(i)).encryption_key());
  const auto most = Sealed("x", many);
  ASSERT_TRUE(most.ok());
  EXPECT_TRUE(ParseOfficerLetter(*most).ok());
  many.push_back(Decrypting("one more").encryption_key());
  EXPECT_REFUSED(Sealed("x", many), kMalformed);
}

TEST(OfficerLetter, EveryCutAndEveryFlippedBitIsRefused) {
  const Bytes bytes = *Sealed("emp:4711", Keys({"pia"}));
  const auto opens = [](BytesView candidate) {
    const auto letter = ParseOfficerLetter(candidate);
    return letter.ok() && OpenOfficerLetter(*letter, Decrypting("pia")).ok();
  };
  test::ExpectEveryFlipRefused(bytes, 74 + 96, opens);
  test::ExpectEveryCutRefused(bytes, [](BytesView candidate) { return ParseOfficerLetter(candidate).ok(); });
}

}  // namespace
}  // namespace alcove::format
