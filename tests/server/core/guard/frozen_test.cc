// What waits while the clock is frozen, what does not, and that it all comes about once, however the clock jumps.
#include "server/core/approvals/approvals.h"
#include "server/core/clocks/seen.h"
#include "tests/server/core/guard/scene.h"

namespace alcove::world {
namespace {

using clocks::Turn;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;

class FrozenCase : public GuardedCase {
 protected:
  void SetUp() override { Look(); }

  // A look of the service after it ran for `ran` since the last one.
  Turn Look(seconds ran = seconds(0)) {
    const auto look =
        world.Carry(clocks::Observe(world.rows, world.file.id, world.clock.now, ran, true, world.random));
    EXPECT_TRUE(look.ok()) << look.status();
    return look->turn;
  }
  // The wall clock jumps; the service does not run meanwhile.
  void Jump(int days) { world.clock.now += hours(24 * days); }
  bool Released(const std::string& slug) {
    for (const grants::Holder& holder : Record().thread.holders)
      if (holder.staff.text() == slug && holder.released && !holder.lost) return true;
    return false;
  }
  void Claim() {
    ASSERT_TRUE(
        world.Carry(cases::ClaimCase(world.ports(), Assignee(), reporter.case_id, Etag(reporter), world.RequestId())).ok());
  }

