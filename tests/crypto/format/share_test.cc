#include "crypto/format/share.h"

#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

using test::Decrypting;
using test::Fixed;
using test::SeededRandom;
using test::Signing;
using test::ThreadEpoch0;

// amira asks who wrote; kim, lee and mo are custodians.
Bytes Request(BytesView approval = "approval", const CaseId& case_id = test::Case()) {
  ApprovalTerms terms;
  terms.kind = ApprovalKind::kReleaseIdentity;
  terms.organisation = test::Organisation();
  terms.case_id = case_id;
  terms.approval = Fixed<ApprovalId>(approval);
  terms.day = Day(20778);
  terms.directory_version = 3;
  terms.code = "court_order";
  SeededRandom random("request");
  const EncryptionKey kim = Decrypting("kim").encryption_key();
  auto sealed = SealApprovalRequest(terms, std::span(&kim, 1), "why", Signing("amira"), random);
  EXPECT_TRUE(sealed.ok()) << sealed.status();
  return *sealed;
}

Bytes Identity(const NewEpoch& epoch) {
  std::vector<EncryptionKey> keys;
  for (const char* who : {"kim", "lee", "mo"}) keys.push_back(Decrypting(who).encryption_key());
  SeededRandom random("identity");
  return *SealIdentity(test::Organisation(), test::Case(), keys, 2, 1, epoch.key, "Dana", random);
}

Bytes Given(BytesView who, const Bytes& identity, const Bytes& request, BytesView recipient = "amira") {
  SeededRandom random(who);
  const ParsedIdentity parsed = *ParseIdentity(identity);
  size_t i = 0;
  while (parsed.CustodianAt(i) != crypto::KeyIdOf(Decrypting(who).encryption_key())) ++i;
  auto share = OpenHeldShare(parsed.ShareAt(i), Decrypting(who));
  EXPECT_TRUE(share.ok()) << share.status();
  auto given = GiveShare(ParseApprovalRequest(request)->statement, *share, Decrypting(recipient).encryption_key(),
                         Signing(who), random);
  EXPECT_TRUE(given.ok()) << given.status();
  return *given;
}

TEST(GivenShare, OpensForWhoeverAskedAndWithAnotherOpensTheIdentity) {
  auto epoch = ThreadEpoch0();
  const Bytes identity = Identity(epoch), request = Request();
  std::vector<IdentityShare> shares;
  for (const char* who : {"kim", "mo"}) {
    const Bytes bytes = Given(who, identity, request);
    EXPECT_EQ(bytes.size(), kGivenShareSize);
    auto share = ParseShare(bytes);
    ASSERT_TRUE(share.ok()) << share.status();
    EXPECT_TRUE(share->IsFor(ParseApprovalRequest(request)->statement));
    EXPECT_TRUE(VerifyShare(*share, Signing(who).verify_key()).ok());
    EXPECT_REFUSED(VerifyShare(*share, Signing("lee").verify_key()), kBadSignature);
    EXPECT_REFUSED(OpenGivenShare(*share, Decrypting("lee")), kGrantMismatch) << "another custodian";
    EXPECT_REFUSED(OpenGivenShare(*share, Decrypting(who)), kGrantMismatch) << "nor the one who gave it";
    auto opened = OpenGivenShare(*share, Decrypting("amira"));
    ASSERT_TRUE(opened.ok()) << opened.status();
    shares.push_back(*std::move(opened));
  }
  auto text = OpenIdentity(*ParseIdentity(identity), shares, epoch.key);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->view(), "Dana");
}

TEST(GivenShare, IsForOneRequestOnly) {
  auto epoch = ThreadEpoch0();
  const Bytes identity = Identity(epoch);
  const Bytes bytes = Given("kim", identity, Request());
  auto share = ParseShare(bytes);
  EXPECT_FALSE(share->IsFor(ParseApprovalRequest(Request("another"))->statement));
  EXPECT_FALSE(share->IsFor(ParseApprovalRequest(Request("approval", Fixed<CaseId>("another")))->statement));
  // Whoever edits the header so that it names another request has a share that does not open.
  for (size_t offset : {8, 24, 40, 56, 104}) {
    Bytes moved = bytes;
    moved.replace(offset, 16, Fixed<CaseId>("moved").view());
    if (offset == 104) moved.replace(104, 16, crypto::KeyIdOf(Decrypting("ben").encryption_key()).view());
    moved.resize(kGivenShareSize - Signature::kSize);
    moved += crypto::Sign(Signing("kim"), "alcove given share v1", moved).view();
    auto forged = ParseShare(moved);
    ASSERT_TRUE(forged.ok());
    EXPECT_TRUE(VerifyShare(*forged, Signing("kim").verify_key()).ok()) << "control: it looks well";
    EXPECT_FALSE(OpenGivenShare(*forged, Decrypting(offset == 104 ? "ben" : "amira")).ok()) << offset;
  }
}

TEST(GivenShare, EveryFlippedBitAndEveryCutIsRefused) {
  auto epoch = ThreadEpoch0();
  const Bytes request = Request();
  const Bytes good = Given("kim", Identity(epoch), request);
  test::ExpectEveryFlipRefused(good, good.size(), [&](BytesView bytes) {
    auto share = ParseShare(bytes);
    return share.ok() && share->IsFor(ParseApprovalRequest(request)->statement) &&
           VerifyShare(*share, Signing("kim").verify_key()).ok();
  });
  // The seal alone, without the signature.
  test::ExpectEveryFlipRefused(good.substr(0, kGivenShareSize - Signature::kSize), kGivenShareSize - Signature::kSize,
                               [&](BytesView bytes) {
                                 const Bytes whole = Bytes(bytes) + good.substr(kGivenShareSize - Signature::kSize);
                                 auto share = ParseShare(whole);
                                 // Not under the seal: who signed is the signature's to say. It is in the associated data all the same.
                                 return share.ok() && OpenGivenShare(*share, Decrypting("amira")).ok();
                               });
  test::ExpectEveryCutRefused(good, [](BytesView bytes) { return ParseShare(bytes).ok(); });
}

