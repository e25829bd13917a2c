#include "crypto/format/leaf.h"

#include "crypto/encoding.h"
#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

using test::Fixed;

Leaf Sample(LeafKind kind, Bytes details) {
  Leaf leaf;
  leaf.kind = kind;
  leaf.organisation = test::Organisation();
  leaf.case_id = test::Case();
  leaf.number = 1;
  leaf.day = Day(20778);
  leaf.time = 43201;
  leaf.actor = "amira";
  leaf.details = std::move(details);
  return leaf;
}

struct KindCase {
  LeafKind kind;
  Bytes details;
  std::vector<std::pair<std::string, std::string>> words;
};

std::vector<KindCase> EveryKind() {
  Digest hash = *Digest::FromBytes(Bytes(32, '\x11'));
  std::string hex = std::string(64, '1');
  EntryId entry = Fixed<EntryId>("entry");
  BlobId blob = Fixed<BlobId>("blob");
  ApprovalId approval = Fixed<ApprovalId>("approval");
  ProtectionRequestId request = Fixed<ProtectionRequestId>("request");
  AdverseActionId action = Fixed<AdverseActionId>("action");
  AllegationId allegation = Fixed<AllegationId>("allegation");
  MeasureId measure = Fixed<MeasureId>("measure");
  return {
      {LeafKind::kCaseFiled, details::Filed(hash), {{"entry-hash", hex}}},
      {LeafKind::kCaseAssigned, details::Assigned("amira"), {{"staff", "amira"}}},
      {LeafKind::kCaseClaimed, "", {}},
      {LeafKind::kCaseOpened, details::Opened(Keyring::kThread), {{"keyring", "THREAD"}}},
      {LeafKind::kGrantReleased, details::Released("ben", ReleaseCondition::kFallback), {{"staff", "ben"}, {"condition", "FALLBACK"}}},
      {LeafKind::kEntryAppended, details::Appended(Keyring::kTeam, 3, entry, hash),
       {{"keyring", "TEAM"}, {"sequence", "3"}, {"entry", Text(entry)}, {"entry-hash", hex}}},
      {LeafKind::kStateChanged, details::StateChanged(1, 2, "acknowledged"), {{"from", "1"}, {"to", "2"}, {"reason", "acknowledged"}}},
      {LeafKind::kCaseWithdrawn, "", {}},
      {LeafKind::kEntriesRead, details::EntriesRead(Keyring::kThread, 0, 20), {{"keyring", "THREAD"}, {"first", "0"}, {"count", "20"}}},
      {LeafKind::kBlobRead, details::BlobRead(blob), {{"blob", Text(blob)}}},
      {LeafKind::kHistoryRead, "", {}},
      {LeafKind::kCasesListed, "", {}},
      {LeafKind::kAccessRefused, "", {}},
      {LeafKind::kDirectoryPublished, details::DirectoryPublished(7, hash), {{"version", "7"}, {"note-hash", hex}}},
      {LeafKind::kPolicyPublished, details::PolicyPublished("routing", 2, hash), {{"document", "routing"}, {"version", "2"}, {"note-hash", hex}}},
      {LeafKind::kLedgerListed, "", {}},
      {LeafKind::kReaderLost, details::ReaderLost("amira"), {{"staff", "amira"}}},
      {LeafKind::kSubjectsCorrected, details::PeopleAdded(2), {{"count", "2"}}},
      {LeafKind::kCasesLinked, "", {}},
      {LeafKind::kGrantBad, details::GrantBad(Keyring::kTeam, 1, Fixed<crypto::KeyId>("maker")),
       {{"keyring", "TEAM"}, {"epoch", "1"}, {"maker", crypto::Base32Encode(Fixed<crypto::KeyId>("maker").view())}}},
      {LeafKind::kGrantDestroyed, details::GrantDestroyed("ben", ReleaseCondition::kLapsed), {{"staff", "ben"}, {"condition", "LAPSED"}}},
      {LeafKind::kReadersExcluded, details::PeopleAdded(1), {{"count", "1"}}},
      {LeafKind::kChartSynced, details::ChartSynced(4, 3, 2, 1), {{"version", "4"}, {"added", "3"}, {"changed", "2"}, {"removed", "1"}}},
      {LeafKind::kApprovalRequested, details::ApprovalRequested(approval, ApprovalKind::kAddReader),
       {{"approval", Text(approval)}, {"kind", "ADD_READER"}}},
      {LeafKind::kApprovalDecided, details::ApprovalDecided(approval, Decision::kRefuse),
       {{"approval", Text(approval)}, {"decision", "REFUSE"}}},
      {LeafKind::kApprovalCancelled, details::ApprovalCancelled(approval), {{"approval", Text(approval)}}},
      {LeafKind::kApprovalExecuted, details::ApprovalExecuted(approval, ApprovalKind::kLiftWall),
       {{"approval", Text(approval)}, {"kind", "LIFT_WALL"}}},
      {LeafKind::kReaderAdded, details::ReaderAdded("zoe", ReleaseCondition::kGuest, Day(20778)),
       {{"staff", "zoe"}, {"condition", "GUEST"}, {"until", Day(20778).Text()}}},
      {LeafKind::kWallLifted, details::WallLifted("zoe"), {{"staff", "zoe"}}},
      {LeafKind::kApprovalsListed, "", {}},
      {LeafKind::kAllegationCreated, details::AllegationCreated(allegation, "retaliation"),
       {{"allegation", Text(allegation)}, {"category", "retaliation"}}},
      {LeafKind::kFindingSet, details::FindingSet(allegation, "substantiated"),
       {{"allegation", Text(allegation)}, {"finding", "substantiated"}}},
      {LeafKind::kMeasureCreated, details::MeasureCreated(measure, "interim.no_contact", Day(20778)),
       {{"measure", Text(measure)}, {"kind", "interim.no_contact"}, {"due", Day(20778).Text()}}},
      {LeafKind::kMeasureChanged, details::MeasureChanged(measure, 2), {{"measure", Text(measure)}, {"state", "2"}}},
      {LeafKind::kMeasureOverdue, details::MeasureOverdue(measure), {{"measure", Text(measure)}}},
      {LeafKind::kTasksListed, "", {}},
      {LeafKind::kClockFrozen, details::ClockFrozen(Day(20778), Day(21178)),
       {{"from", Day(20778).Text()}, {"to", Day(21178).Text()}}},
      {LeafKind::kClockConfirmed, "", {}},
      {LeafKind::kClockReleased, "", {}},
      {LeafKind::kCheckInAnswered, details::CheckInAnswered(1, 30), {{"since", "1"}, {"days", "30"}}},
      {LeafKind::kReceiptRotated, "", {}},
      {LeafKind::kSummaryServed, details::SummaryServed(entry, hash), {{"entry", Text(entry)}, {"entry-hash", hex}}},
      {LeafKind::kIdentityAsked, details::IdentityAsked(approval, "court_order"),
       {{"approval", Text(approval)}, {"basis", "court_order"}}},
      {LeafKind::kIdentityNotified, details::IdentityNotified(approval), {{"approval", Text(approval)}}},
      {LeafKind::kConsentDecided, details::ConsentDecided(approval, Decision::kRefuse),
       {{"approval", Text(approval)}, {"decision", "REFUSE"}}},
      {LeafKind::kShareGiven, details::ShareGiven(approval, 3), {{"approval", Text(approval)}, {"index", "3"}}},
      {LeafKind::kIdentityReleased, details::IdentityReleased(approval), {{"approval", Text(approval)}}},
      {LeafKind::kCaseExported, details::Exported(ExportPurpose::kAccused), {{"purpose", "ACCUSED"}}},
      {LeafKind::kShareHandedOver, details::ShareHandedOver(3, "nora"), {{"index", "3"}, {"staff", "nora"}}},
      {LeafKind::kSharesListed, "", {}},
      {LeafKind::kHoldPlaced, details::Hold("litigation"), {{"reason", "litigation"}}},
      {LeafKind::kHoldLifted, details::Hold("litigation"), {{"reason", "litigation"}}},
      {LeafKind::kCaseDoomed, details::CaseDoomed(approval), {{"approval", Text(approval)}}},
      {LeafKind::kCaseKept, "", {}},
      {LeafKind::kRetentionShortened, details::RetentionShortened(Day(20778)), {{"until", Day(20778).Text()}}},
      {LeafKind::kCaseShredded, details::CaseShredded(hash, 6, approval, Day(20778), 3),
       {{"mailbox", hex}, {"cause", "6"}, {"approval", Text(approval)}, {"decided", Day(20778).Text()}, {"key-epoch", "3"}}},
      {LeafKind::kEntryRedacted, details::EntryRedacted(Keyring::kThread, 4, hash, approval),
       {{"keyring", "THREAD"}, {"sequence", "4"}, {"entry-hash", hex}, {"approval", Text(approval)}}},
      {LeafKind::kStoreRekeyed, details::StoreRekeyed(3), {{"key-epoch", "3"}}},
      {LeafKind::kReaderMachines, details::ReaderMachines("amira", 2), {{"staff", "amira"}, {"count", "2"}}},
      {LeafKind::kServiceCalled, details::ServiceCalled("alcove.v1.HrService/CommitSync"), {{"method", "alcove.v1.HrService/CommitSync"}}},
      {LeafKind::kActionSubmitted, details::ActionSubmitted(action, hash), {{"action", Text(action)}, {"letter-hash", hex}}},
      {LeafKind::kActionRepeated, details::ActionDone(action), {{"action", Text(action)}}},
      {LeafKind::kActionRead, details::ActionDone(action), {{"action", Text(action)}}},
      {LeafKind::kActionCancelled, details::ActionDone(action), {{"action", Text(action)}}},
      {LeafKind::kActionDecided, details::ActionDecided(action, 2), {{"action", Text(action)}, {"verdict", "2"}}},
      {LeafKind::kActionsListed, "", {}},
      {LeafKind::kAlertsListed, "", {}},
      {LeafKind::kProtectionRequested, details::ProtectionRequested(request, hash), {{"request", Text(request)}, {"letter-hash", hex}}},
      {LeafKind::kProtectionListed, "", {}},
      {LeafKind::kTokensIssued, details::TokensIssued(TokenKind::kEscrow, "2026-Q4", 1),
       {{"kind", "ESCROW"}, {"quarter", "2026-Q4"}, {"count", "1"}}},
      {LeafKind::kEscrowHeld, details::EscrowHeld(2, Day(20600)), {{"others", "2"}, {"until", "2026-05-27"}}},
      {LeafKind::kEscrowReleased, details::EscrowReleased(Day(20600)), {{"since", "2026-05-27"}}},
      {LeafKind::kOrderPlaced, details::OrderPlaced(Fixed<MeasureOrderId>("order"), measure),
       {{"order", Text(Fixed<MeasureOrderId>("order"))}, {"measure", Text(measure)}}},
      {LeafKind::kOrderAnswered, details::OrderAnswered(Fixed<MeasureOrderId>("order"), 3, "left"),
       {{"order", Text(Fixed<MeasureOrderId>("order"))}, {"state", "3"}, {"reason", "left"}}},
      {LeafKind::kOrdersListed, "", {}},
  };
}

