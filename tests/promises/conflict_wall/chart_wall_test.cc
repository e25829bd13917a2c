// P2 along the chain of command: whoever stands by the person complained about gets no grant and sees nothing, from the plan
// on, and at once when the chart changes.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using format::Keyring;

class P2_ConflictWall_Chart : public testing::Test {
 protected:
  P2_ConflictWall_Chart() { world.PublishSafeguards({{"sync_most_removed_percent", "100"}}); }

  intake::PlanRequest About(const std::string& number) {
    tags_.push_back(std::make_unique<crypto::Bytes>(world.TagOf("emp:" + number)));
    intake::PlanRequest request = world.Facts();
    request.subjects = {*tags_.back()};
    return request;
  }
  std::vector<std::string> Readers(const intake::PlanView& plan) {
    std::vector<std::string> slugs;
    for (const cases::ReaderView& reader : plan.readers) slugs.push_back(reader.staff.text());
    return slugs;
  }
  bool Reads(const intake::PlanView& plan, const std::string& slug) {
    const std::vector<std::string> slugs = Readers(plan);
    return std::find(slugs.begin(), slugs.end(), slug) != slugs.end();
  }

  World world;

 private:
  std::vector<std::unique_ptr<crypto::Bytes>> tags_;
};

TEST_F(P2_ConflictWall_Chart, NobodyWhoStandsByTheSubjectIsInThePlan) {
  world.Sync({{.number = "CHIEF", .manager = "ERIK", .relations = {"CHIARA"}}, {.number = "ERIK"},
              {.number = "AMIRA", .manager = "CHIEF"}, {.number = "BJORN"}, {.number = "CHIARA"}, {.number = "DILIP"}});
  const intake::PlanView plan = world.Plan(About("CHIEF"));
  EXPECT_FALSE(Reads(plan, "erik")) << "the chain above, also the escalation recipient";
  EXPECT_FALSE(Reads(plan, "amira")) << "a subordinate";
  EXPECT_FALSE(Reads(plan, "chiara")) << "a declared relation";
  EXPECT_TRUE(Reads(plan, "bjorn"));
  EXPECT_TRUE(Reads(plan, "dilip"));
  EXPECT_TRUE(Reads(plan, "fay"));
  EXPECT_TRUE(plan.unknown_subjects.empty()) << "the chart knows CHIEF";
  EXPECT_EQ(world.Plan(About("NOBODY")).unknown_subjects.size(), 1u);
}

TEST_F(P2_ConflictWall_Chart, TheChiefExecutiveIsReportedPastTheirWholeChain) {
  world.Sync({{.number = "CEO"}, {.number = "HRHEAD", .manager = "CEO"}, {.number = "AMIRA", .manager = "HRHEAD"},
              {.number = "BJORN", .manager = "HRHEAD"}, {.number = "CHIARA", .manager = "CEO"}, {.number = "DILIP", .manager = "CEO"}});
  const Reporter reporter = world.File(About("CEO"));
  const base::StaffSlug assignee = world.AssigneeOf(reporter);
  EXPECT_TRUE(assignee == Slug("amira") || assignee == Slug("bjorn")) << "not the CEO's own reports";
}

TEST_F(P2_ConflictWall_Chart, AReportAboutTheWholeTeamGoesOutside) {
  world.Sync({{.number = "HRHEAD"}, {.number = "AMIRA", .manager = "HRHEAD"}, {.number = "BJORN", .manager = "HRHEAD"},
              {.number = "CHIARA", .manager = "HRHEAD"}, {.number = "DILIP", .manager = "HRHEAD"}});
  const Reporter reporter = world.File(About("HRHEAD"));
  const base::StaffSlug assignee = world.AssigneeOf(reporter);
  EXPECT_TRUE(assignee == Slug("fay") || assignee == Slug("finn"));
}