  // An administrator asks, an auditor approves, and it is carried out.
  static approvals::Terms Clock() {
    approvals::Terms terms;
    terms.kind = format::ApprovalKind::kConfirmClock;
    return terms;
  }
  std::optional<Reason> Confirm() {
    const base::ApprovalId id = world.Ask(Slug("ada"), base::CaseId(), Clock(), {"otto"});
    return Execute(id);
  }
  std::optional<Reason> Execute(const base::ApprovalId& id) {
    const auto view = approvals::GetApproval(world.ports(), Slug("ada"), id);
    return Why(world.Carry(
        approvals::ExecuteApproval(world.ports(), Slug("ada"), id, view->etag, world.RequestId(), {})));
  }
  std::string MakeGuest(int days) {
    const std::string guest = Dormant();
    cases::Case record = Record();
    for (grants::Holder& holder : record.thread.holders) {
      if (holder.staff.text() != guest) continue;
      holder.condition = ReleaseCondition::kGuest;
      holder.released = true;
      holder.until = world.clock.Today().PlusDays(days);
    }
    world.rows.Put(record);
    cases::Membership membership;
    membership.staff = Slug(guest);
    membership.case_id = reporter.case_id;
    world.rows.Put(membership);
    return guest;
  }
  bool Reaches(const std::string& slug) {
    return world.Carry(cases::GetCase(world.ports(), Slug(slug), reporter.case_id)).ok();
  }
};

using P7_DeadMan_Frozen = FrozenCase;

TEST_F(P7_DeadMan_Frozen, AfterTheClockIsConfirmedTheEscalationRecipientReadsAndNotBefore) {
  Claim();
  Jump(400);
  ASSERT_EQ(Look(), Turn::kFroze);
  EXPECT_FALSE(Review()->lapsed);
  EXPECT_FALSE(Released("erik")) << "control: the leap alone releases nothing";
  EXPECT_EQ(Why(world.Carry(cases::OpenCase(world.ports(), Slug("erik"), reporter.case_id, Keyring::kThread))),
            Reason::kNothingHere);
  EXPECT_EQ(Confirm(), std::nullopt);
  EXPECT_TRUE(Review()->lapsed);
  EXPECT_TRUE(Released("erik"));
  EXPECT_FALSE(world.Open(Slug("erik"), reporter.case_id, Keyring::kThread).empty());
  EXPECT_FALSE(Review()->lapsed) << "once";
}

TEST_F(P7_DeadMan_Frozen, AfterSeventyTwoHoursOfRunningTheEscalationRecipientReadsThoughNobodyConfirms) {
  Claim();
  Jump(400);
  ASSERT_EQ(Look(), Turn::kFroze);
  for (int start = 0; start < 8; ++start) {  // switched off again and again
    Jump(10);
    ASSERT_EQ(Look(hours(9) - seconds(1)), Turn::kNone);
    ASSERT_FALSE(Review()->lapsed) << start;
  }
  ASSERT_FALSE(Released("erik"));
  ASSERT_EQ(Look(seconds(8)), Turn::kRanOut);
  EXPECT_TRUE(Review()->lapsed);
  EXPECT_TRUE(Released("erik"));
}

TEST_F(P7_DeadMan_Frozen, ADayExactlyFreezesNothingAndASecondMoreDoes) {
  Claim();
  for (int day = 0; day < 11; ++day) {
    Jump(1);
    ASSERT_EQ(Look(), Turn::kNone);
  }
  EXPECT_TRUE(Review()->lapsed) << "eleven days that were all looked at";
  Jump(1);
  world.clock.now += seconds(1);
  EXPECT_EQ(Look(), Turn::kFroze);
}

TEST_F(FrozenCase, HoldsBeforeAnybodyHasLookedAtTheClock) {
  Claim();
  Jump(400);
  EXPECT_FALSE(Review()->lapsed);
  EXPECT_FALSE(Released("erik"));
}

TEST_F(FrozenCase, NobodyLosesTheCaseForNotClaimingItUntilTheClockIsConfirmed) {
  const base::StaffSlug before = Assignee();
  Jump(30);
  ASSERT_EQ(Look(), Turn::kFroze);
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Assignee(), before);
  EXPECT_EQ(Confirm(), std::nullopt);
  ASSERT_TRUE(Review().ok());
  EXPECT_NE(Assignee(), before);
}

TEST_F(FrozenCase, AGrantThatWasNotNeededIsNotDestroyedYet) {
  cases::Case record = Record();
  record.state = cases::State::kClosed;
  world.rows.Put(record);
  Jump(30);
  Look();
  ASSERT_TRUE(Review().ok());
  EXPECT_TRUE(HasGrant("erik"));
  EXPECT_EQ(Confirm(), std::nullopt);
  ASSERT_TRUE(Review().ok());
  EXPECT_FALSE(HasGrant("erik"));
}

TEST_F(FrozenCase, AGuestWhoseDaysAreOverReadsNothingAndIsDeletedOnlyLater) {
  const std::string guest = MakeGuest(5);
  Jump(30);
  Look();
  EXPECT_FALSE(Reaches(guest)) << "refused by the calendar at once";
  ASSERT_TRUE(Review().ok());
  EXPECT_TRUE(HasGrant(guest));
  EXPECT_EQ(Send(false), std::nullopt) << "nobody has to make a new key because a clock leapt";
  EXPECT_EQ(Confirm(), std::nullopt);
  EXPECT_EQ(Send(false), Reason::kEpochStale);
  ASSERT_TRUE(Review().ok());
  ExpectLost(guest);
}

TEST_F(FrozenCase, ALeapThatIsTakenBackHasChangedNothing) {
  Claim();
  const std::string guest = MakeGuest(5);
  const cases::Case before = Record();
  Jump(400);
  ASSERT_EQ(Look(), Turn::kFroze);
  ASSERT_TRUE(Review().ok());
  Jump(-400);
  ASSERT_EQ(Look(seconds(60)), Turn::kTakenBack);
  ASSERT_TRUE(Review().ok());
  EXPECT_TRUE(Reaches(guest));
  EXPECT_EQ(Record().thread.holders, before.thread.holders);
  EXPECT_EQ(Record().leaf_count, before.leaf_count);
}

TEST_F(FrozenCase, AClockThatGoesBackThirtyDaysNeitherSkipsNorDoublesAnything) {
  Claim();
  for (int day = 0; day < 11; ++day) {
    Jump(1);
    Look();
  }
  ASSERT_TRUE(Review()->lapsed);
  const std::uint32_t leaves = Record().leaf_count;
  Jump(-30);
  EXPECT_EQ(Look(), Turn::kNone);
  for (int look = 0; look < 3; ++look) ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Record().leaf_count, leaves);
  Jump(30);
  EXPECT_EQ(Look(), Turn::kNone) << "caught up, no leap";
  EXPECT_FALSE(Review()->lapsed) << "once";
  EXPECT_EQ(Record().leaf_count, leaves);
  EXPECT_TRUE(Released("erik"));
}

