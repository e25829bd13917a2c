// Nobody unreportable: what coverage says is what a report would meet.
#include "server/core/intake/coverage.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/core/intake/eligible.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

class CoverageTest : public testing::Test {
 protected:
  // Three approvers who are at no desk: two are left whoever of them is the subject.
  void AddApprovers() {
    world.PublishDirectory([](format::Directory& directory) {
      for (format::Person& person : directory.people)
        if (person.slug == "erik" || person.slug == "otto" || person.slug == "pia") person.roles.push_back(format::Role::kApprover);
    });
  }
  intake::Coverage Coverage() { return intake::CoverageOf(*world.organisation); }
  std::string Lines() {
    std::string all;
    for (const std::string& line : intake::LinesOf(Coverage())) all += line + "\n";
    return all;
  }

  World world;
};

TEST_F(CoverageTest, WithEnoughOfEverybodyThereIsNoGap) {
  AddApprovers();
  const intake::Coverage coverage = Coverage();
  EXPECT_TRUE(coverage.complete()) << Lines();
  EXPECT_EQ(coverage.subjects, 11u) << "people of the directory count before any chart is told, those from outside do not";
  ASSERT_EQ(coverage.rules.size(), 2u);
  EXPECT_EQ(coverage.rules[0].fewest, 3u) << "a member of the desk as the subject";
}

TEST_F(CoverageTest, FewerThanTwoApproversAreAGapForEverybody) {
  EXPECT_EQ(Coverage().rules[0].few_approvers.employees, 11u);
  AddApprovers();
  EXPECT_TRUE(Coverage().rules[0].few_approvers.none());
  world.Sync({{.number = "OTTO", .relations = {"PIA"}}, {.number = "PIA"}, {.number = "ERIK"}});
  EXPECT_EQ(Coverage().rules[0].few_approvers.staff, (std::vector<base::StaffSlug>{Slug("otto"), Slug("pia")}))
      << "either of them takes the other along";
}

TEST_F(CoverageTest, AManagerOfTheWholeDeskIsLeftToAFallback) {
  AddApprovers();
  world.Sync({{.number = "HEAD"}, {.number = "AMIRA", .manager = "HEAD"}, {.number = "BJORN", .manager = "HEAD"},
              {.number = "CHIARA", .manager = "HEAD"}, {.number = "DILIP", .manager = "HEAD"}, {.number = "X"}});
  const intake::Coverage coverage = Coverage();
  EXPECT_FALSE(coverage.complete());
  EXPECT_EQ(coverage.rules[0].only_fallback.employees, 1u);
  EXPECT_TRUE(coverage.rules[0].only_fallback.staff.empty()) << "HEAD is in no directory and has no name here";
  EXPECT_EQ(coverage.rules[0].fewest, 0u);
  EXPECT_NE(Lines().find("only a fallback could take a report for 1 person"), std::string::npos) << Lines();
}

TEST_F(CoverageTest, NamesWhoIsInTheDirectory) {
  AddApprovers();
  world.Sync({{.number = "ERIK"}, {.number = "AMIRA", .manager = "ERIK"}, {.number = "BJORN", .manager = "ERIK"},
              {.number = "CHIARA", .manager = "ERIK"}, {.number = "DILIP", .manager = "ERIK"}});
  EXPECT_EQ(Coverage().rules[0].only_fallback.staff, std::vector<base::StaffSlug>{Slug("erik")});
}

TEST_F(CoverageTest, ARuleThatRoutesToNobodyIsAGapForEverybody) {
  AddApprovers();
  world.PublishDirectory([](format::Directory& directory) {
    for (format::Person& person : directory.people)
      if (person.outside) person.roles = {format::Role::kAdministrator};
    std::erase_if(directory.people, [](const format::Person& person) { return person.desks.size() > 0; });
  });
  const intake::Coverage coverage = Coverage();
  EXPECT_EQ(coverage.rules[0].nobody.employees, coverage.subjects) << "the fallbacks administer the service";
}

TEST_F(CoverageTest, FewerCustodiansThanAnIdentityTakesAreAGap) {
  AddApprovers();
  EXPECT_TRUE(Coverage().few_custodians.none()) << "control: of three, two are left for each of them";
  world.Sync({{.number = "HEAD"}, {.number = "CARL", .manager = "HEAD"}, {.number = "CLEO", .manager = "HEAD"}, {.number = "CORA"}});
  EXPECT_EQ(Coverage().few_custodians.employees, 1u) << "both would stand by HEAD";
}

// For small charts, against the functions that planning uses.
TEST_F(CoverageTest, AgreesWithWhatAPlanWouldChoose) {
  AddApprovers();
  world.Sync({{.number = "AMIRA", .manager = "BJORN", .relations = {"CHIARA"}}, {.number = "BJORN", .manager = "TOP", .delegates = {"DILIP"}},
              {.number = "CHIARA", .dotted = {"AMIRA"}}, {.number = "DILIP", .manager = "AMIRA"}, {.number = "TOP", .relations = {"DILIP"}},
              {.number = "CORA", .manager = "TOP"}});
  const intake::Coverage coverage = Coverage();
  std::uint32_t only_fallback = 0, fewest = 100;
  const people::Chart& chart = world.organisation->chart();
  for (people::EmployeeIndex employee = 0; employee < chart.size(); ++employee) {
    access::Wall wall;
    wall.chart_version = people::Chart::kNow;
    wall.subjects = {access::NameOf(*world.organisation, chart.tags(employee).front())};
    const auto eligible = intake::EligibleFor(*world.organisation, "intake", wall);
    fewest = std::min(fewest, static_cast<std::uint32_t>(eligible.desk.size()));
    only_fallback += eligible.desk.empty() && !eligible.fallbacks.empty() ? 1 : 0;
  }
  EXPECT_EQ(coverage.rules[0].only_fallback.employees, only_fallback);
  EXPECT_EQ(coverage.rules[0].fewest, fewest);
  EXPECT_LT(fewest, 3u) << "the chart above leaves somebody with few";
}

}  // namespace
}  // namespace alcove::world