TEST(GivenShare, OneThatIsHandedOverIsTheNewHoldersAndAnswersNoRequest) {
  auto epoch = ThreadEpoch0();
  const Bytes identity = Identity(epoch);
  SeededRandom random("handing over");
  const auto own = OpenIdentityShare(*ParseIdentity(identity), Decrypting("kim"));
  ASSERT_TRUE(own.ok()) << own.status();
  const Bytes bytes =
      *HandShareOver(test::Organisation(), test::Case(), *own, Decrypting("ben").encryption_key(), Signing("kim"), random);
  const auto share = ParseShare(bytes);
  ASSERT_TRUE(share.ok()) << share.status();
  EXPECT_TRUE(share->IsHandedOver());
  EXPECT_FALSE(ParseShare(Given("kim", identity, Request()))->IsHandedOver()) << "control";
  const Bytes request = Request();
  EXPECT_FALSE(share->IsFor(ParseApprovalRequest(request)->statement));
  const auto opened = OpenGivenShare(*share, Decrypting("ben"));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->index, own->index);
  EXPECT_EQ(opened->value.expose(), own->value.expose());
  EXPECT_REFUSED(OpenGivenShare(*share, Decrypting("kim")), kGrantMismatch);
  // Half of it says that it is for a request.
  for (size_t offset : {40, 56}) {
    Bytes half = bytes;
    half.replace(offset, 16, Fixed<CaseId>("moved").view());
    EXPECT_REFUSED(ParseShare(half).status(), kMalformed) << offset;
  }
}

TEST(GivenShare, NumbersAndKeysOutOfRangeAreRefused) {
  SeededRandom random("ranges");
  const Bytes request = Request();
  const ParsedStatement statement = ParseApprovalRequest(request)->statement;
  auto give = [&](uint8_t index, const EncryptionKey& to) {
    const IdentityShare share{index, *crypto::Secret<32, crypto::ShamirShareTag>::FromBytes(Bytes(32, 'x'))};
    return GiveShare(statement, share, to, Signing("kim"), random).status();
  };
  EXPECT_TRUE(give(16, Decrypting("amira").encryption_key()).ok()) << "control";
  EXPECT_REFUSED(give(0, Decrypting("amira").encryption_key()), kMalformed);
  EXPECT_REFUSED(give(17, Decrypting("amira").encryption_key()), kMalformed);
  EXPECT_REFUSED(give(1, EncryptionKey()), kMalformed);
}

TEST(HeldShare, OpensOnlyAsTheLineItIs) {
  auto epoch = ThreadEpoch0();
  const Bytes identity = Identity(epoch);
  const HeldShare held = ParseIdentity(identity)->ShareAt(1);
  EXPECT_TRUE(OpenHeldShare(held, Decrypting("lee")).ok()) << "control";
  EXPECT_REFUSED(OpenHeldShare(held, Decrypting("kim")), kCannotOpen);
  const auto changed = [&](auto change) {
    HeldShare other = held;
    change(other);
    return OpenHeldShare(other, Decrypting("lee")).status();
  };
  EXPECT_REFUSED(changed([](HeldShare& h) { h.index = 1; }), kCannotOpen);
  EXPECT_REFUSED(changed([](HeldShare& h) { h.index = 0; }), kCannotOpen);
  EXPECT_REFUSED(changed([](HeldShare& h) { h.threshold = 3; }), kCannotOpen);
  EXPECT_REFUSED(changed([](HeldShare& h) { h.custodians = 4; }), kCannotOpen);
  EXPECT_REFUSED(changed([](HeldShare& h) { h.case_id = Fixed<CaseId>("another"); }), kCannotOpen);
  EXPECT_REFUSED(changed([](HeldShare& h) { h.sealed.remove_suffix(1); }), kCannotOpen);
}

TEST(Consent, IsTheMailboxsWordAboutOneRequestAndNoDecision) {
  const Bytes request = Request(), another = Request("another");
  const ParsedStatement statement = ParseApprovalRequest(request)->statement;
  const Signature yes = SignConsent(statement, Decision::kApprove, Signing("mailbox"));
  const auto& key = Signing("mailbox").verify_key();
  EXPECT_TRUE(VerifyConsent(statement, Decision::kApprove, key, yes).ok()) << "control";
  EXPECT_REFUSED(VerifyConsent(statement, Decision::kRefuse, key, yes), kBadSignature);
  EXPECT_REFUSED(VerifyConsent(statement, Decision::kApprove, Signing("kim").verify_key(), yes), kBadSignature);
  EXPECT_REFUSED(VerifyConsent(ParseApprovalRequest(another)->statement, Decision::kApprove, key, yes), kBadSignature);
  EXPECT_REFUSED(VerifyDecision(statement, Decision::kApprove, key, yes), kBadSignature);
  EXPECT_REFUSED(VerifyConsent(statement, Decision::kApprove, key, SignDecision(statement, Decision::kApprove, Signing("mailbox"))),
                 kBadSignature);
  test::ExpectEveryFlipRefused(yes.str(), Signature::kSize, [&](BytesView flipped) {
    return VerifyConsent(statement, Decision::kApprove, key, *Signature::FromBytes(flipped)).ok();
  });
}

}  // namespace
}  // namespace alcove::format