TEST_F(FrozenCase, AClaimADecisionOfTheWallAndAMessageDoNotWait) {
  Jump(30);
  ASSERT_EQ(Look(), Turn::kFroze);
  EXPECT_EQ(Send(false), std::nullopt);
  const base::StaffSlug first = Assignee();
  Claim();
  EXPECT_TRUE(Record().claimed);
  ASSERT_TRUE(Recuse(first).ok());
  ExpectLost(first.text());
  const base::StaffSlug second = Assignee();
  EXPECT_NE(second, first);
  ASSERT_TRUE(Exclude({}, {second.text()}).ok());
  ExpectLost(second.text());
  EXPECT_NE(Assignee(), second);
}

TEST_F(FrozenCase, AnAnswerInAFreezeStopsTheClock) {
  Claim();
  Jump(400);
  Look();
  cases::Case record = Record();
  record.marks.acknowledged = world.clock.Today();
  record.marks.feedback = world.clock.Today();
  world.rows.Put(record);
  EXPECT_EQ(Confirm(), std::nullopt);
  EXPECT_FALSE(Review()->lapsed);
}

TEST_F(FrozenCase, ADecisionOnAClockThatWasFrozenMeanwhileIsNotCommitted) {
  Claim();
  for (int day = 0; day < 11; ++day) {
    Jump(1);
    Look();
  }
  auto outcome = guard::Review(world.ports(), reporter.case_id);
  ASSERT_TRUE(outcome.ok() && outcome->answer.lapsed);
  Jump(2);
  Look();
  EXPECT_EQ(Why(world.Carry(std::move(outcome))), Reason::kContended);
  EXPECT_FALSE(Released("erik"));
}

// The approval itself.

TEST_F(FrozenCase, NobodyConfirmsAClockThatIsNotFrozen) {
  EXPECT_EQ(Why(approvals::WhoDecides(world.ports(), Slug("ada"), {base::CaseId(), Clock(), {}})),
            Reason::kApprovalRefused);
  Jump(30);
  Look();
  const auto who = approvals::WhoDecides(world.ports(), Slug("ada"), {base::CaseId(), Clock(), {}});
  ASSERT_TRUE(who.ok()) << who.status();
  ASSERT_EQ(who->deciders.size(), 1u);
  EXPECT_EQ(who->deciders[0].staff, Slug("otto"));
  EXPECT_EQ(who->needed, 1u);
}

TEST_F(FrozenCase, OnlyAnAdministratorAsksAndOnlyAnAuditorWhoIsSomebodyElseDecides) {
  Jump(30);
  Look();
  for (const char* other : {"otto", "erik", "pia"})
    EXPECT_EQ(Why(approvals::WhoDecides(world.ports(), Slug(other), {base::CaseId(), Clock(), {}})),
              Reason::kNothingHere)
        << other;
  EXPECT_EQ(Why(approvals::WhoDecides(world.ports(), Slug("ada"), {reporter.case_id, Clock(), {}})),
            Reason::kApprovalRefused)
      << "it concerns no case";
  world.PublishDirectory([](format::Directory& directory) {
    for (format::Person& person : directory.people)
      if (person.slug == "ada") person.roles.push_back(format::Role::kAuditor);
  });
  const base::ApprovalId id = world.Ask(Slug("ada"), base::CaseId(), Clock());
  const auto view = approvals::GetApproval(world.ports(), Slug("ada"), id);
  ASSERT_TRUE(view.ok());
  const auto signature = [&](const char* who, format::Decision decision) {
    return format::SignDecision(format::ParseApprovalRequest(view->approval.request)->statement, decision,
                                world.machines.at(who)[0].signing);
  };
  EXPECT_EQ(Why(world.Carry(approvals::DecideApproval(world.ports(), Slug("ada"), id, view->etag, world.RequestId(),
                                                      format::Decision::kApprove,
                                                      signature("ada", format::Decision::kApprove)))),
            Reason::kApprovalRefused);
  EXPECT_EQ(Execute(id), Reason::kApprovalNotGranted);
  EXPECT_EQ(Why(approvals::GetApproval(world.ports(), Slug("erik"), id)), Reason::kNothingHere);
  EXPECT_EQ(Why(world.Carry(approvals::DecideApproval(world.ports(), Slug("otto"), id, view->etag, world.RequestId(),
                                                      format::Decision::kApprove,
                                                      signature("otto", format::Decision::kRefuse)))),
            Reason::kFieldInvalid)
      << "signed for another decision";
  const std::string request_id = world.RequestId();
  const auto refuse = [&] {
    return world.Carry(approvals::DecideApproval(world.ports(), Slug("otto"), id, view->etag, request_id,
                                                 format::Decision::kRefuse,
                                                 signature("otto", format::Decision::kRefuse)));
  };
  ASSERT_TRUE(refuse().ok());
  ASSERT_TRUE(refuse().ok()) << "a repetition is answered alike";
  EXPECT_EQ(approvals::GetApproval(world.ports(), Slug("ada"), id)->state, approvals::State::kRefused);
  EXPECT_EQ(Execute(id), Reason::kApprovalRefused);
  EXPECT_TRUE(*clocks::HoldsNow(world.rows, world.clock.now));
}