TEST(Leaf, EveryKindComesBackAndSaysWhatItHolds) {
  auto all = EveryKind();
  size_t known = 0;
  for (uint32_t number = 0; number <= 0xffff; ++number) known += IsLeafKind(static_cast<uint16_t>(number)) ? 1 : 0;
  ASSERT_EQ(all.size(), known);
  for (size_t i = 0; i < all.size(); ++i) {
    ASSERT_TRUE(IsLeafKind(static_cast<uint16_t>(all[i].kind)));
    if (i > 0) {
      ASSERT_LT(static_cast<int>(all[i - 1].kind), static_cast<int>(all[i].kind));
    }
    Leaf leaf = Sample(all[i].kind, all[i].details);
    auto back = ParseLeaf(LeafContent(leaf));
    ASSERT_TRUE(back.ok()) << Name(leaf.kind) << ": " << back.status();
    EXPECT_EQ(*back, leaf);
    EXPECT_EQ(DescribeDetails(*back), all[i].words) << Name(leaf.kind);
    // Details of another shape are refused.
    leaf.details += 'x';
    EXPECT_REFUSED(ParseLeaf(LeafContent(leaf)), kMalformed) << Name(leaf.kind);
    if (!all[i].details.empty()) {
      leaf.details = all[i].details.substr(1);
      EXPECT_REFUSED(ParseLeaf(LeafContent(leaf)), kMalformed) << Name(leaf.kind);
    }
  }
}

