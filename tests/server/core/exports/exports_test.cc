// Taking a case out of the service: who may, when not, and that it is written down first.
#include "server/core/exports/exports.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/format/approval.h"
#include "crypto/format/leaf.h"
#include "server/core/approvals/approvals.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using format::Decision;
using format::ExportPurpose;

constexpr ExportPurpose kEveryPurpose[] = {ExportPurpose::kRegulator, ExportPurpose::kCourt, ExportPurpose::kAccused};

class Exports : public testing::Test {
 protected:
  // With two who may approve.
  Reporter FileInTheWidenedWorld() {
    world.PublishDirectory([](format::Directory& directory) {
      for (format::Person& person : directory.people)
        if (person.slug == "carl" || person.slug == "cora") person.roles.push_back(format::Role::kApprover);
    });
    return world.File();
  }

  auto Exporting(const base::StaffSlug& who, ExportPurpose purpose, const std::string& request) {
    return exports::ExportCase(world.ports(), who, reporter.case_id, request, purpose);
  }
  absl::StatusOr<exports::Exported> Export(ExportPurpose purpose) {
    return world.Carry(Exporting(asker, purpose, world.RequestId()));
  }
  std::optional<Reason> WhyNot(ExportPurpose purpose) { return Why(Exporting(asker, purpose, world.RequestId())); }

  std::vector<format::Leaf> Leaves() {
    std::vector<format::Leaf> leaves;
    const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, {100, ""});
    for (const cases::OpenedLeaf& leaf : page->leaves) leaves.push_back(*format::ParseLeaf(leaf.content));
    return leaves;
  }
  void SetState(cases::State state) {
    cases::Case record = world.CaseOf(reporter);
    record.state = state;
    world.rows.Put(std::move(record));
  }

  base::ApprovalId Ask() {
    approvals::Terms terms;
    terms.kind = format::ApprovalKind::kLiftWall;
    terms.person = Slug("erik");
    return world.Ask(asker, reporter.case_id, terms);
  }
  void Decide(std::string_view who, const base::ApprovalId& id, Decision decision) {
    const auto view = approvals::GetApproval(world.ports(), asker, id);
    ASSERT_TRUE(view.ok()) << view.status();
    const crypto::Signature signature =
        format::SignDecision(format::ParseApprovalRequest(view->approval.request)->statement, decision,
                             world.machines.at(std::string(who))[0].signing);
    const auto done = world.Carry(approvals::DecideApproval(world.ports(), Slug(who), id, view->etag, world.RequestId(),
                                                            decision, signature));
    ASSERT_TRUE(done.ok()) << done.status();
  }

  World world;
  Reporter reporter = FileInTheWidenedWorld();
  base::StaffSlug asker = world.AssigneeOf(reporter);
};

TEST_F(Exports, P6_IsALeafThatTheReporterSeesWithWhoAndForWhom) {
  for (const ExportPurpose purpose : kEveryPurpose) {
    const auto exported = Export(purpose);
    ASSERT_TRUE(exported.ok()) << exported.status();
    const format::Leaf leaf = Leaves().back();
    EXPECT_EQ(leaf.kind, format::LeafKind::kCaseExported);
    EXPECT_EQ(leaf.number, exported->leaf);
    EXPECT_EQ(leaf.actor, asker.text());
    EXPECT_EQ(leaf.details, format::details::Exported(purpose));
  }
}

TEST_F(Exports, TheAnswerComesWithItsLeafOrNotAtAll) {
  const auto outcome = Exporting(asker, ExportPurpose::kCourt, world.RequestId());
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->leaves.size(), 1u) << "one commit holds both, so nobody hears of it before it is durable";
  EXPECT_EQ(Leaves().back().kind == format::LeafKind::kCaseExported, false) << "control: it is not there before";
}

TEST_F(Exports, ARepetitionGetsTheSameAnswerAndNoSecondLeaf) {
  const std::string request = world.RequestId();
  const auto first = world.Carry(Exporting(asker, ExportPurpose::kCourt, request));
  ASSERT_TRUE(first.ok());
  const std::size_t count = Leaves().size();
  const auto again = world.Carry(Exporting(asker, ExportPurpose::kCourt, request));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->leaf, first->leaf);
  EXPECT_EQ(Leaves().size(), count);
  EXPECT_EQ(Why(Exporting(asker, ExportPurpose::kRegulator, request)), Reason::kRequestIdReused) << "for somebody else";
}