TEST_F(FrozenCase, AnApprovalIsOfOneLeapAndIsCarriedOutOnce) {
  Jump(30);
  Look();
  const base::ApprovalId id = world.Ask(Slug("ada"), base::CaseId(), Clock(), {"otto"});
  Jump(5);
  Look();  // it leapt again
  EXPECT_EQ(Execute(id), Reason::kApprovalRefused);
  EXPECT_TRUE(*clocks::HoldsNow(world.rows, world.clock.now));
  EXPECT_EQ(Confirm(), std::nullopt);
  EXPECT_FALSE(*clocks::HoldsNow(world.rows, world.clock.now));
  EXPECT_EQ(Execute(id), Reason::kApprovalRefused);
}

TEST_F(FrozenCase, ARequestCanBeWithdrawnAndBothSeeItInTheirLists) {
  Jump(30);
  Look();
  const base::ApprovalId id = world.Ask(Slug("ada"), base::CaseId(), Clock());
  for (const char* who : {"ada", "otto"}) {
    const auto page = world.Carry(approvals::ListApprovals(world.ports(), Slug(who), {}));
    ASSERT_TRUE(page.ok());
    ASSERT_EQ(page->approvals.size(), 1u) << who;
    EXPECT_TRUE(page->approvals[0].approval.case_id.IsZero());
  }
  const auto view = approvals::GetApproval(world.ports(), Slug("ada"), id);
  EXPECT_EQ(Why(world.Carry(approvals::CancelApproval(world.ports(), Slug("otto"), id, view->etag, world.RequestId()))),
            Reason::kApprovalRefused);
  EXPECT_EQ(Why(world.Carry(approvals::CancelApproval(world.ports(), Slug("ada"), id, "stale", world.RequestId()))),
            Reason::kEtagStale);
  EXPECT_TRUE(
      world.Carry(approvals::CancelApproval(world.ports(), Slug("ada"), id, view->etag, world.RequestId())).ok());
  EXPECT_EQ(Execute(id), Reason::kApprovalRefused);
}

TEST_F(FrozenCase, WhoLosesTheRoleLosesTheApproval) {
  Jump(30);
  Look();
  const base::ApprovalId id = world.Ask(Slug("ada"), base::CaseId(), Clock(), {"otto"});
  world.PublishDirectory([](format::Directory& directory) {
    for (format::Person& person : directory.people)
      if (person.slug == "otto") std::erase(person.roles, format::Role::kAuditor);
  });
  EXPECT_EQ(Why(approvals::GetApproval(world.ports(), Slug("otto"), id)), Reason::kNothingHere);
  EXPECT_EQ(Execute(id), Reason::kApprovalNotGranted) << "an approval by whoever may not decide counts no longer";
}

}  // namespace
}  // namespace alcove::world
