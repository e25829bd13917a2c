#include "crypto/format/approval.h"

#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

using test::Decrypting;
using test::Fixed;
using test::SeededRandom;
using test::Signing;

constexpr char kReason[] = "She speaks the reporter's language.";

ApprovalTerms Terms() {
  ApprovalTerms terms;
  terms.organisation = test::Organisation();
  terms.case_id = test::Case();
  terms.approval = Fixed<ApprovalId>("approval");
  terms.day = Day(20778);
  terms.directory_version = 3;
  terms.person = "zoe";
  return terms;
}

std::vector<EncryptionKey> Keys(const std::vector<std::string>& who) {
  std::vector<EncryptionKey> keys;
  for (const std::string& name : who) keys.push_back(Decrypting(name).encryption_key());
  return keys;
}

Bytes Sealed(const ApprovalTerms& terms) {
  SeededRandom random("approval");
  auto sealed = SealApprovalRequest(terms, Keys({"kim", "lee"}), kReason, Signing("amira"), random);
  EXPECT_TRUE(sealed.ok()) << sealed.status();
  return *sealed;
}

absl::StatusOr<crypto::Plaintext> OpenAs(BytesView bytes, BytesView who) {
  auto request = ParseApprovalRequest(bytes);
  if (!request.ok()) return request.status();
  if (auto status = VerifyRequester(request->statement, Signing("amira").verify_key()); !status.ok()) return status;
  return OpenReason(*request, Decrypting(who));
}

TEST(ApprovalRequest, ItsTermsAreForEverybodyAndItsReasonForThoseWhoDecide) {
  const Bytes bytes = Sealed(Terms());
  auto request = ParseApprovalRequest(bytes);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->statement.terms, Terms());
  EXPECT_EQ(request->decider_count, 2);
  for (const char* who : {"kim", "lee"}) {
    auto reason = OpenAs(bytes, who);
    ASSERT_TRUE(reason.ok()) << reason.status();
    EXPECT_EQ(reason->view(), kReason);
  }
  EXPECT_REFUSED(OpenAs(bytes, "amira"), kGrantMismatch);
  EXPECT_EQ(bytes.find(kReason), Bytes::npos);
}

TEST(ApprovalRequest, TheStatementStandsAloneAndWithoutTheReason) {
  const Bytes bytes = Sealed(Terms());
  const Bytes alone(ParseApprovalRequest(bytes)->statement.bytes);
  auto statement = ParseStatement(alone);
  ASSERT_TRUE(statement.ok()) << statement.status();
  EXPECT_EQ(statement->terms, Terms());
  EXPECT_TRUE(VerifyRequester(*statement, Signing("amira").verify_key()).ok());
  EXPECT_REFUSED(VerifyRequester(*statement, Signing("kim").verify_key()), kBadSignature);
  EXPECT_REFUSED(ParseStatement(bytes), kMalformed) << "a reason stands behind it";
  EXPECT_REFUSED(ParseApprovalRequest(alone), kMalformed) << "no reason stands behind it";
}

TEST(ApprovalRequest, EveryFlippedBitIsRefused) {
  const Bytes good = Sealed(Terms());
  const size_t header = ParseApprovalRequest(good)->statement.bytes.size() + 34 + 2 * 96 + 4;
  test::ExpectEveryFlipRefused(good, header, [](BytesView bytes) { return OpenAs(bytes, "kim").ok(); });
  const Bytes alone(ParseApprovalRequest(good)->statement.bytes);
  test::ExpectEveryFlipRefused(alone, alone.size(), [](BytesView bytes) {
    auto statement = ParseStatement(bytes);
    return statement.ok() && VerifyRequester(*statement, Signing("amira").verify_key()).ok();
  });
}

TEST(ApprovalRequest, EveryCutIsRefused) {
  test::ExpectEveryCutRefused(Sealed(Terms()), [](BytesView bytes) { return ParseApprovalRequest(bytes).ok(); });
}