TEST(Leaf, FieldsOutOfRangeAreRefused) {
  auto parse = [](auto change) {
    Leaf leaf = Sample(LeafKind::kCaseClaimed, "");
    change(leaf);
    return ParseLeaf(LeafContent(leaf)).status();
  };
  EXPECT_TRUE(parse([](Leaf&) {}).ok()) << "control";
  EXPECT_TRUE(parse([](Leaf& l) { l.time = 86400; }).ok()) << "control";
  EXPECT_REFUSED(parse([](Leaf& l) { l.time = 86401; }), kMalformed);
  EXPECT_REFUSED(parse([](Leaf& l) { l.day = Day(Day::kMax + 1); }), kMalformed);
  EXPECT_REFUSED(parse([](Leaf& l) { l.actor = "Amira B"; }), kMalformed);
  EXPECT_REFUSED(parse([](Leaf& l) { l.case_id = CaseId(); }), kMalformed);
  EXPECT_REFUSED(parse([](Leaf& l) { l.kind = static_cast<LeafKind>(0); }), kMalformed);
  EXPECT_REFUSED(parse([](Leaf& l) { l.kind = static_cast<LeafKind>(kLastLeafKind + 1); }), kMalformed);
  for (uint16_t number = 1; number <= kLastLeafKind; ++number) {
    if (IsLeafKind(number)) continue;
    EXPECT_REFUSED(parse([&](Leaf& l) { l.kind = static_cast<LeafKind>(number); }), kMalformed) << number;
  }
  Leaf escape = Sample(LeafKind::kStateChanged, details::StateChanged(1, 2, "\x1b[2J"));
  EXPECT_REFUSED(ParseLeaf(LeafContent(escape)), kMalformed) << "a text that would steer a terminal";
}