TEST_F(P2_ConflictWall_Chart, AReorganisationEndsAccessAtOnceAndMakesTheEpochStale) {
  world.Sync({{.number = "4711"}});
  const Reporter reporter = world.File(About("4711"));
  const base::StaffSlug assignee = world.AssigneeOf(reporter);
  ASSERT_FALSE(world.Open(assignee, reporter.case_id, Keyring::kThread).empty()) << "control";
  std::string number = assignee.text();
  std::transform(number.begin(), number.end(), number.begin(), ::toupper);
  world.Sync({{.number = "4711", .manager = number}, {.number = number}});
  EXPECT_EQ(Why(world.Carry(cases::GetCase(world.ports(), assignee, reporter.case_id))), Reason::kNothingHere);
  EXPECT_EQ(Why(world.Carry(cases::OpenCase(world.ports(), assignee, reporter.case_id, Keyring::kThread))),
            Reason::kNothingHere);
  EXPECT_TRUE(world.Carry(cases::ListCases(world.ports(), assignee, {}))->cases.empty());
  EXPECT_TRUE(cases::GetMailbox(world.ports(), reporter.mailbox)->epochs.back().stale);
}

TEST_F(P2_ConflictWall_Chart, AnEditOfTheChartDoesNotLetAnAllyIntoAnOpenCase) {
  world.Sync({{.number = "4711", .manager = "AMIRA"}, {.number = "AMIRA"}});
  const Reporter reporter = world.File(About("4711"));
  world.Sync({{.number = "4711"}, {.number = "AMIRA"}});
  EXPECT_TRUE(access::InConflict(*world.organisation, Slug("amira"), world.CaseOf(reporter).wall));
  EXPECT_TRUE(Reads(world.Plan(About("4711")), "amira") || world.Plan(About("4711")).readers.size() > 3)
      << "a new report goes by the new chart";
}

TEST_F(P2_ConflictWall_Chart, APlanWhoseReaderCameIntoConflictIsStaleAndNothingIsKept) {
  world.Sync({{.number = "4711"}});
  const intake::PlanRequest request = About("4711");
  Reporter reporter = world.NewReporter();
  const intake::PlanView plan = world.Plan(request);
  const std::string reader = Readers(plan).front();
  std::string number = reader;
  std::transform(number.begin(), number.end(), number.begin(), ::toupper);
  const Submission submission = world.Prepare(reporter, plan);
  world.Sync({{.number = "4711", .manager = number}, {.number = number}});
  EXPECT_EQ(Why(world.Submit(submission)), Reason::kPlanStale);
  EXPECT_FALSE(world.rows.Get<cases::Case>(base::RowKey(plan.case_id))->has_value());
  EXPECT_FALSE(Reads(world.Plan(request), reader));
}

TEST_F(P2_ConflictWall_Chart, APlanThatTheNewChartDoesNotTouchIsStillGood) {
  world.Sync({{.number = "4711"}});
  Reporter reporter = world.NewReporter();
  const Submission submission = world.Prepare(reporter, world.Plan(About("4711")));
  world.Sync({{.number = "4711", .manager = "4712"}, {.number = "4712"}});
  EXPECT_TRUE(world.Submit(submission).ok());
}

TEST_F(P2_ConflictWall_Chart, ACycleInTheChartKeepsEverybodyOfItOut) {
  world.Sync({{.number = "4711", .manager = "AMIRA"}, {.number = "AMIRA", .manager = "BJORN"}, {.number = "BJORN", .manager = "4711"}});
  const intake::PlanView plan = world.Plan(About("4711"));
  EXPECT_FALSE(Reads(plan, "amira"));
  EXPECT_FALSE(Reads(plan, "bjorn"));
}

TEST_F(P2_ConflictWall_Chart, ConfidentialIsNotOfferedWhenCustodiansStandByTheSubject) {
  world.Sync({{.number = "4711"}, {.number = "CARL", .manager = "4711"}, {.number = "CORA", .manager = "4711"}, {.number = "CLEO"}});
  EXPECT_TRUE(world.Plan(About("4711")).custodians.empty());
  EXPECT_EQ(world.Plan(About("CLEO")).custodians.size(), 2u) << "control";
}

}  // namespace
}  // namespace alcove::world