TEST_F(Exports, P2_NobodyTakesOutWhatTheyDoNotRead) {
  // The approver, somebody whose grant is dormant, an administrator, and a case that never was.
  for (const char* slug : {"carl", "amira", "bjorn", "chiara", "dilip", "ada"}) {
    if (Slug(slug) == asker) continue;
    EXPECT_EQ(Why(Exporting(Slug(slug), ExportPurpose::kCourt, world.RequestId())), Reason::kNothingHere) << slug;
  }
  const base::CaseId none = format::DrawId<base::CaseId>(world.random);
  EXPECT_EQ(Why(exports::ExportCase(world.ports(), asker, none, world.RequestId(), ExportPurpose::kCourt)), Reason::kNothingHere);
  // Whoever the wall came to stand before afterwards.
  ASSERT_TRUE(Export(ExportPurpose::kCourt).ok()) << "control";
  cases::Case record = world.CaseOf(reporter);
  record.wall.recused.push_back(asker);
  world.rows.Put(std::move(record));
  EXPECT_EQ(WhyNot(ExportPurpose::kCourt), Reason::kNothingHere);
}

TEST_F(Exports, NothingGoesWhileAnApprovalIsUndecidedAndTheRefusalChangesNothing) {
  ASSERT_TRUE(Export(ExportPurpose::kCourt).ok()) << "control";
  const base::ApprovalId id = Ask();
  const std::size_t leaves = Leaves().size();
  for (const ExportPurpose purpose : kEveryPurpose) EXPECT_EQ(WhyNot(purpose), Reason::kApprovalsStand);
  EXPECT_EQ(Leaves().size(), leaves);
  Decide("cora", id, Decision::kApprove);
  EXPECT_EQ(WhyNot(ExportPurpose::kCourt), Reason::kApprovalsStand) << "two have to approve this kind";
  Decide("carl", id, Decision::kApprove);
  EXPECT_EQ(WhyNot(ExportPurpose::kCourt), std::nullopt) << "approved: it was read and decided, though nobody carried it out";
}

TEST_F(Exports, AnApprovalThatEndedAnyOtherWayIsNoHindrance) {
  Decide("carl", Ask(), Decision::kRefuse);
  EXPECT_TRUE(Export(ExportPurpose::kCourt).ok()) << "refused";

  const base::ApprovalId taken_back = Ask();
  ASSERT_EQ(WhyNot(ExportPurpose::kCourt), Reason::kApprovalsStand);
  const auto etag = approvals::GetApproval(world.ports(), asker, taken_back)->etag;
  ASSERT_TRUE(world.Carry(approvals::CancelApproval(world.ports(), asker, taken_back, etag, world.RequestId())).ok());
  EXPECT_TRUE(Export(ExportPurpose::kCourt).ok()) << "taken back";

  Ask();
  ASSERT_EQ(WhyNot(ExportPurpose::kCourt), Reason::kApprovalsStand);
  world.clock.Advance(std::chrono::days(8));
  EXPECT_TRUE(Export(ExportPurpose::kCourt).ok()) << "run out";
}

TEST_F(Exports, OneUndecidedAmongDecidedOnesIsEnough) {
  for (int i = 0; i < 3; ++i) Decide("carl", Ask(), Decision::kRefuse);
  ASSERT_TRUE(Export(ExportPurpose::kRegulator).ok()) << "control";
  Ask();
  EXPECT_EQ(WhyNot(ExportPurpose::kRegulator), Reason::kApprovalsStand);
}

TEST_F(Exports, AnApprovalOfAnotherCaseIsNoHindrance) {
  const Reporter other = world.File();
  approvals::Terms terms;
  terms.kind = format::ApprovalKind::kLiftWall;
  terms.person = Slug("erik");
  world.Ask(world.AssigneeOf(other), other.case_id, terms);
  EXPECT_TRUE(Export(ExportPurpose::kCourt).ok());
}

TEST_F(Exports, P5_AHoldKeepsTheCaseFromTheAccusedAndFromNoCourtOrRegulator) {
  ASSERT_TRUE(Export(ExportPurpose::kAccused).ok()) << "control";
  SetState(cases::State::kOnHold);
  EXPECT_EQ(WhyNot(ExportPurpose::kAccused), Reason::kExportOnHold);
  EXPECT_TRUE(Export(ExportPurpose::kRegulator).ok());
  EXPECT_TRUE(Export(ExportPurpose::kCourt).ok());
  SetState(cases::State::kInvestigating);
  EXPECT_TRUE(Export(ExportPurpose::kAccused).ok());

  cases::Case record = world.CaseOf(reporter);
  record.holds.push_back({"litigation", world.clock.Today()});
  world.rows.Put(std::move(record));
  EXPECT_EQ(WhyNot(ExportPurpose::kAccused), Reason::kExportOnHold) << "a legal hold";
  EXPECT_TRUE(Export(ExportPurpose::kRegulator).ok());
  EXPECT_TRUE(Export(ExportPurpose::kCourt).ok());
}

TEST_F(Exports, ARequestIdThatIsNoneIsRefused) {
  EXPECT_EQ(Why(Exporting(asker, ExportPurpose::kCourt, "again")), Reason::kFieldInvalid);
}

}  // namespace
}  // namespace alcove::world