TEST(Leaf, EveryFlippedBitIsRefusedByItsCommitment) {
  LeafSalt salt = Fixed<LeafSalt>("salt");
  Bytes content = LeafContent(Sample(LeafKind::kCaseFiled, details::Filed(Fixed<Digest>("entry"))));
  Digest commitment = LeafCommitment(salt, content);
  test::ExpectEveryFlipRefused(content, content.size(), [&](BytesView bytes) {
    return ParseLeaf(bytes).ok() && LeafCommitment(salt, bytes) == commitment;
  });
  test::ExpectEveryFlipRefused(salt.str(), LeafSalt::kSize, [&](BytesView bytes) {
    return LeafCommitment(*LeafSalt::FromBytes(bytes), content) == commitment;
  });
}

TEST(Leaf, EveryCutIsRefused) {
  for (const KindCase& kind : EveryKind()) {
    test::ExpectEveryCutRefused(LeafContent(Sample(kind.kind, kind.details)), [](BytesView bytes) { return ParseLeaf(bytes).ok(); });
  }
}

class CaseChain : public ::testing::Test {
 protected:
  CaseChain() {
    for (uint32_t i = 1; i <= 4; ++i) {
      Leaf leaf = Sample(LeafKind::kCaseOpened, details::Opened(Keyring::kThread));
      leaf.number = i;
      contents_.push_back(LeafContent(leaf));
      salts_.push_back(Fixed<LeafSalt>("salt " + std::to_string(i)));
    }
  }
  std::vector<Bytes> contents_;
  std::vector<LeafSalt> salts_;
};

TEST_F(CaseChain, GivesOneHeadForOneHistory) {
  LeafChain chain(test::Organisation(), test::Case()), again(test::Organisation(), test::Case());
  EXPECT_TRUE(chain.head().IsZero());
  for (size_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(chain.Append(contents_[i], salts_[i]).ok());
    EXPECT_EQ(*chain.HeadAt(static_cast<uint32_t>(i + 1)), chain.head());
  }
  for (size_t i = 0; i < 4; ++i) ASSERT_TRUE(again.Append(contents_[i], i == 1 ? salts_[0] : salts_[i]).ok());
  EXPECT_NE(chain.head(), again.head()) << "another salt is another history";
  EXPECT_TRUE(chain.HeadAt(0)->IsZero());
  EXPECT_FALSE(chain.HeadAt(5).ok());
}

TEST_F(CaseChain, ALeafLeftOutRepeatedOrOfAnotherCaseIsRefused) {
  LeafChain chain(test::Organisation(), test::Case());
  EXPECT_REFUSED(chain.Append(contents_[1], salts_[1]), kBrokenChain);
  ASSERT_TRUE(chain.Append(contents_[0], salts_[0]).ok());
  EXPECT_REFUSED(chain.Append(contents_[0], salts_[0]), kBrokenChain);
  EXPECT_REFUSED(chain.Append(contents_[2], salts_[2]), kBrokenChain);
  Leaf hidden = Sample(LeafKind::kCaseOpened, details::Opened(Keyring::kThread));
  hidden.number = 0;
  EXPECT_REFUSED(chain.Append(LeafContent(hidden), salts_[1]), kBrokenChain);
  LeafChain other(test::Organisation(), Fixed<CaseId>("another"));
  EXPECT_REFUSED(other.Append(contents_[0], salts_[0]), kBrokenChain);
  EXPECT_TRUE(chain.Append(contents_[1], salts_[1]).ok()) << "control";
}

}  // namespace
}  // namespace alcove::format