// A requester who signs a changed statement around somebody's sealed reason gains nothing: the reason opens in its place only.
TEST(ApprovalRequest, AReasonMovedUnderOtherTermsDoesNotOpen) {
  const Bytes good = Sealed(Terms());
  auto reason_of = [](BytesView bytes) { return Bytes(bytes.substr(ParseApprovalRequest(bytes)->statement.bytes.size())); };
  for (auto change : std::vector<std::function<void(ApprovalTerms&)>>{
           [](ApprovalTerms& t) { t.case_id = Fixed<CaseId>("another"); },
           [](ApprovalTerms& t) { t.approval = Fixed<ApprovalId>("another"); },
           [](ApprovalTerms& t) { t.person = "zed"; }}) {
    ApprovalTerms other = Terms();
    change(other);
    // A statement like SealApprovalRequest's, but quoting the stolen reason.
    Bytes statement(ParseApprovalRequest(Sealed(other))->statement.bytes);
    statement.resize(statement.size() - Signature::kSize - Digest::kSize);
    statement += crypto::Sha256(reason_of(good)).view();
    statement += crypto::Sign(Signing("amira"), "alcove approval request v1", statement).view();
    const Bytes moved = statement + reason_of(good);
    EXPECT_TRUE(ParseApprovalRequest(moved).ok()) << "control: it looks well";
    EXPECT_REFUSED(OpenAs(moved, "kim"), kCannotOpen);
  }
}

TEST(ApprovalRequest, TermsThatNoRuleAllowsAreNeitherWrittenNorRead) {
  SeededRandom random("ranges");
  auto seal = [&](auto change, std::vector<std::string> deciders = {"kim"}, size_t reason = 10) {
    ApprovalTerms terms = Terms();
    change(terms);
    return SealApprovalRequest(terms, Keys(deciders), Bytes(reason, 'x'), Signing("amira"), random).status();
  };
  auto same = [](ApprovalTerms&) {};
  EXPECT_TRUE(seal(same, {"kim"}, kMaxReason).ok()) << "control";
  EXPECT_TRUE(seal([](ApprovalTerms& t) { t.condition = ReleaseCondition::kGuest; t.until = Day(20800); }).ok()) << "control";
  EXPECT_TRUE(seal([](ApprovalTerms& t) { t.kind = ApprovalKind::kLiftWall; }).ok()) << "control";
  EXPECT_REFUSED(seal([](ApprovalTerms& t) { t.condition = ReleaseCondition::kAssigned; }), kMalformed);
  EXPECT_REFUSED(seal([](ApprovalTerms& t) { t.condition = ReleaseCondition::kGuest; }), kMalformed) << "a guest without an end";
  EXPECT_REFUSED(seal([](ApprovalTerms& t) { t.until = Day(20800); }), kMalformed);
  EXPECT_REFUSED(seal([](ApprovalTerms& t) { t.person = "Zoe Z"; }), kMalformed);
  auto closing = [](ApprovalTerms& t) { t.kind = ApprovalKind::kCloseCase; t.person = ""; t.code = "finding_made"; };
  auto confirming = [](ApprovalTerms& t) { t.kind = ApprovalKind::kConfirmClock; t.person = ""; t.case_id = CaseId(); };
  auto releasing = [](ApprovalTerms& t) { t.kind = ApprovalKind::kReleaseIdentity; t.person = ""; t.code = "consent"; };
  EXPECT_TRUE(seal(closing).ok()) << "control";
  EXPECT_TRUE(seal(releasing).ok()) << "control";
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { releasing(t); t.person = "zoe"; }), kMalformed);
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { releasing(t); t.code = ""; }), kMalformed) << "on no basis";
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { releasing(t); t.case_id = CaseId(); }), kMalformed);
  EXPECT_TRUE(seal(confirming).ok()) << "control";
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { closing(t); t.person = "zoe"; }), kMalformed);
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { closing(t); t.code = ""; }), kMalformed) << "closed without a reason";
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { closing(t); t.code = "Finding made"; }), kMalformed);
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { closing(t); t.code = std::string(65, 'a'); }), kMalformed);
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { confirming(t); t.case_id = Fixed<CaseId>("a case"); }), kMalformed);
  EXPECT_REFUSED(seal([](ApprovalTerms& t) { t.code = "finding_made"; }), kMalformed);
  const std::string id = Text(Fixed<EntryId>("an entry"));
  for (ApprovalKind kind : {ApprovalKind::kRedact, ApprovalKind::kFalseReport}) {
    auto naming = [&](ApprovalTerms& t) { t.kind = kind; t.person = ""; t.code = id; };
    EXPECT_TRUE(seal(naming).ok()) << "control";
    EXPECT_REFUSED(seal([&](ApprovalTerms& t) { naming(t); t.code = "finding_made"; }), kMalformed) << "no id";
    EXPECT_REFUSED(seal([&](ApprovalTerms& t) { naming(t); t.code.pop_back(); }), kMalformed);
    EXPECT_REFUSED(seal([&](ApprovalTerms& t) { naming(t); t.code = ""; }), kMalformed);
  }
  for (ApprovalKind kind : {ApprovalKind::kDelete, ApprovalKind::kCloseUnread, ApprovalKind::kLiftHold}) {
    auto why = [&](ApprovalTerms& t) { t.kind = kind; t.person = ""; t.code = "filed_by_mistake"; };
    EXPECT_TRUE(seal(why).ok()) << "control";
    EXPECT_REFUSED(seal([&](ApprovalTerms& t) { why(t); t.code = ""; }), kMalformed);
    EXPECT_REFUSED(seal([&](ApprovalTerms& t) { why(t); t.person = "zoe"; }), kMalformed);
    EXPECT_REFUSED(seal([&](ApprovalTerms& t) { why(t); t.until = Day(20800); }), kMalformed);
  }
  auto shortening = [](ApprovalTerms& t) { t.kind = ApprovalKind::kShorten; t.person = ""; t.until = Day(20900); };
  EXPECT_TRUE(seal(shortening).ok()) << "control";
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { shortening(t); t.until = Day(); }), kMalformed) << "until when";
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { shortening(t); t.code = "soon"; }), kMalformed);
  EXPECT_REFUSED(seal([&](ApprovalTerms& t) { closing(t); t.kind = static_cast<ApprovalKind>(12); }), kMalformed) << "no kind";
  EXPECT_REFUSED(seal([](ApprovalTerms& t) { t.case_id = CaseId(); }), kMalformed);
  EXPECT_REFUSED(seal(same, {}), kMalformed);
  EXPECT_REFUSED(seal(same, {"kim", "kim"}), kMalformed);
  EXPECT_REFUSED(seal(same, {"kim"}, kMaxReason + 1), kMalformed);
  EXPECT_REFUSED(SealApprovalRequest(Terms(), std::vector<EncryptionKey>(1), kReason, Signing("amira"), random), kMalformed);
}

TEST(ApprovalRule, WhatBuriesSomethingTakesTwoPeopleAndSevenWholeDays) {
  const Day day(20778);
  for (int code = 1; code <= 255; ++code) {
    if (!IsApprovalKind(static_cast<uint8_t>(code))) continue;
    const auto kind = static_cast<ApprovalKind>(code);
    EXPECT_NE(Name(kind), "UNKNOWN");
    const ApprovalRule rule = ApprovalRuleOf(kind);
    EXPECT_GE(rule.needed, 1u) << Name(kind);
    if (kind < ApprovalKind::kDelete) continue;
    EXPECT_EQ(rule.needed, 2u) << Name(kind);
    EXPECT_EQ(FirstDayOf(kind, day), day.PlusDays(8)) << Name(kind) << ": the day of the approval does not count";
  }
  EXPECT_EQ(FirstDayOf(ApprovalKind::kAddReader, day), day) << "control";
}

TEST(ApprovalDecision, IsOneDecisionOfOneKeyAboutOneRequest) {
  const Bytes bytes = Sealed(Terms());
  const ParsedStatement statement = ParseApprovalRequest(bytes)->statement;
  const Signature signature = SignDecision(statement, Decision::kApprove, Signing("kim"));
  EXPECT_TRUE(VerifyDecision(statement, Decision::kApprove, Signing("kim").verify_key(), signature).ok()) << "control";
  EXPECT_REFUSED(VerifyDecision(statement, Decision::kRefuse, Signing("kim").verify_key(), signature), kBadSignature);
  EXPECT_REFUSED(VerifyDecision(statement, Decision::kApprove, Signing("lee").verify_key(), signature), kBadSignature);
  ApprovalTerms other = Terms();
  other.person = "zed";
  const Bytes another = Sealed(other);
  EXPECT_REFUSED(VerifyDecision(ParseApprovalRequest(another)->statement, Decision::kApprove, Signing("kim").verify_key(), signature),
                 kBadSignature);
  test::ExpectEveryFlipRefused(signature.str(), Signature::kSize, [&](BytesView flipped) {
    return VerifyDecision(statement, Decision::kApprove, Signing("kim").verify_key(), *Signature::FromBytes(flipped)).ok();
  });
}

}  // namespace
}  // namespace alcove::format
